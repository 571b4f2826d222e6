//! `DELETE /api/contacts/{contact}/second-factor`: takes away the second factor of a contact who has lost it.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{ContactId, Subject, policy, record::Outcome, role::Right};
use postern_flow::{ResetReason, ResetSecondFactor};
use postern_http::{Access, Body, Caller, Described, Id, Operation, Problem, Sessions, SignedIn};

/// The route, and who may call.
pub const OPERATION: Operation =
    Operation::delete("reset-second-factor", "/api/contacts/{contact}/second-factor", Access::Staff(Right::Work))
        .fresh(policy::STEP_UP)
        .saying_why();

reach! { sessions: Sessions, reset_second_factor: ResetSecondFactor }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Takes away the second factor of a contact who has lost it, and signs them out. They are told by mail.")
        .body::<ResetReason>()
        .empty_answer(204, "They have none, and may set one up anew.")
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(contact): Id<ContactId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(ResetReason { reason }): Body<ResetReason>,
) -> Result<StatusCode, Problem> {
    let reset = &reach.reset_second_factor;
    let read = |scope| async move { reset.read(&scope, Subject::Contact(contact)).await };
    let (acting, found) = signed_in.with(&reach.sessions, read).await?;
    let found = found.ok_or(Problem::NotFound)?;
    let outcome = Outcome::SecondFactorReset { staff: acting.name(), reason: reason.to_string() };
    let record = acting.record(&caller, outcome).about(Some(found.0.identity()));
    reset.reset(&caller, &acting.scope, found, (&acting.name(), |_| Ok(())), &record).await?;
    Ok(StatusCode::NO_CONTENT)
}

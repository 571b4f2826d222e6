//! `DELETE /api/staff/{staff}/second-factor`: takes away the second factor of a colleague who has lost it.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{Person, StaffId, Subject, policy, record::Outcome, role::Right};
use postern_flow::{ResetReason, ResetSecondFactor};
use postern_http::{Access, Body, Caller, Described, Id, Operation, Problem, ProblemKind, Sessions, SignedIn};

/// The route, and who may call.
pub const OPERATION: Operation =
    Operation::delete("reset-staff-second-factor", "/api/staff/{staff}/second-factor", Access::Staff(Right::Administer))
        .fresh(policy::STEP_UP)
        .saying_why();

reach! { sessions: Sessions, reset_second_factor: ResetSecondFactor }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Takes away the second factor of a colleague who has lost it, and signs them out. They are told by mail. Owners alone do it for owners.")
        .body::<ResetReason>()
        .empty_answer(204, "They have none, and set one up anew when they sign in.")
        .problems(&[ProblemKind::SecondFactorRequired])
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(staff): Id<StaffId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(ResetReason { reason }): Body<ResetReason>,
) -> Result<StatusCode, Problem> {
    let reset = &reach.reset_second_factor;
    let read = |scope| async move { reset.read(&scope, Subject::Staff(staff)).await };
    let (acting, found) = signed_in.with(&reach.sessions, read).await?;
    let found = found.ok_or(Problem::NotFound)?;
    let by = acting.session.identity;
    let may = |person: &Person| {
        if person.identity().role().is_some_and(|role| !by.may(role.right_over())) {
            return Err(Problem::NotAllowed);
        }
        // Their own they replace; to lose it takes somebody else.
        let is_own = by.subject == Subject::Staff(staff);
        let is_needed = person.sign_in_record().account.needs_second_factor(&acting.firm.sign_in);
        if is_own && is_needed { Err(Problem::SecondFactorRequired) } else { Ok(()) }
    };
    let outcome = Outcome::SecondFactorReset { staff: acting.name(), reason: reason.to_string() };
    let record = acting.record(&caller, outcome).about(Some(found.0.identity()));
    reset.reset(&caller, &acting.scope, found, (&acting.name(), may), &record).await?;
    Ok(StatusCode::NO_CONTENT)
}

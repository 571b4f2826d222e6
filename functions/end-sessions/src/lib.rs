//! `DELETE /api/contacts/{contact}/sessions`: signs a contact out everywhere; their browsers are known no more.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{ContactId, Subject, record::Outcome, role::Right};
use postern_flow::SignOut;
use postern_http::{Access, Caller, Described, Id, Operation, Problem, Sessions, SignedIn};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::delete("end-sessions", "/api/contacts/{contact}/sessions", Access::Staff(Right::Work));

reach! { sessions: Sessions, sign_out: SignOut }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Signs a contact out everywhere, also where they are not in yet, and forgets their browsers.")
        .empty_answer(204, "The contact is signed out with the next request.")
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(contact): Id<ContactId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
) -> Result<StatusCode, Problem> {
    let sign_out = &reach.sign_out;
    let read = |scope| async move { sign_out.read(&scope, Subject::Contact(contact)).await };
    let (acting, found) = signed_in.with(&reach.sessions, read).await?;
    let found = found.ok_or(Problem::NotFound)?;
    let record = acting.record(&caller, Outcome::SessionsEnded { by: acting.name() }).about(Some(found.0.identity()));
    sign_out.everywhere(&caller, &acting.scope, found, &record).await?;
    Ok(StatusCode::NO_CONTENT)
}

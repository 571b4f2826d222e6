//! `DELETE /api/devices`: signs whoever asks out of all their browsers, this one too, which are known no more.

use axum::{extract::State, response::Response};
use postern_aws::reach;
use postern_domain::{record::Outcome, role::Right};
use postern_flow::SignOut;
use postern_http::{Access, Caller, Described, Operation, Problem, Sessions, SignedIn, closed};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::delete("sign-out-everywhere", "/api/devices", Access::ClientsAndStaff(Right::View));

reach! { sessions: Sessions, sign_out: SignOut }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Signs you out of all your browsers, this one too, and forgets them.")
        .empty_answer(204, "You are signed out everywhere.")
}

/// Answers a request.
pub async fn handle(State(reach): State<Reach>, signed_in: SignedIn, Caller(caller): Caller) -> Result<Response, Problem> {
    let (sign_out, subject) = (&reach.sign_out, signed_in.subject());
    let read = |scope| async move { sign_out.devices(&scope, subject).await };
    let (acting, devices) = signed_in.with(&reach.sessions, read).await?;
    let record = acting.record(&caller, Outcome::SessionsEnded { by: acting.name() });
    sign_out.everywhere(&caller, &acting.scope, (acting.person, devices), &record).await?;
    Ok(closed(subject.audience()))
}

//! `DELETE /api/session`: ends a session.

use axum::{extract::State, response::Response};
use postern_aws::reach;
use postern_http::{Access, Caller, Described, Operation, Problem, SignedIn, closed};
use postern_store::{AccessLog, AccessStore};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::delete("sign-out", "/api/session", Access::Session);

reach! { access: AccessStore [DeleteItem], access_log: AccessLog [PutItem] }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION.described("Ends the session, also of who is not in yet.").empty_answer(204, "It has ended.")
}

/// Answers a request.
pub async fn handle(State(reach): State<Reach>, signed_in: SignedIn, Caller(caller): Caller) -> Result<Response, Problem> {
    signed_in.end(&reach.access_log, &caller).await.map(closed)
}

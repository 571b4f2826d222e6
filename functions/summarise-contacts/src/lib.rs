//! `GET /api/contacts/summary`: how many contacts the firm has, and how they stand.

use axum::{Json, extract::State};
use postern_aws::{Texting, reach};
use postern_domain::{role::Right, standing::Summary};
use postern_http::{Access, Caller, Described, Operation, Problem, Sessions, SignedIn};
use postern_store::Standings;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("summarise-contacts", "/api/contacts/summary", Access::Staff(Right::View));

reach! {
    sessions: Sessions,
    standings: Standings [QueryIndex],
    texting: Texting,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Counts the contacts, as they were some moments ago, by how they stand.")
        .answer::<Summary>(200, "How many there are of each.")
}

/// Answers a request.
pub async fn handle(State(reach): State<Reach>, signed_in: SignedIn, Caller(caller): Caller) -> Result<Json<Summary>, Problem> {
    let standings = &reach.standings;
    let (acting, found) = signed_in.with(&reach.sessions, |scope| async move { standings.of(&scope).await }).await?;
    Ok(Json(Summary::of(&found, &acting.firm.sign_in, reach.texting.0, caller.now)))
}

//! `GET /api/contacts/{contact}`: a contact, and whether it can get in.

use axum::{Json, extract::State};
use postern_aws::{Texting, reach};
use postern_domain::{ContactId, role::Right};
use postern_flow::CountedAttempts;
use postern_http::{Access, Caller, ContactView, Described, Id, Operation, Problem, Sessions, SignedIn};
use postern_store::Directory;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("show-contact", "/api/contacts/{contact}", Access::Staff(Right::View));

reach! { sessions: Sessions, directory: Directory [GetItem], attempts: CountedAttempts, texting: Texting }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION.described("Shows a contact.").answer::<ContactView>(200, "The contact.")
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(contact): Id<ContactId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
) -> Result<Json<ContactView>, Problem> {
    let directory = &reach.directory;
    let known = |scope| async move { directory.contact(&scope, contact).await };
    let (acting, contact) = signed_in.with(&reach.sessions, known).await?;
    let contact = contact.ok_or(Problem::NotFound)?;
    let attempts = reach.attempts.of(&acting.scope, &contact).await?;
    Ok(Json(ContactView::of(&contact, &attempts, &acting.firm.sign_in, reach.texting.0, caller.now)))
}

//! `DELETE /api/contacts/{contact}/sessions`: signs a contact out of all browsers, which are known no more.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{ContactId, Subject, record::Outcome, role::Right};
use postern_flow::EndDevices;
use postern_http::{Access, Caller, Described, Id, Operation, Problem, Sessions, SignedIn};
use postern_store::Directory;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::delete("end-sessions", "/api/contacts/{contact}/sessions", Access::Staff(Right::Work));

reach! { sessions: Sessions, directory: Directory [GetItem], end_devices: EndDevices }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Signs a contact out of all browsers, and forgets those.")
        .empty_answer(204, "The contact is signed out with the next request.")
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(contact): Id<ContactId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
) -> Result<StatusCode, Problem> {
    let (end_devices, directory, subject) = (&reach.end_devices, &reach.directory, Subject::Contact(contact));
    let read = |scope| async move { tokio::try_join!(end_devices.read(&scope, subject), directory.contact(&scope, contact)) };
    let (acting, (devices, contact)) = signed_in.with(&reach.sessions, read).await?;
    let contact = contact.ok_or(Problem::NotFound)?;
    let record = acting.record(&caller, Outcome::SessionsEnded { by: acting.name() }).about(Some(contact.identity()));
    end_devices.end(&caller, (&acting.scope, subject), devices, None, &record).await?;
    Ok(StatusCode::NO_CONTENT)
}

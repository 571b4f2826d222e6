//! `DELETE /api/contacts/{contact}/lock`: clears the lock of a contact, and all that was counted against it.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{ContactId, record::Outcome, role::Right};
use postern_flow::CountedAttempts;
use postern_http::{Access, Caller, Described, Id, Operation, Problem, Sessions, SignedIn};
use postern_store::{AccessLog, AccessStore, CommitError, Directory};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::delete("unlock-contact", "/api/contacts/{contact}/lock", Access::Staff(Right::Work));

reach! {
    sessions: Sessions,
    directory: Directory [GetItem],
    access: AccessStore [UpdateItem, DeleteItem],
    access_log: AccessLog [PutItem],
    attempts: CountedAttempts,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION.described("Clears a contact's lock, and all that was counted against it.").empty_answer(204, "The contact can try again.")
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(contact): Id<ContactId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
) -> Result<StatusCode, Problem> {
    let directory = &reach.directory;
    let read = |scope| async move { directory.contact(&scope, contact).await };
    let (acting, contact) = signed_in.with(&reach.sessions, read).await?;
    let contact = contact.ok_or(Problem::NotFound)?;
    // Without an email nobody can have tried.
    let Some(key) = reach.attempts.key(&acting.scope, &contact).await? else { return Ok(StatusCode::NO_CONTENT) };
    let (access, scope) = (&reach.access, &acting.scope);
    let change = [access.clear_attempts(scope, &key), access.forget_link_gates(scope, &key, caller.now)];
    let record = acting.record(&caller, Outcome::AccessUnlocked { staff: acting.name() }).about(contact.contact);
    match reach.access_log.commit(&record, change).await {
        // Refused means that nothing was ever counted: there is nothing to clear.
        Ok(()) | Err(CommitError::Refused(_)) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(error.into()),
    }
}

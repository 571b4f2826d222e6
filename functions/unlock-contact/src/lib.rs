//! `DELETE /api/contacts/{contact}/lock`: clears the lock of a contact, and all that was counted against it.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{ContactId, Person, Subject, attempts::Attempts, record::Outcome, role::Right};
use postern_flow::ChangeAttempts;
use postern_http::{Access, Acting, Caller, Described, Id, Operation, Problem, SignedIn};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::delete("unlock-contact", "/api/contacts/{contact}/lock", Access::Staff(Right::Work));

reach! { change_attempts: ChangeAttempts }

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
    let outcome = |acting: &Acting, _: &Person| Ok(Outcome::AccessUnlocked { staff: acting.name() });
    reach.change_attempts.change(signed_in, &caller, Subject::Contact(contact), Attempts::unlocked, outcome).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `PUT /api/contacts/{contact}/code-path`: lets a contact sign in by code again after too many wrong ones.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{ContactId, Person, Subject, attempts::Attempts, record::Outcome, role::Right};
use postern_flow::ChangeAttempts;
use postern_http::{Access, Acting, Body, Caller, Described, Id, Nothing, Operation, Problem, SignedIn};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::put("reopen-code-path", "/api/contacts/{contact}/code-path", Access::Staff(Right::Work));

reach! { change_attempts: ChangeAttempts }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Reopens sign-in by code for a contact, after so many wrong codes that it was closed.")
        .body::<Nothing>()
        .empty_answer(204, "The contact can sign in by code again.")
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(contact): Id<ContactId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(Nothing {}): Body<Nothing>,
) -> Result<StatusCode, Problem> {
    let outcome = |acting: &Acting, _: &Person| Ok(Outcome::CodePathReopened { staff: acting.name() });
    reach.change_attempts.change(signed_in, &caller, Subject::Contact(contact), Attempts::reopened, outcome).await?;
    Ok(StatusCode::NO_CONTENT)
}

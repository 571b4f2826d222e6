//! `DELETE /api/staff/{staff}/lock`: lets a colleague sign in again whom wrong codes shut out, which may be a stranger's.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{Person, StaffId, Subject, record::Outcome, role::Right};
use postern_flow::ChangeAttempts;
use postern_http::{Access, Acting, Caller, Described, Id, Operation, Problem, SignedIn};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::delete("unlock-staff", "/api/staff/{staff}/lock", Access::Staff(Right::Administer));

reach! { change_attempts: ChangeAttempts }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Clears a colleague's lock, all that was counted against them, and what too many wrong codes closed. Owners alone do it for owners.")
        .empty_answer(204, "The colleague can try again.")
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(staff): Id<StaffId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
) -> Result<StatusCode, Problem> {
    let outcome = |acting: &Acting, colleague: &Person| {
        if colleague.identity().role().is_some_and(|role| !acting.session.identity.may(role.right_over())) {
            return Err(Problem::NotAllowed);
        }
        Ok(Outcome::StaffUnlocked { staff: acting.name(), member: colleague.name().to_string() })
    };
    reach.change_attempts.change(signed_in, &caller, Subject::Staff(staff), |attempts| attempts.unlocked().reopened(), outcome).await?;
    Ok(StatusCode::NO_CONTENT)
}

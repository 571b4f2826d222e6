//! `DELETE /api/staff/{staff}`: removes a colleague at once, and remembers who takes over.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{StaffId, policy, record::Outcome, role::Right, staff::StaffRemoval};
use postern_flow::{ChangeStaff, Decided};
use postern_http::{Access, Caller, Described, Id, Operation, Params, Problem, ProblemKind, SignedIn};
use postern_store::Directory;
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation =
    Operation::delete("remove-staff", "/api/staff/{staff}", Access::Staff(Right::Administer)).fresh(policy::STEP_UP);

reach! { change_staff: ChangeStaff, directory: Directory [PutItem, DeleteItem] }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Removes a staff member, whose sessions, codes and links end at once. Only owners remove owners, and one of them stays.")
        .params::<RemoveStaff>()
        .empty_answer(204, "They are removed, and their email is free.")
        .problems(&[ProblemKind::LastOwner])
}

/// Who takes over. It stands in the query, since a body of DELETE has no meaning of its own (RFC 9110 §9.3.5), and some clients send none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveStaff {
    /// The staff member who takes over what is theirs.
    successor: StaffId,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(staff): Id<StaffId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Params(RemoveStaff { successor }): Params<RemoveStaff>,
) -> Result<StatusCode, Problem> {
    let removed = reach.change_staff.change(&signed_in, &caller, |acting, all| {
        let removal = StaffRemoval::of(all, &acting.session.identity, staff, successor)?;
        let StaffRemoval { member: leaving, successor, .. } = &removal;
        let named = vec![("member", leaving.identity()), ("successor", successor.identity())];
        let (member, successor) = (leaving.name.to_string(), successor.name.to_string());
        Ok(Decided {
            answer: StatusCode::NO_CONTENT,
            outcomes: vec![Outcome::StaffRemoved { staff: acting.name(), member, successor }],
            named,
            writes: reach.directory.remove_staff(&acting.scope, &removal.member, &removal.remembered(caller.now)),
            relies_on: removal.relies_on,
        })
    });
    removed.await
}

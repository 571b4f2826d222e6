//! `PATCH /api/staff/{staff}`: changes a colleague; another email or role ends what was begun under the old one.

use axum::{Json, extract::State};
use postern_aws::reach;
use postern_domain::{
    Occasion, StaffId,
    dispatch::DispatchKind,
    policy,
    record::Outcome,
    role::Right,
    staff::{StaffChange, StaffPatch},
};
use postern_flow::{ChangeStaff, Decided};
use postern_http::{Access, Acting, Body, Caller, Described, Id, Operation, Problem, ProblemKind, SignedIn, StaffView};
use postern_store::{Directory, Outbox};

/// The route, and who may call.
pub const OPERATION: Operation =
    Operation::patch("update-staff", "/api/staff/{staff}", Access::Staff(Right::Administer)).fresh(policy::STEP_UP);

reach! {
    change_staff: ChangeStaff,
    directory: Directory [PutItem, UpdateItem, DeleteItem],
    outbox: Outbox [PutItem],
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described(
            "Changes a staff member; what is absent stays. Another email or role signs them out. Only owners change owners, and make them.",
        )
        .body::<StaffPatch>()
        .answer::<StaffView>(200, "The staff member.")
        .problems(&[ProblemKind::EmailTaken, ProblemKind::LastOwner])
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(staff): Id<StaffId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(patch): Body<StaffPatch>,
) -> Result<Json<StaffView>, Problem> {
    let member = reach.change_staff.change(&signed_in, &caller, |acting, all| {
        let change = patch.clone().apply(all, &acting.session.identity, staff, &caller.dice)?;
        Ok(reach.decided(&caller, acting, change))
    });
    Ok(Json(member.await?))
}

impl Reach {
    /// A change with all that follows from it.
    fn decided(&self, caller: &Occasion, acting: &Acting, change: StaffChange) -> Decided<StaffView> {
        let (scope, StaffChange { before, after, .. }) = (&acting.scope, &change);
        let (mut outcomes, mut writes) = (Vec::new(), Vec::new());
        let (staff, member, fields) = (acting.name(), after.name.to_string(), change.fields());
        if !fields.is_empty() {
            outcomes.push(Outcome::StaffUpdated { staff: staff.clone(), member: member.clone(), fields });
        }
        if before.role != after.role {
            outcomes.push(Outcome::StaffRoleChanged { staff, member, before: before.role, after: after.role });
        }
        if !outcomes.is_empty() {
            writes = self.directory.change_staff(scope, &change);
        }
        if change.tells_old_address() {
            let kind = DispatchKind::Changed { version: after.version, email: true, mobile: false };
            writes.push(self.outbox.put(&caller.dispatch(scope, Some(after.identity()), kind)));
        }
        let named = vec![("member", after.identity())];
        Decided { answer: change.after.into(), outcomes, named, writes, relies_on: change.relies_on }
    }
}

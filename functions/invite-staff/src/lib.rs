//! `POST /api/staff`: takes a colleague on, and sends the link to the portal.

use axum::{Json, extract::State};
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{
    dispatch::DispatchKind,
    policy,
    record::Outcome,
    role::Right,
    staff::{NewStaffMember, StaffMember},
};
use postern_http::{Access, Body, Caller, Described, Operation, Problem, ProblemKind, Sessions, SignedIn, StaffView};
use postern_store::{AccessLog, CommitError, Directory, Outbox, Part};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("invite-staff", "/api/staff", Access::Staff(Right::Administer)).fresh(policy::STEP_UP);

reach! {
    sessions: Sessions,
    directory: Directory [PutItem, ConditionCheckItem],
    access_log: AccessLog [PutItem],
    outbox: Outbox [PutItem],
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Takes a colleague on, who gets a link that leads to a sign-in code. Only owners make owners.")
        .body::<NewStaffMember>()
        .answer::<StaffView>(201, "The staff member; the mail is on its way.")
        .problems(&[ProblemKind::EmailTaken])
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(new): Body<NewStaffMember>,
) -> Result<(StatusCode, Json<StaffView>), Problem> {
    let nothing_else = |_| async { Ok::<_, Problem>(()) };
    let (acting, ()) = signed_in.with(&reach.sessions, nothing_else).await?;
    let by = acting.session.identity;
    if !by.may(new.role.right_over()) {
        return Err(Problem::NotAllowed);
    }
    let member: StaffMember = new.invite(caller.now, &caller.dice);
    let dispatch = caller.dispatch(&acting.scope, Some(member.identity()), DispatchKind::Invitation { again: false });
    let mut changes = reach.directory.add_staff(&acting.scope, &member);
    changes.extend([reach.outbox.put(&dispatch), reach.directory.check_identity(&acting.scope, &by)]);
    let outcome = Outcome::StaffInvited { staff: acting.name(), member: member.name.to_string(), role: member.role };
    let record = acting.record(&caller, outcome).naming("member", member.identity());
    match reach.access_log.commit(&record, changes).await {
        Ok(()) => Ok((StatusCode::CREATED, Json(member.into()))),
        Err(CommitError::Refused(refusals)) if refusals.name(Part::Person) => Err(Problem::SessionNeeded),
        Err(CommitError::Refused(refusals)) if refusals.name(Part::Email) => Err(Problem::EmailTaken { contact: None }),
        Err(error) => Err(error.into()),
    }
}

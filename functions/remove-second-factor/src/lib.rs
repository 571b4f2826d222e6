//! `DELETE /api/second-factor`: its owner switches a second factor off, where the firm does not ask for one.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{
    admission::admit_to_factor,
    dispatch::{DispatchKind, FactorChange},
    policy,
    record::Outcome,
    role::Right,
};
use postern_http::{Access, Caller, Described, Operation, Problem, ProblemKind, Sessions, SignedIn};
use postern_store::{AccessLog, AccessStore, CommitError, Directory, Outbox, Part, Switch, Turn, settle};

/// The route, and who may call.
pub const OPERATION: Operation =
    Operation::delete("remove-second-factor", "/api/second-factor", Access::ClientsAndStaff(Right::View)).fresh(policy::STEP_UP);

reach! {
    sessions: Sessions,
    directory: Directory [GetItem, UpdateItem, DeleteItem],
    access: AccessStore [UpdateItem],
    access_log: AccessLog [PutItem],
    outbox: Outbox [PutItem],
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Switches a second factor off, by a proof of it; all other sessions end.")
        .empty_answer(204, "None is asked for from now on.")
        .problems(&[ProblemKind::SecondFactorRequired])
}

/// Answers a request.
pub async fn handle(State(reach): State<Reach>, signed_in: SignedIn, Caller(caller): Caller) -> Result<StatusCode, Problem> {
    let (directory, subject) = (&reach.directory, signed_in.subject());
    let read = |scope| async move { directory.second_factor(&scope, subject).await };
    let (acting, factor) = signed_in.with(&reach.sessions, read).await?;
    if acting.person.sign_in_record().account.needs_second_factor(&acting.firm.sign_in) {
        return Err(Problem::SecondFactorRequired);
    }
    let record = acting.record(&caller, Outcome::SecondFactorOff);
    let notice = caller.dispatch(&acting.scope, Some(acting.session.identity), DispatchKind::SecondFactor(FactorChange::Off));
    let (reach, caller, acting, record, notice) = (&reach, &caller, &acting, &record, &notice);
    settle(&caller.dice, factor, |factor| async move {
        if !factor.is_confirmed() {
            return Ok(Turn::Done(StatusCode::NO_CONTENT));
        }
        admit_to_factor(&acting.session, &factor, caller.now)?;
        let identity = acting.person.identity();
        let mut changes = reach.directory.switch_second_factor(&acting.scope, &acting.person, Switch::Off);
        changes.extend([
            reach.directory.drop_second_factor(&acting.scope, subject, &factor),
            reach.access.carry_on(&acting.token, &identity.signed_out()),
            reach.outbox.put(notice),
        ]);
        match reach.access_log.commit(record, changes).await {
            Ok(()) => Ok(Turn::Done(StatusCode::NO_CONTENT)),
            Err(CommitError::Refused(refusals)) if refusals.name(Part::SecondFactor) => {
                Ok(Turn::Again(refusals.found(Part::SecondFactor)?.unwrap_or_default()))
            }
            // They changed, or the session ended, at this very moment.
            Err(CommitError::Refused(_)) => Err(Problem::SessionNeeded),
            Err(CommitError::Unavailable(error)) => Err(error.into()),
        }
    })
    .await
}

//! `POST /api/second-factor/confirmation`: a first code shows that the app is set up. From then on it is asked for.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use postern_aws::reach;
use postern_domain::{
    Occasion,
    code::Guess,
    dispatch::{DispatchKind, FactorChange},
    record::Outcome,
    second_factor::{RecoveryCode, SecondFactor},
    session::Stage,
};
use postern_flow::RaiseSession;
use postern_http::{
    Access, Acting, Body, Caller, Described, Held, NewCookies, Operation, Problem, ProblemKind, Sessions, SignedIn, given_out,
};
use postern_store::{AccessLog, CommitError, Directory, FactorKeys, Outbox, Part, Switch, Turn, settle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("confirm-second-factor", "/api/second-factor/confirmation", Access::Enrolment);

reach! {
    sessions: Sessions,
    directory: Directory [GetItem, PutItem, UpdateItem],
    raise_session: RaiseSession,
    access_log: AccessLog [PutItem],
    outbox: Outbox [PutItem],
    factor_keys: FactorKeys,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Confirms an authenticator app by its first code, and comes in where that was still to be done.")
        .body::<ConfirmSecondFactor>()
        .answer::<RecoveryCodes>(200, "It is asked for from now on. A new session, in a cookie, takes the place of the one before.")
        .problems(&[ProblemKind::CodeRejected])
}

/// The first code of an app.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmSecondFactor {
    /// The six digits that the app shows.
    code: Guess,
}

/// Codes for the day on which the app is gone. They are shown this once.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RecoveryCodes {
    /// Each lets in once.
    recovery_codes: Vec<String>,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    held: Held,
    Body(ConfirmSecondFactor { code }): Body<ConfirmSecondFactor>,
) -> Result<Response, Problem> {
    let (directory, subject) = (&reach.directory, signed_in.subject());
    let read = |scope| async move { directory.second_factor(&scope, subject).await };
    let (acting, factor) = signed_in.with(&reach.sessions, read).await?;
    let (reach, caller, acting, held, guess) = (&reach, &caller, &acting, &held, &code);
    settle(&caller.dice, factor, |factor| async move {
        if acting.session.stage == Stage::Enrolment && factor.is_confirmed() {
            return Err(Problem::SecondFactorNeeded);
        }
        let opener = reach.factor_keys.of(factor.key_of_enrolled().ok_or(Problem::CodeRejected)?).await?;
        let committed = match factor.confirm(guess, (&acting.scope, subject), &opener, &caller.dice, caller.now) {
            Ok((confirmed, codes)) => {
                reach.switch_on(caller, (acting, held), &confirmed).await.map(|cookies| Ok(answered(&codes, &cookies, held)))
            }
            Err(Some(after)) => reach.count_mistake(caller, acting, &after).await.map(|()| Err(Problem::CodeRejected)),
            Err(None) => return Err(Problem::CodeRejected),
        };
        match committed {
            Ok(answered) => answered.map(Turn::Done),
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

fn answered(codes: &[RecoveryCode], cookies: &NewCookies, held: &Held) -> Response {
    let recovery_codes = codes.iter().map(RecoveryCode::reveal).collect();
    (given_out(cookies, held), Json(RecoveryCodes { recovery_codes })).into_response()
}

impl Reach {
    async fn switch_on(
        &self,
        caller: &Occasion,
        (acting, held): (&Acting, &Held),
        confirmed: &SecondFactor,
    ) -> Result<NewCookies, CommitError> {
        let (scope, identity) = (&acting.scope, acting.session.identity);
        let notice = caller.dispatch(scope, Some(identity), DispatchKind::SecondFactor(FactorChange::On));
        let mut changes = vec![self.directory.keep_second_factor(scope, identity.subject, confirmed), self.outbox.put(&notice)];
        let comes_in = acting.session.stage == Stage::Enrolment;
        if comes_in {
            let outcome = Stage::Full.outcome(identity.subject.audience());
            changes.push(self.access_log.append(&self.raise_session.record(caller, acting, outcome)?).await?);
        }
        // All other sessions end, and what would open one: they are of somebody without this factor.
        let person = self.directory.switch_second_factor(scope, &acting.person, Switch::On(comes_in.then_some(caller.now)));
        let record = self.raise_session.record(caller, acting, Outcome::SecondFactorOn)?;
        self.raise_session.raise(caller, (acting, held), identity.signed_out(), &record, person, changes).await
    }

    async fn count_mistake(&self, caller: &Occasion, acting: &Acting, after: &SecondFactor) -> Result<(), CommitError> {
        let record = self.raise_session.record(caller, acting, Outcome::SecondFactorMismatch)?;
        let counted = self.directory.keep_second_factor(&acting.scope, acting.session.identity.subject, after);
        self.access_log.commit(&record, [counted]).await
    }
}

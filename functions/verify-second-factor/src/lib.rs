//! `POST /api/session/second-factor`: the second factor is given, to come in or to prove anew who someone is.

use axum::{extract::State, response::Response};
use postern_aws::reach;
use postern_domain::{
    Audience, Occasion,
    dispatch::{DispatchKind, FactorChange},
    second_factor::{NotProved, Proof, Proved, SecondFactor},
    session::Stage,
};
use postern_flow::RaiseSession;
use postern_http::{
    Access, Acting, Body, Caller, Described, Held, NewCookies, Opened, Operation, Problem, ProblemKind, Sessions, SignedIn, opened,
};
use postern_store::{AccessLog, CommitError, Directory, FactorKeys, Outbox, Part, Turn, settle};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("verify-second-factor", "/api/session/second-factor", Access::SecondFactor);

reach! {
    sessions: Sessions,
    directory: Directory [GetItem, PutItem, ConditionCheckItem],
    raise_session: RaiseSession,
    access_log: AccessLog [PutItem],
    outbox: Outbox [PutItem],
    factor_keys: FactorKeys,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Takes a second factor: to come in, or to prove anew who someone is.")
        .body::<VerifySecondFactor>()
        .answer::<Opened>(201, "A new session, in a cookie, in place of the one before.")
        .problems(&[ProblemKind::CodeRejected])
}

/// A second factor.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifySecondFactor {
    /// The six digits from the app, or a recovery code.
    code: Proof,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    held: Held,
    Body(VerifySecondFactor { code }): Body<VerifySecondFactor>,
) -> Result<Response, Problem> {
    let (directory, subject) = (&reach.directory, signed_in.subject());
    let read = |scope| async move { directory.second_factor(&scope, subject).await };
    let (acting, factor) = signed_in.with(&reach.sessions, read).await?;
    let (reach, caller, acting, held, proof) = (&reach, &caller, &acting, &held, &code);
    settle(&caller.dice, factor, |factor| async move {
        let key = factor.key().ok_or(Problem::CodeRejected)?;
        let opener = reach.factor_keys.of(key).await?;
        let (judged, after) = factor.judge(proof, (&acting.scope, subject), &opener, caller.now);
        let committed = match judged {
            Ok(proved) => reach.let_in(caller, (acting, held), proved, &after).await.map(|cookies| Ok(opened(&cookies, held))),
            Err(NotProved::Wrong | NotProved::Used) => {
                reach.count_mistake(caller, acting, proof, &after).await.map(|()| Err(Problem::CodeRejected))
            }
            // Nothing is compared, and nothing counts.
            Err(NotProved::Locked(_) | NotProved::Closed | NotProved::None) => return Err(Problem::CodeRejected),
        };
        match committed {
            Ok(answered) => answered.map(Turn::Done),
            Err(CommitError::Refused(refusals)) if refusals.name(Part::SecondFactor) => {
                Ok(Turn::Again(refusals.found(Part::SecondFactor)?.unwrap_or_default()))
            }
            // An attempt with their email was counted at this very moment.
            Err(CommitError::Refused(refusals)) if refusals.name(Part::Attempts) => Ok(Turn::Again(factor)),
            // They changed, or the session ended, at this very moment.
            Err(CommitError::Refused(_)) => Err(Problem::SessionNeeded),
            Err(CommitError::Unavailable(error)) => Err(error.into()),
        }
    })
    .await
}

impl Reach {
    /// Puts a session that is sure of its person in the place of the one by which they act.
    async fn let_in(
        &self,
        caller: &Occasion,
        (acting, held): (&Acting, &Held),
        proved: Proved,
        after: &SecondFactor,
    ) -> Result<NewCookies, CommitError> {
        let (scope, stage) = (&acting.scope, acting.session.stage);
        let subject = acting.session.identity.subject;
        let account = acting.person.sign_in_record().account;
        let mut changes = vec![self.directory.keep_second_factor(scope, subject, after)];
        if let Proved::Recovery(left) = proved {
            // Whoever loses the paper with the codes learns from their mailbox that somebody found it.
            let notice =
                caller.dispatch(scope, Some(acting.session.identity), DispatchKind::SecondFactor(FactorChange::RecoveryUsed { left }));
            changes.push(self.outbox.put(&notice));
        }
        let (person, outcome) = if stage == Stage::Full {
            (self.directory.check_person(scope, &account, false), proved.outcome())
        } else {
            if matches!(proved, Proved::Recovery(_)) {
                changes.push(self.access_log.append(&self.raise_session.record(caller, acting, proved.outcome())?).await?);
            }
            if subject.audience() == Audience::Staff {
                changes.extend(self.raise_session.reopen(caller, acting).await?);
            }
            (self.directory.sign_in_person(scope, &account, false, caller.now), Stage::Full.outcome(subject.audience()))
        };
        let record = self.raise_session.record(caller, acting, outcome)?;
        self.raise_session.raise(caller, (acting, held), acting.session.identity, &record, vec![person], changes).await
    }

    /// Counts a proof that was wrong.
    async fn count_mistake(&self, caller: &Occasion, acting: &Acting, proof: &Proof, after: &SecondFactor) -> Result<(), CommitError> {
        let record = self.raise_session.record(caller, acting, after.outcome_of_mistake(proof, caller.now))?;
        let counted = self.directory.keep_second_factor(&acting.scope, acting.session.identity.subject, after);
        self.access_log.commit(&record, [counted]).await
    }
}

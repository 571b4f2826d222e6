//! `POST /api/challenges/{challenge}/session`: exchanges a one-time code for a session.

use std::collections::BTreeSet;

use axum::{extract::State, response::Response};
use postern_aws::reach;
use postern_domain::{
    Audience, ChallengeId, Occasion,
    account::Account,
    attempts::Way,
    challenge::Challenge,
    code::Guess,
    keys::Token,
    record::{AccessRecord, Outcome},
    session::{Keep, Session, Stage},
    settings::SignInPolicy,
    sign_in,
};
use postern_flow::{NewSession, OpenSession};
use postern_http::{Access, Body, Caller, Described, Held, Id, NewCookies, Opened, Operation, Problem, ProblemKind, opened};
use postern_store::{AccessLog, AccessStore, CommitError, Directory, GuessCount, LogKeys, Part, SignInKeys, Turn, Write, settle};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("verify-code", "/api/challenges/{challenge}/session", Access::Anyone);

reach! {
    open_session: OpenSession,
    directory: Directory [GetItem, ConditionCheckItem],
    access: AccessStore [GetItem, PutItem, UpdateItem],
    access_log: AccessLog [PutItem],
    log_keys: LogKeys,
    sign_in_keys: SignInKeys,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Exchanges a one-time code for a session.")
        .body::<VerifyCode>()
        .answer::<Opened>(201, "A session, in a cookie.")
        .problems(&[ProblemKind::CodeRejected])
}

/// An answer to a challenge.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyCode {
    /// The six digits; spaces and hyphens are forgiven.
    code: Guess,
    /// Whether this browser is to stay signed in.
    #[serde(default)]
    keep: bool,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(id): Id<ChallengeId>,
    Caller(caller): Caller,
    held: Held,
    Body(answer): Body<VerifyCode>,
) -> Result<Response, Problem> {
    let (counted, attempts, firm) = tokio::try_join!(
        reach.access.count_guess(&id, caller.now),
        reach.access.attempts_named_by(&id),
        reach.directory.firm_named_by(&id)
    )?;
    let (challenge, found) = match counted {
        GuessCount::Open(challenge) => {
            let key = reach.sign_in_keys.code_of(&challenge.code_key).await?;
            let found = challenge.judge(&answer.code, &key);
            (challenge, found)
        }
        GuessCount::Over(challenge) if challenge.expires_unlogged(caller.now) => (challenge, Err(Outcome::CodeExpired)),
        // After a use or five guesses nothing more is compared or written, whatever comes.
        GuessCount::Over(_) | GuessCount::Unknown => return Err(Problem::CodeRejected),
    };
    let email = reach.log_keys.open(&challenge.scope(), &challenge.email).await?;
    let attempts = match attempts {
        Some(attempts) => attempts,
        None => reach.access.attempts(&challenge.scope(), &challenge.attempts).await?,
    };
    let firm = match firm {
        Some(firm) => Some(firm),
        None => reach.directory.firm(&challenge.scope()).await?,
    };
    let firm = firm.ok_or(Problem::CodeRejected)?;
    let session = held.session(challenge.audience);
    let goes_on = |account: &Account| challenge.goes_on(session.as_ref(), account, &firm, caller.now);
    let found = found.and_then(|account| if goes_on(&account) { Ok(account) } else { Err(Outcome::CodeExpired) });
    let policy = firm.sign_in;
    let keep = Keep::under(&policy, answer.keep);
    let (reach, caller, challenge, held, policy) = (&reach, &caller, &challenge, &held, &policy);
    let record = &|outcome| AccessRecord {
        channel: (challenge.audience == Audience::Client).then_some(challenge.channel),
        ..challenge.record(caller, outcome, email.clone())
    };
    settle(&caller.dice, (found, attempts), |(found, attempts)| async move {
        let (judged, after) = sign_in::judge(challenge, found.clone(), &attempts, policy, caller.now);
        let counted = reach.access.put_attempts(&challenge.scope(), &challenge.attempts, &after, caller.now);
        let committed = match judged {
            Ok(account) => {
                let new = match (&challenge.renewal, held.session(challenge.audience)) {
                    (Some(renewal), Some(token)) => reach.renewed(caller, challenge, &account, (&renewal.session, &token), held),
                    _ => reach.begun(caller, challenge, &account, (policy, keep), held),
                };
                reach.admit(caller, &record(new.outcome.clone()), new, counted).await.map(|cookies| Ok(opened(&cookies, held)))
            }
            Err(outcome) => {
                let locks_until = after.lock_since(&attempts, challenge.way, caller.now);
                let record = AccessRecord { locks_until, ..record(outcome) };
                reach.refuse(challenge, &record, counted).await.map(|()| Err(Problem::CodeRejected))
            }
        };
        match committed {
            Ok(answered) => answered.map(Turn::Done),
            // Another sitting of the same form was as fast: that one is in, or it is written down already.
            Err(CommitError::Refused(refusals)) if refusals.name(Part::Challenge) => Err(Problem::CodeRejected),
            Err(CommitError::Refused(refusals)) => {
                // Whoever changed since they asked cannot come in by what they asked for, nor can a session go on that has ended.
                let found = if refusals.name(Part::Person) || refusals.name(Part::Session) { Err(Outcome::CodeExpired) } else { found };
                let stands = refusals.name(Part::Attempts).then(|| refusals.found(Part::Attempts)).transpose()?;
                Ok(Turn::Again((found, stands.map_or(attempts, Option::unwrap_or_default))))
            }
            Err(CommitError::Unavailable(error)) => Err(error.into()),
        }
    })
    .await
}

impl Reach {
    /// The session that begins by a challenge, as far as it gets by a code alone.
    fn begun(
        &self,
        caller: &Occasion,
        challenge: &Challenge,
        account: &Account,
        (policy, keep): (&SignInPolicy, Keep),
        held: &Held,
    ) -> Admitted {
        let (scope, stage) = (challenge.scope(), Stage::after_one_factor(account, policy));
        // The code may have come to another browser than the one that asked for it.
        let known = challenge.known.clone().filter(|known| held.is_known_by(challenge.audience, known));
        // A browser that was closed has lost the cookie of its last session, which ends all the same.
        let last = challenge.known_session.clone().filter(|_| known.is_some());
        let device = match challenge.way {
            Way::Browser(device) if known.is_some() => Some(device),
            _ => None,
        };
        let remade = challenge.remade.as_ref().map(|(gate, mailbox)| (gate, mailbox.as_str()));
        let new = NewSession {
            session: Session::begin(
                &scope,
                (account.identity, challenge.settings_version),
                (challenge.assurance(), stage),
                keep,
                device,
                caller,
            ),
            person: self.open_session.person(&scope, account, challenge.texted, remade, (stage, caller.now)),
            instead_of: held.session(challenge.audience).iter().map(Token::fingerprint).chain(last).collect(),
            scope,
            known,
            attempts: challenge.attempts.clone(),
        };
        Admitted { new, outcome: stage.outcome(challenge.audience), used_up: vec![self.access.consume(challenge)] }
    }

    /// The session in place of the one in which a challenge was asked for, which ends.
    fn renewed(
        &self,
        caller: &Occasion,
        challenge: &Challenge,
        account: &Account,
        (session, token): (&Session, &Token),
        held: &Held,
    ) -> Admitted {
        let scope = challenge.scope();
        let new = NewSession {
            session: session.renewed(challenge.assurance(), caller),
            person: vec![self.directory.check_person(&scope, account, challenge.texted)],
            instead_of: BTreeSet::new(),
            scope,
            known: held.known(challenge.audience, &challenge.attempts).map(|token| token.fingerprint()),
            attempts: challenge.attempts.clone(),
        };
        Admitted { new, outcome: Outcome::IdentityConfirmed, used_up: vec![self.access.consume(challenge), self.access.end_session(token)] }
    }

    /// Opens a session if challenge and person are still what they were.
    async fn admit(&self, caller: &Occasion, record: &AccessRecord, admitted: Admitted, counted: Write) -> Result<NewCookies, CommitError> {
        let Admitted { new, mut used_up, .. } = admitted;
        used_up.push(counted);
        self.open_session.open(caller, new, record, used_up).await
    }

    /// Writes a refusal down; the answer is the same for every cause.
    async fn refuse(&self, challenge: &Challenge, record: &AccessRecord, counted: Write) -> Result<(), CommitError> {
        let expiry = (record.outcome == Outcome::CodeExpired).then(|| self.access.log_challenge_expiry(&challenge.challenge));
        self.access_log.commit_alike(record, [counted].into_iter().chain(expiry)).await
    }
}

/// What a right code leads to.
struct Admitted {
    new: NewSession,
    outcome: Outcome,
    used_up: Vec<Write>,
}

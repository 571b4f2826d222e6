//! `POST /api/challenges/{challenge}/session`: exchanges a one-time code for a session.

use axum::{extract::State, response::Response};
use postern_aws::reach;
use postern_domain::{
    Audience, ChallengeId, Occasion,
    account::Account,
    attempts::{Attempts, LastFailure},
    challenge::Challenge,
    code::Guess,
    record::{AccessRecord, LockedUntil, Outcome},
};
use postern_flow::{NewSession, OpenSession};
use postern_http::{Access, Body, Caller, Described, Held, Id, Opened, Operation, Problem, ProblemKind, opened};
use postern_store::{AccessLog, AccessStore, CommitError, GuessCount, Part, SignInKeys, Write};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("verify-code", "/api/challenges/{challenge}/session", Access::Anyone);

reach! {
    open_session: OpenSession,
    access: AccessStore [UpdateItem, ConditionCheckItem],
    access_log: AccessLog [PutItem],
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
    Id(challenge): Id<ChallengeId>,
    Caller(caller): Caller,
    held: Held,
    Body(answer): Body<VerifyCode>,
) -> Result<Response, Problem> {
    let challenge = match reach.access.count_guess(&challenge, caller.now).await? {
        GuessCount::Open(challenge) => challenge,
        // After a use or five guesses nothing more is compared or written, whatever comes.
        GuessCount::Over(challenge) if !challenge.expires_unlogged(caller.now) => return Err(Problem::CodeRejected),
        GuessCount::Over(challenge) => {
            let logged = reach.access.log_challenge_expiry(&challenge.challenge);
            return Err(reach.refuse(&caller, &challenge, Outcome::CodeExpired, Some(logged)).await);
        }
        GuessCount::Unknown => return Err(Problem::CodeRejected),
    };
    let key = reach.sign_in_keys.code_of(&challenge.code_key).await?;
    match challenge.judge(&answer.code, &key) {
        Ok(account) => reach.admit(&caller, &challenge, account, answer.keep, &held).await,
        Err(outcome) => Err(reach.refuse(&caller, &challenge, outcome, None).await),
    }
}

impl Reach {
    /// Opens a session if challenge and person are still what they were.
    async fn admit(
        &self,
        caller: &Occasion,
        challenge: &Challenge,
        account: Account,
        keep: bool,
        held: &Held,
    ) -> Result<Response, Problem> {
        let (now, scope) = (caller.now, challenge.scope());
        let mut used_up = vec![self.access.consume(challenge)];
        if !challenge.by_link {
            used_up.push(self.access.check_unlocked(&scope, &challenge.attempts, now));
        }
        let instead_of = held.session(challenge.audience);
        let record = record(caller, challenge, Outcome::signed_in(challenge.audience));
        let new = NewSession { scope, account, assurance: challenge.assurance(), by_sms: challenge.texted, keep, instead_of };
        match self.open_session.open(caller, new, &record, used_up).await {
            Ok((token, session)) => Ok(opened(&token, &session)),
            // Another sitting of the same form was as fast: that one is in, and nothing went wrong.
            Err(CommitError::Refused(refusals)) if refusals.name(Part::Challenge) => Err(Problem::CodeRejected),
            Err(CommitError::Refused(refusals)) => {
                let locked = refusals.found::<Attempts>(Part::Attempts)?.and_then(|attempts| attempts.locked_until(now));
                let outcome = locked.map_or(Outcome::CodeExpired, |until| Outcome::Locked { time: LockedUntil(until) });
                Err(self.refuse(caller, challenge, outcome, None).await)
            }
            Err(CommitError::Unavailable(error)) => Err(error.into()),
        }
    }

    /// Writes a refusal down, together with `change`; the answer is the same for every cause.
    async fn refuse(&self, caller: &Occasion, challenge: &Challenge, outcome: Outcome, change: Option<Write>) -> Problem {
        // Failures on a challenge for which no code went out do not count against the person; they cost the same.
        let failure = challenge.account.as_ref().map(|_| LastFailure { at: caller.now, outcome: outcome.clone() });
        let remembered = self.access.remember_failure(&challenge.scope(), &challenge.attempts, failure.as_ref());
        match self.access_log.commit(&record(caller, challenge, outcome), [remembered].into_iter().chain(change)).await {
            // Refused means that it is written down already.
            Ok(()) => Problem::CodeRejected,
            Err(CommitError::Refused(refusals)) if refusals.name(Part::Challenge) => Problem::CodeRejected,
            Err(error) => error.into(),
        }
    }
}

fn record(caller: &Occasion, challenge: &Challenge, outcome: Outcome) -> AccessRecord {
    let channel = (challenge.audience == Audience::Client).then_some(challenge.channel);
    AccessRecord { channel, ..challenge.record(caller, outcome) }
}

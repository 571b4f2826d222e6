//! `POST /api/challenges/{challenge}/session`: exchanges a one-time code for a session.

use axum::{Router, extract::State, response::Response};
use postern_domain::{
    Audience, ChallengeId, Clock, Dice, RecordId, Subject,
    challenge::{Account, Challenge},
    code::Guess,
    keys::Token,
    record::{AccessRecord, LockedUntil, Origin, Outcome},
    session::{Person, Session},
    sign_in::{Attempts, LastFailure},
};
use postern_http::{Body, Caller, Id, OpenTo, Opened, Operation, Problem, openapi::Described, opened};
use postern_store::{Access, AccessLog, Aws, CommitError, Counted, Directory, Misconfigured, SignInKeys, Write};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route.
pub const OPERATION: Operation = Operation::post("verify-code", "/api/challenges/{challenge}/session", OpenTo::Anyone);

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Where the last access of a person is noted.
    pub directory: Directory,
    /// Where challenges, attempts and sessions stand.
    pub access: Access,
    /// Where each guess is written down.
    pub access_log: AccessLog,
    /// Keys of codes.
    pub sign_in_keys: SignInKeys,
    /// The time.
    pub clock: Clock,
    /// The randomness.
    pub dice: Dice,
}

impl Reach {
    /// What is reached from `aws`.
    ///
    /// # Errors
    /// If a setting is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self {
            directory: Directory::new(aws)?,
            access: Access::new(aws)?,
            access_log: AccessLog::new(aws)?,
            sign_in_keys: SignInKeys::new(aws)?,
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(verify_code, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Exchanges a one-time code for a session.")
        .body::<Answer>()
        .answer::<Opened>(201, "A session, in a cookie.")
        .problems(&["code-rejected"])
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Answer {
    /// The six digits; spaces and hyphens are forgiven.
    code: Guess,
    /// Whether this browser is to stay signed in.
    #[serde(default)]
    keep: bool,
}

async fn verify_code(
    State(reach): State<Reach>,
    Id(challenge): Id<ChallengeId>,
    caller: Caller,
    Body(answer): Body<Answer>,
) -> Result<Response, Problem> {
    let now = reach.clock.now();
    let challenge = match reach.access.count_guess(&challenge, now).await? {
        Counted::Open(challenge) => challenge,
        Counted::Over(challenge) => return Err(reach.refuse(&challenge, Outcome::CodeExpired, caller.origin).await),
        Counted::Unknown => return Err(Problem::CodeRejected),
    };
    let key = reach.sign_in_keys.code_of(&challenge.code_key).await?;
    match challenge.judge(&answer.code, &key) {
        Ok(account) => reach.admit(&challenge, account, answer.keep, caller.origin).await,
        Err(outcome) => Err(reach.refuse(&challenge, outcome, caller.origin).await),
    }
}

impl Reach {
    /// Opens a session if challenge and person are still what they were; all of it or nothing.
    async fn admit(&self, challenge: &Challenge, account: Account, keep: bool, origin: Origin) -> Result<Response, Problem> {
        let (now, scope) = (self.clock.now(), challenge.scope());
        let outcome = match account.subject {
            Subject::Contact(_) => Outcome::SignedIn,
            Subject::Staff(_) => Outcome::StaffSignedIn,
        };
        let mobile_epoch = challenge.texted.then_some(account.mobile_epoch);
        let person = Person { subject: account.subject, epoch: account.epoch, clients: account.clients };
        let (subject, epoch) = (person.subject, person.epoch);
        let (token, session) =
            (Token::of(self.dice.bytes()), Session::begin(challenge.firm.clone(), person, challenge.assurance(), keep, now));
        let mut changes = vec![
            self.access.consume(challenge),
            self.directory.sign_in_person(&scope, subject, epoch, mobile_epoch, now),
            self.access.put_session(&token, &session),
        ];
        if !challenge.by_link {
            changes.push(self.access.check_unlocked(&scope, &challenge.attempts, now));
        }
        let record = self.record(challenge, outcome, origin.clone());
        match self.access_log.commit(&record, changes).await {
            Ok(()) => Ok(opened(&token, &session)),
            Err(CommitError::Refused(refusals)) => {
                let locked = refusals.found::<Attempts>("attempts")?.and_then(|attempts| attempts.locked_until(now)).map(LockedUntil);
                let outcome = locked.map_or(Outcome::CodeExpired, |time| Outcome::Locked { time });
                Err(self.refuse(challenge, outcome, origin).await)
            }
            Err(CommitError::Unavailable(error)) => Err(error.into()),
        }
    }

    /// Writes a refusal down; the answer is the same for every cause.
    async fn refuse(&self, challenge: &Challenge, outcome: Outcome, origin: Origin) -> Problem {
        let failure = LastFailure { at: self.clock.now(), outcome: outcome.clone() };
        // Failures on a challenge for which no code went out do not count against the person.
        let noted: Option<Write> =
            challenge.account.as_ref().map(|_| self.access.note_failure(&challenge.scope(), &challenge.attempts, &failure));
        match self.access_log.commit(&self.record(challenge, outcome, origin), noted).await {
            Ok(()) => Problem::CodeRejected,
            Err(error) => error.into(),
        }
    }

    fn record(&self, challenge: &Challenge, outcome: Outcome, origin: Origin) -> AccessRecord {
        let now = self.clock.now();
        AccessRecord {
            contact: challenge.account.as_ref().and_then(|account| account.subject.contact()),
            email: Some(challenge.email.clone()),
            email_mark: Some(challenge.email_mark.clone()),
            channel: (challenge.audience == Audience::Client).then_some(challenge.channel),
            ..AccessRecord::new(RecordId::new(now, &self.dice), challenge.firm.clone(), now, outcome, origin)
        }
    }
}

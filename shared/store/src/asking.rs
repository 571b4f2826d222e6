//! Asking for a code: one transaction of one shape, whatever is decided.

use jiff::Timestamp;
use postern_domain::{
    Audience, ChallengeId, Dice, FirmScope, RecordId, TypedEmail,
    challenge::{Account, Asked, Challenge},
    contact::Missing,
    dispatch::{Dispatch, Kind, Recipient},
    firm::{Channel, IdentityCheck},
    gate::{Gate, GateDigits, GateKind},
    keys::{Key, Sealed},
    record::{AccessRecord, Origin},
    sign_in::{Attempts, Decision, GateTry, Sending, SignIn, decide},
};

use crate::{
    Access, AccessLog, CommitError, GateKeys, LogKeys, LogPen, Outbox, SignInKeys, Unavailable, Write, commit::jitter, keys::AttemptMarks,
};

/// Times that a request is decided again because others were counted meanwhile; more cannot pass the visible limit anyway.
const DECISIONS: u32 = 12;
/// Doublings of the pause between two of them.
const PAUSE_DOUBLINGS: u32 = 3;

/// What asking for a code touches, and the keys that it uses.
pub struct Asking<'a> {
    /// Where challenges and attempts stand.
    pub access: &'a Access,
    /// Where it is written down.
    pub access_log: &'a AccessLog,
    /// Where the message waits.
    pub outbox: &'a Outbox,
    /// The key for new codes.
    pub code_key: Key,
    /// What writes into the log.
    pub pen: LogPen,
    /// Marks of attempts.
    pub marks: AttemptMarks,
    /// The randomness.
    pub dice: &'a Dice,
    /// The present instant.
    pub now: Timestamp,
    /// From where the request comes.
    pub origin: Origin,
}

/// Who asks, and what is known of them.
pub struct Asker {
    /// At which firm.
    pub scope: FirmScope,
    /// As whom.
    pub audience: Audience,
    /// With which email.
    pub email: TypedEmail,
    /// The person with this email, what they lack, and how they passed the gate.
    pub person: Option<(SignIn, Vec<Missing>, GateTry)>,
    /// The mark of the gate that was tried, and the label of the one that opened.
    pub gate: GateReading,
    /// How a code would go out.
    pub channel: Channel,
}

/// Why no challenge is given out.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Too many requests; when the next may come.
    #[error("too many requests until {0}")]
    TooMany(Timestamp),
    /// What was to change along with it has changed meanwhile.
    #[error("what was to change along with it has changed meanwhile")]
    Changed,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl<'a> Asking<'a> {
    /// Gets the keys ready.
    pub async fn new(
        (access, access_log, outbox): (&'a Access, &'a AccessLog, &'a Outbox),
        (sign_in_keys, log_keys): (&SignInKeys, &LogKeys),
        dice: &'a Dice,
        now: Timestamp,
        origin: Origin,
    ) -> Result<Self, Unavailable> {
        let (code_key, pen) = tokio::try_join!(sign_in_keys.code(), log_keys.current())?;
        let marks = sign_in_keys.attempts().await?;
        Ok(Self { access, access_log, outbox, code_key, pen, marks, dice, now, origin })
    }

    /// The attempts of the email of `asker`.
    pub fn mark(&self, scope: &FirmScope, audience: Audience, email: &TypedEmail) -> String {
        self.marks.of(scope, audience, &email.email)
    }

    /// Decides about a request and commits what was decided, together with `changes`.
    pub async fn ask(&self, asker: &Asker, mut attempts: Attempts, changes: &[Write]) -> Result<Challenge, AskError> {
        for turn in 0..DECISIONS {
            match self.ask_once(asker, &attempts, changes).await {
                Ok(asked) => return asked,
                Err(CommitError::Unavailable(error)) => return Err(error.into()),
                Err(CommitError::Refused(refusals)) if refusals.names("attempts") => {
                    attempts = refusals.found("attempts")?.unwrap_or_default();
                    // Without a pause all who lost would collide again at once.
                    tokio::time::sleep(jitter(self.dice, turn.min(PAUSE_DOUBLINGS))).await;
                }
                Err(CommitError::Refused(_)) => return Err(AskError::Changed),
            }
        }
        Err(Unavailable::new("too many requests for one email at once").into())
    }

    async fn ask_once(&self, asker: &Asker, attempts: &Attempts, changes: &[Write]) -> Result<Result<Challenge, AskError>, CommitError> {
        let Asker { scope, audience, email, person, channel, .. } = asker;
        let mark = self.mark(scope, *audience, email);
        let known = person.as_ref().map(|(person, missing, gate)| (person, missing.clone(), gate.clone()));
        let decision = decide(known, attempts, *channel, self.now);
        let (attempts, outcome, sending) = match decision {
            Decision::Refused { retry_at, note: None } => return Ok(Err(AskError::TooMany(retry_at))),
            Decision::Refused { retry_at, note: Some(attempts) } => {
                let record = self.record(asker, postern_domain::record::Outcome::TooManyRequests);
                self.access_log.commit(&record, [self.access.put_attempts(scope, &mark, &attempts, self.now)]).await?;
                return Ok(Err(AskError::TooMany(retry_at)));
            }
            Decision::Answered { attempts, outcome, sending } => (attempts, outcome, sending),
        };
        let record = self.record(asker, outcome);
        let account = matches!(sending, Sending::Code(_)).then(|| person.as_ref().map(|(person, ..)| Account::from(person))).flatten();
        let asked = Asked {
            firm: scope.firm().clone(),
            audience: *audience,
            attempts: mark.clone(),
            email: self.sealed(scope, email),
            email_mark: self.pen.email_mark(scope, &email.email),
            by_link: person.as_ref().is_some_and(|(_, _, gate)| *gate == GateTry::Link),
        };
        let challenge = Challenge::begin(ChallengeId::new(self.dice), asked, account, *channel, &self.code_key, self.now, self.dice);
        let to = person.as_ref().map(|(person, ..)| Recipient { subject: person.subject, epoch: person.epoch });
        let kind = match sending {
            Sending::Code(channel) => Kind::Code { challenge: challenge.challenge, channel },
            Sending::Honest(reason) => Kind::Honest(reason),
            Sending::Nothing => Kind::Nothing,
        };
        let dispatch = Dispatch::new(scope.firm().clone(), to, kind, self.origin.clone(), self.now, self.dice);
        let own = [
            self.access.put_challenge(&challenge),
            self.access.put_attempts(scope, &mark, &attempts, self.now),
            self.outbox.put(&dispatch),
        ];
        self.access_log.commit(&record, own.into_iter().chain(changes.iter().cloned())).await?;
        Ok(Ok(challenge))
    }

    fn sealed(&self, scope: &FirmScope, email: &TypedEmail) -> Sealed {
        self.pen.sealer.seal(&email.typed, scope.firm().as_str().as_bytes(), self.dice)
    }

    /// A record of `outcome` for `asker`.
    pub fn record(&self, asker: &Asker, outcome: postern_domain::record::Outcome) -> AccessRecord {
        let Asker { scope, email, person, gate, channel, .. } = asker;
        let id = RecordId::new(self.now, self.dice);
        AccessRecord {
            contact: person.as_ref().and_then(|(person, ..)| person.subject.contact()),
            email: Some(self.sealed(scope, email)),
            email_mark: Some(self.pen.email_mark(scope, &email.email)),
            gate_mark: gate.mark.clone().filter(|_| gate.label.is_none()),
            gate: gate.label.clone(),
            channel: (outcome == postern_domain::record::Outcome::CodeRequested).then_some(*channel),
            ..AccessRecord::new(id, scope.firm().clone(), self.now, outcome, self.origin.clone())
        }
    }
}

/// What was found out about digits that someone gave.
#[derive(Debug, Clone, Default)]
pub struct GateReading {
    /// The keyed mark of the digits, whatever they open.
    pub mark: Option<String>,
    /// The label of the gate that they opened.
    pub label: Option<String>,
}

/// Tries `digits` at the gates of `person` that `check` asks for. For nobody the same work is done.
pub async fn read_gates(
    (gate_keys, pen, marks): (&GateKeys, &LogPen, &AttemptMarks),
    scope: &FirmScope,
    person: Option<&SignIn>,
    check: IdentityCheck,
    digits: &GateDigits,
    browser: [&str; 2],
) -> Result<(GateTry, GateReading), Unavailable> {
    let mark = digits.mark(&pen.marker, scope.firm());
    let contact = person.and_then(|person| person.subject.contact());
    let gates: Vec<&Gate> = person.iter().flat_map(|person| &person.gates).filter(|gate| gate.serves(check)).collect();
    let mut opened = None;
    for gate in &gates {
        let key = gate_keys.of(gate.key_id()).await?;
        if contact.is_some_and(|contact| gate.opens(digits, &key, scope.firm(), &contact)) {
            opened = Some(*gate);
        }
    }
    let tried = if opened.is_some() {
        GateTry::Opened
    } else {
        let kind = if gates.iter().any(|gate| gate.kind == GateKind::SsnLast4) { GateKind::SsnLast4 } else { GateKind::Pin };
        GateTry::Wrong { kind, mark: marks.of_mistake(&mark, browser) }
    };
    Ok((tried, GateReading { mark: Some(mark), label: opened.and_then(|gate| gate.label.clone()) }))
}

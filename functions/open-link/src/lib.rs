//! `POST /api/links/redemption`: what a person does with a link. It says who; alone it lets nobody in.

mod by_code;
mod by_gate;

use axum::{Router, extract::State, response::Response};
use jiff::{SignedDuration, Timestamp};
use postern_domain::{
    Clock, Dice, FirmScope, RecordId, Subject,
    contact::Contact,
    firm::{Firm, IdentityCheck, StaffMember},
    keys::Token,
    link::Link,
    record::{AccessRecord, Outcome},
    session::{Assurance, Person as SessionPerson, Session},
};
use postern_http::{Body, Caller, OpenTo, Operation, Problem, openapi::Described, opened};
use postern_store::{Access, AccessLog, Aws, CommitError, Directory, GateKeys, LogKeys, Misconfigured, Outbox, SignInKeys, Unavailable};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route.
pub const OPERATION: Operation = Operation::post("open-link", "/api/links/redemption", OpenTo::Anyone);

/// Times that a link is looked at again because another browser used it meanwhile.
const TRIES: usize = 4;

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Where firms and people stand.
    pub directory: Directory,
    /// Where links, attempts, challenges and sessions stand.
    pub access: Access,
    /// Where each step is written down.
    pub access_log: AccessLog,
    /// Where the code waits.
    pub outbox: Outbox,
    /// Keys for codes and attempts.
    pub sign_in_keys: SignInKeys,
    /// Keys of gates.
    pub gate_keys: GateKeys,
    /// Keys for what the log hides.
    pub log_keys: LogKeys,
    /// Whether text messages can be sent.
    pub texting: bool,
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
            outbox: Outbox::new(aws)?,
            sign_in_keys: SignInKeys::new(aws)?,
            gate_keys: GateKeys::new(aws)?,
            log_keys: LogKeys::new(aws)?,
            texting: aws.texting(),
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(open_link, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Continues with a link: by the gate on its first use, else by a code.")
        .body::<Redemption>()
        .answer::<postern_http::Opened>(201, "The gate was right: a session, in a cookie.")
        .answer::<by_code::CodeOnItsWay>(202, "A code is on its way.")
        .problems(&["gate-rejected", "link-gone", "too-many-requests"])
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Redemption {
    /// What stands behind the `#` of the link.
    token: String,
    /// The last four digits of the SSN or tax id, or the PIN.
    #[serde(default)]
    gate: Option<String>,
    /// Whether this browser is to stay signed in.
    #[serde(default)]
    keep: bool,
}

/// A link with everything that deciding about it needs.
struct Visit {
    token: Token,
    link: Link,
    scope: FirmScope,
    firm: Firm,
    person: Person,
    caller: Caller,
    /// When it takes place: all that comes of it is of this instant.
    now: Timestamp,
}

/// Whose link it is.
enum Person {
    Contact(Box<Contact>),
    Staff(Box<StaffMember>),
}

async fn open_link(State(reach): State<Reach>, caller: Caller, Body(redemption): Body<Redemption>) -> Result<Response, Problem> {
    // A token that was cut short on its way is as gone as an unknown one.
    let token = Token::parse(&redemption.token).map_err(|_| Problem::LinkGone)?;
    for _ in 0..TRIES {
        let visit = reach.visit(token.clone(), caller.clone()).await?;
        let outcome = match (&visit.person, &redemption.gate) {
            (Person::Staff(_), _) if !visit.link.used => reach.admit(&visit, redemption.keep, None).await,
            (Person::Contact(contact), Some(gate))
                if visit.link.opens_by_gate(visit.now) && visit.firm.sign_in.identity_check != IdentityCheck::None =>
            {
                reach.try_gate(&visit, contact, gate, redemption.keep).await
            }
            _ => reach.send_code(&visit).await,
        };
        match outcome {
            Err(Stop::Changed) => {}
            Err(Stop::Problem(problem)) => return Err(problem),
            Ok(response) => return Ok(response),
        }
    }
    Err(Unavailable::new("one link was used by too many browsers at once").into())
}

/// Why a step did not come to its end.
enum Stop {
    /// Another browser took a step with the same link; look at it again.
    Changed,
    /// The caller is told.
    Problem(Problem),
}

impl<E: Into<Problem>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}

impl Reach {
    /// The link with whoever it belongs to. Unknown, revoked and expired are one answer.
    async fn visit(&self, token: Token, caller: Caller) -> Result<Visit, Problem> {
        let link = self.access.link(&token).await?.ok_or(Problem::LinkGone)?;
        let scope = link.scope();
        let person = async {
            Ok(match link.subject {
                Subject::Contact(id) => {
                    let contact = self.directory.contact(&scope, id).await?;
                    contact.filter(|contact| contact.epoch == link.epoch).map(|contact| Person::Contact(Box::new(contact)))
                }
                Subject::Staff(id) => {
                    let staff = self.directory.staff(&scope, id).await?;
                    staff.filter(|staff| staff.epoch == link.epoch).map(|staff| Person::Staff(Box::new(staff)))
                }
            })
        };
        let (firm, person) = tokio::try_join!(self.directory.firm(&scope), person)?;
        let (Some(firm), Some(person)) = (firm, person) else { return Err(Problem::LinkGone) };
        let now = self.clock.now();
        let visit = Visit { token, link, scope, firm, person, caller, now };
        if !visit.link.lives(now) {
            self.access_log.commit(&self.record(&visit, Outcome::LinkExpired), []).await?;
            return Err(Problem::LinkGone);
        }
        Ok(visit)
    }

    /// Opens a session and uses the link up; all of it or nothing. `gate` is the label of the gate that opened.
    async fn admit(&self, visit: &Visit, keep: bool, gate: Option<String>) -> Result<Response, Stop> {
        let (outcome, clients) = match &visit.person {
            Person::Contact(contact) => (Outcome::SignedIn, contact.clients.iter().map(|client| client.client).collect()),
            Person::Staff(_) => (Outcome::StaffSignedIn, Vec::new()),
        };
        let Visit { token, link, scope, now, .. } = visit;
        let person = SessionPerson { subject: link.subject, epoch: link.epoch, clients };
        let session = Session::begin(scope.firm().clone(), person, Assurance::Link, keep, *now);
        let session_token = Token::of(self.dice.bytes());
        let after = Link { used: true, opened_at: link.opened_at.or(Some(*now)), ..link.clone() };
        let record = AccessRecord { gate, ..self.record(visit, outcome) };
        let mut changes = vec![
            self.access.step_link(token, link, &after),
            self.directory.sign_in_person(scope, link.subject, link.epoch, None, *now),
            self.access.put_session(&session_token, &session),
        ];
        changes.extend(self.first_opening(visit));
        match self.access_log.commit(&record, changes).await {
            Ok(()) => Ok(opened(&session_token, &session)),
            Err(CommitError::Refused(_)) => Err(Stop::Changed),
            Err(error) => Err(error.into()),
        }
    }

    /// The record of the first time that someone acts on the link.
    fn first_opening(&self, visit: &Visit) -> Option<postern_store::Write> {
        visit.link.opened_at.is_none().then(|| {
            // It sorts before the record of what it led to, which is of the same instant.
            let id = RecordId::new(visit.now - SignedDuration::from_millis(1), &self.dice);
            self.access_log.append(&AccessRecord { record: id, ..self.record(visit, Outcome::LinkOpened) })
        })
    }

    fn record(&self, visit: &Visit, outcome: Outcome) -> AccessRecord {
        let Visit { scope, link, caller, now, .. } = visit;
        AccessRecord::new(RecordId::new(*now, &self.dice), scope.firm().clone(), *now, outcome, caller.origin.clone())
            .about(link.subject.contact())
    }
}

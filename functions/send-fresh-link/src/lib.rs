//! `POST /api/firms/{firm}/links`: sends a fresh link to the address on file, and learns nothing from the answer.

use axum::{Router, extract::State};
use http::StatusCode;
use postern_domain::{
    Audience, Clock, Dice, Email, FirmId, FirmScope, RecordId, Subject,
    dispatch::{Dispatch, Kind, Recipient},
    keys::Token,
    record::{AccessRecord, Origin},
    sign_in::{self, Attempts, FreshLink, SignIn},
};
use postern_http::{Body, Caller, Id, OpenTo, Operation, Problem, openapi::Described};
use postern_store::{Access, AccessLog, Aws, CommitError, Directory, LogKeys, Misconfigured, Outbox, SignInKeys, Unavailable};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route.
pub const OPERATION: Operation = Operation::post("send-fresh-link", "/api/firms/{firm}/links", OpenTo::Anyone);

/// Times that a request is decided again because others were counted meanwhile; more cannot pass the visible limit anyway.
const TRIES: usize = 12;

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Where firms, contacts and sign-in records stand.
    pub directory: Directory,
    /// Where links and attempts stand.
    pub access: Access,
    /// Where it is written down.
    pub access_log: AccessLog,
    /// Where the mail waits.
    pub outbox: Outbox,
    /// Keys by which attempts are counted.
    pub sign_in_keys: SignInKeys,
    /// Keys for what the log hides.
    pub log_keys: LogKeys,
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
            log_keys: LogKeys::new(aws)?,
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(send_fresh_link, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Sends a fresh link to the address on file. The answer is the same whether one is sent or not.")
        .body::<Ask>()
        .empty_answer(202, "If there is such a contact, a link is on its way.")
}

/// Whose link it is: by the address, or by a link that is no longer good.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ask {
    /// The email on file.
    #[serde(default)]
    email: Option<Email>,
    /// The token of an earlier link.
    #[serde(default)]
    token: Option<String>,
}

async fn send_fresh_link(
    State(reach): State<Reach>,
    Id(firm): Id<FirmId>,
    caller: Caller,
    Body(ask): Body<Ask>,
) -> Result<StatusCode, Problem> {
    let scope = FirmScope::of_public_path(firm);
    let email = match (ask.email, ask.token) {
        (Some(email), None) => Some(email),
        (None, Some(token)) => reach.owner_of(&scope, &token).await?,
        _ => return Err(Problem::field("email", "Give either the email or the token of a link.")),
    };
    let Some(email) = email else { return Ok(StatusCode::ACCEPTED) };
    let mark = reach.sign_in_keys.attempts().await?.of(&scope, Audience::Client, &email);
    let (firm, person, mut attempts) = tokio::try_join!(
        reach.directory.firm(&scope),
        reach.directory.sign_in(&scope, Audience::Client, &email),
        reach.access.attempts(&scope, &mark),
    )?;
    firm.ok_or(Problem::NotFound)?;
    for _ in 0..TRIES {
        match reach.commit(&scope, &email, &mark, person.as_ref(), &attempts, &caller.origin).await {
            Ok(()) => return Ok(StatusCode::ACCEPTED),
            Err(CommitError::Refused(refusals)) if refusals.names("attempts") => {
                attempts = refusals.found("attempts")?.unwrap_or_default();
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Unavailable::new("too many requests for one email at once").into())
}

impl Reach {
    /// The address of the contact whose link had `token`, as it is on file now.
    async fn owner_of(&self, scope: &FirmScope, token: &str) -> Result<Option<Email>, Unavailable> {
        let Ok(token) = Token::parse(token) else { return Ok(None) };
        match self.access.link(&token).await?.filter(|link| link.scope() == *scope).map(|link| link.subject) {
            Some(Subject::Contact(contact)) => Ok(self.directory.contact(scope, contact).await?.and_then(|contact| contact.email)),
            Some(Subject::Staff(_)) | None => Ok(None),
        }
    }

    /// Decides about the request and commits what was decided, in the same shape for known and unknown.
    async fn commit(
        &self,
        scope: &FirmScope,
        email: &Email,
        mark: &str,
        person: Option<&SignIn>,
        attempts: &Attempts,
        origin: &Origin,
    ) -> Result<(), CommitError> {
        let now = self.clock.now();
        let FreshLink::Answered { attempts, outcome, sent } = sign_in::decide_fresh_link(person.is_some(), attempts, now) else {
            return Ok(());
        };
        let to = person.map(|person| Recipient { subject: person.subject, epoch: person.epoch });
        let kind = if sent { Kind::FreshLink } else { Kind::Nothing };
        let dispatch = Dispatch::new(scope.firm().clone(), to, kind, origin.clone(), now, &self.dice);
        let pen = self.log_keys.current().await?;
        let record = AccessRecord {
            contact: person.and_then(|person| person.subject.contact()),
            email: Some(pen.sealer.seal(email.as_str(), scope.firm().as_str().as_bytes(), &self.dice)),
            email_mark: Some(pen.email_mark(scope, email)),
            ..AccessRecord::new(RecordId::new(now, &self.dice), scope.firm().clone(), now, outcome, origin.clone())
        };
        self.access_log.commit(&record, [self.access.put_attempts(scope, mark, &attempts, now), self.outbox.put(&dispatch)]).await
    }
}

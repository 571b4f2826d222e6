//! `POST /api/contacts/{contact}/invitations`: invites a contact, or names what it lacks.

use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use http::StatusCode;
use jiff::Timestamp;
use postern_domain::{
    Audience, Clock, ContactId, Dice, DispatchId, Email, FirmScope, RecordId, Subject,
    contact::Contact,
    dispatch::{Dispatch, Kind, Recipient},
    policy,
    record::{AccessRecord, Origin, Outcome},
};
use postern_http::{Body, Caller, Id, OpenTo, Operation, Problem, Staff, openapi::Described};
use postern_store::{Access, AccessLog, Aws, CommitError, Directory, Misconfigured, Outbox, Unavailable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route.
pub const OPERATION: Operation = Operation::post("invite", "/api/contacts/{contact}/invitations", OpenTo::Only(Audience::Staff));

/// Times that an invitation is tried again because the contact changed meanwhile.
const TRIES: usize = 4;

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone, FromRef)]
pub struct Reach {
    /// Where contacts stand.
    pub directory: Directory,
    /// Where sessions stand.
    pub access: Access,
    /// Where it is written down.
    pub access_log: AccessLog,
    /// Where the mail waits.
    pub outbox: Outbox,
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
            texting: aws.texting(),
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(invite, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Sends a contact the link to the portal.")
        .body::<Nothing>()
        .answer::<Invited>(201, "The mail is on its way.")
        .problems(&["not-ready", "too-many-requests"])
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Invited {
    invitation: DispatchId,
    sent_to: Email,
    expires_at: Timestamp,
}

async fn invite(
    State(reach): State<Reach>,
    Id(contact): Id<ContactId>,
    staff: Staff,
    caller: Caller,
    Body(Nothing {}): Body<Nothing>,
) -> Result<(StatusCode, Json<Invited>), Problem> {
    let scope = staff.0.scope();
    let known = async { tokio::try_join!(reach.directory.firm(&scope), reach.directory.contact(&scope, contact)) };
    let (staff, (firm, found)) = staff.beside(&reach.directory, known).await?;
    let policy = firm.ok_or(Problem::SessionNeeded)?.sign_in;
    let mut found = found.ok_or(Problem::NotFound)?;
    for _ in 0..TRIES {
        let missing = found.missing(&policy, reach.texting);
        let Some(email) = found.email.clone().filter(|_| missing.is_empty()) else {
            let record = reach.record(&scope, &found, Outcome::NotSetUp { fields: missing.clone() }, caller.origin);
            reach.access_log.commit(&record, []).await?;
            return Err(Problem::NotReady(missing));
        };
        match reach.commit(&scope, &found, staff.name.to_string(), &caller.origin).await? {
            Ok((invitation, expires_at)) => return Ok((StatusCode::CREATED, Json(Invited { invitation, sent_to: email, expires_at }))),
            Err(newer) => found = newer.ok_or(Problem::NotFound)?,
        }
    }
    Err(Unavailable::new("too many changes of one contact at once").into())
}

impl Reach {
    /// Commits an invitation of `contact`; if it changed meanwhile, answers with the contact as it is now.
    async fn commit(
        &self,
        scope: &FirmScope,
        contact: &Contact,
        staff: String,
        origin: &Origin,
    ) -> Result<Result<(DispatchId, Timestamp), Option<Contact>>, Problem> {
        let now = self.clock.now();
        let mut mails = contact.may_be_mailed(now).map_err(|retry_at| Problem::until(retry_at, now))?;
        mails.push(now);
        let kind = Kind::Invitation { again: contact.invited_at.is_some() };
        let to = Recipient { subject: Subject::Contact(contact.contact), epoch: contact.epoch };
        let dispatch = Dispatch::new(scope.firm().clone(), Some(to), kind, origin.clone(), now, &self.dice);
        let record = self.record(scope, contact, Outcome::InviteRequested { staff }, origin.clone());
        let changes = [self.directory.invite(scope, contact, &mails, now), self.outbox.put(&dispatch)];
        match self.access_log.commit(&record, changes).await {
            Ok(()) => Ok(Ok((dispatch.dispatch, now + policy::LINK_LIFE))),
            Err(CommitError::Refused(refusals)) if refusals.names("contact") => Ok(Err(refusals.found("contact")?)),
            Err(error) => Err(error.into()),
        }
    }

    fn record(&self, scope: &FirmScope, contact: &Contact, outcome: Outcome, origin: Origin) -> AccessRecord {
        let now = self.clock.now();
        AccessRecord::new(RecordId::new(now, &self.dice), scope.firm().clone(), now, outcome, origin).about(contact.contact)
    }
}

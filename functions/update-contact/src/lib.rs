//! `PATCH /api/contacts/{contact}`: changes a contact, and ends what the change makes invalid.

use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use postern_domain::{
    Audience, Clock, ContactId, Dice, FirmScope, RecordId, Subject,
    contact::{Contact, ContactPatch, Patched},
    dispatch::{Dispatch, Kind, Recipient},
    record::{AccessRecord, Origin, Outcome},
    sign_in::{Attempts, SignIn},
};
use postern_http::{Body, Caller, ContactView, Id, OpenTo, Operation, Problem, Staff, openapi::Described};
use postern_store::{
    Access, AccessLog, Aws, CommitError, Directory, GateKeys, Misconfigured, Outbox, Reservation, SignInKeys, Unavailable, Write,
};

/// The route.
pub const OPERATION: Operation = Operation::patch("update-contact", "/api/contacts/{contact}", OpenTo::Only(Audience::Staff));

/// Times that a patch is applied again because others changed the contact meanwhile.
const TRIES: usize = 8;

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone, FromRef)]
pub struct Reach {
    /// Where contacts stand.
    pub directory: Directory,
    /// Where sessions and attempts stand.
    pub access: Access,
    /// Where it is written down.
    pub access_log: AccessLog,
    /// Where the news for the old address waits.
    pub outbox: Outbox,
    /// Keys of gates.
    pub gate_keys: GateKeys,
    /// Keys by which attempts are counted.
    pub sign_in_keys: SignInKeys,
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
            gate_keys: GateKeys::new(aws)?,
            sign_in_keys: SignInKeys::new(aws)?,
            texting: aws.texting(),
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(update_contact, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Changes a contact: null clears, what is absent stays, and so do the digits of a gate.")
        .body::<ContactPatch>()
        .answer::<ContactView>(200, "The contact.")
        .problems(&["email-taken", "mobile-taken", "contact-changed"])
}

async fn update_contact(
    State(reach): State<Reach>,
    Id(contact): Id<ContactId>,
    staff: Staff,
    caller: Caller,
    Body(patch): Body<ContactPatch>,
) -> Result<Json<ContactView>, Problem> {
    if patch.relies_on_gates() && patch.version.is_none() {
        return Err(Problem::field("version", "Say from which version gates keep their digits, or enter the digits of all."));
    }
    let (now, scope) = (reach.clock.now(), staff.0.scope());
    let gate_key = reach.gate_keys.current().await?;
    let wanted = patch.clients.clone().unwrap_or_default();
    let known = async {
        let (directory, scope) = (&reach.directory, &scope);
        tokio::try_join!(directory.firm(scope), directory.clients(scope, &wanted), directory.contact(scope, contact))
    };
    let (staff, (firm, clients, found)) = staff.beside(&reach.directory, known).await?;
    let policy = firm.ok_or(Problem::SessionNeeded)?.sign_in;
    if clients.len() < wanted.len() {
        return Err(Problem::field("clients", "One of these clients does not exist."));
    }
    let clients = patch.clients.is_some().then_some(clients);

    let mut before = found.ok_or(Problem::NotFound)?;
    for _ in 0..TRIES {
        if patch.version.is_some_and(|version| version != before.version) {
            return Err(Problem::ContactChanged);
        }
        let patched = patch.clone().apply(&before, clients.clone(), &gate_key, scope.firm());
        let patched = patched.map_err(|refused| Problem::field("gates", refused.to_string()))?;
        let commit = async { Ok(reach.commit(&scope, &before, &patched, staff.name.to_string(), &caller.origin).await) };
        let (committed, attempts) = tokio::try_join!(commit, reach.attempts(&scope, &patched.contact))?;
        match committed {
            Ok(()) => return Ok(Json(ContactView::of(patched.contact, &attempts, &policy, reach.texting, now))),
            // Looked at first: what an outdated contact meant to free or to take says nothing about who has it.
            Err(CommitError::Refused(refusals)) if refusals.names("contact") => {
                before = refusals.found("contact")?.ok_or(Problem::NotFound)?;
            }
            Err(CommitError::Refused(refusals)) if refusals.names("email") => {
                return Err(Problem::EmailTaken(refusals.found::<SignIn>("email")?.and_then(|owner| owner.subject.contact())));
            }
            Err(CommitError::Refused(refusals)) if refusals.names("mobile") => {
                return Err(Problem::MobileTaken(refusals.found::<Reservation>("mobile")?.map(|owner| owner.contact)));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Unavailable::new("too many changes of one contact at once").into())
}

impl Reach {
    /// What is remembered of the attempts of `contact`.
    async fn attempts(&self, scope: &FirmScope, contact: &Contact) -> Result<Attempts, Unavailable> {
        match &contact.email {
            Some(email) => self.access.attempts(scope, &self.sign_in_keys.attempts().await?.of(scope, Audience::Client, email)).await,
            None => Ok(Attempts::default()),
        }
    }

    /// Commits a patch with all that follows from it.
    async fn commit(
        &self,
        scope: &FirmScope,
        before: &Contact,
        patched: &Patched,
        staff: String,
        origin: &Origin,
    ) -> Result<(), CommitError> {
        let (now, after) = (self.clock.now(), &patched.contact);
        if patched.changed.is_empty() {
            return Ok(());
        }
        let mut changes = vec![self.directory.change_contact(scope, after)];
        changes.extend(self.email_changes(scope, before, after));
        changes.extend(self.mobile_changes(scope, before, after));
        if patched.tells_old_address {
            let kind = Kind::Changed { version: after.version, email: before.email != after.email };
            let to = Recipient { subject: Subject::Contact(after.contact), epoch: after.epoch };
            let dispatch = Dispatch::new(scope.firm().clone(), Some(to), kind, origin.clone(), now, &self.dice);
            changes.push(self.outbox.put(&dispatch));
        }
        let outcome = Outcome::ContactUpdated { staff, fields: patched.changed.clone() };
        let record = AccessRecord::new(RecordId::new(now, &self.dice), scope.firm().clone(), now, outcome, origin.clone());
        self.access_log.commit(&record.about(after.contact), changes).await
    }

    fn email_changes(&self, scope: &FirmScope, before: &Contact, after: &Contact) -> Vec<Write> {
        let (directory, person) = (&self.directory, after.sign_in());
        match (&before.email, &after.email) {
            (Some(old), Some(new)) if old == new => vec![directory.keep_email(scope, Audience::Client, new, &person)],
            (old, new) => {
                let free = old.as_ref().map(|old| directory.free_email(scope, old, after.contact));
                let take = new.as_ref().map(|new| directory.take_email(scope, Audience::Client, new, &person));
                free.into_iter().chain(take).collect()
            }
        }
    }

    fn mobile_changes(&self, scope: &FirmScope, before: &Contact, after: &Contact) -> Vec<Write> {
        let (old, new) = (before.reserved_mobile(), after.reserved_mobile());
        if old == new {
            return Vec::new();
        }
        let free = old.map(|old| self.directory.free_mobile(scope, old, after.contact));
        let take = new.map(|new| self.directory.take_mobile(scope, new, after.contact));
        free.into_iter().chain(take).collect()
    }
}

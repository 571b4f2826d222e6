//! `POST /api/contacts`: keeps a new contact.

use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use http::StatusCode;
use postern_domain::{
    Audience, ClientId, Clock, Dice, RecordId,
    contact::NewContact,
    firm::Client,
    record::{AccessRecord, Outcome},
    sign_in::{Attempts, SignIn},
};
use postern_http::{Body, Caller, ContactView, OpenTo, Operation, Problem, Staff, openapi::Described};
use postern_store::{Access, AccessLog, Aws, CommitError, Directory, GateKeys, Misconfigured, Reservation};

/// The route.
pub const OPERATION: Operation = Operation::post("create-contact", "/api/contacts", OpenTo::Only(Audience::Staff));

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone, FromRef)]
pub struct Reach {
    /// Where contacts stand.
    pub directory: Directory,
    /// Where sessions stand.
    pub access: Access,
    /// Where it is written down.
    pub access_log: AccessLog,
    /// Keys of gates.
    pub gate_keys: GateKeys,
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
            gate_keys: GateKeys::new(aws)?,
            texting: aws.texting(),
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(create_contact, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Keeps a new contact.")
        .body::<NewContact>()
        .answer::<ContactView>(201, "The contact.")
        .problems(&["email-taken", "mobile-taken"])
}

async fn create_contact(
    State(reach): State<Reach>,
    staff: Staff,
    caller: Caller,
    Body(new): Body<NewContact>,
) -> Result<(StatusCode, Json<ContactView>), Problem> {
    let (now, scope) = (reach.clock.now(), staff.0.scope());
    let gate_key = reach.gate_keys.current().await?;
    let known = async { tokio::try_join!(reach.directory.firm(&scope), reach.directory.clients(&scope, &new.clients)) };
    let (staff, (firm, clients)) = staff.beside(&reach.directory, known).await?;
    let policy = firm.ok_or(Problem::SessionNeeded)?.sign_in;
    if clients.len() < new.clients.len() {
        return Err(Problem::field("clients", "One of these clients does not exist."));
    }

    let own = clients.is_empty().then(|| Client { client: ClientId::new(now, &reach.dice), name: new.name.clone() });
    let clients = if clients.is_empty() { own.iter().cloned().collect() } else { clients };
    let contact = new.keep(clients, &gate_key, scope.firm(), now, &reach.dice);
    let mut changes = vec![reach.directory.put_contact(&scope, &contact)];
    changes.extend(own.map(|client| reach.directory.put_client(&scope, &client)));
    changes.extend(contact.email.as_ref().map(|email| reach.directory.take_email(&scope, Audience::Client, email, &contact.sign_in())));
    changes.extend(contact.reserved_mobile().map(|mobile| reach.directory.take_mobile(&scope, mobile, contact.contact)));
    let outcome = Outcome::ContactCreated { staff: staff.name.to_string() };
    let record =
        AccessRecord::new(RecordId::new(now, &reach.dice), scope.firm().clone(), now, outcome, caller.origin).about(contact.contact);
    match reach.access_log.commit(&record, changes).await {
        Ok(()) => {}
        Err(CommitError::Refused(refusals)) if refusals.names("email") => {
            return Err(Problem::EmailTaken(refusals.found::<SignIn>("email")?.and_then(|owner| owner.subject.contact())));
        }
        Err(CommitError::Refused(refusals)) if refusals.names("mobile") => {
            return Err(Problem::MobileTaken(refusals.found::<Reservation>("mobile")?.map(|owner| owner.contact)));
        }
        Err(error) => return Err(error.into()),
    }
    let view = ContactView::of(contact, &Attempts::default(), &policy, reach.texting, now);
    Ok((StatusCode::CREATED, Json(view)))
}

//! `GET /api/session`: who is signed in, and for which clients.

use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use jiff::Timestamp;
use postern_domain::{Audience, Clock, ContactId, Email, FirmId, Name, StaffId, firm::Client, session::Assurance};
use postern_http::{OpenTo, Operation, Person, Problem, Reader, openapi::Described};
use postern_store::{Access, Aws, Directory, Misconfigured};
use schemars::JsonSchema;
use serde::Serialize;

/// The route.
pub const OPERATION: Operation = Operation::get("show-session", "/api/session", OpenTo::ClientsAndStaff);

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone, FromRef)]
pub struct Reach {
    /// Where people stand.
    pub directory: Directory,
    /// Where sessions stand.
    pub access: Access,
    /// The time.
    pub clock: Clock,
}

impl Reach {
    /// What is reached from `aws`.
    ///
    /// # Errors
    /// If a setting is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self { directory: Directory::new(aws)?, access: Access::new(aws)?, clock: aws.clock.clone() })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(show_session, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION.described("Shows who is signed in.").answer::<SessionView>(200, "The session.")
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SessionView {
    audience: Audience,
    /// The firm's name in addresses; anyone may ask what stands behind it.
    firm: FirmId,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<ContactView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<StaffView>,
    clients: Vec<Client>,
    assurance: Assurance,
    expires_at: Timestamp,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ContactView {
    contact: ContactId,
    name: Name,
    email: Option<Email>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct StaffView {
    staff: StaffId,
    name: Name,
    email: Email,
}

async fn show_session(State(reach): State<Reach>, Reader(member): Reader) -> Result<Json<SessionView>, Problem> {
    let (person, ()) = member.beside(&reach.directory, async { Ok::<_, Problem>(()) }).await?;
    let (contact, staff, clients) = match person {
        Person::Contact(contact) => {
            (Some(ContactView { contact: contact.contact, name: contact.name, email: contact.email }), None, contact.clients)
        }
        Person::Staff(staff) => (None, Some(StaffView { staff: staff.staff, name: staff.name, email: staff.email }), Vec::new()),
    };
    Ok(Json(SessionView {
        audience: member.session.subject.audience(),
        firm: member.session.firm,
        contact,
        staff,
        clients,
        assurance: member.session.assurance,
        expires_at: member.session.expires_at,
    }))
}

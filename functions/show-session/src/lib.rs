//! `GET /api/session`: who is signed in, and for which clients.

use axum::{Json, extract::State};
use jiff::Timestamp;
use postern_aws::reach;
use postern_domain::{
    Audience, ContactId, Email, FirmId, Name, Person, StaffId,
    client::Client,
    role::{Right, Role},
    session::Assurance,
};
use postern_http::{Access, Acting, Described, Operation, Problem, SecondFactorKind, Sessions, SignedIn};
use schemars::JsonSchema;
use serde::Serialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("show-session", "/api/session", Access::ClientsAndStaff(Right::View));

reach! { sessions: Sessions }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION.described("Shows who is signed in.").answer::<SessionView>(200, "The session.")
}

/// Who is signed in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Session")]
pub struct SessionView {
    audience: Audience,
    /// The firm's name in addresses; anyone may ask what stands behind it.
    firm: FirmId,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<SessionContact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<SessionStaff>,
    /// What a staff member may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    clients: Vec<Client>,
    assurance: Assurance,
    /// Which second factor they have.
    second_factor: SecondFactorKind,
    /// Whether the firm lets them in with one alone, so that it cannot be switched off.
    second_factor_required: bool,
    expires_at: Timestamp,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SessionContact {
    contact: ContactId,
    name: Name,
    email: Option<Email>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SessionStaff {
    staff: StaffId,
    name: Name,
    email: Email,
}

/// Answers a request.
pub async fn handle(State(reach): State<Reach>, signed_in: SignedIn) -> Result<Json<SessionView>, Problem> {
    let Acting { firm, person, session, .. } = signed_in.alone(&reach.sessions).await?;
    let second_factor = person.has_second_factor().into();
    let second_factor_required = person.sign_in_record().account.needs_second_factor(&firm.sign_in);
    let role = person.identity().role();
    let (contact, staff, clients) = match person {
        Person::Contact(person) => {
            (Some(SessionContact { contact: person.contact, name: person.name, email: person.email }), None, person.clients)
        }
        Person::Staff(person) => (None, Some(SessionStaff { staff: person.staff, name: person.name, email: person.email }), Vec::new()),
    };
    Ok(Json(SessionView {
        audience: session.identity.subject.audience(),
        firm: session.firm,
        contact,
        staff,
        role,
        clients,
        assurance: session.assurance,
        second_factor,
        second_factor_required,
        expires_at: session.expires_at,
    }))
}

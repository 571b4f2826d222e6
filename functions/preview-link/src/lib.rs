//! `POST /api/links/preview`: whose link it is, masked, for a person who is about to go on with it. It writes nothing.

use axum::{Json, extract::State};
use jiff::Timestamp;
use postern_aws::{Texting, reach};
use postern_domain::{Audience, ContactId, FirmId, gate::IdentityCheck, keys::Token, link::WayIn};
use postern_http::{Access, Body, Caller, Described, Operation, Problem, ProblemKind};
use postern_store::{AccessStore, Directory};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("preview-link", "/api/links/preview", Access::Anyone);

reach! { directory: Directory [GetItem], access: AccessStore [GetItem], texting: Texting }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Shows whose link it is, masked. Nothing is written, and the link is as good as before.")
        .body::<PreviewLink>()
        .answer::<LinkView>(200, "The link is good.")
        .problems(&[ProblemKind::LinkGone])
}

/// Which link is looked at.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewLink {
    /// What stands behind the `#` of the link.
    token: String,
}

/// A link that is good.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Link")]
pub struct LinkView {
    firm: FirmId,
    audience: Audience,
    /// The email on file, masked.
    account: String,
    /// The contact, for a browser that may hold its session already; none for staff.
    contact: Option<ContactId>,
    /// Whether the gate alone opens the link now.
    gate: bool,
    identity_check: IdentityCheck,
    expires_at: Timestamp,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Caller(caller): Caller,
    Body(PreviewLink { token }): Body<PreviewLink>,
) -> Result<Json<LinkView>, Problem> {
    // A token that was cut short on its way is as gone as an unknown one.
    let token = Token::parse(&token).map_err(|_| Problem::LinkGone)?;
    let link = reach.access.link(&token).await?.filter(|link| link.lives(caller.now)).ok_or(Problem::LinkGone)?;
    let scope = link.scope();
    let (firm, person) = tokio::try_join!(reach.directory.firm(&scope), reach.directory.person_of(&scope, &link.identity))?;
    let (Some(firm), Some(person)) = (firm, person) else { return Err(Problem::LinkGone) };
    let (policy, texting, subject) = (person.sign_in_record().account.policy(&firm.sign_in), reach.texting.0, link.identity.subject);
    let is_ready = person.missing(&firm.sign_in, texting).is_empty();
    Ok(Json(LinkView {
        gate: link.way_in(&policy, texting, is_ready, caller.now) == WayIn::Gate,
        firm: firm.firm,
        audience: subject.audience(),
        account: person.email().ok_or(Problem::LinkGone)?.masked(),
        contact: subject.contact(),
        identity_check: policy.identity_check,
        expires_at: link.expires_at,
    }))
}

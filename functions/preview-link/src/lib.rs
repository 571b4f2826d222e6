//! `POST /api/links/preview`: whose link it is, masked, for a person who is about to go on with it. It writes nothing.

use axum::{Json, Router, extract::State};
use jiff::Timestamp;
use postern_domain::{
    Audience, Clock, ContactId, FirmId, Subject,
    firm::{Firm, IdentityCheck},
    keys::Token,
    link::Link,
};
use postern_http::{Body, OpenTo, Operation, Problem, openapi::Described};
use postern_store::{Access, Aws, Directory, Misconfigured};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route.
pub const OPERATION: Operation = Operation::post("preview-link", "/api/links/preview", OpenTo::Anyone);

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Where firms and people stand.
    pub directory: Directory,
    /// Where links stand.
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
    OPERATION.route(preview_link, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Shows whose link it is, masked. Nothing is written, and the link is as good as before.")
        .body::<Ask>()
        .answer::<LinkView>(200, "The link is good.")
        .problems(&["link-gone"])
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ask {
    /// What stands behind the `#` of the link.
    token: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LinkView {
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

async fn preview_link(State(reach): State<Reach>, Body(ask): Body<Ask>) -> Result<Json<LinkView>, Problem> {
    // A token that was cut short on its way is as gone as an unknown one.
    let token = Token::parse(&ask.token).map_err(|_| Problem::LinkGone)?;
    let now = reach.clock.now();
    let link = reach.access.link(&token).await?.filter(|link| link.lives(now)).ok_or(Problem::LinkGone)?;
    let scope = link.scope();
    let (firm, account) = tokio::try_join!(reach.directory.firm(&scope), reach.account(&link))?;
    let (Some(firm), Some(account)) = (firm, account) else { return Err(Problem::LinkGone) };
    Ok(Json(LinkView {
        gate: opens_by_gate(&link, &firm, now),
        firm: firm.firm,
        audience: link.subject.audience(),
        account,
        contact: link.subject.contact(),
        identity_check: firm.sign_in.identity_check,
        expires_at: link.expires_at,
    }))
}

/// Whether a client of `firm` gets in with `link` by the gate alone.
fn opens_by_gate(link: &Link, firm: &Firm, now: Timestamp) -> bool {
    link.subject.audience() == Audience::Client && firm.sign_in.identity_check != IdentityCheck::None && link.opens_by_gate(now)
}

impl Reach {
    /// The masked email of the link's person, as long as the link is still that person's.
    async fn account(&self, link: &Link) -> Result<Option<String>, postern_store::Unavailable> {
        let scope = link.scope();
        let (email, epoch) = match link.subject {
            Subject::Contact(id) => self.directory.contact(&scope, id).await?.map_or((None, 0), |contact| (contact.email, contact.epoch)),
            Subject::Staff(id) => self.directory.staff(&scope, id).await?.map_or((None, 0), |staff| (Some(staff.email), staff.epoch)),
        };
        Ok(email.filter(|_| epoch == link.epoch).map(|email| email.masked()))
    }
}

//! `GET /api/contacts/{contact}`: a contact, and whether it can get in.

use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use postern_domain::{Audience, Clock, ContactId, sign_in::Attempts};
use postern_http::{ContactView, Id, OpenTo, Operation, Problem, Staff, openapi::Described};
use postern_store::{Access, Aws, Directory, Misconfigured, SignInKeys};

/// The route.
pub const OPERATION: Operation = Operation::get("show-contact", "/api/contacts/{contact}", OpenTo::Only(Audience::Staff));

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone, FromRef)]
pub struct Reach {
    /// Where contacts stand.
    pub directory: Directory,
    /// Where sessions and attempts stand.
    pub access: Access,
    /// Keys by which attempts are counted.
    pub sign_in_keys: SignInKeys,
    /// Whether text messages can be sent.
    pub texting: bool,
    /// The time.
    pub clock: Clock,
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
            sign_in_keys: SignInKeys::new(aws)?,
            texting: aws.texting(),
            clock: aws.clock.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(show_contact, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION.described("Shows a contact.").answer::<ContactView>(200, "The contact.")
}

async fn show_contact(State(reach): State<Reach>, Id(contact): Id<ContactId>, staff: Staff) -> Result<Json<ContactView>, Problem> {
    let (now, scope) = (reach.clock.now(), staff.0.scope());
    let known = async { tokio::try_join!(reach.directory.firm(&scope), reach.directory.contact(&scope, contact)) };
    let (_, (firm, contact)) = staff.beside(&reach.directory, known).await?;
    let policy = firm.ok_or(Problem::SessionNeeded)?.sign_in;
    let contact = contact.ok_or(Problem::NotFound)?;
    let attempts = match &contact.email {
        Some(email) => reach.access.attempts(&scope, &reach.sign_in_keys.attempts().await?.of(&scope, Audience::Client, email)).await?,
        None => Attempts::default(),
    };
    Ok(Json(ContactView::of(contact, &attempts, &policy, reach.texting, now)))
}

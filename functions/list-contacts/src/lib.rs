//! `GET /api/contacts`: the contacts of the firm, and whether each can get in.

use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use postern_domain::{Audience, Clock, ContactId, FirmScope, Limit, contact::Contact, firm::SignInPolicy, policy, sign_in::Attempts, text};
use postern_http::{ContactView, OpenTo, Operation, Params, PortalStatus, Problem, Staff, openapi::Described};
use postern_store::{Access, Aws, Directory, Misconfigured, SignInKeys, Unavailable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route.
pub const OPERATION: Operation = Operation::get("list-contacts", "/api/contacts", OpenTo::Only(Audience::Staff));

/// Pages of contacts that are looked through for those that fit a filter, before a short page is answered.
const LOOKED_THROUGH: usize = 10;

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
    OPERATION.route(list_contacts, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Lists contacts, oldest first; a page may be short or empty while its cursor is not null.")
        .params::<Query>()
        .answer::<List>(200, "A page of contacts.")
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Only contacts that are ready, or that something is missing of.
    #[serde(default)]
    status: Option<PortalStatus>,
    /// Only contacts in whose name, email or mobile this stands.
    #[serde(default)]
    q: Option<String>,
    /// Where an earlier page ended.
    #[serde(default)]
    cursor: Option<ContactId>,
    /// At most so many (1–100).
    #[serde(default)]
    limit: Limit,
}

impl Query {
    fn is_filter(&self) -> bool {
        self.status.is_some() || self.q.is_some()
    }

    fn fits(&self, contact: &Contact, policy: &SignInPolicy, texting: bool) -> bool {
        let status = self.status.is_none_or(|status| (status == PortalStatus::Ready) == contact.missing(policy, texting).is_empty());
        let text = self.q.as_ref().is_none_or(|wanted| {
            let wanted = text::trim(wanted).to_lowercase();
            let mobile = contact.mobile.as_ref().map(|mobile| mobile.as_str().to_owned());
            let email = contact.email.as_ref().map(|email| email.as_str().to_owned());
            // The digits in a name or a mail address are no part of a phone number.
            let digits: String =
                if wanted.chars().any(char::is_alphabetic) { String::new() } else { wanted.chars().filter(char::is_ascii_digit).collect() };
            contact.name.as_str().to_lowercase().contains(&wanted)
                || email.is_some_and(|email| email.contains(&wanted))
                || (digits.len() >= 3 && mobile.is_some_and(|mobile| mobile.contains(&digits)))
        });
        status && text
    }
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct List {
    items: Vec<ContactView>,
    cursor: Option<ContactId>,
}

async fn list_contacts(State(reach): State<Reach>, staff: Staff, Params(query): Params<Query>) -> Result<Json<List>, Problem> {
    let (now, scope) = (reach.clock.now(), staff.0.scope());
    // Without a filter a page is read as it is; with one, more are read at once so that few fit no page.
    let read = if query.is_filter() { policy::PAGE_MOST } else { query.limit.get() };
    let known = async { tokio::try_join!(reach.directory.firm(&scope), reach.directory.contacts(&scope, query.cursor, read)) };
    let (_, (firm, (mut page, mut cursor))) = staff.beside(&reach.directory, known).await?;
    let policy = firm.ok_or(Problem::SessionNeeded)?.sign_in;
    let limit = usize::from(query.limit.get());
    let mut fitting = Vec::new();
    for turn in 1.. {
        fitting.extend(page.into_iter().filter(|contact| query.fits(contact, &policy, reach.texting)));
        if fitting.len() >= limit || cursor.is_none() || turn == LOOKED_THROUGH || !query.is_filter() {
            break;
        }
        (page, cursor) = reach.directory.contacts(&scope, cursor, read).await?;
    }
    if fitting.len() > limit {
        fitting.truncate(limit);
        cursor = fitting.last().map(|contact| contact.contact);
    }
    let attempts = reach.attempts(&scope, &fitting).await?;
    let view = |(contact, attempts)| ContactView::of(contact, &attempts, &policy, reach.texting, now);
    Ok(Json(List { items: fitting.into_iter().zip(attempts).map(view).collect(), cursor }))
}

impl Reach {
    /// What is remembered of the attempts of each of `contacts`.
    async fn attempts(&self, scope: &FirmScope, contacts: &[Contact]) -> Result<Vec<Attempts>, Unavailable> {
        let marks = self.sign_in_keys.attempts().await?;
        let emails = contacts.iter().filter_map(|contact| contact.email.as_ref());
        let marks: Vec<_> = emails.map(|email| marks.of(scope, Audience::Client, email)).collect();
        let mut found = self.access.attempts_of_all(scope, &marks).await?.into_iter();
        Ok(contacts.iter().map(|contact| contact.email.as_ref().and_then(|_| found.next()).unwrap_or_default()).collect())
    }
}

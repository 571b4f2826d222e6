//! `GET /api/contacts`: the contacts of the firm, and whether each can get in.

use axum::{Json, extract::State};
use postern_aws::{Texting, reach};
use postern_domain::{
    Audience, ContactId, Limit, policy,
    role::Right,
    search::{ContactSearch, PortalStatus},
};
use postern_flow::CountedAttempts;
use postern_http::{Access, Caller, ContactView, Described, Operation, Page, Params, Problem, Sessions, SignedIn};
use postern_store::{AccessStore, Directory};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("list-contacts", "/api/contacts", Access::Staff(Right::View));

/// Pages of contacts that are looked through for those that a search finds, before a short page is answered.
const LOOKED_THROUGH: usize = 10;

reach! {
    sessions: Sessions,
    directory: Directory [GetItem, Query],
    access: AccessStore [BatchGetItem],
    attempts: CountedAttempts,
    texting: Texting,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Lists contacts, oldest first; a page may be short or empty while its cursor is not null.")
        .params::<ListContacts>()
        .answer::<Page<ContactView, ContactId>>(200, "A page of contacts.")
}

/// Which contacts are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListContacts {
    /// Only contacts that are ready, or that something is missing of.
    #[serde(default)]
    status: Option<PortalStatus>,
    /// Only contacts with each word of this in their name, a client's or the email, however it is spelled, or with this in their mobile.
    #[serde(default)]
    q: Option<String>,
    /// Where an earlier page ended.
    #[serde(default)]
    cursor: Option<ContactId>,
    /// At most so many (1–100).
    #[serde(default)]
    limit: Limit,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Params(ListContacts { status, q: text, cursor, limit }): Params<ListContacts>,
) -> Result<Json<Page<ContactView, ContactId>>, Problem> {
    let (directory, search, texting) = (&reach.directory, ContactSearch { status, text }, reach.texting.0);
    // Without a search a page is read as it is; with one, more are read at once so that few fit no page.
    let read = if search.is_for_all() { limit.get() } else { policy::PAGE_MOST };
    let known = |scope| async move { directory.contacts(&scope, cursor, read).await };
    let (acting, (mut page, mut cursor)) = signed_in.with(&reach.sessions, known).await?;
    let policy = &acting.firm.sign_in;
    let limit = usize::from(limit.get());
    let mut found = Vec::new();
    for turn in 1.. {
        found.extend(page.into_iter().filter(|contact| search.finds(contact, policy, texting)));
        if found.len() >= limit || cursor.is_none() || turn == LOOKED_THROUGH || search.is_for_all() {
            break;
        }
        (page, cursor) = directory.contacts(&acting.scope, cursor, read).await?;
    }
    if found.len() > limit {
        found.truncate(limit);
        cursor = found.last().map(|contact| contact.contact);
    }
    let emails: Vec<_> = found.iter().map(|contact| contact.email.as_ref()).collect();
    let attempts = reach.attempts.of_all(&acting.scope, Audience::Client, &emails).await?;
    let view = |(contact, attempts)| ContactView::of(contact, &attempts, policy, texting, caller.now);
    Ok(Json(Page { items: found.into_iter().zip(attempts).map(view).collect(), cursor }))
}

//! `GET /api/contacts`: the contacts of the firm, and whether each can get in.

use axum::{Json, extract::State};
use postern_aws::{Texting, reach};
use postern_domain::{
    ClientId, Limit,
    role::Right,
    roster::{RosterPlace, Sort},
    search::ContactSearch,
    standing::Wanted,
};
use postern_http::{Access, Caller, ContactView, Described, Operation, Params, Problem, Sessions, SignedIn};
use postern_store::Roster;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("list-contacts", "/api/contacts", Access::Staff(Right::View));

/// Portions of 1 MB that are looked through for those that a search finds, before a short page is answered.
const LOOKED_THROUGH: usize = 2;

reach! {
    sessions: Sessions,
    roster: Roster [Query, QueryIndex],
    texting: Texting,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described(
            "Lists contacts in some order, as they were some moments ago; a page may be short or empty while its cursor is not null.",
        )
        .params::<ListContacts>()
        .answer::<Contacts>(200, "A page of contacts.")
}

/// Which contacts are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListContacts {
    /// Only contacts that stand so.
    #[serde(default)]
    status: Option<Wanted>,
    /// Only contacts with each word of this in their name, a client's or the email, however it is spelled, or with this in their mobile.
    #[serde(default)]
    q: Option<String>,
    /// Only contacts that act for this client.
    #[serde(default)]
    client: Option<ClientId>,
    /// In which order.
    #[serde(default)]
    sort: Sort,
    /// Where an earlier page in the same order ended.
    #[serde(default)]
    cursor: Option<RosterPlace>,
    /// At most so many (1–100).
    #[serde(default)]
    limit: Limit,
}

/// A page of contacts.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Contacts {
    /// Those that were found.
    items: Vec<ContactView>,
    /// Where to go on; null at the end.
    cursor: Option<RosterPlace>,
    /// How many contacts were looked at for them.
    looked_at: usize,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Params(ListContacts { status, q: text, client, sort, cursor, limit }): Params<ListContacts>,
) -> Result<Json<Contacts>, Problem> {
    let after = cursor.map(|cursor| cursor.within(sort)).transpose().map_err(|refused| Problem::field("cursor", refused))?;
    let (roster, search, texting) = (&reach.roster, ContactSearch { wanted: status, client, text }, reach.texting.0);
    // Without a search a page is read as it is; with one, as much as one answer of the store holds.
    let read = search.is_for_all().then_some(limit.get());
    let (known, limit) = (|scope| async move { roster.listed(&scope, sort, after.as_ref(), read).await }, usize::from(limit.get()));
    let (acting, mut listed) = signed_in.with(&reach.sessions, known).await?;
    let policy = &acting.firm.sign_in;
    let (mut found, mut looked_at) = (Vec::new(), 0);
    for portion in 1.. {
        for entry in listed.entries {
            if found.len() == limit {
                break;
            }
            looked_at += 1;
            if search.finds(&entry, policy, texting, caller.now) {
                found.push(entry);
            }
        }
        if found.len() == limit || listed.next.is_none() || portion == LOOKED_THROUGH || search.is_for_all() {
            break;
        }
        listed = roster.listed(&acting.scope, sort, listed.next.as_ref(), None).await?;
    }
    // Where the page is full before its portion ends, the next one begins behind the last that it shows.
    let is_full = found.len() == limit && !search.is_for_all();
    let cursor = found.last().filter(|_| is_full).map(|last| RosterPlace::of(last, sort)).or(listed.next);
    let items = found.into_iter().map(|entry| ContactView::of_entry(entry, policy, texting, caller.now)).collect();
    Ok(Json(Contacts { items, cursor, looked_at }))
}

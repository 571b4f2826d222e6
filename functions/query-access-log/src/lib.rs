//! `GET /api/access-log`: what happened, newest first.

use axum::{Json, extract::State};
use jiff::Timestamp;
use postern_aws::reach;
use postern_domain::{ClientId, ContactId, Email, Limit, RecordId, record::Outcome, role::Right};
use postern_flow::{ReadLog, RecordView};
use postern_http::{Access, Described, Operation, Page, Params, Problem, Sessions, SignedIn};
use postern_store::{AccessLog, Filter, LogKeys};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("query-access-log", "/api/access-log", Access::Staff(Right::View));

/// Records that are looked through at once for a name or a part of an email.
const LOOKED_THROUGH: u16 = 500;

reach! {
    sessions: Sessions,
    access_log: AccessLog [Query, QueryIndex],
    log_keys: LogKeys,
    read_log: ReadLog,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Lists access records, newest first; a page may be short or empty while its cursor is not null.")
        .params::<QueryAccessLog>()
        .answer::<Page<RecordView, RecordId>>(200, "A page of records.")
}

/// Which records are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryAccessLog {
    /// Only records about this contact.
    #[serde(default)]
    contact: Option<ContactId>,
    /// Only records about papers of this client.
    #[serde(default)]
    client: Option<ClientId>,
    /// Only records in whose contact's name or in whose email this stands. So many are looked through for it that a page may be empty.
    #[serde(default)]
    q: Option<String>,
    /// Only records of this email.
    #[serde(default)]
    email: Option<Email>,
    /// Only records with this outcome.
    #[serde(default)]
    outcome: Option<String>,
    /// Only records from this instant on.
    #[serde(default)]
    from: Option<Timestamp>,
    /// Only records before this instant.
    #[serde(default)]
    to: Option<Timestamp>,
    /// Where an earlier page ended.
    #[serde(default)]
    cursor: Option<RecordId>,
    /// At most so many (1–100).
    #[serde(default)]
    limit: Limit,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Params(query): Params<QueryAccessLog>,
) -> Result<Json<Page<RecordView, RecordId>>, Problem> {
    let QueryAccessLog { contact, client, q, email, outcome, from, to, cursor, limit } = query;
    if outcome.as_ref().is_some_and(|outcome| !Outcome::CATALOGUE.iter().any(|(name, _)| name == outcome)) {
        return Err(Problem::field("outcome", "There is no outcome of this name."));
    }
    let (searched, most) = (q.is_some(), usize::from(limit.get()));
    let (access_log, log_keys) = (&reach.access_log, &reach.log_keys);
    let read = |scope| async move {
        let email_hash = match &email {
            Some(email) => Some(log_keys.current().await?.email_hash(&scope, email)),
            None => None,
        };
        // Names and emails are found only among what was read: the store sees no name, and emails sealed.
        let limit = if searched { LOOKED_THROUGH } else { limit.get() };
        access_log.page(&scope, &Filter { contact, client, email_hash, outcome, from, to }, cursor, limit).await
    };
    let (acting, page) = signed_in.with(&reach.sessions, read).await?;
    let mut cursor = page.cursor;
    let mut items = reach.read_log.shown(&acting.scope, page.records).await?;
    if let Some(q) = q {
        items.retain(|record| record.is_found_by(&q));
        if items.len() > most {
            items.truncate(most);
            cursor = items.last().map(RecordView::id);
        }
    }
    Ok(Json(Page { items, cursor }))
}

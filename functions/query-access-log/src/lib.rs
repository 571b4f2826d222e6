//! `GET /api/access-log`: what happened, newest first.

use axum::{Json, extract::State};
use postern_aws::reach;
use postern_domain::{Limit, RecordId, log_export::LogFilter, role::Right};
use postern_flow::{ReadLog, RecordView};
use postern_http::{Access, Described, Operation, Page, Params, Problem, Sessions, SignedIn, part};
use postern_store::{AccessLog, LogKeys};
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
    #[serde(flatten, deserialize_with = "part")]
    filter: LogFilter,
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
    let QueryAccessLog { filter, cursor, limit } = query;
    let (access_log, log_keys, asked) = (&reach.access_log, &reach.log_keys, &filter);
    let read = |scope| async move {
        let email_hash = match &asked.email {
            Some(email) => Some(log_keys.current().await?.email_hash(&scope, email)),
            None => None,
        };
        // Names and emails are found only among what was read: the store sees no name, and emails sealed.
        let limit = if asked.q.is_some() { LOOKED_THROUGH } else { limit.get() };
        access_log.page(&scope, asked, email_hash, cursor, limit).await
    };
    let (acting, page) = signed_in.with(&reach.sessions, read).await?;
    let mut cursor = page.cursor;
    let mut items = reach.read_log.shown(&acting.scope, page.records).await?;
    if let Some(q) = &filter.q {
        items.retain(|record| record.is_found_by(q));
        let most = usize::from(limit.get());
        if items.len() > most {
            items.truncate(most);
            cursor = items.last().map(RecordView::id);
        }
    }
    Ok(Json(Page { items, cursor }))
}

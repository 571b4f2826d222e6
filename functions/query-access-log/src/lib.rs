//! `GET /api/access-log`: what happened, newest first.

use axum::{Json, extract::State};
use postern_aws::reach;
use postern_domain::{Limit, RecordId, log_export::LogFilter, role::Right};
use postern_flow::{Acquaintances, ReadLog, RecordView};
use postern_http::{Access, Described, Operation, Page, Params, Problem, Sessions, SignedIn, part};
use postern_store::LogRows;
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("query-access-log", "/api/access-log", Access::Staff(Right::View));

/// Records that are looked through at once for a name or a part of an email.
const LOOKED_THROUGH: u16 = 500;

reach! {
    sessions: Sessions,
    log_rows: LogRows [Query, QueryIndex],
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
    let (log_rows, asked) = (&reach.log_rows, &filter);
    // Names and emails are found only among what was read: the store sees no name, and emails sealed.
    let looked_at = if filter.looks_inside() { LOOKED_THROUGH } else { limit.get() };
    let read = |scope| async move { log_rows.page(&scope, asked, cursor, looked_at).await };
    let (acting, page) = signed_in.with(&reach.sessions, read).await?;
    let mut cursor = page.cursor;
    let mut opened = reach.read_log.opened(&acting.scope, page.records, &mut Acquaintances::new()).await?;
    opened.retain(|record| record.is_taken_by(&filter));
    let most = usize::from(limit.get());
    if opened.len() > most {
        opened.truncate(most);
        cursor = opened.last().map(|last| last.record.record);
    }
    let items = opened.into_iter().map(RecordView::from).collect();
    Ok(Json(Page { items, cursor }))
}

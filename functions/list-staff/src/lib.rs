//! `GET /api/staff`: who works at the firm, and what each may do.

use axum::{Json, extract::State};
use postern_aws::reach;
use postern_domain::{Limit, StaffId, role::Right};
use postern_http::{Access, Described, Operation, Page, Params, Problem, Sessions, SignedIn, StaffView};
use postern_store::Directory;
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("list-staff", "/api/staff", Access::Staff(Right::View));

reach! { sessions: Sessions, directory: Directory [GetItem, Query] }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Lists the staff of the firm, oldest first.")
        .params::<ListStaff>()
        .answer::<Page<StaffView, StaffId>>(200, "A page of staff.")
}

/// Which staff are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListStaff {
    /// Where an earlier page ended.
    #[serde(default)]
    cursor: Option<StaffId>,
    /// At most so many (1–100).
    #[serde(default)]
    limit: Limit,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Params(ListStaff { cursor, limit }): Params<ListStaff>,
) -> Result<Json<Page<StaffView, StaffId>>, Problem> {
    let directory = &reach.directory;
    let read = |scope| async move { directory.staff_members(&scope, cursor, limit.get()).await };
    let (_, (members, cursor)) = signed_in.with(&reach.sessions, read).await?;
    Ok(Json(Page { items: members.into_iter().map(StaffView::from).collect(), cursor }))
}

//! `GET /api/staff`: who works at the firm, what each may do, and whether each can sign in.

use axum::{Json, extract::State};
use jiff::Timestamp;
use postern_aws::reach;
use postern_domain::{Audience, Limit, StaffId, attempts::Attempts, role::Right, staff::StaffMember};
use postern_flow::CountedAttempts;
use postern_http::{Access, Caller, CodePath, Described, Operation, Page, Params, Problem, Sessions, SignedIn, StaffView};
use postern_store::{AccessStore, Directory};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("list-staff", "/api/staff", Access::Staff(Right::View));

reach! {
    sessions: Sessions,
    directory: Directory [GetItem, Query],
    access: AccessStore [BatchGetItem],
    attempts: CountedAttempts,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Lists the staff of the firm, oldest first.")
        .params::<ListStaff>()
        .answer::<Page<Colleague, StaffId>>(200, "A page of staff.")
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

/// A staff member, and whether they can sign in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Colleague {
    #[serde(flatten)]
    member: StaffView,
    /// Until when sign-in is locked in some browser of theirs, or in those that are not known.
    locked_until: Option<Timestamp>,
    code_path: CodePath,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Params(ListStaff { cursor, limit }): Params<ListStaff>,
) -> Result<Json<Page<Colleague, StaffId>>, Problem> {
    let directory = &reach.directory;
    let read = |scope| async move { directory.staff_members(&scope, cursor, limit.get()).await };
    let (acting, (members, cursor)) = signed_in.with(&reach.sessions, read).await?;
    let emails: Vec<_> = members.iter().map(|member| Some(&member.email)).collect();
    let attempts = reach.attempts.of_all(&acting.scope, Audience::Staff, &emails).await?;
    let colleague = |(member, attempts): (StaffMember, Attempts)| Colleague {
        member: member.into(),
        locked_until: attempts.locked_until(caller.now),
        code_path: CodePath::of(&attempts.seen(caller.now)),
    };
    Ok(Json(Page { items: members.into_iter().zip(attempts).map(colleague).collect(), cursor }))
}

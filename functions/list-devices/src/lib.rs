//! `GET /api/devices`: the browsers in which whoever asks is signed in.

use std::cmp::Reverse;

use axum::{Json, extract::State};
use jiff::Timestamp;
use postern_aws::reach;
use postern_domain::{DeviceId, device::Device, role::Right};
use postern_http::{Access, Caller, Described, Operation, Page, Problem, Sessions, SignedIn};
use postern_store::AccessStore;
use schemars::JsonSchema;
use serde::Serialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("list-devices", "/api/devices", Access::ClientsAndStaff(Right::View));

reach! { sessions: Sessions, access: AccessStore [GetItem, BatchGetItem] }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Lists the browsers in which you are signed in, the one that signed in last first.")
        .answer::<Page<DeviceView, DeviceId>>(200, "All of them.")
}

/// A browser in which someone is signed in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Device")]
pub struct DeviceView {
    device: DeviceId,
    /// How it describes itself.
    browser: Option<String>,
    /// The address from which it signed in.
    ip: Option<String>,
    signed_in_at: Timestamp,
    /// When it was last used, at most a minute stale.
    last_used_at: Timestamp,
    /// Whether it was chosen to stay signed in.
    kept: bool,
    /// Whether it is the one that asks.
    current: bool,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
) -> Result<Json<Page<DeviceView, DeviceId>>, Problem> {
    let (access, subject) = (&reach.access, signed_in.subject());
    let read = |scope| async move { access.devices(&scope, subject).await };
    let (acting, devices) = signed_in.with(&reach.sessions, read).await?;
    let mut sessions = access.sessions_of(&devices).await?;
    let view = |(device, kept): (DeviceId, Device)| {
        let session =
            sessions.remove(&kept.session).filter(|session| session.stands(caller.now) && session.goes_on(&acting.firm, &acting.person))?;
        Some(DeviceView {
            device,
            browser: session.origin.user_agent,
            ip: session.origin.ip,
            signed_in_at: session.created_at,
            last_used_at: session.last_seen_at,
            kept: session.kept,
            current: acting.session.device == Some(device),
        })
    };
    let mut items: Vec<_> = devices.0.into_iter().filter_map(view).collect();
    items.sort_by_key(|device| Reverse(device.signed_in_at));
    Ok(Json(Page { items, cursor: None }))
}

//! `DELETE /api/devices/{device}`: signs whoever asks out of one of their browsers, which is known no more.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{DeviceId, record::Outcome, role::Right};
use postern_flow::EndDevices;
use postern_http::{Access, Caller, Described, Id, Operation, Problem, Sessions, SignedIn, closed};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::delete("revoke-device", "/api/devices/{device}", Access::ClientsAndStaff(Right::View));

reach! { sessions: Sessions, end_devices: EndDevices }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Signs you out of one of your browsers, and forgets it. Whatever is open there ends with the next request.")
        .empty_answer(204, "It is signed out.")
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(device): Id<DeviceId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
) -> Result<Response, Problem> {
    let (end_devices, subject) = (&reach.end_devices, signed_in.subject());
    let read = |scope| async move { end_devices.read(&scope, subject).await };
    let (acting, devices) = signed_in.with(&reach.sessions, read).await?;
    let record = acting.record(&caller, Outcome::DeviceSignedOut { by: acting.name() });
    if !end_devices.end(&caller, (&acting.scope, subject), devices, Some(device), &record).await? {
        return Err(Problem::NotFound);
    }
    let is_current = acting.session.device == Some(device);
    Ok(if is_current { closed(subject.audience()) } else { StatusCode::NO_CONTENT.into_response() })
}

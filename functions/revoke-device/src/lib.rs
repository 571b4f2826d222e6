//! `DELETE /api/devices/{device}`: signs whoever asks out of one of their browsers, which is known no more.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{DeviceId, record::Outcome, role::Right};
use postern_http::{Access, Caller, Described, Id, Operation, Problem, Sessions, SignedIn, closed};
use postern_store::{AccessLog, AccessStore, CommitError, Part, Turn, settle};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::delete("revoke-device", "/api/devices/{device}", Access::ClientsAndStaff(Right::View));

reach! { sessions: Sessions, access: AccessStore [GetItem, UpdateItem, DeleteItem], access_log: AccessLog [PutItem] }

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
    let (access, subject) = (&reach.access, signed_in.subject());
    let read = |scope| async move { access.devices(&scope, subject).await };
    let (acting, devices) = signed_in.with(&reach.sessions, read).await?;
    let record = acting.record(&caller, Outcome::DeviceSignedOut { by: acting.name() });
    let (reach, scope, record) = (&reach, &acting.scope, &record);
    settle(&caller.dice, devices, |devices| async move {
        let kept = devices.0.get(&device).ok_or(Problem::NotFound)?;
        match reach.access_log.commit(record, access.end_devices(scope, subject, &[(&device, kept)])).await {
            Ok(()) => Ok(Turn::Done(())),
            // They signed in or out in it at this very moment.
            Err(CommitError::Refused(refusals)) => Ok(Turn::Again(refusals.found(Part::Devices)?.unwrap_or_default())),
            Err(error) => Err(Problem::from(error)),
        }
    })
    .await?;
    let is_current = acting.session.device == Some(device);
    Ok(if is_current { closed(subject.audience()) } else { StatusCode::NO_CONTENT.into_response() })
}

//! `POST /api/second-factor`: hands out a seed for an authenticator app. It counts for nothing until it is confirmed.

use axum::{Json, extract::State};
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{admission::admit_to_factor, policy, record::Outcome, second_factor::Seed};
use postern_http::{Access, Body, Caller, Described, Nothing, Operation, Problem, ProblemKind, Sessions, SignedIn};
use postern_store::{AccessLog, CommitError, Directory, FactorKeys, Part, Turn, settle};
use schemars::JsonSchema;
use serde::Serialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("enrol-second-factor", "/api/second-factor", Access::Enrolment).fresh(policy::STEP_UP);

reach! {
    sessions: Sessions,
    directory: Directory [GetItem, PutItem],
    access_log: AccessLog [PutItem],
    factor_keys: FactorKeys,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Begins to set up an authenticator app, in place of one that was not confirmed.")
        .body::<Nothing>()
        .answer::<EnrolmentView>(201, "What the app takes over. The app that is there already goes on until this one is confirmed.")
        .problems(&[ProblemKind::TooManyRequests])
}

/// What an authenticator app takes over.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Enrolment")]
pub struct EnrolmentView {
    /// The seed and its names, as apps read them.
    otpauth_uri: String,
    /// The same as a picture to scan, in SVG.
    qr_svg: String,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(Nothing {}): Body<Nothing>,
) -> Result<(StatusCode, Json<EnrolmentView>), Problem> {
    let (directory, subject) = (&reach.directory, signed_in.subject());
    let read = |scope| async move { directory.second_factor(&scope, subject).await };
    let (acting, factor) = signed_in.with(&reach.sessions, read).await?;
    let email = acting.person.email().ok_or(Problem::NotFound)?;
    let (seed, sealer) = (Seed::new(&caller.dice), reach.factor_keys.current().await?);
    let record = acting.record(&caller, Outcome::SecondFactorBegun);
    let (reach, caller, acting, record, made, sealer) = (&reach, &caller, &acting, &record, &seed, &sealer);
    settle(&caller.dice, factor, |factor| async move {
        admit_to_factor(&acting.session, &factor, caller.now)?;
        let after = factor.enrol(made, (&acting.scope, subject), sealer, &caller.dice, caller.now);
        let after = after.map_err(|retry_at| Problem::until(retry_at, caller.now))?;
        match reach.access_log.commit(record, [reach.directory.keep_second_factor(&acting.scope, subject, &after)]).await {
            Ok(()) => Ok(Turn::Done(())),
            Err(CommitError::Refused(refusals)) => Ok(Turn::Again(refusals.found(Part::SecondFactor)?.unwrap_or_default())),
            Err(CommitError::Unavailable(error)) => Err(Problem::from(error)),
        }
    })
    .await?;
    let enrolment = seed.enrolment(&acting.firm.name, email);
    Ok((StatusCode::CREATED, Json(EnrolmentView { otpauth_uri: enrolment.otpauth_uri, qr_svg: enrolment.qr_svg })))
}

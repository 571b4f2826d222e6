//! `POST /api/challenges/{challenge}/deliveries`: sends the code of a challenge again, by the same or the other channel.

use axum::{Json, extract::State};
use http::StatusCode;
use postern_aws::{Texting, reach};
use postern_domain::{
    ChallengeId,
    channel::Channel,
    dispatch::DispatchKind,
    policy,
    record::{AccessRecord, Outcome},
};
use postern_http::{Access, Body, Caller, Described, Id, Operation, Problem, ProblemKind};
use postern_store::{AccessLog, AccessStore, CommitError, Directory, LogKeys, Outbox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("resend-code", "/api/challenges/{challenge}/deliveries", Access::Anyone);

reach! {
    directory: Directory [GetItem],
    access: AccessStore [GetItem, UpdateItem],
    access_log: AccessLog [PutItem],
    log_keys: LogKeys,
    outbox: Outbox [PutItem],
    texting: Texting,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Sends the same code again.")
        .body::<ResendCode>()
        .answer::<SentAgain>(202, "If a code was sent for this challenge, it is on its way again.")
        .problems(&[ProblemKind::TooManyRequests])
}

/// How to send a code again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResendCode {
    /// By what to send it this time; without it, by the same as before.
    #[serde(default)]
    channel: Option<Channel>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SentAgain {
    /// Seconds after which it can be sent once more.
    resend_in: u64,
    /// How often it can still be sent.
    left: u32,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(challenge): Id<ChallengeId>,
    Caller(caller): Caller,
    Body(ResendCode { channel }): Body<ResendCode>,
) -> Result<impl axum::response::IntoResponse, Problem> {
    let now = caller.now;
    let challenge = reach.access.challenge(&challenge).await?.filter(|challenge| challenge.is_open(now));
    let challenge = challenge.ok_or(Problem::NotFound)?;
    let scope = challenge.scope();
    let policy = reach.directory.firm(&scope).await?.ok_or(Problem::NotFound)?.sign_in;
    let policy = challenge.account.as_ref().map(|account| account.policy(&policy)).unwrap_or(policy);
    let resend = challenge.resend(&policy, reach.texting.0, channel, now).map_err(|retry_at| Problem::until(retry_at, now))?;
    let challenge = challenge.sent_by(resend.channel);
    let to = challenge.account.as_ref().map(|account| account.identity);
    let kind = match to {
        Some(_) => DispatchKind::Code { challenge: challenge.challenge.clone(), channel: challenge.channel },
        None => DispatchKind::Nothing,
    };
    let email = reach.log_keys.open(&scope, &challenge.email).await?;
    let record = AccessRecord { channel: Some(challenge.channel), ..challenge.record(&caller, Outcome::CodeRequestedAgain, email) };
    let changes = [reach.access.resend(&challenge, now), reach.outbox.put(&caller.dispatch(&scope, to, kind))];
    match reach.access_log.commit_alike(&record, changes).await {
        Ok(()) => {}
        // Someone else sent it again at this very moment.
        Err(CommitError::Refused(_)) => return Err(Problem::until(now + policy::RESEND_PAUSE, now)),
        Err(CommitError::Unavailable(error)) => return Err(error.into()),
    }
    let resend_in = policy::RESEND_PAUSE.unsigned_abs().as_secs();
    Ok((StatusCode::ACCEPTED, Json(SentAgain { resend_in, left: resend.left })))
}

//! `POST /api/challenges/{challenge}/deliveries`: sends the code of a challenge again, by the same or the other channel.

use axum::{Json, Router, extract::State};
use http::StatusCode;
use postern_domain::{
    Audience, ChallengeId, Clock, Dice, RecordId,
    dispatch::{Dispatch, Kind, Recipient},
    firm::Channel,
    policy,
    record::{AccessRecord, Outcome},
};
use postern_http::{Body, Caller, Id, OpenTo, Operation, Problem, openapi::Described};
use postern_store::{Access, AccessLog, Aws, CommitError, Misconfigured, Outbox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route.
pub const OPERATION: Operation = Operation::post("resend-code", "/api/challenges/{challenge}/deliveries", OpenTo::Anyone);

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Where challenges stand.
    pub access: Access,
    /// Where each request is written down.
    pub access_log: AccessLog,
    /// Where the message waits.
    pub outbox: Outbox,
    /// Whether text messages can be sent.
    pub texting: bool,
    /// The time.
    pub clock: Clock,
    /// The randomness.
    pub dice: Dice,
}

impl Reach {
    /// What is reached from `aws`.
    ///
    /// # Errors
    /// If a setting is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self {
            access: Access::new(aws)?,
            access_log: AccessLog::new(aws)?,
            outbox: Outbox::new(aws)?,
            texting: aws.texting(),
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(resend_code, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Sends the same code again.")
        .body::<Again>()
        .answer::<SentAgain>(202, "If a code was sent for this challenge, it is on its way again.")
        .problems(&["too-many-requests"])
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Again {
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

async fn resend_code(
    State(reach): State<Reach>,
    Id(challenge): Id<ChallengeId>,
    caller: Caller,
    Body(again): Body<Again>,
) -> Result<(StatusCode, Json<SentAgain>), Problem> {
    let now = reach.clock.now();
    let challenge = reach.access.challenge(&challenge).await?.filter(|challenge| challenge.is_open(now));
    let challenge = challenge.ok_or(Problem::NotFound)?;
    let left = challenge.resend(now).map_err(|retry_at| Problem::until(retry_at, now))?;

    // A decoy has no account; it behaves like someone who can be reached by both channels.
    let has_mobile = challenge.account.as_ref().is_none_or(|account| account.has_mobile);
    let channel = match again.channel.unwrap_or(challenge.channel) {
        Channel::Sms if reach.texting && has_mobile && challenge.audience == Audience::Client => Channel::Sms,
        _ => Channel::Email,
    };
    let challenge = challenge.sent_by(channel);
    let to = challenge.account.as_ref().map(|account| Recipient { subject: account.subject, epoch: account.epoch });
    let kind = match to {
        Some(_) => Kind::Code { challenge: challenge.challenge, channel: challenge.channel },
        None => Kind::Nothing,
    };
    let record = AccessRecord {
        contact: to.and_then(|to| to.subject.contact()),
        email: Some(challenge.email.clone()),
        email_mark: Some(challenge.email_mark.clone()),
        channel: Some(challenge.channel),
        ..AccessRecord::new(
            RecordId::new(now, &reach.dice),
            challenge.firm.clone(),
            now,
            Outcome::CodeRequestedAgain,
            caller.origin.clone(),
        )
    };
    let dispatch = Dispatch::new(challenge.firm.clone(), to, kind, caller.origin, now, &reach.dice);
    match reach.access_log.commit(&record, [reach.access.resend(&challenge, now), reach.outbox.put(&dispatch)]).await {
        Ok(()) => {}
        // Someone else sent it again at this very moment.
        Err(CommitError::Refused(_)) => return Err(Problem::until(now + policy::RESEND_PAUSE, now)),
        Err(CommitError::Unavailable(error)) => return Err(error.into()),
    }
    let resend_in = policy::RESEND_PAUSE.unsigned_abs().as_secs();
    Ok((StatusCode::ACCEPTED, Json(SentAgain { resend_in, left })))
}

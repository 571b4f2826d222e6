//! `POST /api/firms/{firm}/staff/challenges`: asks for a one-time code as a staff member.

use axum::{Json, Router, extract::State};
use http::StatusCode;
use postern_domain::{Audience, Clock, Dice, FirmId, FirmScope, TypedEmail, firm::Channel, sign_in::GateTry};
use postern_http::{Body, Caller, GivenOut, Id, OpenTo, Operation, Problem, openapi::Described};
use postern_store::{Access, AccessLog, Asker, Asking, Aws, Directory, GateReading, LogKeys, Misconfigured, Outbox, SignInKeys};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route.
pub const OPERATION: Operation = Operation::post("request-staff-code", "/api/firms/{firm}/staff/challenges", OpenTo::Anyone);

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Where firms and sign-in records stand.
    pub directory: Directory,
    /// Where attempts are counted and challenges stand.
    pub access: Access,
    /// Where each request is written down.
    pub access_log: AccessLog,
    /// Where the message waits.
    pub outbox: Outbox,
    /// Keys for codes and attempts.
    pub sign_in_keys: SignInKeys,
    /// Keys for what the log hides.
    pub log_keys: LogKeys,
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
            directory: Directory::new(aws)?,
            access: Access::new(aws)?,
            access_log: AccessLog::new(aws)?,
            outbox: Outbox::new(aws)?,
            sign_in_keys: SignInKeys::new(aws)?,
            log_keys: LogKeys::new(aws)?,
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(request_staff_code, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Asks for a one-time code by email as a staff member. The answer is the same whether one is sent or not.")
        .body::<Ask>()
        .answer::<GivenOut>(202, "If the email is a staff member's, a code is on its way.")
        .problems(&["too-many-requests"])
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ask {
    /// The staff member's email.
    email: TypedEmail,
}

async fn request_staff_code(
    State(reach): State<Reach>,
    Id(firm): Id<FirmId>,
    caller: Caller,
    Body(ask): Body<Ask>,
) -> Result<(StatusCode, Json<GivenOut>), Problem> {
    let (now, scope) = (reach.clock.now(), FirmScope::of_public_path(firm));
    let stores = (&reach.access, &reach.access_log, &reach.outbox);
    let asking = Asking::new(stores, (&reach.sign_in_keys, &reach.log_keys), &reach.dice, now, caller.origin).await?;
    let mark = asking.mark(&scope, Audience::Staff, &ask.email);
    let (firm, person, attempts) = tokio::try_join!(
        reach.directory.firm(&scope),
        reach.directory.sign_in(&scope, Audience::Staff, &ask.email.email),
        reach.access.attempts(&scope, &mark),
    )?;
    firm.ok_or(Problem::NotFound)?;
    let asker = Asker {
        scope,
        audience: Audience::Staff,
        email: ask.email,
        person: person.map(|person| (person, Vec::new(), GateTry::NotChecked)),
        gate: GateReading::default(),
        channel: Channel::Email,
    };
    let challenge = asking.ask(&asker, attempts, &[]).await.map_err(|error| Problem::of_asking(error, now))?;
    Ok((StatusCode::ACCEPTED, Json(GivenOut::from(&challenge))))
}

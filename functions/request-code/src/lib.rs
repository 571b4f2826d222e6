//! `POST /api/firms/{firm}/challenges`: asks for a one-time code, and learns nothing from the answer.

use axum::{Json, Router, extract::State};
use http::StatusCode;
use postern_domain::{
    Audience, Clock, Dice, FirmId, FirmScope, TypedEmail,
    firm::{Channel, IdentityCheck},
    gate::{GateDigits, NotAGate},
    record::Outcome,
    sign_in::{self, GateTry},
};
use postern_http::{Body, Caller, GivenOut, Id, OpenTo, Operation, Problem, openapi::Described};
use postern_store::{
    Access, AccessLog, Asker, Asking, Aws, Directory, GateKeys, GateReading, LogKeys, Misconfigured, Outbox, SignInKeys, read_gates,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route.
pub const OPERATION: Operation = Operation::post("request-code", "/api/firms/{firm}/challenges", OpenTo::Anyone);

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
    /// Keys of gates.
    pub gate_keys: GateKeys,
    /// Keys for what the log hides.
    pub log_keys: LogKeys,
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
            directory: Directory::new(aws)?,
            access: Access::new(aws)?,
            access_log: AccessLog::new(aws)?,
            outbox: Outbox::new(aws)?,
            sign_in_keys: SignInKeys::new(aws)?,
            gate_keys: GateKeys::new(aws)?,
            log_keys: LogKeys::new(aws)?,
            texting: aws.texting(),
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(request_code, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Asks for a one-time code. The answer is the same whether one is sent or not.")
        .body::<Ask>()
        .answer::<GivenOut>(202, "If email and gate match, a code is on its way.")
        .problems(&["too-many-requests"])
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ask {
    /// The email on file.
    email: TypedEmail,
    /// The last four digits of the SSN or tax id, or the PIN; nine digits are cut to the last four.
    #[serde(default)]
    gate: Option<GateField>,
    /// By what to send the code, where there is a choice.
    #[serde(default)]
    channel: Option<Channel>,
}

/// What was typed into the gate field: digits, or what a browser filled in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(from = "String")]
#[schemars(with = "String")]
struct GateField(Result<GateDigits, NotAGate>);

impl From<String> for GateField {
    fn from(text: String) -> Self {
        Self(GateDigits::parse(&text))
    }
}

async fn request_code(
    State(reach): State<Reach>,
    Id(firm): Id<FirmId>,
    caller: Caller,
    Body(ask): Body<Ask>,
) -> Result<(StatusCode, Json<GivenOut>), Problem> {
    let (now, scope) = (reach.clock.now(), FirmScope::of_public_path(firm));
    let stores = (&reach.access, &reach.access_log, &reach.outbox);
    let asking = Asking::new(stores, (&reach.sign_in_keys, &reach.log_keys), &reach.dice, now, caller.origin.clone()).await?;
    let mark = asking.mark(&scope, Audience::Client, &ask.email);
    let (firm, person, attempts) = tokio::try_join!(
        reach.directory.firm(&scope),
        reach.directory.sign_in(&scope, Audience::Client, &ask.email.email),
        reach.access.attempts(&scope, &mark),
    )?;
    let policy = firm.ok_or(Problem::NotFound)?.sign_in;
    let has_mobile = person.as_ref().is_some_and(|person| person.has_mobile);
    let channel = sign_in::channel(&policy, reach.texting, has_mobile, ask.channel);
    let asker = |person, gate| Asker { scope: scope.clone(), audience: Audience::Client, email: ask.email.clone(), person, gate, channel };

    let (tried, gate) = match (policy.identity_check, ask.gate) {
        (IdentityCheck::None, _) => (GateTry::NotChecked, GateReading::default()),
        (_, None) => return Err(Problem::field("gate", "Enter the last 4 of your SSN or tax ID, or the PIN from your accountant.")),
        (_, Some(GateField(Err(reason)))) => {
            if reason == NotAGate::NotDigits {
                let record = asking.record(&asker(None, GateReading::default()), Outcome::AutofillSuspected);
                reach.access_log.commit(&record.about(person.and_then(|person| person.subject.contact())), []).await?;
            }
            return Err(Problem::field("gate", reason));
        }
        (check, Some(GateField(Ok(digits)))) => {
            let keys = (&reach.gate_keys, &asking.pen, &asking.marks);
            read_gates(keys, &scope, person.as_ref(), check, &digits, caller.browser()).await?
        }
    };
    let person = person.map(|person| {
        let missing = sign_in::lacking(&person, &policy, reach.texting);
        (person, missing, tried)
    });
    let challenge = asking.ask(&asker(person, gate), attempts, &[]).await.map_err(|error| Problem::of_asking(error, now))?;
    Ok((StatusCode::ACCEPTED, Json(GivenOut::from(&challenge))))
}

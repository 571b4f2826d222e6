//! `POST /api/firms/{firm}/challenges`: asks for a one-time code, and learns nothing from the answer.

use axum::{Json, extract::State};
use http::StatusCode;
use postern_aws::{Texting, reach};
use postern_domain::{
    Audience, FirmId, FirmScope, Language, Occasion, TypedEmail,
    channel::Channel,
    record::Outcome,
    sign_in::{self, Asker, GateField, GateTry},
};
use postern_flow::{AskForCode, Asking, Known, TryGate, record_of_email};
use postern_http::{Access, Body, Caller, ChallengeView, Described, Held, Id, Operation, Problem, ProblemKind};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("request-code", "/api/firms/{firm}/challenges", Access::Anyone);

reach! { ask_for_code: AskForCode, try_gate: TryGate, texting: Texting }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Asks for a one-time code. The answer is the same whether one is sent or not.")
        .body::<RequestCode>()
        .answer::<ChallengeView>(202, "If email and gate match, a code is on its way.")
        .problems(&[ProblemKind::TooManyRequests])
}

/// Who asks for a code.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestCode {
    /// The email on file.
    email: TypedEmail,
    /// The last four digits of the SSN or tax id, or the PIN; nine digits are cut to the last four.
    #[serde(default)]
    gate: Option<String>,
    /// By what to send the code, where there is a choice.
    #[serde(default)]
    channel: Option<Channel>,
    /// The language to write in to whoever has none of their own on file; else the first one that `Accept-Language` names.
    #[serde(default)]
    language: Option<Language>,
}

/// Answers a request.
#[expect(clippy::disallowed_methods, reason = "the sign-in page of a firm is open to anyone")]
pub async fn handle(
    State(reach): State<Reach>,
    Id(firm): Id<FirmId>,
    Caller(caller): Caller,
    held: Held,
    Body(RequestCode { email, gate, channel, language }): Body<RequestCode>,
) -> Result<(StatusCode, Json<ChallengeView>), Problem> {
    let caller = Occasion { language: language.or(caller.language), ..caller };
    let (scope, ask) = (FirmScope::of_public_path(firm), &reach.ask_for_code);
    let Known { firm, person, key, attempts, way } = ask.known(&caller, &scope, Audience::Client, &email, &held).await?;
    let firm = firm.ok_or(Problem::NotFound)?;
    let (policy, settings_version, texting) = (firm.sign_in, firm.version, reach.texting.0);
    let tried = match sign_in::gate_field(policy.identity_check, gate.as_deref()) {
        GateField::NotChecked => GateTry::NotChecked,
        GateField::Digits(digits) => reach.try_gate.attempt(&scope, person.as_ref(), &policy, &digits).await?,
        GateField::Missing => {
            return Err(Problem::field("gate", "Enter the last 4 of your SSN or tax ID, or the PIN from your accountant."));
        }
        GateField::Malformed(reason) => return Err(Problem::field("gate", reason)),
        GateField::Autofilled(reason) => {
            let account = person.as_ref().map(|person| &person.account);
            let record = record_of_email(&caller, &scope, &email, account, Outcome::AutofillSuspected);
            ask.log_autofill(&caller, &scope, &record, (&key, attempts)).await?;
            return Err(Problem::field("gate", reason));
        }
    };
    let own = person.as_ref().map_or_else(|| policy.clone(), |person| person.account.policy(&policy));
    let wish = own.granted(channel, texting);
    let wish = person.as_ref().map_or(wish, |person| person.account.steer(&own, wish, caller.now));
    let is_texted = person.as_ref().is_some_and(|person| person.account.is_texted(&own));
    let channel = sign_in::channel(&own, texting, is_texted, wish);
    let person = person.map(|person| Asker::new(person, &policy, texting, tried));
    let asking = Asking { scope, audience: Audience::Client, settings_version, email, person, way, channel, renewal: None };
    let challenge = ask.ask(&caller, &asking, (&key, attempts), &[]).await?;
    Ok((StatusCode::ACCEPTED, Json(ChallengeView::from(&challenge))))
}

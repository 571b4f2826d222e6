//! `POST /api/firms/{firm}/staff/challenges`: asks for a one-time code as a staff member.

use axum::{Json, extract::State};
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{
    Audience, FirmId, FirmScope, TypedEmail,
    channel::Channel,
    sign_in::{Asker, GateTry},
};
use postern_flow::{AskForCode, Asking, Known};
use postern_http::{Access, Body, Caller, ChallengeView, Described, Held, Id, Operation, Problem, ProblemKind};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("request-staff-code", "/api/firms/{firm}/staff/challenges", Access::Anyone);

reach! { ask_for_code: AskForCode }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Asks for a one-time code by email as a staff member. The answer is the same whether one is sent or not.")
        .body::<RequestStaffCode>()
        .answer::<ChallengeView>(202, "If the email is a staff member's, a code is on its way.")
        .problems(&[ProblemKind::TooManyRequests])
}

/// Which staff member asks for a code.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestStaffCode {
    /// The staff member's email.
    email: TypedEmail,
}

/// Answers a request.
#[expect(clippy::disallowed_methods, reason = "the sign-in page of a firm's staff is open to anyone")]
pub async fn handle(
    State(reach): State<Reach>,
    Id(firm): Id<FirmId>,
    Caller(caller): Caller,
    held: Held,
    Body(RequestStaffCode { email }): Body<RequestStaffCode>,
) -> Result<(StatusCode, Json<ChallengeView>), Problem> {
    let (scope, audience, ask) = (FirmScope::of_public_path(firm), Audience::Staff, &reach.ask_for_code);
    let Known { firm, person, key, attempts, way } = ask.known(&caller, &scope, audience, &email, &held).await?;
    let firm = firm.ok_or(Problem::NotFound)?;
    let person = person.map(|person| Asker::new(person, &firm.sign_in, false, GateTry::NotChecked));
    let (channel, settings_version) = (Channel::Email, firm.version);
    let asking = Asking { scope, audience, settings_version, email, person, way, channel, renewal: None };
    let challenge = ask.ask(&caller, &asking, (&key, attempts), &[]).await?;
    Ok((StatusCode::ACCEPTED, Json(ChallengeView::from(&challenge))))
}

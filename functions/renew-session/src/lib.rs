//! `POST /api/session/challenges`: sends whoever is signed in a code, by which they prove anew who they are.

use axum::{Json, extract::State};
use http::StatusCode;
use postern_aws::{Texting, reach};
use postern_domain::{
    TypedEmail,
    attempts::Way,
    challenge::Renewal,
    channel::Channel,
    role::Right,
    sign_in::{self, Asker, GateTry},
};
use postern_flow::{AskForCode, Asking, KnownWay};
use postern_http::{Access, Body, Caller, ChallengeView, Described, Operation, Problem, ProblemKind, Sessions, SignedIn};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("renew-session", "/api/session/challenges", Access::ClientsAndStaff(Right::View));

reach! { sessions: Sessions, ask_for_code: AskForCode, texting: Texting }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Sends whoever is signed in a code, by which they prove anew who they are.")
        .body::<RenewSession>()
        .answer::<ChallengeView>(202, "A challenge; its code opens in this session alone, and puts a new one in its place.")
        .problems(&[ProblemKind::TooManyRequests])
}

/// A wish for a code.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewSession {
    /// By what to send it, where there is a choice.
    #[serde(default)]
    channel: Option<Channel>,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(RenewSession { channel }): Body<RenewSession>,
) -> Result<(StatusCode, Json<ChallengeView>), Problem> {
    let acting = signed_in.alone(&reach.sessions).await?;
    let (ask, texting, person) = (&reach.ask_for_code, reach.texting.0, acting.person.sign_in_record());
    let (account, audience) = (&person.account, person.account.identity.subject.audience());
    let email = TypedEmail::from(acting.person.email().ok_or(Problem::NotFound)?.clone());
    let (key, attempts) = ask.counted(&acting.scope, audience, &email).await?;
    let own = account.policy(&acting.firm.sign_in);
    let wish = account.steer(&own, own.granted(channel, texting), caller.now);
    // Staff have no mobile, so theirs goes by mail.
    let channel = sign_in::channel(&own, texting, account.is_texted(&own), wish);
    // What comes in a session is counted with its browser: nobody else can use that up.
    let way = KnownWay { way: acting.session.device.map_or(Way::Page, Way::Browser), known: None, session: None };
    let asking = Asking {
        scope: acting.scope,
        audience,
        settings_version: acting.session.settings_version,
        email,
        person: Some(Asker::new(person, &acting.firm.sign_in, texting, GateTry::Session)),
        way,
        channel,
        renewal: Some(Renewal { token: acting.token.fingerprint(), session: acting.session }),
    };
    let challenge = ask.ask(&caller, &asking, (&key, attempts), &[]).await?;
    Ok((StatusCode::ACCEPTED, Json(ChallengeView::from(&challenge))))
}

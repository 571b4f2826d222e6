//! Every other use of a link: a code is sent by the usual channels.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use postern_domain::{
    Occasion, Person,
    attempts::Way,
    channel::Channel,
    sign_in::{self, Asker, GateTry},
};
use postern_flow::{AskError, Asking, KnownWay};
use postern_http::ChallengeView;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Reach, Stop, visit::Visit};

/// A code is on its way to the person on file.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CodeOnItsWay {
    next: NextIsCode,
    /// Where it goes, masked.
    sent_to: String,
    #[serde(flatten)]
    challenge: ChallengeView,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum NextIsCode {
    /// The code is asked for.
    Code,
}

impl Reach {
    /// Sends a code to the link's person; the link stands in for the gate.
    pub(crate) async fn send_code(&self, caller: &Occasion, visit: &Visit) -> Result<Response, Stop> {
        let (ask, policy, Visit { token, scope, person, email, .. }) = (&self.ask_for_code, visit.policy(), visit);
        let (channel, sent_to) = match person {
            Person::Contact(contact) => {
                let account = contact.sign_in_record().account;
                let wish = account.steer(&policy, None, caller.now);
                match (sign_in::channel(&policy, self.texting.0, account.is_texted(&policy), wish), &contact.mobile) {
                    (Channel::Sms, Some(mobile)) => (Channel::Sms, mobile.masked()),
                    _ => (Channel::Email, email.email.masked()),
                }
            }
            Person::Staff(_) => (Channel::Email, email.email.masked()),
        };
        let audience = visit.audience();
        let (key, attempts) = ask.counted(scope, audience, email).await?;
        let who = Asker::new(person.sign_in_record(), &visit.firm.sign_in, self.texting.0, GateTry::Link);
        let way = KnownWay { way: Way::Links, known: None, session: None };
        let asking = Asking {
            scope: scope.clone(),
            audience,
            settings_version: visit.firm.version,
            email: email.clone(),
            person: Some(who),
            way,
            channel,
            renewal: None,
        };
        let mut changes = self.first_opening(caller, visit).await?;
        if !changes.is_empty() {
            changes.push(self.access.open_link(token, caller.now));
        }
        match ask.ask(caller, &asking, (&key, attempts), &changes).await {
            Ok(challenge) => {
                let answer = CodeOnItsWay { next: NextIsCode::Code, sent_to, challenge: ChallengeView::from(&challenge) };
                Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
            }
            Err(AskError::Changed) => Err(Stop::Changed),
            Err(error) => Err(Stop::Problem(error.into())),
        }
    }
}

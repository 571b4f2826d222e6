//! Every other use of a link: a code is sent by the usual channels.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use postern_domain::{
    TypedEmail,
    firm::Channel,
    link::Link,
    sign_in::{self, GateTry},
};
use postern_http::{GivenOut, Problem};
use postern_store::{AskError, Asker, Asking, GateReading};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Person, Reach, Stop, Visit};

/// A code is on its way to the person on file.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CodeOnItsWay {
    next: Next,
    /// Where it goes, masked.
    sent_to: String,
    #[serde(flatten)]
    given_out: GivenOut,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Next {
    /// The code is asked for.
    Code,
}

impl Reach {
    /// Sends a code to the link's person; the link stands in for the gate.
    pub(crate) async fn send_code(&self, visit: &Visit) -> Result<Response, Stop> {
        let (now, policy) = (visit.now, &visit.firm.sign_in);
        let (email, person, missing, channel, sent_to) = match &visit.person {
            Person::Contact(contact) => {
                let email = contact.email.clone().ok_or(Problem::LinkGone)?;
                let channel = sign_in::channel(policy, self.texting, contact.mobile.is_some(), None);
                let sent_to = match (channel, &contact.mobile) {
                    (Channel::Sms, Some(mobile)) => mobile.masked(),
                    _ => email.masked(),
                };
                (email, contact.sign_in(), contact.missing(policy, self.texting), channel, sent_to)
            }
            Person::Staff(staff) => (staff.email.clone(), staff.sign_in(), Vec::new(), Channel::Email, staff.email.masked()),
        };
        let asker = Asker {
            scope: visit.scope.clone(),
            audience: person.subject.audience(),
            email: TypedEmail::from(email),
            person: Some((person, missing, GateTry::Link)),
            gate: GateReading::default(),
            channel,
        };
        let stores = (&self.access, &self.access_log, &self.outbox);
        let asking = Asking::new(stores, (&self.sign_in_keys, &self.log_keys), &self.dice, now, visit.caller.origin.clone()).await?;
        let mark = asking.mark(&asker.scope, asker.audience, &asker.email);
        let attempts = self.access.attempts(&asker.scope, &mark).await?;
        let opening = self.first_opening(visit).map(|record| {
            let after = Link { opened_at: Some(now), ..visit.link.clone() };
            [record, self.access.step_link(&visit.token, &visit.link, &after)]
        });
        let changes: Vec<_> = opening.into_iter().flatten().collect();
        match asking.ask(&asker, attempts, &changes).await {
            Ok(challenge) => {
                let answer = CodeOnItsWay { next: Next::Code, sent_to, given_out: GivenOut::from(&challenge) };
                Ok((StatusCode::ACCEPTED, Json(answer)).into_response())
            }
            Err(AskError::Changed) => Err(Stop::Changed),
            Err(error) => Err(Stop::Problem(Problem::of_asking(error, now))),
        }
    }
}

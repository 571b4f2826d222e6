//! Sends text messages through SNS.

use std::collections::HashMap;

use aws_sdk_sns::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::publish::PublishError,
    types::MessageAttributeValue,
};
use postern_aws::{Aws, Grant, Misconfigured, Reachable, Thing};
use postern_domain::TextId;

use crate::send_error::{SendError, reason};

/// Sends text messages to single phones.
#[derive(Clone, Debug)]
pub struct Texter {
    client: Client,
    origination: Option<Origination>,
}

/// What a text message comes from.
#[derive(Clone, Debug)]
struct Origination {
    attribute: &'static str,
    value: String,
}

impl Origination {
    /// The attribute depends on the kind: only a sender id has letters, only a number can do without.
    fn new(value: &str) -> Self {
        let attribute =
            if value.contains(|c: char| c.is_ascii_alphabetic()) { "AWS.SNS.SMS.SenderID" } else { "AWS.MM.SMS.OriginationNumber" };
        Self { attribute, value: value.to_owned() }
    }
}

impl Reachable for Texter {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self::new(aws.sender(Client::new), aws.optional("SMS_ORIGINATION").as_deref()))
    }

    fn grants(actions: &[&'static str]) -> Vec<Grant> {
        vec![Grant { variable: "SMS_ORIGINATION", thing: Thing::Texts, actions: actions.to_vec() }]
    }
}

impl Texter {
    /// A texter that sends from `origination`, a number of the account in E.164 form, a short code or a sender id.
    ///
    /// Without one SNS chooses, which works only in countries that demand no registered sender.
    pub fn new(client: Client, origination: Option<&str>) -> Self {
        let origination = origination.map(str::trim).filter(|value| !value.is_empty()).map(Origination::new);
        Self { client, origination }
    }

    /// Sends `text` to the phone `to_e164`, a number in E.164 form, as a transactional message, and answers what SNS calls it, by which the
    /// carrier's report is known; nothing where SNS does not say.
    ///
    /// Success means that SNS took the message, not that it arrived. Fails with [`SendError::OptedOut`] when SNS says
    /// so at once (it may also take the message and drop it later), with [`SendError::Rejected`] when SNS will never
    /// take it, for instance because the number is none, and with [`SendError::Unavailable`] when it may take it later.
    pub async fn send(&self, to_e164: &str, text: &str) -> Result<Option<TextId>, SendError> {
        self.client
            .publish()
            .phone_number(to_e164)
            .message(text)
            .set_message_attributes(Some(self.attributes()?))
            .send()
            .await
            .map(|answer| answer.message_id().and_then(|id| TextId::read(id).ok()))
            .map_err(|error| refusal(&error))
    }

    /// Whether the owner of the phone `to_e164` has opted out by now.
    ///
    /// # Errors
    /// If SNS does not say.
    pub async fn is_opted_out(&self, to_e164: &str) -> Result<bool, SendError> {
        let asked = self.client.check_if_phone_number_is_opted_out().phone_number(to_e164).send().await;
        asked.map(|answer| answer.is_opted_out()).map_err(|error| SendError::of(&error))
    }

    fn attributes(&self) -> Result<HashMap<String, MessageAttributeValue>, SendError> {
        let mut attributes = HashMap::from([("AWS.SNS.SMS.SMSType".to_owned(), string("Transactional")?)]);
        if let Some(Origination { attribute, value }) = &self.origination {
            attributes.insert((*attribute).to_owned(), string(value)?);
        }
        Ok(attributes)
    }
}

fn string(value: &str) -> Result<MessageAttributeValue, SendError> {
    let attribute = MessageAttributeValue::builder().data_type("String").string_value(value).build();
    attribute.map_err(|error| SendError::Rejected(error.to_string()))
}

fn refusal(error: &SdkError<PublishError>) -> SendError {
    let Some(answer) = error.as_service_error() else { return SendError::of(error) };
    match answer {
        PublishError::InvalidParameterException(_)
        | PublishError::InvalidParameterValueException(_)
        | PublishError::ValidationException(_) => {
            // SNS has no code of its own for this answer to Publish; its text is all there is.
            let opted_out = answer.message().is_some_and(|text| text.to_ascii_lowercase().contains("opted out"));
            if opted_out { SendError::OptedOut } else { SendError::Rejected(reason(error)) }
        }
        PublishError::NotFoundException(_) => SendError::Rejected(reason(error)),
        // All else is no fault of this message: throttling, an outage, a permission that is missing. The same message
        // may go out once that is mended; how long it is tried is bounded by the life of its outbox row.
        _ => SendError::of(error),
    }
}

#[cfg(test)]
#[path = "texter_tests.rs"]
mod tests;

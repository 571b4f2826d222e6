//! Sends mails through SES.

use aws_sdk_sesv2::{
    Client,
    error::SdkError,
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag},
};
use lettre::{
    Address,
    message::{
        Mailbox, Mailboxes,
        header::{From, Headers},
    },
};
use postern_aws::{Aws, Grant, Misconfigured, Reachable, Thing};
use postern_domain::DispatchId;

use crate::{
    mail::{Mail, one_line},
    send_error::{SendError, reason},
};

/// Most bytes of a `From` header, its encoding and the address included; SES refuses a longer one.
const SENDER_MOST: usize = 320;

/// The name of the tag by which what is reported of a mail is known to be about its message.
pub const MESSAGE_TAG: &str = "message";

/// Sends mails from the deployment's verified address, each under the name of its firm.
#[derive(Clone, Debug)]
pub struct Mailer {
    client: Client,
    from: Address,
    configuration_set: String,
}

/// The configured sender is no email address.
#[derive(Debug, thiserror::Error)]
#[error("the sender address is not an email address")]
pub struct UnusableAddress(#[source] lettre::address::AddressError);

impl Reachable for Mailer {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        let from_address = aws.variable("FROM_ADDRESS")?;
        let configuration_set = aws.variable("CONFIGURATION_SET")?;
        Self::new(aws.sender(Client::new), &from_address, configuration_set).map_err(|_| Misconfigured("FROM_ADDRESS".to_owned()))
    }

    fn grants(actions: &[&'static str]) -> Vec<Grant> {
        vec![
            Grant { variable: "FROM_ADDRESS", thing: Thing::Mail, actions: actions.to_vec() },
            Grant { variable: "CONFIGURATION_SET", thing: Thing::Setting, actions: Vec::new() },
        ]
    }
}

impl Mailer {
    /// A mailer that sends from `from_address`, a bare address that SES has verified, by the set of SES that says to whom it reports.
    ///
    /// Fails when `from_address` is not an email address; whether SES has verified it shows at the first mail.
    pub fn new(client: Client, from_address: &str, configuration_set: String) -> Result<Self, UnusableAddress> {
        let from = from_address.trim().parse().map_err(UnusableAddress)?;
        Ok(Self { client, from, configuration_set })
    }

    /// Sends `mail` of the `message` to the one bare address `to`; answers go to `reply_to`, the firm's own address.
    ///
    /// The recipient sees `from_name`, the firm's name, as the sender. Success means that SES took the mail, not that
    /// it arrived. Fails with [`SendError::Rejected`] when SES will never take it, for instance because the recipient
    /// is not acceptable, with [`SendError::SenderRefused`] when it takes nothing from this sender, and with
    /// [`SendError::Unavailable`] when it may take it later.
    pub async fn send(&self, message: DispatchId, from_name: &str, reply_to: &str, to: &str, mail: &Mail) -> Result<(), SendError> {
        let tag = MessageTag::builder().name(MESSAGE_TAG).value(message.to_string()).build();
        let tag = tag.map_err(|error| SendError::Rejected(error.to_string()))?;
        let body = Body::builder().html(utf8(&mail.html)?).text(utf8(&mail.text)?).build();
        let by_machine = MessageHeader::builder().name("Auto-Submitted").value("auto-generated").build();
        let by_machine = by_machine.map_err(|error| SendError::Rejected(error.to_string()))?;
        let message = Message::builder().subject(utf8(&mail.subject)?).body(body).headers(by_machine).build();
        self.client
            .send_email()
            .configuration_set_name(&self.configuration_set)
            .email_tags(tag)
            .from_email_address(self.sender_line(from_name))
            .reply_to_addresses(reply_to)
            .destination(Destination::builder().to_addresses(to).build())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await
            .map(|_| ())
            .map_err(|error| refusal(&error))
    }

    /// The value of the `From` header, in ASCII and unfolded, as SES takes it: with so much of the name as there is room for.
    fn sender_line(&self, name: &str) -> String {
        let name = one_line(name);
        let whole = self.header(&name);
        if whole.len() <= SENDER_MOST {
            return whole;
        }
        let cuts = name.char_indices().rev().map(|(cut, _)| self.header(&format!("{}\u{2026}", name[..cut].trim_end())));
        // An address alone is at most as long as its parts may be, 64 and 254.
        cuts.into_iter().find(|line| line.len() <= SENDER_MOST).unwrap_or_else(|| self.header(""))
    }

    fn header(&self, name: &str) -> String {
        let mut headers = Headers::new();
        let name = Some(name.to_owned()).filter(|name| !name.is_empty());
        headers.set(From::from(Mailboxes::from(Mailbox::new(name, self.from.clone()))));
        let line = headers.to_string().replace("\r\n", "");
        line.strip_prefix("From: ").map(ToOwned::to_owned).unwrap_or(line)
    }
}

fn utf8(data: &str) -> Result<Content, SendError> {
    let content = Content::builder().data(data).charset("UTF-8").build();
    content.map_err(|error| SendError::Rejected(error.to_string()))
}

fn refusal(error: &SdkError<SendEmailError>) -> SendError {
    match error.as_service_error() {
        // An identity whose verification lapsed, an account that still is in the sandbox, a configuration set that is gone. SES has no code of
        // its own for the first two; its text is all there is.
        Some(SendEmailError::MessageRejected(rejected)) if rejected.message().is_some_and(|text| text.contains("not verified")) => {
            SendError::SenderRefused(reason(error))
        }
        Some(SendEmailError::MailFromDomainNotVerifiedException(_) | SendEmailError::NotFoundException(_)) => {
            SendError::SenderRefused(reason(error))
        }
        Some(SendEmailError::MessageRejected(_) | SendEmailError::BadRequestException(_)) => SendError::Rejected(reason(error)),
        // All else is no fault of this mail: throttling, a quota, an outage, a permission that is missing, and also an
        // account that AWS has paused or suspended. Once that is mended the same mail goes out, so it must not be
        // marked as refused by its recipient's side; how long it is tried is bounded by the life of its outbox row.
        _ => SendError::of(error),
    }
}

#[cfg(test)]
#[path = "mailer_tests.rs"]
mod tests;

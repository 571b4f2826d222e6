//! SES and SNS that keep what was "sent".

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};

use jiff::Timestamp;
use postern_domain::Clock;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    answer::Answer,
    events::Events,
    files, mail_rules, random,
    request::form_value,
    simulator,
    suppression::{SuppressedReasons, Suppression},
    text_rules,
};

/// The address that Amazon's mailbox simulator has on its suppression list.
const SUPPRESSED: &str = "suppressionlist@simulator.amazonses.com";

/// The number that stands for one whose owner has opted out.
const OPTED_OUT: &str = "+14254147167";

/// How a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A text message.
    Sms,
    /// A mail.
    Email,
}

/// One message that was "sent".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The id that the sender was answered.
    pub id: String,
    /// When it was sent, by the product's clock.
    pub at: Timestamp,
    /// How it went.
    pub channel: Channel,
    /// The number or address it went to.
    pub to: String,
    /// A mail's subject.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// A mail's HTML part.
    pub html: Option<String>,
}

/// What was "sent", oldest first; it outlives the process.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    kept: Mutex<Kept>,
    count: watch::Sender<usize>,
    clock: Clock,
    suppression: Suppression,
    events: Events,
}

struct Kept {
    file: File,
    messages: Vec<Message>,
}

impl Outbox {
    /// Opens the outbox that is kept under `path`, one message in JSON to a line.
    pub(super) fn open(path: &Path, clock: Clock, configuration_sets: SuppressedReasons, events: Events) -> io::Result<Self> {
        let mut file = files::private().create(true).read(true).append(true).open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        // A process that was killed may have left half a line behind: what has no end of line was never answered.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(u64::try_from(whole).map_err(io::Error::other)?)?;
        file.seek(SeekFrom::End(0))?;
        let messages = text[..whole].lines().map(serde_json::from_str).collect::<Result<Vec<Message>, _>>()?;
        let (count, kept) = (watch::Sender::new(messages.len()), Mutex::new(Kept { file, messages }));
        Ok(Self(Arc::new(Inner { kept, count, clock, suppression: Suppression::new(configuration_sets), events })))
    }

    /// Every message, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.kept().messages.clone()
    }

    /// The number of messages, to wait on for the next.
    pub fn subscribe(&self) -> watch::Receiver<usize> {
        self.0.count.subscribe()
    }

    /// Answers one call of SES.
    pub(super) fn answer_ses(&self, operation: &str, body: &Value) -> Answer {
        if operation != "SendEmail" {
            return Answer::json_error(400, "BadRequestException", "Only SendEmail is offered here.");
        }
        let simple = &body["Content"]["Simple"];
        let part = |pointer: &str| simple.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let (Some(subject), Some(text)) = (part("/Subject/Data"), part("/Body/Text/Data")) else {
            return Answer::json_error(400, "BadRequestException", "Here a mail needs Content.Simple with a subject and a text part.");
        };
        if let Some(refusal) = mail_rules::refusal(body, |set| self.0.suppression.knows(set)) {
            return refusal;
        }
        let to = mail_rules::recipients(body);
        if to.iter().any(|address| address.eq_ignore_ascii_case(SUPPRESSED)) {
            return Answer::json_error(400, "MessageRejected", "Address is on the suppression list.");
        }
        let set = body["ConfigurationSetName"].as_str().unwrap_or_default();
        let suppressed = to.iter().find_map(|address| self.0.suppression.keeps_from(set, address));
        // It is taken nevertheless, as SES does.
        let taken = match suppressed {
            Some(_) => Ok(random::uuid()),
            None => self.keep(Channel::Email, to.join(", "), Some(subject), text, part("/Body/Html/Data")),
        };
        match taken {
            Ok(id) => {
                for (kind, detail) in simulator::reports(body, &id, suppressed.as_deref(), self.0.clock.now()) {
                    self.0.events.mail_reported(kind, set, &detail);
                }
                Answer::json(&json!({ "MessageId": id }))
            }
            Err(_) => Answer::json_error(500, "InternalServiceErrorException", "The mail could not be kept."),
        }
    }

    /// Has SES learn of what came back, if `event` is a report of that.
    pub(crate) fn learn(&self, event: &Value) {
        self.0.suppression.learn(event);
    }

    /// Answers one call of SNS.
    pub(super) fn answer_sns(&self, operation: &str, form: &str) -> Answer {
        if operation == "CheckIfPhoneNumberIsOptedOut" {
            let is_opted_out = form_value(form, "phoneNumber").as_deref() == Some(OPTED_OUT);
            return Answer::xml(format!(
                "<CheckIfPhoneNumberIsOptedOutResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
                 <CheckIfPhoneNumberIsOptedOutResult><isOptedOut>{is_opted_out}</isOptedOut></CheckIfPhoneNumberIsOptedOutResult>\
                 </CheckIfPhoneNumberIsOptedOutResponse>"
            ));
        }
        if operation != "Publish" {
            return Answer::sns_error(400, "InvalidAction", "Only Publish and CheckIfPhoneNumberIsOptedOut are offered here.");
        }
        if let Some(refusal) = text_rules::refusal(form) {
            return refusal;
        }
        let member = |name| form_value(form, name).unwrap_or_default();
        let (number, text) = (member("PhoneNumber"), member("Message"));
        if number == OPTED_OUT {
            return Answer::sns_error(400, "InvalidParameter", &format!("Invalid parameter: PhoneNumber Reason: {number} is opted out"));
        }
        match self.keep(Channel::Sms, number, None, text, None) {
            Ok(id) => Answer::xml(format!(
                "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
                 <MessageId>{id}</MessageId></PublishResult><ResponseMetadata><RequestId>{id}</RequestId>\
                 </ResponseMetadata></PublishResponse>"
            )),
            Err(_) => Answer::sns_error(500, "InternalError", "The text could not be kept."),
        }
    }

    /// Keeps a message durably before it is answered for.
    fn keep(&self, channel: Channel, to: String, subject: Option<String>, text: String, html: Option<String>) -> io::Result<String> {
        let id = random::uuid();
        let message = Message { id: id.clone(), at: self.0.clock.now(), channel, to, subject, text, html };
        let mut line = serde_json::to_vec(&message)?;
        line.push(b'\n');
        let mut kept = self.kept();
        kept.file.write_all(&line)?;
        kept.file.sync_data()?;
        kept.messages.push(message);
        self.0.count.send_replace(kept.messages.len());
        Ok(id)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().expect("no holder of this lock panics")
    }
}

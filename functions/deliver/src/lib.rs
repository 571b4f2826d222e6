//! Sends what waits in the outbox: codes, honest mails, invitations. Driven by the outbox's stream; no route names it.

mod compose;
mod sending;

use futures_util::future::join_all;
use postern_domain::{Clock, Dice, DispatchId};
use postern_notify::{Mailer, OriginHost, Texter};
use postern_store::{Access, AccessLog, Aws, Directory, LinkKeys, LogKeys, Misconfigured, Outbox, SignInKeys};
use serde_json::{Value, json};

/// The name of the function.
pub const NAME: &str = "deliver";

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Where firms and people stand: messages go only to the addresses in it.
    pub directory: Directory,
    /// Where challenges and links stand.
    pub access: Access,
    /// Where each sending is written down.
    pub access_log: AccessLog,
    /// Where messages wait.
    pub outbox: Outbox,
    /// Keys of codes.
    pub sign_in_keys: SignInKeys,
    /// The key from which links grow.
    pub link_keys: LinkKeys,
    /// Keys for what the log hides.
    pub log_keys: LogKeys,
    /// Sends mail.
    pub mailer: Mailer,
    /// Sends text messages.
    pub texter: Texter,
    /// The origin of the pages, with which links in messages begin.
    pub public_origin: String,
    /// Its host, for the last line of text messages.
    pub host: OriginHost,
    /// The time.
    pub clock: Clock,
    /// The randomness.
    pub dice: Dice,
}

impl Reach {
    /// What is reached from `aws`.
    ///
    /// # Errors
    /// If a setting is missing or malformed.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        let malformed = |name: &str| Misconfigured(name.to_owned());
        let public_origin = aws.variable("PUBLIC_ORIGIN")?;
        let from_address = aws.variable("FROM_ADDRESS")?;
        Ok(Self {
            directory: Directory::new(aws)?,
            access: Access::new(aws)?,
            access_log: AccessLog::new(aws)?,
            outbox: Outbox::new(aws)?,
            sign_in_keys: SignInKeys::new(aws)?,
            link_keys: LinkKeys::new(aws)?,
            log_keys: LogKeys::new(aws)?,
            mailer: Mailer::new(&aws.sdk, &from_address).map_err(|_| malformed("FROM_ADDRESS"))?,
            texter: Texter::new(&aws.sdk, aws.sms_origination().as_deref()),
            host: OriginHost::parse(&public_origin).map_err(|_| malformed("PUBLIC_ORIGIN"))?,
            public_origin,
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// Sends the messages of a batch side by side, and names those that are to be tried again.
pub async fn deliver(reach: &Reach, event: &Value) -> Value {
    let records = event["Records"].as_array().map(Vec::as_slice).unwrap_or_default();
    let failures: Vec<Value> = join_all(records.iter().map(|record| reach.deliver_record(record))).await.into_iter().flatten().collect();
    json!({ "batchItemFailures": failures })
}

impl Reach {
    /// Sends one message; what cannot be sent for now is named by its place in the stream.
    async fn deliver_record(&self, record: &Value) -> Option<Value> {
        let row = &record["dynamodb"];
        let dispatch = row["NewImage"]["dispatch"]["S"].as_str().and_then(|id| id.parse::<DispatchId>().ok());
        let Some(dispatch) = dispatch else {
            // It will never become a message, and those behind it must not wait for it.
            tracing::error!(sequence_number = row["SequenceNumber"].as_str(), "a row of the outbox is not a message");
            return None;
        };
        match self.send(dispatch).await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(%dispatch, cause = error.to_string(), "a message is to be tried again");
                Some(json!({ "itemIdentifier": row["SequenceNumber"] }))
            }
        }
    }
}

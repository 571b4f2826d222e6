//! Sends what waits in the outbox: codes, honest mails, invitations. Driven by the outbox's stream; no route names it.

mod compose;
mod sending;

use std::convert::Infallible;

use futures_util::future::join_all;
use postern_aws::{PublicOrigin, reach};
use postern_domain::{Clock, Dice, DispatchId};
use postern_notify::{Mailer, OriginHost, Texter};
use postern_store::{AccessLog, AccessStore, Directory, LinkKeys, LogKeys, Outbox, SignInKeys};
use serde_json::{Value, json};

/// The name of the function.
pub const NAME: &str = "deliver";

reach! {
    directory: Directory [GetItem],
    access: AccessStore [GetItem, PutItem, UpdateItem],
    access_log: AccessLog [PutItem],
    outbox: Outbox [PutItem, UpdateItem],
    sign_in_keys: SignInKeys,
    link_keys: LinkKeys,
    log_keys: LogKeys,
    mailer: Mailer [SendEmail],
    texter: Texter [Publish],
    public_origin: PublicOrigin,
    host: OriginHost,
    clock: Clock,
    dice: Dice,
}

/// Sends the messages of a batch side by side, and names those that are to be tried again.
///
/// # Errors
/// Never: each message fails by itself.
pub async fn handle(reach: Reach, event: Value) -> Result<Value, Infallible> {
    let records = event["Records"].as_array().map(Vec::as_slice).unwrap_or_default();
    let failures: Vec<Value> = join_all(records.iter().map(|record| reach.deliver_record(record))).await.into_iter().flatten().collect();
    Ok(json!({ "batchItemFailures": failures }))
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

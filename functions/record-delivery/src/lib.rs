//! Writes down what mailboxes and carriers report of messages that went out, and mails a code that did not arrive by text. Called by a rule for what SES reports, and by the log groups in
//! which SNS writes what became of text messages; no route names it.

mod mail;
mod message;
mod text;

use postern_aws::{Unavailable, reach};
use postern_domain::{Clock, Dice};
use postern_store::{AccessLog, AccessStore, Directory, Outbox};
use serde_json::Value;

use self::message::Reported;

/// The name of the function.
pub const NAME: &str = "record-delivery";

reach! {
    directory: Directory [GetItem, UpdateItem],
    access: AccessStore [UpdateItem],
    access_log: AccessLog [PutItem],
    outbox: Outbox [GetItem, PutItem, UpdateItem],
    clock: Clock,
    dice: Dice,
}

/// Why an event, or an entry of it, cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unusable(String);

/// Writes down what an event reports. What cannot be understood is told to whoever deploys, and keeps nothing else.
///
/// # Errors
/// If the store fails for a report; the event comes again, and what is written down already is not written twice.
pub async fn handle(reach: Reach, event: Value) -> Result<(), Unavailable> {
    let of_use = reported(&event).into_iter().filter_map(|reported| match reported {
        Ok(reported) => Some(reported),
        Err(Unusable(cause)) => {
            let (event, kind) = (event["id"].as_str(), event["detail-type"].as_str());
            tracing::error!(event, kind, cause, "a report of a message cannot be used");
            None
        }
    });
    reach.write_all(of_use.collect()).await
}

/// What an event reports, whoever brings it.
fn reported(event: &Value) -> Vec<Result<Reported, Unusable>> {
    match (event["awslogs"]["data"].as_str(), &event["detail"]) {
        (Some(data), _) => text::reported(data).unwrap_or_else(|unusable| vec![Err(unusable)]),
        (None, detail) => mail::reported(detail).transpose().into_iter().collect(),
    }
}

//! Sends what waits in the outbox: every message of `DispatchKind`. Driven by the outbox's stream, and each minute for what that did not
//! bring to an end; no route names it.

mod compose;
mod opted_out;
mod sending;
mod sweep;
mod texting;

use std::{convert::Infallible, time::Duration};

use futures_util::future::join_all;
use jiff::Timestamp;
use postern_aws::{PublicOrigin, SendRate, TextBudget, Texting, reach};
use postern_domain::{Clock, Dice, DispatchId};
use postern_notify::{Mailer, OriginHost, SendError, Texter};
use postern_store::{AccessLog, AccessStore, Directory, LinkKeys, LogKeys, Outbox, SignInKeys, Work};
use serde_json::Value;
use tokio::time::sleep;

/// The name of the function.
pub const NAME: &str = "deliver";

reach! {
    directory: Directory [GetItem, Query, UpdateItem],
    access: AccessStore [GetItem, PutItem, UpdateItem],
    access_log: AccessLog [PutItem],
    outbox: Outbox [PutItem, QueryIndex, UpdateItem],
    work: Work [BatchGetItem, Query],
    sign_in_keys: SignInKeys,
    link_keys: LinkKeys,
    log_keys: LogKeys,
    mailer: Mailer [SendEmail],
    texter: Texter [Publish, CheckIfPhoneNumberIsOptedOut],
    texting: Texting,
    budget: TextBudget,
    rate: SendRate,
    public_origin: PublicOrigin,
    host: OriginHost,
    clock: Clock,
    dice: Dice,
}

/// Pauses before what failed is tried again at once; after them it is left to the sweep.
const QUICK_PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// Sends the messages of a batch side by side; without a batch, all that is due.
///
/// # Errors
/// Never: each message fails by itself, and is due again.
pub async fn handle(reach: Reach, event: Value) -> Result<(), Infallible> {
    match event["Records"].as_array() {
        Some(records) => drop(join_all(records.iter().map(|record| reach.deliver_record(record))).await),
        None => reach.sweep().await,
    }
    Ok(())
}

impl Reach {
    /// Sends the message of one record of the stream, if it may go now.
    async fn deliver_record(&self, record: &Value) {
        let row = &record["dynamodb"]["NewImage"];
        let Some(dispatch) = row["dispatch"]["S"].as_str().and_then(|id| id.parse::<DispatchId>().ok()) else {
            let sequence_number = record["dynamodb"]["SequenceNumber"].as_str();
            return tracing::error!(sequence_number, "a row of the outbox is not a message");
        };
        let not_before = row["not_before"]["N"].as_str().and_then(|at| Timestamp::from_millisecond(at.parse().ok()?).ok());
        if not_before.is_some_and(|at| self.clock.now() < at) {
            return;
        }
        let is_over = |sent: &Result<(), sending::TryAgain>| !matches!(sent, Err(error) if error.is_worth_another_try());
        report(dispatch, patiently(|| self.send(dispatch), is_over).await);
    }
}

/// Does something, and again after each quick pause until it is over; what came of it last.
async fn patiently<T, F: Future<Output = T>>(does: impl Fn() -> F, is_over: impl Fn(&T) -> bool) -> T {
    for pause in QUICK_PAUSES {
        let done = does().await;
        if is_over(&done) {
            return done;
        }
        sleep(pause).await;
    }
    does().await
}

/// Tells the log of a message that did not go out.
fn report(dispatch: DispatchId, ended: Result<(), sending::TryAgain>) {
    match ended {
        Ok(()) => {}
        Err(error @ sending::TryAgain::Unreadable) => {
            tracing::error!(%dispatch, fate = "unreadable", cause = error.to_string(), "a message cannot be read");
        }
        Err(error @ sending::TryAgain::Sender(SendError::SenderRefused(_))) => {
            tracing::error!(%dispatch, fate = "rejected", cause = error.to_string(), "no mail goes out until the sender is in order");
        }
        Err(error) => tracing::warn!(%dispatch, fate = "retried", cause = error.to_string(), "a message is to be tried again"),
    }
}

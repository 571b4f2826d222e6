//! One batch of a stream brought to its function, again and again if need be.

use std::{pin::Pin, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep};

/// How often one record is tried again.
const RETRIES: u32 = 5;

/// A function that is called with events.
pub type Handler = Arc<dyn Fn(Value) -> Pin<Box<dyn Future<Output = Result<Value, String>> + Send>> + Send + Sync>;

/// How one event went.
enum Outcome {
    Done,
    /// The index of the first record that failed.
    FailedAt(usize),
    Failed(String),
}

/// Calls the function until each record was dealt with or given up.
pub(super) async fn deliver(table: &str, handler: &Handler, records: Vec<Value>) {
    // Parts that are still to be delivered, the next one last.
    let mut parts = vec![records];
    while let Some(mut part) = parts.pop() {
        let mut retries = 0;
        while !part.is_empty() {
            match call(handler, &part).await {
                Outcome::Done => break,
                Outcome::FailedAt(index) if index > 0 => {
                    // All before it was done; it itself failed once.
                    part.drain(..index);
                    retries = 1;
                }
                // Which record breaks the call is found by halving; at the end it stands alone.
                Outcome::Failed(_) if part.len() > 1 => {
                    parts.push(part.split_off(part.len() / 2));
                    continue;
                }
                Outcome::FailedAt(_) | Outcome::Failed(_) if retries < RETRIES => retries += 1,
                outcome => {
                    let record = part.remove(0);
                    let error = match outcome {
                        Outcome::Failed(error) => error,
                        _ => "reported as failed".to_owned(),
                    };
                    let sequence = sequence(&record).unwrap_or_default();
                    tracing::warn!(table, sequence, error, "a stream record is given up");
                    retries = 0;
                    continue;
                }
            }
            sleep(backoff(retries)).await;
        }
    }
}

/// 50 ms, doubled each time, one second at most.
pub(super) fn backoff(retries: u32) -> Duration {
    Duration::from_millis(50).saturating_mul(1 << (retries.saturating_sub(1)).min(5)).min(Duration::from_secs(1))
}

async fn call(handler: &Handler, records: &[Value]) -> Outcome {
    match once(handler, json!({ "Records": records })).await {
        Ok(answer) => judge(&answer, records),
        Err(error) => Outcome::Failed(error),
    }
}

/// Calls the function on a task of its own, so that a panic is a failure of the call and of nothing else.
pub(super) async fn once(handler: &Handler, event: Value) -> Result<Value, String> {
    let (handler, mut invocation) = (handler.clone(), JoinSet::new());
    invocation.spawn(async move { handler(event).await });
    let ended = invocation.join_next().await.expect("there is one task");
    ended.unwrap_or_else(|error| Err(error.to_string()))
}

fn judge(answer: &Value, records: &[Value]) -> Outcome {
    let Some(failures) = answer["batchItemFailures"].as_array() else {
        return Outcome::Done;
    };
    let first = records.iter().position(|record| failures.iter().any(|failure| failure["itemIdentifier"].as_str() == sequence(record)));
    match (failures.is_empty(), first) {
        (true, _) => Outcome::Done,
        (false, Some(index)) => Outcome::FailedAt(index),
        // As Lambda does with an identifier that it cannot place.
        (false, None) => Outcome::Failed("a failure names no record of the batch".to_owned()),
    }
}

fn sequence(record: &Value) -> Option<&str> {
    record["dynamodb"]["SequenceNumber"].as_str()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn record(sequence: u32) -> Value {
        json!({ "dynamodb": { "SequenceNumber": sequence.to_string() } })
    }

    fn sequences(event: &Value) -> Vec<u32> {
        let records = event["Records"].as_array().expect("an event has records");
        records.iter().filter_map(|record| sequence(record)?.parse().ok()).collect()
    }

    /// Delivers 1 to 5 to a function that answers by `answer`, and tells which records it got last before it was done.
    async fn outcome(answer: fn(u32) -> Option<Result<Value, String>>) -> Vec<u32> {
        let done = Arc::new(Mutex::new(Vec::new()));
        let seen = done.clone();
        let handler: Handler = Arc::new(move |event| {
            let seen = seen.clone();
            Box::pin(async move {
                let mut done = Vec::new();
                let failed = sequences(&event).into_iter().find_map(|sequence| {
                    let failure = answer(sequence);
                    if failure.is_none() {
                        done.push(sequence);
                    }
                    failure
                });
                seen.lock().expect("no holder panics").extend(done);
                failed.unwrap_or_else(|| Ok(json!({ "batchItemFailures": [] })))
            })
        });
        deliver("Table", &handler, (1..=5).map(record).collect()).await;
        let mut done = done.lock().expect("no holder panics").clone();
        done.sort_unstable();
        done.dedup();
        done
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_that_goes_on_failing_is_given_up_and_the_rest_goes_on() {
        let reported = outcome(|sequence| (sequence == 3).then(|| Ok(json!({ "batchItemFailures": [{ "itemIdentifier": "3" }] }))));
        assert_eq!(reported.await, [1, 2, 4, 5]);
        let failed = outcome(|sequence| (sequence == 3).then(|| Err("poison".to_owned())));
        assert_eq!(failed.await, [1, 2, 4, 5]);
        let panicked = outcome(|sequence| {
            assert!(sequence != 3, "poison");
            None
        });
        assert_eq!(panicked.await, [1, 2, 4, 5]);
    }
}

//! Faults that the endpoint is told to show.

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use super::request::Service;

/// What the log's stream drives: it works whenever it likes, and would take faults from whom they are meant for.
const BY_THE_LOG: [&str; 2] = [chain_log::NAME, keep_roster::NAME];

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The service refuses the rate of calls.
    Throttle,
    /// The service answers 500.
    Error,
    /// The call is not applied and the connection ends without an answer.
    TimeoutBefore,
    /// The call is applied and the connection ends without an answer.
    TimeoutAfter,
    /// Another writer holds the item: a cancelled transaction, or a conflict on a single write; other calls go ahead.
    Conflict,
    /// The call is applied and answered after two seconds.
    Slow,
    /// The call is not applied, and the process of the function that made it ends.
    KilledBefore,
    /// The call is applied, and the process of the function that made it ends without its answer.
    KilledAfter,
}

impl Mode {
    /// Whether the process of the function ends that made the call.
    pub(super) fn kills(self) -> bool {
        matches!(self, Self::KilledBefore | Self::KilledAfter)
    }
}

/// One fault to show.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The service that shows it.
    pub service: Service,
    /// The operation it befalls, such as `PutItem`.
    pub operation: String,
    /// Which matching call from now on it befalls, counted from 1; 0 is every one until the faults are cleared.
    #[serde(default = "first")]
    pub nth: u32,
    /// How the call goes wrong.
    pub mode: Mode,
    /// The one function it befalls; where none is named, any that someone waits for: what chains the log does so whenever it likes, and would take
    /// the fault away from whom it is meant for.
    #[serde(default)]
    pub function: Option<String>,
}

fn first() -> u32 {
    1
}

/// How many processes may have ended that nobody has heard of yet.
const ENDED_UNHEARD: usize = 64;

/// The faults that wait for their call.
#[derive(Clone)]
pub struct Faults {
    waiting: Arc<Mutex<Vec<Fault>>>,
    /// The functions whose processes end, by name.
    ended: broadcast::Sender<String>,
}

impl Default for Faults {
    fn default() -> Self {
        Self { waiting: Arc::default(), ended: broadcast::Sender::new(ENDED_UNHEARD) }
    }
}

impl Faults {
    /// Adds a fault to those that wait.
    pub fn inject(&self, fault: Fault) {
        self.waiting().push(fault);
    }

    /// Whether a fault waits for its call.
    pub fn any_waits(&self) -> bool {
        !self.waiting().is_empty()
    }

    /// Forgets every fault.
    pub fn clear(&self) {
        self.waiting().clear();
    }

    /// Ends the process of `function`, as far as one is at work.
    pub(super) fn kill(&self, function: String) {
        // Nobody may be at work any more.
        let _ = self.ended.send(function);
    }

    /// What the process of `function` makes of `work`; nothing if it ends before.
    pub(crate) async fn outlive<T>(&self, function: &str, work: impl Future<Output = T>) -> Option<T> {
        let mut ended = self.ended.subscribe();
        let killed = async {
            // Who falls behind is not told of all; to end once too often is no harm to who is tested for that.
            while ended.recv().await.is_ok_and(|ended| ended != function) {}
        };
        // Looked at first: the answer that the process did not live to see may be there as well.
        tokio::select! {
            biased;
            () = killed => None,
            done = work => Some(done),
        }
    }

    /// The mode of the fault that befalls this call, which counts towards every fault that waits for it.
    pub(super) fn strike(&self, service: Service, operation: &str, function: &str) -> Option<Mode> {
        let mut struck = None;
        self.waiting().retain_mut(|fault| {
            let matches = fault.service == service
                && fault.operation == operation
                && fault.function.as_deref().map_or(!BY_THE_LOG.contains(&function), |wanted| wanted == function);
            match (matches, fault.nth) {
                (false, _) => true,
                (true, 0) => {
                    struck.get_or_insert(fault.mode);
                    true
                }
                (true, 1) => {
                    // Two that fall on one call: the first shows, the other waits for the next.
                    if struck.is_some() {
                        return true;
                    }
                    struck = Some(fault.mode);
                    false
                }
                (true, _) => {
                    fault.nth -= 1;
                    true
                }
            }
        });
        struck
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.waiting.lock().expect("no holder of this lock panics")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_fires_once_on_its_nth_call_and_nth_zero_on_every_one() {
        let faults = Faults::default();
        let read = |text: &str| serde_json::from_str::<Fault>(text).expect("the fault is well formed");
        faults.inject(read(r#"{"service": "dynamodb", "operation": "PutItem", "nth": 2, "mode": "throttle"}"#));
        faults.inject(read(r#"{"service": "s3", "operation": "HeadObject", "nth": 0, "mode": "error", "function": "a"}"#));
        let put = || faults.strike(Service::DynamoDb, "PutItem", "a");
        assert_eq!([put(), put(), put()], [None, Some(Mode::Throttle), None]);
        let head = |function| faults.strike(Service::S3, "HeadObject", function);
        assert_eq!([head("a"), head("b"), head("a")], [Some(Mode::Error), None, Some(Mode::Error)]);
        faults.clear();
        assert_eq!(head("a"), None);
    }

    #[test]
    fn an_unknown_member_of_a_fault_is_refused() {
        let text = r#"{"service": "s3", "operation": "GetObject", "mode": "error", "when": 1}"#;
        assert!(serde_json::from_str::<Fault>(text).is_err());
    }
}

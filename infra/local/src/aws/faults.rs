//! Faults that the endpoint is told to show.

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::request::Service;

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

/// The faults that wait for their call.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Fault>>>);

impl Faults {
    /// Adds a fault to those that wait.
    pub fn inject(&self, fault: Fault) {
        self.waiting().push(fault);
    }

    /// Forgets every fault.
    pub fn clear(&self) {
        self.waiting().clear();
    }

    /// The mode of the fault that befalls this call, which counts towards every fault that waits for it.
    pub(super) fn strike(&self, service: Service, operation: &str, function: &str) -> Option<Mode> {
        let mut struck = None;
        self.waiting().retain_mut(|fault| {
            let matches = fault.service == service
                && fault.operation == operation
                && fault.function.as_deref().map_or(function != chain_log::NAME, |wanted| wanted == function);
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
        self.0.lock().expect("no holder of this lock panics")
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

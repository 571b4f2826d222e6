//! The calls that were made, and what they cost.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use serde::Serialize;

use super::request::Service;

/// How many calls are remembered; the oldest are forgotten first.
const KEPT: usize = 100_000;

/// What a caller's role must allow for a call: an IAM action on a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Permission {
    /// The action, such as `dynamodb:ConditionCheckItem`.
    pub action: String,
    /// The ARN of the resource, or `*` where it has none.
    pub resource: String,
    /// What conditions may ask for, by their keys.
    pub context: BTreeMap<String, String>,
}

/// One call of one service.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function that made it, by its SDK's application name; `-` for others.
    pub function: String,
    /// The service.
    pub service: Service,
    /// The operation, in the words of the service's API.
    pub operation: String,
    /// What it takes to be allowed.
    pub permissions: Vec<Permission>,
    /// Read request units.
    pub rru: f64,
    /// Write request units.
    pub wru: f64,
    /// When it arrived.
    pub start: Instant,
    /// When its answer was ready.
    pub end: Instant,
}

/// What one function's calls amount to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Account {
    /// How many calls it made, by `service:Operation`.
    pub calls: BTreeMap<String, u64>,
    /// Read request units.
    pub rru: f64,
    /// Write request units.
    pub wru: f64,
    /// The longest chain of calls of which each began after the one before had ended: the round trips one waits for.
    pub sequence: usize,
    /// What it took to be allowed.
    pub permissions: BTreeSet<Permission>,
}

/// The record of calls.
#[derive(Clone, Default)]
pub struct Calls(Arc<Mutex<Record>>);

#[derive(Default)]
struct Record {
    calls: VecDeque<Call>,
    pace: Duration,
    under_way: usize,
}

/// A call that is being carried out, whether or not its caller still waits for it.
pub(super) struct UnderWay(Calls);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.record().under_way -= 1;
    }
}

impl Calls {
    /// The calls since the last reading, oldest first; they are forgotten.
    pub fn take(&self) -> Vec<Call> {
        self.record().calls.drain(..).collect()
    }

    /// The account by function of the calls since the last reading; they are forgotten.
    pub fn take_summary(&self) -> BTreeMap<String, Account> {
        summary(&self.take())
    }

    /// Lets every call take at least `least`, so that calls begun together are seen to overlap however fast the
    /// machine is.
    pub fn pace(&self, least: Duration) {
        self.record().pace = least;
    }

    pub(super) fn begin(&self) -> UnderWay {
        self.record().under_way += 1;
        UnderWay(self.clone())
    }

    /// Whether no call is being carried out.
    pub(super) fn are_at_rest(&self) -> bool {
        self.record().under_way == 0
    }

    pub(super) fn least(&self) -> Duration {
        self.record().pace
    }

    pub(super) fn add(&self, call: Call) {
        let mut record = self.record();
        if record.calls.len() == KEPT {
            record.calls.pop_front();
        }
        record.calls.push_back(call);
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("no holder of this lock panics")
    }
}

/// The account of `calls` by function.
pub fn summary(calls: &[Call]) -> BTreeMap<String, Account> {
    let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
    let mut in_order: Vec<&Call> = calls.iter().collect();
    in_order.sort_by_key(|call| call.end);
    let mut last_end: BTreeMap<&str, Instant> = BTreeMap::new();
    for call in in_order {
        let account = accounts.entry(call.function.clone()).or_default();
        *account.calls.entry(format!("{}:{}", call.service.name(), call.operation)).or_default() += 1;
        account.rru += call.rru;
        account.wru += call.wru;
        account.permissions.extend(call.permissions.iter().cloned());
        // Taken in the order of their ends, this is the longest chain of calls that do not overlap.
        if last_end.get(call.function.as_str()).is_none_or(|end| *end <= call.start) {
            account.sequence += 1;
            last_end.insert(&call.function, call.end);
        }
    }
    accounts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_overlap_are_one_round_trip() {
        let began = Instant::now();
        let call = |start: u64, end: u64| Call {
            function: "invite".to_owned(),
            service: Service::DynamoDb,
            operation: "GetItem".to_owned(),
            permissions: Vec::new(),
            rru: 0.5,
            wru: 0.0,
            start: began + Duration::from_millis(start),
            end: began + Duration::from_millis(end),
        };
        let account = &summary(&[call(0, 4), call(1, 3), call(5, 9), call(4, 6)])["invite"];
        assert_eq!(account.sequence, 2);
        assert_eq!(account.calls["dynamodb:GetItem"], 4);
        assert!((account.rru - 2.0).abs() < f64::EPSILON);
    }
}

//! Rules that call functions, on time or for what happened, as EventBridge's do, and what log groups call.
//!
//! Unlike there, calls that are under way end with the process, and periods are counted from its start.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use jiff::Timestamp;
use postern_domain::Clock;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{asynchronous::Asynchronous, invoke::Handler, objects::Version, random, streams::Filter};
use crate::account::{ACCOUNT, arn};

/// The longest until the clock is looked at: it may have been put forward.
const LOOK: Duration = Duration::from_millis(250);

/// The rules of an endpoint.
#[derive(Clone)]
pub struct Events(Arc<Inner>);

struct Inner {
    clock: Clock,
    schedules: Mutex<Vec<Schedule>>,
    listeners: Mutex<Vec<(Filter, Target)>>,
    invocations: Asynchronous,
}

/// What a rule calls.
#[derive(Clone)]
pub struct Target {
    /// The name of the rule.
    pub rule: String,
    /// The function.
    pub handler: Handler,
    /// What the function is told instead of the event.
    pub input: Option<Value>,
}

/// A rule that calls on time, in milliseconds since 1970.
struct Schedule {
    due: i64,
    period: i64,
    target: Target,
}

impl Events {
    pub(super) fn new(clock: Clock) -> Self {
        let inner = Inner { clock, schedules: Mutex::default(), listeners: Mutex::default(), invocations: Asynchronous::default() };
        Self(Arc::new(inner))
    }

    /// Calls `target` each time that another `period` is over by the product's clock, counted from now.
    ///
    /// If the clock is put forward past several such instants there is one call, for the last of them.
    pub fn every(&self, period: Duration, target: Target) {
        let period = i64::try_from(period.as_millis()).unwrap_or(i64::MAX).max(1);
        let due = self.0.clock.now().as_millisecond().saturating_add(period);
        self.schedules().push(Schedule { due, period, target });
    }

    /// Calls `target` for each event that `filter` takes.
    pub fn on(&self, filter: Filter, target: Target) {
        self.listeners().push((filter, target));
    }

    /// Tells of a version of an object that was put in its place.
    pub(super) fn object_created(&self, bucket: &str, version: &Version) {
        // Of two versions of a key, the later has the greater number.
        let sequencer = version.id.split('.').next();
        let detail = json!({
            "version": "0",
            "bucket": { "name": bucket },
            "object": {
                "key": version.key,
                "size": version.size,
                "etag": version.etag,
                "version-id": version.id,
                "sequencer": sequencer,
            },
            "request-id": random::letters(16).to_uppercase(),
            "requester": ACCOUNT,
            "source-ip-address": "127.0.0.1",
            "reason": "PutObject",
        });
        let resource = format!("arn:aws:s3:::{bucket}");
        self.bring(&event("aws.s3", "Object Created", self.0.clock.now(), &resource, &detail));
    }

    /// Tells of a mail what SES reports of it, by the configuration set with which it was sent.
    pub(super) fn mail_reported(&self, kind: &str, configuration_set: &str, detail: &Value) {
        let resource = arn("ses", &format!("configuration-set/{configuration_set}"));
        self.bring(&event("aws.ses", kind, self.0.clock.now(), &resource, detail));
    }

    /// Brings a whole event, as AWS would send it, to all whose rule or filter takes it, and tells whether any does.
    pub(crate) fn bring(&self, event: &Value) -> bool {
        let listeners = self.listeners();
        let taken: Vec<_> = listeners.iter().filter(|(filter, _)| filter(event)).map(|(_, target)| target).collect();
        for target in &taken {
            self.begin(target, event.clone());
        }
        !taken.is_empty()
    }

    /// Looks at the clock for as long as the endpoint is there.
    pub(super) async fn keep_time(self) {
        loop {
            self.call_what_is_due();
            let now = self.0.clock.now().as_millisecond();
            let next = self.schedules().iter().filter_map(|schedule| u64::try_from(schedule.due - now).ok()).min();
            sleep(next.map_or(LOOK, |next| LOOK.min(Duration::from_millis(next)))).await;
        }
    }

    /// Returns when what is due and what happened so far was dealt with; with how many calls ever began.
    pub(super) async fn settled(&self) -> u64 {
        self.call_what_is_due();
        self.0.invocations.ended().await
    }

    /// How many calls ever began.
    pub(super) fn begun(&self) -> u64 {
        self.0.invocations.begun()
    }

    /// Ends what is under way.
    pub(super) fn stop(&self) {
        self.0.invocations.stop();
    }

    fn call_what_is_due(&self) {
        let now = self.0.clock.now().as_millisecond();
        for Schedule { due, period, target } in self.schedules().iter_mut().filter(|schedule| schedule.due <= now) {
            let last = now - (now - *due) % *period;
            *due = last.saturating_add(*period);
            let at = Timestamp::from_millisecond(last).expect("it lies between two readings of the clock");
            let resource = arn("events", &format!("rule/{}", target.rule));
            self.begin(target, event("aws.events", "Scheduled Event", at, &resource, &json!({})));
        }
    }

    fn begin(&self, target: &Target, event: Value) {
        let told = target.input.clone().unwrap_or(event);
        self.0.invocations.begin(target.rule.clone(), target.handler.clone(), told);
    }

    fn schedules(&self) -> MutexGuard<'_, Vec<Schedule>> {
        self.0.schedules.lock().expect("no holder of this lock panics")
    }

    fn listeners(&self) -> MutexGuard<'_, Vec<(Filter, Target)>> {
        self.0.listeners.lock().expect("no holder of this lock panics")
    }
}

fn event(source: &str, kind: &str, at: Timestamp, resource: &str, detail: &Value) -> Value {
    // Whole seconds, as EventBridge writes them.
    let time = Timestamp::from_second(at.as_second()).expect("it lies beside a valid time");
    json!({
        "version": "0",
        "id": random::uuid(),
        "detail-type": kind,
        "source": source,
        "account": ACCOUNT,
        "time": time,
        "region": crate::account::REGION,
        "resources": [resource],
        "detail": detail,
    })
}

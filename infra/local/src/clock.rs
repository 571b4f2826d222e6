//! The product's clock: the real time, put forward by as much as a check asks for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use postern_domain::Clock;

/// A clock that can be put forward. How far it is off the real time ends with the process.
#[derive(Clone)]
pub(crate) struct AdjustableClock {
    ahead_millis: Arc<AtomicI64>,
}

impl AdjustableClock {
    /// A clock that shows `instant` now; the real time if none.
    pub(crate) fn starting_at(instant: Option<Timestamp>) -> Self {
        let ahead_millis = instant.map_or(0, |instant| instant.as_millisecond() - real_time().as_millisecond());
        Self { ahead_millis: Arc::new(AtomicI64::new(ahead_millis)) }
    }

    /// Puts it forward.
    pub(crate) fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_millis.fetch_add(millis, Ordering::SeqCst);
    }

    /// The clock as the product reads it.
    pub(crate) fn reading(&self) -> Clock {
        let ahead_millis = self.ahead_millis.clone();
        Clock::new(move || {
            let now = real_time();
            now.saturating_add(SignedDuration::from_millis(ahead_millis.load(Ordering::SeqCst))).unwrap_or(now)
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "this is wiring: the clock that everything here goes by")]
fn real_time() -> Timestamp {
    Timestamp::now()
}

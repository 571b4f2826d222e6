//! The product's clock: the real time, put forward by as much as a check asks for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use postern_domain::Clock;

/// A clock that can be put forward. How far it is ends with the process.
#[derive(Clone, Default)]
pub(crate) struct AdjustableClock {
    ahead_millis: Arc<AtomicU64>,
}

impl AdjustableClock {
    /// Puts it forward.
    pub(crate) fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead_millis.fetch_add(millis, Ordering::SeqCst);
    }

    /// The clock as the product reads it.
    #[expect(clippy::disallowed_methods, reason = "this is wiring: the clock that everything here goes by")]
    pub(crate) fn reading(&self) -> Clock {
        let ahead_millis = self.ahead_millis.clone();
        Clock::new(move || {
            let ahead = i64::try_from(ahead_millis.load(Ordering::SeqCst)).unwrap_or(i64::MAX);
            let now = Timestamp::now();
            now.saturating_add(SignedDuration::from_millis(ahead)).unwrap_or(now)
        })
    }
}

//! Whatever calls workers.

use std::time::Duration;

use tokio::time::sleep;

use super::{calls::Calls, events::Events, streams::Streams};

/// How often `settled` looks again whether calls are under way.
const RECHECK: Duration = Duration::from_millis(2);

/// The streams and the rules of an endpoint.
#[derive(Clone)]
pub struct Drivers {
    /// What is called for records that were written.
    pub streams: Streams,
    /// What is called on time and for objects that were put.
    pub events: Events,
    /// The calls that functions make.
    pub(super) calls: Calls,
}

impl Drivers {
    /// Returns when the workers have dealt with all that was written, put and due so far, and with what that led to; what a process asked for that has
    /// ended meanwhile is waited for too.
    pub async fn settled(&self) {
        loop {
            while !self.calls.are_at_rest() {
                sleep(RECHECK).await;
            }
            let begun = self.events.settled().await;
            self.streams.settled().await;
            // A worker that a stream called may have put an object, and something may be due by now.
            if begun == self.events.begun() {
                return;
            }
        }
    }

    /// Ends all that is under way.
    pub(super) fn stop(&self) {
        self.streams.stop();
        self.events.stop();
    }
}

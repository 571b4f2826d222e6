//! Whatever calls workers.

use super::{events::Events, streams::Streams};

/// The streams and the rules of an endpoint.
#[derive(Clone)]
pub struct Drivers {
    /// What is called for records that were written.
    pub streams: Streams,
    /// What is called on time and for objects that were put.
    pub events: Events,
}

impl Drivers {
    /// Returns when the workers have dealt with all that was written, put and due so far, and with what that led to.
    pub async fn settled(&self) {
        loop {
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

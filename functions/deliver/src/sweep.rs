//! Each minute: what is due and not done, at the sender's pace.

use std::time::Duration;

use futures_util::future::join_all;
use postern_domain::dispatch::Line;
use tokio::time::{Instant, sleep_until};

use crate::{Reach, report};

/// Time in which a sweep begins to send; what is left then is for the next one. Well below the function's own limit.
const SWEEP: Duration = Duration::from_secs(15);
/// Messages that a sweep looks at in each line.
const SWEPT: u16 = 1000;
/// The time by which the sender's pace is told.
const SECOND: Duration = Duration::from_secs(1);

impl Reach {
    /// Sends all that is due: codes first.
    pub(crate) async fn sweep(&self) {
        let end = Instant::now() + SWEEP;
        for line in [Line::Codes, Line::Rest] {
            let due = match self.outbox.due(line, self.clock.now(), SWEPT).await {
                Ok(due) => due,
                Err(error) => return tracing::error!(cause = error.to_string(), "the outbox could not be swept"),
            };
            for (turn, group) in due.chunks(self.rate.0.get()).enumerate() {
                if turn > 0 {
                    sleep_until(Instant::now() + SECOND).await;
                }
                if Instant::now() >= end {
                    return;
                }
                let sent = join_all(group.iter().map(|dispatch| self.send(*dispatch))).await;
                group.iter().zip(sent).for_each(|(dispatch, ended)| report(*dispatch, ended));
            }
        }
    }
}

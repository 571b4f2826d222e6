//! What is counted of one way to sign in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{count, is_first_of_window, ladder::Ladder};
use crate::{Audience, moments, policy, settings::LockoutAfter};

/// A wrong gate that still counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateFailure {
    /// When it was tried.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
    /// A keyed hash of the wrong digits: the same mistake counts once, from wherever it comes.
    #[serde(rename = "mark")]
    pub hash: String,
}

/// What is counted of one way to sign in: each has limits of its own, so that nobody who uses one can use up another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// Requests for a code that still count.
    #[serde(with = "moments::list", default)]
    requests: Vec<Timestamp>,
    /// When a refusal by count was last written to the log.
    #[serde(with = "moments::optional", default, rename = "refusal_noted_at")]
    refusal_logged_at: Option<Timestamp>,
    /// Challenges for which a code went out within the last day.
    #[serde(with = "moments::list", default)]
    sends: Vec<Timestamp>,
    /// Wrong gates that still count.
    #[serde(default)]
    gate_failures: Vec<GateFailure>,
    /// Wrong codes since the last right one, over all challenges whose code went out.
    #[serde(default)]
    code_failures: u32,
    /// The locks that failures led to.
    #[serde(flatten)]
    ladder: Ladder,
}

impl Counted {
    /// Counts one request for a code; over the limit, says when the next may come.
    pub fn count_request(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        self.requests.retain(|at| now < *at + policy::REQUEST_WINDOW);
        match self.requests.first() {
            Some(oldest) if self.requests.len() >= policy::REQUESTS => Err(*oldest + policy::REQUEST_WINDOW),
            _ => {
                self.requests.push(now);
                Ok(())
            }
        }
    }

    /// Counts a code that goes out to someone of `audience`; refuses beyond the limits of hour and day.
    pub fn count_send(&mut self, audience: Audience, now: Timestamp) -> bool {
        let (per_hour, per_day) = match audience {
            Audience::Client => (policy::SENDS_PER_HOUR, policy::SENDS_PER_DAY),
            Audience::Staff => (policy::STAFF_SENDS_PER_HOUR, policy::STAFF_SENDS_PER_DAY),
        };
        count(&mut self.sends, per_hour, per_day, now)
    }

    /// Logs a refusal by count, if it is the first of its window.
    pub fn log_refusal(&mut self, now: Timestamp) -> bool {
        is_first_of_window(&mut self.refusal_logged_at, now)
    }

    /// Until when this way is locked, if it is.
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.ladder.locked_until(now)
    }

    /// Whether this way is closed until staff reopen it.
    pub fn is_closed(&self) -> bool {
        self.code_failures >= policy::CODE_FAILURES_MOST
    }

    /// Counts a wrong gate, unless it is one that counts already; enough different ones lock.
    pub fn count_gate_failure(&mut self, hash: &str, lockout_after: LockoutAfter, now: Timestamp) {
        self.gate_failures.retain(|failure| now < failure.at + policy::GATE_WINDOW);
        if self.locked_until(now).is_some() || self.gate_failures.iter().any(|failure| failure.hash == hash) {
            return;
        }
        self.gate_failures.push(GateFailure { at: now, hash: hash.to_owned() });
        if self.ladder.count(self.gate_failures.len() >= lockout_after.get() as usize, now) {
            self.gate_failures.clear();
        }
    }

    /// Counts a wrong code; enough of them lock, and far more close. A lock that `locks` rules out does not keep it from counting.
    pub fn count_code_failure(&mut self, locks: bool, lockout_after: LockoutAfter, now: Timestamp) {
        if locks && self.locked_until(now).is_some() {
            return;
        }
        self.code_failures += 1;
        if locks {
            self.ladder.count(self.code_failures >= lockout_after.get() * policy::CODE_FAILURES_PER_GATE, now);
        }
    }

    /// Forgets the wrong gates, since the right one came.
    pub fn forget_gate_failures(&mut self) {
        self.gate_failures.clear();
    }

    /// Forgets the wrong codes, since the right one came.
    pub fn forget_code_failures(&mut self) {
        self.code_failures = 0;
    }

    /// Ends the lock that wrong gates led to, since the right one came by another way.
    pub fn forgive_gates(&mut self) {
        self.gate_failures.clear();
        self.ladder = Ladder::default();
    }

    /// The same way as staff unlock it: what everyone is told of, that too many requests came, goes on, or a stranger could see that someone was
    /// unlocked; so does a closure, which is reopened apart.
    pub(super) fn unlocked(self) -> Self {
        let code_failures = if self.is_closed() { self.code_failures } else { 0 };
        Self { requests: self.requests, refusal_logged_at: self.refusal_logged_at, code_failures, ..Self::default() }
    }

    /// Whether nothing of it counts any more.
    pub(super) fn is_idle(&self, now: Timestamp) -> bool {
        self.requests.iter().all(|at| now >= *at + policy::REQUEST_WINDOW)
            && self.sends.iter().all(|at| now >= *at + policy::DAY)
            && self.gate_failures.iter().all(|failure| now >= failure.at + policy::GATE_WINDOW)
            && self.code_failures == 0
            && self.ladder.is_forgotten(now)
    }
}

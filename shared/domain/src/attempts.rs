//! Attempts: all that is counted of one email, known or unknown alike.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{moments, policy, record::Outcome};

/// Which row of attempts belongs to an email: a keyed hash of firm, audience and email, so that the table names none of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptKey(pub String);

/// A wrong gate that still counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateFailure {
    /// When it was tried.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
    /// A keyed hash of value and browser: the same mistake from one browser counts once.
    #[serde(rename = "mark")]
    pub hash: String,
}

/// What last went wrong for an email.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastFailure {
    /// When.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What is remembered of the attempts of one email at one firm, known or unknown alike.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attempts {
    /// Counts the changes of this row, so that of two requests at once none is lost. The store sets it.
    pub version: u64,
    /// Requests for a code that still count.
    #[serde(with = "moments::list")]
    pub requests: Vec<Timestamp>,
    /// When a refusal by count was last written to the log.
    #[serde(with = "moments::optional", default, rename = "refusal_noted_at")]
    pub refusal_logged_at: Option<Timestamp>,
    /// Wrong gates that still count.
    pub gate_failures: Vec<GateFailure>,
    /// Until when sign-in is locked.
    #[serde(with = "moments::optional", default)]
    pub locked_until: Option<Timestamp>,
    /// Challenges for which a code went out within the last day.
    #[serde(with = "moments::list")]
    pub sends: Vec<Timestamp>,
    /// Honest mails within the last day.
    #[serde(with = "moments::list")]
    pub honest_mails: Vec<Timestamp>,
    /// What last went wrong.
    #[serde(default)]
    pub last_failure: Option<LastFailure>,
}

impl Attempts {
    /// Until when sign-in is locked, if it is.
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|until| now < *until)
    }

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

    /// Counts a wrong gate, and locks at the fifth different one.
    pub fn count_gate_failure(&mut self, hash: &str, now: Timestamp) {
        self.gate_failures.retain(|failure| now < failure.at + policy::GATE_WINDOW);
        if self.gate_failures.iter().any(|failure| failure.hash == hash) {
            return;
        }
        self.gate_failures.push(GateFailure { at: now, hash: hash.to_owned() });
        if self.gate_failures.len() >= policy::GATE_FAILURES {
            self.locked_until = Some(now + policy::LOCK);
            self.gate_failures.clear();
        }
    }

    /// Counts a code that goes out; refuses beyond the limits of hour and day.
    pub fn count_send(&mut self, now: Timestamp) -> bool {
        self.sends.retain(|at| now < *at + policy::DAY);
        let this_hour = self.sends.iter().filter(|at| now < **at + policy::HOUR).count();
        let allowed = self.sends.len() < policy::SENDS_PER_DAY && this_hour < policy::SENDS_PER_HOUR;
        if allowed {
            self.sends.push(now);
        }
        allowed
    }

    /// Counts an honest mail, if one may go out.
    pub fn count_honest_mail(&mut self, now: Timestamp) -> bool {
        self.honest_mails.retain(|at| now < *at + policy::DAY);
        let rested = self.honest_mails.last().is_none_or(|last| now >= *last + policy::HONEST_MAIL_PAUSE);
        let allowed = rested && self.honest_mails.len() < policy::HONEST_MAILS_PER_DAY;
        if allowed {
            self.honest_mails.push(now);
        }
        allowed
    }

    /// Remembers what went wrong.
    pub fn remember_failure(&mut self, outcome: Outcome, now: Timestamp) {
        self.last_failure = Some(LastFailure { at: now, outcome });
    }

    /// Logs a refusal by count, if it is the first of its window.
    pub fn log_refusal(&mut self, now: Timestamp) -> bool {
        let first = self.refusal_logged_at.is_none_or(|at| now >= at + policy::REQUEST_WINDOW);
        if first {
            self.refusal_logged_at = Some(now);
        }
        first
    }
}

//! Attempts: all that is counted of one email, known or unknown alike.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Audience, dispatch::HonestReason, moments, policy, record::Outcome};

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
    /// A keyed hash of the wrong digits: the same mistake counts once, from wherever it comes.
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

/// What is counted of one way to ask for a code: each has limits of its own, so that nobody who uses one can use up another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Requests for a code that still count.
    #[serde(with = "moments::list", default)]
    pub requests: Vec<Timestamp>,
    /// When a refusal by count was last written to the log.
    #[serde(with = "moments::optional", default, rename = "refusal_noted_at")]
    pub refusal_logged_at: Option<Timestamp>,
    /// Challenges for which a code went out within the last day.
    #[serde(with = "moments::list", default)]
    pub sends: Vec<Timestamp>,
}

/// A mail that told why no code went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
    /// The name of the reason.
    pub reason: String,
    /// Whether the reason shuts the person out for a while.
    pub shuts_out: bool,
}

/// What is remembered of the attempts of one email at one firm, known or unknown alike.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attempts {
    /// Counts the changes of this row, so that of two requests at once none is lost. The store sets it.
    pub version: u64,
    /// What was asked for on the sign-in page.
    #[serde(flatten)]
    pub page: Asked,
    /// What was asked for with links.
    #[serde(default)]
    pub links: Asked,
    /// Fresh links that were asked for within the last day.
    #[serde(with = "moments::list", default)]
    pub fresh_links: Vec<Timestamp>,
    /// When a saved password in the field for digits was last written to the log.
    #[serde(with = "moments::optional", default)]
    pub autofill_logged_at: Option<Timestamp>,
    /// Wrong gates that still count.
    pub gate_failures: Vec<GateFailure>,
    /// Until when sign-in is locked.
    #[serde(with = "moments::optional", default)]
    pub locked_until: Option<Timestamp>,
    /// Mails within the last day that told why no code went out.
    #[serde(default)]
    pub told: Vec<Told>,
    /// What last went wrong.
    #[serde(default)]
    pub last_failure: Option<LastFailure>,
}

impl Asked {
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
}

/// Whether something happens for the first time in its window, `last` being when it was last written down.
fn is_first_of_window(last: &mut Option<Timestamp>, now: Timestamp) -> bool {
    let first = last.is_none_or(|at| now >= at + policy::REQUEST_WINDOW);
    if first {
        *last = Some(now);
    }
    first
}

/// Counts something at `now` among `counted` of the last day; refuses beyond so many an hour and a day.
fn count(counted: &mut Vec<Timestamp>, per_hour: usize, per_day: usize, now: Timestamp) -> bool {
    counted.retain(|at| now < *at + policy::DAY);
    let this_hour = counted.iter().filter(|at| now < **at + policy::HOUR).count();
    let allowed = counted.len() < per_day && this_hour < per_hour;
    if allowed {
        counted.push(now);
    }
    allowed
}

impl Attempts {
    /// Until when sign-in is locked, if it is.
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|until| now < *until)
    }

    /// Counts a wrong gate, and locks at the fifth different one. While locked nothing counts, so that no lock is ever extended.
    pub fn count_gate_failure(&mut self, hash: &str, now: Timestamp) {
        self.gate_failures.retain(|failure| now < failure.at + policy::GATE_WINDOW);
        if self.locked_until(now).is_some() || self.gate_failures.iter().any(|failure| failure.hash == hash) {
            return;
        }
        self.gate_failures.push(GateFailure { at: now, hash: hash.to_owned() });
        if self.gate_failures.len() >= policy::GATE_FAILURES {
            self.locked_until = Some(now + policy::LOCK);
            self.gate_failures.clear();
        }
    }

    /// Counts a fresh link that is asked for; refuses beyond the limits of hour and day.
    pub fn count_fresh_link(&mut self, now: Timestamp) -> bool {
        count(&mut self.fresh_links, policy::FRESH_LINKS_PER_HOUR, policy::FRESH_LINKS_PER_DAY, now)
    }

    /// Counts a mail that tells `reason`, if one may go out, and tells how long its way in lives. The same reason rests for a while; those
    /// that shut the person out have a budget that the others cannot use up. The last of that budget has a way in for a day: until then another
    /// mail may go out, so that whoever owns the mailbox always has one, whatever others ask for in their name.
    pub fn tell(&mut self, reason: &HonestReason, now: Timestamp) -> Option<SignedDuration> {
        self.told.retain(|told| now < told.at + policy::DAY);
        let (name, shuts_out) = (reason.name(), reason.shuts_out());
        let rests = self.told.iter().any(|told| told.reason == name && now < told.at + policy::HONEST_MAIL_PAUSE);
        let told = self.told.iter().filter(|told| told.shuts_out == shuts_out).count();
        if rests || told >= policy::HONEST_MAILS_PER_DAY {
            return None;
        }
        self.told.push(Told { at: now, reason: name.to_owned(), shuts_out });
        let is_last = shuts_out && told + 1 == policy::HONEST_MAILS_PER_DAY;
        Some(if is_last { policy::LAST_WAY_IN_LIFE } else { policy::WAY_IN_LIFE })
    }

    /// Logs a saved password in the field for digits, if it is the first of its window.
    pub fn log_autofill(&mut self, now: Timestamp) -> bool {
        is_first_of_window(&mut self.autofill_logged_at, now)
    }

    /// Remembers what went wrong.
    pub fn remember_failure(&mut self, outcome: Outcome, now: Timestamp) {
        self.last_failure = Some(LastFailure { at: now, outcome });
    }
}

//! Attempts: all that is counted of one email, known or unknown alike.

mod counted;
mod ladder;
mod seen;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    DeviceId,
    dispatch::HonestReason,
    moments, policy,
    record::{LastFailure, Outcome},
    settings::{AccessMode, LockoutAfter},
};
pub use counted::{Counted, GateFailure};
pub use seen::AttemptsSeen;

/// By which way someone signs in. Each is counted apart, so that nobody who uses one can shut another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By the sign-in page, in a browser that is not known.
    #[default]
    Page,
    /// By the sign-in page, in a browser in which this person signed in before.
    Browser(DeviceId),
    /// By links from the person's own mailbox, which no lock blocks.
    Links,
}

impl Way {
    /// Whether it leads in at all where clients come in by `mode`.
    pub fn leads_in(self, mode: AccessMode) -> bool {
        mode != AccessMode::LinkOnly || self == Self::Links
    }
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
    /// What came by the sign-in page, in browsers that are not known.
    #[serde(flatten)]
    page: Counted,
    /// What came by links.
    #[serde(default)]
    links: Counted,
    /// What came by the sign-in page, in each known browser of which something still counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    browsers: BTreeMap<DeviceId, Counted>,
    /// Fresh links that were asked for within the last day.
    #[serde(with = "moments::list", default)]
    fresh_links: Vec<Timestamp>,
    /// When a saved password in the field for digits was last written to the log.
    #[serde(with = "moments::optional", default)]
    autofill_logged_at: Option<Timestamp>,
    /// When the firm was last told that help is asked for.
    #[serde(with = "moments::optional", default)]
    helped_at: Option<Timestamp>,
    /// The same, by who had a link, a code or a browser of theirs.
    #[serde(with = "moments::optional", default, skip_serializing_if = "Option::is_none")]
    owner_helped_at: Option<Timestamp>,
    /// Mails within the last day that told why no code went out.
    #[serde(default)]
    told: Vec<Told>,
    /// What last went wrong.
    #[serde(default)]
    pub last_failure: Option<LastFailure>,
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
    /// What is counted of `way`.
    pub fn of(&mut self, way: Way) -> &mut Counted {
        match way {
            Way::Page => &mut self.page,
            Way::Browser(device) => self.browsers.entry(device).or_default(),
            Way::Links => &mut self.links,
        }
    }

    /// Until when `way` is locked, if it is; links never are.
    pub fn lock_of(&self, way: Way, now: Timestamp) -> Option<Timestamp> {
        match way {
            Way::Page => self.page.locked_until(now),
            Way::Browser(device) => self.browsers.get(&device)?.locked_until(now),
            Way::Links => None,
        }
    }

    /// Until when `way` is locked by what came since it was as in `before`, if it is.
    pub fn lock_since(&self, before: &Self, way: Way, now: Timestamp) -> Option<Timestamp> {
        self.lock_of(way, now).filter(|_| before.lock_of(way, now).is_none())
    }

    /// Until when some browser of theirs is locked out, if one is.
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        [&self.page].into_iter().chain(self.browsers.values()).filter_map(|counted| counted.locked_until(now)).max()
    }

    /// Whether `way` is closed until staff reopen it.
    pub fn is_closed(&self, way: Way) -> bool {
        match way {
            Way::Page => self.page.is_closed(),
            Way::Browser(device) => self.browsers.get(&device).is_some_and(Counted::is_closed),
            Way::Links => self.links.is_closed(),
        }
    }

    /// Whether some way is closed until staff reopen it.
    pub fn any_is_closed(&self) -> bool {
        [&self.page, &self.links].into_iter().chain(self.browsers.values()).any(Counted::is_closed)
    }

    /// Counts a wrong code of `way`; links are never locked, but closed like all others.
    pub fn count_code_failure(&mut self, way: Way, lockout_after: LockoutAfter, now: Timestamp) {
        self.of(way).count_code_failure(way != Way::Links, lockout_after, now);
    }

    /// Counts a fresh link that is asked for; refuses beyond the limits of hour and day.
    pub fn count_fresh_link(&mut self, now: Timestamp) -> bool {
        count(&mut self.fresh_links, policy::FRESH_LINKS_PER_HOUR, policy::FRESH_LINKS_PER_DAY, now)
    }

    /// Counts a mail that tells `reason`, if one may go out, and tells how long its way in lives. The same reason rests for a while; those
    /// that shut the person out have a budget that the others cannot use up. The last of a budget has a way in for a day: until then another
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
        let is_last = told + 1 == policy::HONEST_MAILS_PER_DAY;
        Some(if is_last { policy::LAST_WAY_IN_LIFE } else { policy::WAY_IN_LIFE })
    }

    /// Logs a saved password in the field for digits, if it is the first of its window.
    pub fn log_autofill(&mut self, now: Timestamp) -> bool {
        is_first_of_window(&mut self.autofill_logged_at, now)
    }

    /// Counts a call for help, if the firm is to be told of it: once an hour. What comes by a link, a code or a browser of the person's own rests
    /// apart, so that who knows their email alone silences nobody.
    pub fn call_for_help(&mut self, is_owner: bool, now: Timestamp) -> bool {
        let helped_at = if is_owner { &mut self.owner_helped_at } else { &mut self.helped_at };
        let is_told = helped_at.is_none_or(|at| now >= at + policy::HELP_REST);
        if is_told {
            *helped_at = Some(now);
        }
        is_told
    }

    /// Remembers what went wrong.
    pub fn remember_failure(&mut self, outcome: Outcome, now: Timestamp) {
        self.last_failure = Some(LastFailure { at: now, outcome });
    }

    /// The same as staff unlock it: no lock, nothing that counts towards one or was sent, and no problem that is left. What is closed stays closed.
    #[must_use]
    pub fn unlocked(self) -> Self {
        let browsers = self.browsers.into_iter().map(|(device, counted)| (device, counted.unlocked()));
        Self {
            version: self.version,
            page: self.page.unlocked(),
            links: self.links.unlocked(),
            browsers: browsers.collect(),
            autofill_logged_at: self.autofill_logged_at,
            helped_at: self.helped_at,
            owner_helped_at: self.owner_helped_at,
            ..Self::default()
        }
    }

    /// The same as staff reopen it: wrong codes are forgotten by all ways.
    #[must_use]
    pub fn reopened(mut self) -> Self {
        [&mut self.page, &mut self.links].into_iter().chain(self.browsers.values_mut()).for_each(Counted::forget_code_failures);
        self
    }

    /// The same without the browsers of which nothing counts any more; of very many the oldest are forgotten.
    #[must_use]
    pub fn tidied(mut self, now: Timestamp) -> Self {
        self.browsers.retain(|_, counted| !counted.is_idle(now));
        while self.browsers.len() > policy::DEVICES as usize {
            self.browsers.pop_first();
        }
        self
    }

    /// When it may be forgotten if nothing comes to it: never while a way is closed.
    pub fn forgotten_at(&self, now: Timestamp) -> Option<Timestamp> {
        (!self.any_is_closed()).then(|| now + policy::ATTEMPTS_MEMORY)
    }
}

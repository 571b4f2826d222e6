//! The lock ladder: each lock is longer than the one before, and none is ever extended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{moments, policy};

/// How far one way to sign in has climbed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// Until when sign-in is locked.
    #[serde(with = "moments::optional", default)]
    locked_until: Option<Timestamp>,
    /// Locks since the ladder was last forgotten.
    #[serde(default)]
    locks: u32,
    /// Failures since the last of them.
    #[serde(default)]
    further: u32,
    /// When the last failure was counted.
    #[serde(with = "moments::optional", default)]
    failed_at: Option<Timestamp>,
}

impl Ladder {
    /// Until when sign-in is locked, if it is.
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|until| now < *until)
    }

    /// Counts a failure, and locks if it is one too many: the first time where `starts` says so, then after every few more. Tells whether it
    /// locked. While locked nothing counts, so that no lock is ever extended.
    pub fn count(&mut self, starts: bool, now: Timestamp) -> bool {
        if self.locked_until(now).is_some() {
            return false;
        }
        if self.is_forgotten(now) {
            *self = Self::default();
        }
        self.failed_at = Some(now);
        self.further += u32::from(self.locks > 0);
        let locks = if self.locks == 0 { starts } else { self.further >= policy::FURTHER_FAILURES };
        if locks {
            let step = (self.locks as usize).min(policy::LOCKS.len() - 1);
            (self.locked_until, self.locks, self.further) = (Some(now + policy::LOCKS[step]), self.locks + 1, 0);
        }
        locks
    }

    /// Whether nothing of it matters any more.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.failed_at.is_none_or(|at| now >= at + policy::LOCK_MEMORY) && self.locked_until(now).is_none()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(minutes: i64) -> Timestamp {
        NOW + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn each_lock_is_longer_than_the_one_before_up_to_an_hour() {
        let (mut ladder, mut now, mut lengths) = (Ladder::default(), NOW, Vec::new());
        assert!(ladder.count(true, now));
        for _ in 0..6 {
            let until = ladder.locked_until(now).expect("it is locked");
            lengths.push((until - now).get_seconds() / 60);
            assert!(ladder.locked_until(until - SignedDuration::from_millis(1)).is_some() && ladder.locked_until(until).is_none());
            now = until;
            assert_eq!([0, 1, 2].map(|_| ladder.count(false, now)), [false, false, true], "three more");
        }
        assert_eq!(lengths, [1, 5, 15, 30, 60, 60]);
    }

    #[test]
    fn what_comes_during_a_lock_neither_counts_nor_extends_it() {
        let mut ladder = Ladder::default();
        ladder.count(true, NOW);
        let locked = ladder.clone();
        assert!((0..10).all(|_| !ladder.count(true, after(1) - SignedDuration::from_millis(1))));
        assert_eq!(ladder, locked);
    }

    #[test]
    fn twelve_hours_without_a_failure_forget_it() {
        let half_a_day = 12 * 60;
        let climbed = || {
            let mut ladder = Ladder::default();
            ladder.count(true, NOW);
            ladder.count(false, after(1));
            ladder
        };
        let again = |minute| {
            let mut ladder = climbed();
            ladder.count(true, after(minute));
            ladder.locked_until(after(minute)).map(|until| (until - after(minute)).get_seconds() / 60)
        };
        assert_eq!((again(half_a_day), again(1 + half_a_day)), (None, Some(1)), "the last failure was a minute after the first");
    }
}

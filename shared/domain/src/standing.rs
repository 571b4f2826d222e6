//! How a contact stands, by facts that tell nobody who it is: so that all of a firm can be counted without reading them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    gate::GateKind,
    moments,
    readiness::{Missing, missing},
    settings::{Overrides, SignInPolicy},
};

/// Whether a contact can get in; of several the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortalStatus {
    /// It has all that signing in needs.
    Ready,
    /// Something is missing.
    Missing,
    /// Some browser of theirs is locked out for a while.
    Locked,
}

/// Which contacts are wanted, by how they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// Those that are ready.
    Ready,
    /// Those that something is missing of.
    Missing,
    /// Those that are locked out for a while.
    Locked,
    /// Those that were never invited at the address that they have.
    NeverInvited,
    /// Those that never signed in.
    NeverIn,
}

/// What of a contact decides whether it has all that signing in needs, whatever the firm asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Whether it has an email.
    pub email: bool,
    /// Whether it has a mobile.
    pub mobile: bool,
    /// Which gates it has.
    pub gates: Vec<GateKind>,
    /// What is decided about signing in for it alone.
    #[serde(default, skip_serializing_if = "Overrides::are_none")]
    pub overrides: Overrides,
}

impl Facts {
    /// What it lacks to sign in at a firm with this `policy`. Derived each time, never stored.
    pub fn missing(&self, policy: &SignInPolicy, texting: bool) -> Vec<Missing> {
        missing(&policy.with(&self.overrides), texting, self.email, self.gates.iter().copied(), self.mobile)
    }
}

/// How a contact stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Standing {
    /// What it has.
    pub facts: Facts,
    /// Until when some browser of theirs is locked out.
    #[serde(with = "moments::optional", default)]
    pub locked_until: Option<Timestamp>,
    /// When it was last invited.
    #[serde(with = "moments::or_never", default)]
    pub invited_at: Option<Timestamp>,
    /// When it last signed in.
    #[serde(with = "moments::or_never", default)]
    pub last_access_at: Option<Timestamp>,
}

impl Standing {
    /// Whether it can get in at `now`, at a firm with `policy` where text messages can be sent (`texting`).
    pub fn status(&self, policy: &SignInPolicy, texting: bool, now: Timestamp) -> PortalStatus {
        match self.locked_until {
            Some(until) if now < until => PortalStatus::Locked,
            _ if self.facts.missing(policy, texting).is_empty() => PortalStatus::Ready,
            _ => PortalStatus::Missing,
        }
    }

    /// Whether it is one of those that are wanted.
    pub fn is(&self, wanted: Wanted, policy: &SignInPolicy, texting: bool, now: Timestamp) -> bool {
        match wanted {
            Wanted::Ready => self.status(policy, texting, now) == PortalStatus::Ready,
            Wanted::Missing => self.status(policy, texting, now) == PortalStatus::Missing,
            Wanted::Locked => self.status(policy, texting, now) == PortalStatus::Locked,
            Wanted::NeverInvited => self.invited_at.is_none(),
            Wanted::NeverIn => self.last_access_at.is_none(),
        }
    }
}

/// How many contacts a firm has, and how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Summary {
    /// All.
    pub contacts: usize,
    /// Those that are ready.
    pub ready: usize,
    /// Those that something is missing of.
    pub missing: usize,
    /// Those that are locked out for a while.
    pub locked: usize,
    /// Those that were never invited at the address that they have.
    pub never_invited: usize,
    /// Those that never signed in.
    pub never_in: usize,
}

impl Summary {
    /// What `standings` come to at `now`.
    pub fn of<'a>(standings: impl IntoIterator<Item = &'a Standing>, policy: &SignInPolicy, texting: bool, now: Timestamp) -> Self {
        let mut summary = Self::default();
        for standing in standings {
            summary.contacts += 1;
            match standing.status(policy, texting, now) {
                PortalStatus::Ready => summary.ready += 1,
                PortalStatus::Missing => summary.missing += 1,
                PortalStatus::Locked => summary.locked += 1,
            }
            summary.never_invited += usize::from(standing.invited_at.is_none());
            summary.never_in += usize::from(standing.last_access_at.is_none());
        }
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn the_worst_state_is_the_one_that_shows_and_each_is_counted_once() {
        let policy = SignInPolicy::default();
        let standing =
            |email, mobile, gates: &[GateKind], locked_until: Option<i64>, invited: Option<i64>, entered: Option<i64>| Standing {
                facts: Facts { email, mobile, gates: gates.to_vec(), overrides: Overrides::default() },
                locked_until: locked_until.map(at),
                invited_at: invited.map(at),
                last_access_at: entered.map(at),
            };
        use {GateKind::*, PortalStatus::*};
        let cases = [
            (standing(true, true, &[SsnLast4], None, None, None), Ready),
            (standing(true, true, &[Pin], Some(100), Some(1), Some(2)), Ready),
            (standing(true, true, &[Pin], Some(101), Some(1), None), Locked),
            (standing(false, true, &[], Some(101), None, None), Locked),
            (standing(true, false, &[Pin], Some(99), None, None), Missing),
            (standing(true, true, &[], None, Some(1), None), Missing),
        ];
        for (standing, status) in &cases {
            assert_eq!(standing.status(&policy, true, at(100)), *status, "{standing:?}");
            for wanted in [Wanted::Ready, Wanted::Missing, Wanted::Locked] {
                let is = format!("{wanted:?}") == format!("{status:?}");
                assert_eq!(standing.is(wanted, &policy, true, at(100)), is, "{standing:?} {wanted:?}");
            }
        }
        let summary = Summary::of(cases.iter().map(|(standing, _)| standing), &policy, true, at(100));
        assert_eq!(summary, Summary { contacts: 6, ready: 2, missing: 2, locked: 2, never_invited: 3, never_in: 5 });
        assert_eq!(
            Summary::of(cases.iter().map(|(standing, _)| standing), &policy, false, at(100)).missing,
            1,
            "without texting no mobile is missed"
        );
    }
}

//! Accounts: what signing in must know of a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Country, Subject,
    channel::Channel,
    delivery::Troubles,
    gate::Gate,
    identity::Identity,
    readiness::{Missing, missing},
    settings::{AccessMode, Overrides, SignInPolicy},
};

/// A person who may sign in, as they were at their epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Who.
    #[serde(flatten)]
    pub identity: Identity,
    /// Counts the changes of the mobile; another one ends a challenge sent by SMS.
    pub mobile_epoch: u32,
    /// Whether a text message is a way to reach them.
    pub has_mobile: bool,
    /// The country of the mobile; rows from before it was looked at have none, and whoever sends finds out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile_country: Option<Country>,
    /// What keeps messages from them.
    #[serde(flatten)]
    pub troubles: Troubles,
    /// Whether they have a second factor that is confirmed, and so asked for.
    #[serde(default, skip_serializing_if = "is_false")]
    pub second_factor: bool,
    /// What is decided for them alone; staff have nothing of it.
    #[serde(default, skip_serializing_if = "Overrides::are_none")]
    pub overrides: Overrides,
}

/// Whether `flag` need not stand in a row.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
pub(crate) fn is_false(flag: &bool) -> bool {
    !flag
}

impl Account {
    /// Whether a text message is a way to reach them that a firm with this `policy` takes.
    pub fn is_texted(&self, policy: &SignInPolicy) -> bool {
        self.has_mobile && self.mobile_country.as_ref().is_none_or(|country| policy.texts_to(country))
    }

    /// The way to send them a code at a firm with this `policy`, given the one that they wish for and what keeps messages from them.
    pub fn steer(&self, policy: &SignInPolicy, wish: Option<Channel>, now: Timestamp) -> Option<Channel> {
        self.troubles.steer(wish, self.is_texted(policy), now)
    }

    /// What holds for them at a firm with this `policy`; no access mode is for staff.
    pub fn policy(&self, policy: &SignInPolicy) -> SignInPolicy {
        match self.identity.subject {
            Subject::Contact(_) => policy.with(&self.overrides),
            Subject::Staff(_) => SignInPolicy { access_mode: AccessMode::LinkAndLogin, ..policy.clone() },
        }
    }

    /// Whether a firm with this `policy` lets them in with a second factor alone.
    pub fn needs_second_factor(&self, policy: &SignInPolicy) -> bool {
        match self.identity.subject {
            Subject::Contact(_) => self.policy(policy).access_mode == AccessMode::LinkAndLogin2fa,
            Subject::Staff(_) => policy.staff_second_factor,
        }
    }
}

/// What asking for a code must know of a person; kept by email, and written together with the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignInRecord {
    /// Whose mailbox it is.
    #[serde(flatten)]
    pub account: Account,
    /// What this person must know.
    #[serde(default)]
    pub gates: Vec<Gate>,
}

impl SignInRecord {
    /// What this person lacks to sign in at a firm with this `policy` where text messages can be sent (`texting`); staff lack nothing.
    pub fn missing(&self, policy: &SignInPolicy, texting: bool) -> Vec<Missing> {
        match self.account.identity.subject {
            Subject::Contact(_) => {
                missing(&self.account.policy(policy), texting, true, self.gates.iter().map(|gate| gate.kind), self.account.has_mobile)
            }
            Subject::Staff(_) => Vec::new(),
        }
    }
}

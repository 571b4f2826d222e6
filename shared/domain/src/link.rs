//! Links: they say who, and do not let in by themselves.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    DispatchId, FirmId, FirmScope, Subject,
    gate::IdentityCheck,
    identity::Identity,
    keys::{Key, Token},
    moments, policy,
    scope::of_one_firm,
};

/// Label of the key from which link tokens are derived.
pub const LABEL: &str = "link";

/// What a link grows from: 256 random bits that stand only in the row of its message, until that is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub [u8; 32]);

impl Seed {
    /// The token of the link; the same each time the message is sent.
    pub fn token(&self, key: &Key) -> Token {
        Token::of(key.tag(&[&self.0]))
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed")
    }
}

/// A link; tables know it by the fingerprint of its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The firm.
    pub firm: FirmId,
    /// Whose it is.
    #[serde(flatten)]
    pub identity: Identity,
    /// The message that carries it.
    pub dispatch: DispatchId,
    /// When it was made.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
    /// From when on it is only good for asking for a fresh one.
    #[serde(with = "moments::required")]
    pub expires_at: Timestamp,
    /// When it was first posted.
    #[serde(with = "moments::optional", default)]
    pub opened_at: Option<Timestamp>,
    /// Whether it has opened a session by itself.
    pub used: bool,
    /// Wrong gates so far.
    pub gate_failures: u32,
}

impl Link {
    /// A link that lives for `life` from its message on.
    pub fn new(scope: &FirmScope, identity: Identity, dispatch: DispatchId, life: SignedDuration, now: Timestamp) -> Self {
        let firm = scope.firm().clone();
        Self { firm, identity, dispatch, created_at: now, expires_at: now + life, opened_at: None, used: false, gate_failures: 0 }
    }

    /// Whether the link is good for anything but asking for a fresh one.
    pub fn lives(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// By what its person comes in now, at a firm with this `check`.
    pub fn way_in(&self, check: IdentityCheck, now: Timestamp) -> WayIn {
        let gated = check != IdentityCheck::None
            && self.gate_failures < policy::LINK_GATE_FAILURES
            && now < self.created_at + policy::LINK_GATE_LIFE;
        match self.identity.subject {
            Subject::Staff(_) if !self.used => WayIn::Itself,
            Subject::Contact(_) if !self.used && gated => WayIn::Gate,
            Subject::Contact(_) | Subject::Staff(_) => WayIn::Code,
        }
    }

    /// The link after a step that opened it, at `now` if it was never opened before.
    #[must_use]
    pub fn opened(&self, now: Timestamp) -> Self {
        Self { opened_at: self.opened_at.or(Some(now)), ..self.clone() }
    }
}

of_one_firm!(Link);

/// By what the person of a link comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayIn {
    /// By the link alone: a firm's owner who has just been set up, once.
    Itself,
    /// By the right gate alone: a client's first use within a day, before five wrong ones. Without digits a code is sent.
    Gate,
    /// By a code.
    Code,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ContactId, Dice, StaffId, role::Role};

    #[test]
    fn what_opens_a_link_depends_on_whose_it_is_and_what_became_of_it() {
        let (now, dice) = (Timestamp::UNIX_EPOCH, Dice::new(|bytes| bytes.fill(1)));
        let link = |identity| {
            Link::new(&FirmScope::of_row(&"demo".parse().expect("a firm")), identity, DispatchId::new(now, &dice), policy::LINK_LIFE, now)
        };
        let client = link(Identity::of_contact(ContactId::new(now, &dice), 0));
        let owner = link(Identity::of_staff(StaffId::new(now, &dice), Role::Owner, 0));
        let (instant, day) = (SignedDuration::from_millis(1), now + policy::LINK_GATE_LIFE);
        let used = |link: &Link| Link { used: true, ..link.clone() };
        let mistaken = |gate_failures| Link { gate_failures, ..client.clone() };
        use IdentityCheck::{Either, None};
        for (link, check, at, way) in [
            (client.clone(), Either, now, WayIn::Gate),
            (client.clone(), Either, day - instant, WayIn::Gate),
            (client.clone(), Either, day, WayIn::Code),
            (client.clone(), None, now, WayIn::Code),
            (used(&client), Either, now, WayIn::Code),
            (mistaken(4), Either, now, WayIn::Gate),
            (mistaken(5), Either, now, WayIn::Code),
            (owner.clone(), Either, day, WayIn::Itself),
            (used(&owner), Either, now, WayIn::Code),
        ] {
            assert_eq!(link.way_in(check, at), way, "{link:?} {check:?} {at}");
        }
        assert!(client.lives(now + policy::LINK_LIFE - instant) && !client.lives(now + policy::LINK_LIFE));
    }
}

//! Links: they say who, and do not let in by themselves.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    DispatchId, FirmId,
    keys::{Key, Token},
    moments, policy,
    session::Subject,
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
    pub subject: Subject,
    /// The person's epoch; another one ends the link.
    pub epoch: u32,
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
    pub fn new(firm: FirmId, subject: Subject, epoch: u32, dispatch: DispatchId, life: SignedDuration, now: Timestamp) -> Self {
        Self { firm, subject, epoch, dispatch, created_at: now, expires_at: now + life, opened_at: None, used: false, gate_failures: 0 }
    }

    /// Whether the link is good for anything but asking for a fresh one.
    pub fn lives(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// Whether the right gate alone opens it: on the first use, within a day, before five wrong ones.
    pub fn opens_by_gate(&self, now: Timestamp) -> bool {
        !self.used && self.gate_failures < policy::LINK_GATE_FAILURES && now < self.created_at + policy::LINK_GATE_LIFE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dice, StaffId};

    #[test]
    fn the_gate_opens_a_link_once_within_a_day_and_before_five_mistakes() {
        let (now, dice) = (Timestamp::UNIX_EPOCH, Dice::new(|bytes| bytes.fill(1)));
        let subject = Subject::Staff(StaffId::new(now, &dice));
        let link = Link::new("demo".parse().expect("a firm"), subject, 0, DispatchId::new(now, &dice), policy::LINK_LIFE, now);
        let instant = SignedDuration::from_millis(1);
        assert!(link.opens_by_gate(now + policy::LINK_GATE_LIFE - instant) && !link.opens_by_gate(now + policy::LINK_GATE_LIFE));
        assert!(link.lives(now + policy::LINK_LIFE - instant) && !link.lives(now + policy::LINK_LIFE));
        assert!(!Link { used: true, ..link.clone() }.opens_by_gate(now));
        assert!(Link { gate_failures: 4, ..link.clone() }.opens_by_gate(now) && !Link { gate_failures: 5, ..link }.opens_by_gate(now));
    }
}

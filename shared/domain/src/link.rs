//! Links: they say who, and do not let in by themselves.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    DispatchId, Email, FirmId, FirmScope, Subject,
    channel::Channel,
    gate::IdentityCheck,
    identity::Identity,
    keys::{Key, Token, fingerprint},
    moments, policy,
    scope::of_one_firm,
    settings::SignInPolicy,
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
    /// Whether it was written down that someone came with it too late.
    #[serde(default)]
    pub expiry_logged: bool,
    /// When it was first posted.
    #[serde(with = "moments::optional", default)]
    pub opened_at: Option<Timestamp>,
    /// Whether it has opened a session by itself.
    pub used: bool,
    /// Gates that were tried so far.
    #[serde(rename = "gate_failures")]
    pub gate_tries: u32,
    /// Whether it leads to a code alone, as a way in does that comes with the news why no code went out.
    #[serde(default)]
    pub only_code: bool,
    /// A hash of the address that it was sent to: once the person has another, no fresh one is sent for it. Links of before have none.
    #[serde(default)]
    pub mailbox: Option<String>,
}

impl Link {
    /// A link to `email` that lives for `life` from its message on.
    pub fn new(scope: &FirmScope, identity: Identity, email: &Email, dispatch: DispatchId, life: SignedDuration, now: Timestamp) -> Self {
        Self {
            firm: scope.firm().clone(),
            // It may lie in a mailbox for long, and whoever opens it is read anyway.
            identity: identity.salted(None),
            dispatch,
            created_at: now,
            expires_at: now + life,
            expiry_logged: false,
            opened_at: None,
            used: false,
            gate_tries: 0,
            only_code: false,
            mailbox: Some(mailbox(scope, email)),
        }
    }

    /// The same link as a way in for someone to whom no code was sent: it leads to a code alone.
    #[must_use]
    pub fn only_for_a_code(self) -> Self {
        Self { only_code: true, ..self }
    }

    /// Whether it was sent to `email`, which its person has now at epoch `epoch`.
    pub fn went_to(&self, email: &Email, epoch: u32) -> bool {
        self.mailbox.as_ref().map_or(self.identity.epoch == epoch, |sent_to| *sent_to == mailbox(&self.scope(), email))
    }

    /// Whether the link is good for anything but asking for a fresh one.
    pub fn lives(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// By what its person comes in now, of whom the firm decides so (`policy`) where text messages can be sent (`texting`); by no gate while they
    /// lack something (`is_ready`), as on the sign-in page, nor where codes go by text message alone, as then a mailbox is no way in.
    pub fn way_in(&self, policy: &SignInPolicy, texting: bool, is_ready: bool, now: Timestamp) -> WayIn {
        let gated = policy.identity_check != IdentityCheck::None
            && policy.channels(texting).contains(&Channel::Email)
            && is_ready
            && self.gate_tries < policy::LINK_GATE_TRIES
            && now < self.created_at + policy::LINK_GATE_LIFE;
        match self.identity.subject {
            _ if self.only_code => WayIn::Code,
            Subject::Staff(_) if !self.used => WayIn::Itself,
            Subject::Contact(_) if !self.used && gated => WayIn::Gate,
            Subject::Contact(_) | Subject::Staff(_) => WayIn::Code,
        }
    }
}

of_one_firm!(Link);

fn mailbox(scope: &FirmScope, email: &Email) -> String {
    fingerprint(&[scope.firm().as_str().as_bytes(), email.as_str().as_bytes()])
}

/// By what the person of a link comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayIn {
    /// By the link alone: a firm's owner who has just been set up, once.
    Itself,
    /// By the right gate alone: a client's first use within a day, as one of five tries. Without digits a code is sent.
    Gate,
    /// By a code.
    Code,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ContactId, Dice, StaffId, role::Role, settings::CodeChannel};

    #[test]
    fn what_opens_a_link_depends_on_whose_it_is_and_what_became_of_it() {
        let (now, dice) = (Timestamp::UNIX_EPOCH, Dice::new(|bytes| bytes.fill(1)));
        let (scope, email) = (FirmScope::of_row(&"demo".parse().expect("a firm")), Email::parse("ann@x.com").expect("an email"));
        let link = |identity| Link::new(&scope, identity, &email, DispatchId::new(now, &dice), SignInPolicy::default().link_life(), now);
        let client = link(Identity::of_contact(ContactId::new(now, &dice), 0));
        let owner = link(Identity::of_staff(StaffId::new(now, &dice), Role::Owner, 0));
        let (instant, day) = (SignedDuration::from_millis(1), now + policy::LINK_GATE_LIFE);
        let used = |link: &Link| Link { used: true, ..link.clone() };
        let tried = |gate_tries| Link { gate_tries, ..client.clone() };
        use IdentityCheck::{Either, None};
        for (link, check, at, way) in [
            (client.clone(), Either, now, WayIn::Gate),
            (client.clone(), Either, day - instant, WayIn::Gate),
            (client.clone(), Either, day, WayIn::Code),
            (client.clone(), None, now, WayIn::Code),
            (used(&client), Either, now, WayIn::Code),
            (tried(4), Either, now, WayIn::Gate),
            (tried(5), Either, now, WayIn::Code),
            (owner.clone(), Either, day, WayIn::Itself),
            (used(&owner), Either, now, WayIn::Code),
            (Link { only_code: true, ..client.clone() }, Either, now, WayIn::Code),
            (Link { only_code: true, ..owner.clone() }, Either, now, WayIn::Code),
        ] {
            let policy = SignInPolicy { identity_check: check, ..SignInPolicy::default() };
            assert_eq!(link.way_in(&policy, true, true, at), way, "{link:?} {check:?} {at}");
        }
        assert_eq!(client.way_in(&SignInPolicy::default(), true, false, now), WayIn::Code);
        let by_text = SignInPolicy { code_channel: CodeChannel::SmsOnly, ..SignInPolicy::default() };
        assert_eq!([true, false].map(|texting| client.way_in(&by_text, texting, true, now)), [WayIn::Code, WayIn::Gate]);
        assert!(
            client.lives(now + SignInPolicy::default().link_life() - instant) && !client.lives(now + SignInPolicy::default().link_life())
        );
    }

    #[test]
    fn a_fresh_link_goes_only_where_the_one_before_went() {
        let (now, dice) = (Timestamp::UNIX_EPOCH, Dice::new(|bytes| bytes.fill(1)));
        let (scope, ann, other) = (FirmScope::of_row(&"demo".parse().expect("a firm")), "ann@x.com", "ann@y.com");
        let [ann, other] = [ann, other].map(|email| Email::parse(email).expect("an email"));
        let link = Link::new(
            &scope,
            Identity::of_contact(ContactId::new(now, &dice), 1),
            &ann,
            DispatchId::new(now, &dice),
            SignInPolicy::default().link_life(),
            now,
        );
        assert!(link.went_to(&ann, 1) && link.went_to(&ann, 2), "a change of the gate is no change of the mailbox");
        assert!(!link.went_to(&other, 2));
        let before = Link { mailbox: None, ..link };
        assert!(before.went_to(&ann, 1) && !before.went_to(&ann, 2));
    }
}

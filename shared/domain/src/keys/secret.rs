//! Secrets: what keys are derived from, in versions of which the newest makes what is new.

use std::fmt;

use jiff::Timestamp;
use ring::{aead, hkdf, hmac};
use serde::{Deserialize, Serialize};

use super::{Key, Salt, Sealer, Token};
use crate::Dice;

/// Names one version of a trust group's secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(pub String);

impl KeyId {
    /// A name for a new version, as Secrets Manager takes it: a random UUID.
    pub fn new(dice: &Dice) -> Self {
        Self(uuid::Builder::from_random_bytes(dice.bytes()).into_uuid().to_string())
    }
}

/// What one version of a secret holds: a text that is all its own, and those of versions before it under which something is counted yet.
#[derive(Clone, Serialize, Deserialize)]
pub struct SecretText {
    own: String,
    earlier: Vec<Earlier>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Earlier {
    id: KeyId,
    own: String,
    until: Timestamp,
}

impl SecretText {
    /// What `text` says; one that the template had made is all its own.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self { own: text.to_owned(), earlier: Vec::new() })
    }

    /// A new text of 256 random bits, which tells nothing of those before.
    pub fn new(dice: &Dice) -> Self {
        Self { own: Token::of(dice.bytes()).reveal().to_owned(), earlier: Vec::new() }
    }

    /// The same, by which what was counted under the version `id`, which held `former`, is found `until` then.
    #[must_use]
    pub fn after(mut self, id: KeyId, former: Self, until: Timestamp, now: Timestamp) -> Self {
        self.earlier = vec![Earlier { id, own: former.own, until }];
        self.earlier.extend(former.earlier.into_iter().filter(|earlier| now < earlier.until));
        self
    }

    /// Until when something is counted under the version `id`, if it is.
    pub fn counts_under(&self, id: &KeyId, now: Timestamp) -> Option<Timestamp> {
        self.earlier.iter().find(|earlier| earlier.id == *id && now < earlier.until).map(|earlier| earlier.until)
    }

    /// The text as it is kept.
    pub fn written(&self) -> String {
        if self.earlier.is_empty() { self.own.clone() } else { serde_json::to_string(self).expect("texts and times are JSON") }
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText")
    }
}

/// One version of a trust group's secret, from which keys are derived by label (HKDF-SHA-256, RFC 5869).
#[derive(Clone)]
pub struct Secret {
    id: KeyId,
    prk: hkdf::Prk,
    earlier: Vec<(Timestamp, Self)>,
}

impl Secret {
    /// The secret `text`, known as `id`.
    pub fn new(id: KeyId, text: &str) -> Self {
        let SecretText { own, earlier } = SecretText::read(text);
        let earlier = earlier.into_iter().map(|earlier| (earlier.until, Self::alone(earlier.id, &earlier.own)));
        Self { earlier: earlier.collect(), ..Self::alone(id, &own) }
    }

    fn alone(id: KeyId, own: &str) -> Self {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"postern").extract(own.as_bytes());
        Self { id, prk, earlier: Vec::new() }
    }

    /// Which version this is.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// The versions before this one under which something is counted yet, newest first.
    pub fn earlier(&self, now: Timestamp) -> impl Iterator<Item = &Self> {
        self.earlier.iter().filter(move |(until, _)| now < *until).map(|(_, secret)| secret)
    }

    pub(crate) fn derive(&self, label: &'static str) -> [u8; 32] {
        self.expand(&[label.as_bytes()])
    }

    fn expand(&self, info: &[&[u8]]) -> [u8; 32] {
        let mut bytes = [0; 32];
        let okm = self.prk.expand(info, hkdf::HKDF_SHA256).expect("32 bytes are one HKDF block");
        okm.fill(&mut bytes).expect("the buffer is as long as the output");
        bytes
    }

    /// The key for authentication under `label`.
    pub fn key(&self, label: &'static str) -> Key {
        Key { id: self.id.clone(), hmac: hmac::Key::new(hmac::HMAC_SHA256, &self.derive(label)) }
    }

    /// The key for sealing under `label`.
    pub fn sealer(&self, label: &'static str) -> Sealer {
        self.sealing(&self.derive(label))
    }

    /// The key for sealing under `label` what is about whoever has this `salt`. Without the salt nobody can make it.
    pub fn sealer_of(&self, label: &'static str, salt: &Salt) -> Sealer {
        self.sealing(&self.expand(&[label.as_bytes(), &salt.0]))
    }

    fn sealing(&self, key: &[u8; 32]) -> Sealer {
        let key = aead::UnboundKey::new(&aead::AES_256_GCM, key).expect("the key has 32 bytes");
        Sealer { id: self.id.clone(), aead: aead::LessSafeKey::new(key) }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.id.0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_version_finds_what_was_counted_under_those_before_it_until_their_time_is_over() {
        let (now, day) = (Timestamp::UNIX_EPOCH, SignedDuration::from_hours(24));
        let dice = Dice::new(|bytes| bytes.fill(7));
        let id = |id: &str| KeyId(id.to_owned());
        let first = SecretText::read("made by the template");
        assert_eq!(first.written(), "made by the template");
        let second = SecretText::new(&dice).after(id("1"), first.clone(), now + day, now);
        let third = SecretText::new(&dice).after(id("2"), SecretText::read(&second.written()), now + day * 2, now + day / 2);
        let secret = Secret::new(id("3"), &third.written());
        for (at, known) in [(now, "2 1"), (now + day - SignedDuration::from_nanos(1), "2 1"), (now + day, "2"), (now + day * 2, "")] {
            let found: Vec<_> = secret.earlier(at).map(|secret| secret.id().0.as_str()).collect();
            assert_eq!(found.join(" "), known, "{at}");
        }
        let of_first = secret.earlier(now).nth(1).expect("there are two").derive("test");
        assert_eq!(of_first, Secret::new(id("1"), &first.written()).derive("test"));
        assert_ne!(of_first, secret.derive("test"));
        let fourth = SecretText::new(&dice).after(id("3"), third, now + day * 9, now + day);
        let known: Vec<_> = Secret::new(id("4"), &fourth.written()).earlier(now).map(|secret| secret.id().0.clone()).collect();
        assert_eq!(known, ["3", "2"], "whose time is over is not carried on");
        assert_eq!(format!("{fourth:?}"), "SecretText");
    }
}

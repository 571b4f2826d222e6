//! Keys and what is made with them: authentication codes, hashes and seals. The primitives are ring's.

mod secret;

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{aead, digest, hmac};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{AttemptKey, Dice};

pub use secret::{KeyId, Secret, SecretText};

/// 128 random bits of one person, which it takes to make the key of what is sealed about them: once they are deleted, nobody reads that any more.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Salt([u8; 16]);

/// Text that is not a salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not a salt.")]
pub struct NotASalt;

impl Salt {
    /// The salt of someone new.
    pub fn new(dice: &Dice) -> Self {
        Self(dice.bytes())
    }
}

impl TryFrom<String> for Salt {
    type Error = NotASalt;
    fn try_from(text: String) -> Result<Self, NotASalt> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotASalt)?;
        bytes.try_into().map(Self).map_err(|_| NotASalt)
    }
}

impl From<Salt> for String {
    fn from(salt: Salt) -> Self {
        URL_SAFE_NO_PAD.encode(salt.0)
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt")
    }
}

/// Feeds `parts` so that no two lists of parts look alike: each is preceded by its length.
fn framed<'a>(parts: &'a [&'a [u8]]) -> impl Iterator<Item = Vec<u8>> + 'a {
    parts.iter().map(|part| [&(part.len() as u64).to_be_bytes(), *part].concat())
}

/// A key for HMAC-SHA-256.
#[derive(Clone)]
pub struct Key {
    id: KeyId,
    hmac: hmac::Key,
}

impl Key {
    /// The secret from which it was derived.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// The bare authentication code over `parts`.
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.hmac);
        framed(parts).for_each(|part| context.update(&part));
        context.sign().as_ref().try_into().expect("HMAC-SHA-256 has 32 bytes")
    }

    /// The authentication code over `parts`, with the name of this key.
    pub fn mac(&self, parts: &[&[u8]]) -> Mac {
        Mac { key: self.id.clone(), tag: URL_SAFE_NO_PAD.encode(self.tag(parts)) }
    }

    /// Whether `mac` is this key's over `parts`, compared in constant time.
    pub fn verifies(&self, mac: &Mac, parts: &[&[u8]]) -> bool {
        let tag = URL_SAFE_NO_PAD.encode(self.tag(parts));
        mac.key == self.id && tag.as_bytes().ct_eq(mac.tag.as_bytes()).into()
    }

    /// Names the row in which the attempts of an email are counted, of which `parts` tell.
    pub fn attempts(&self, parts: &[&[u8]]) -> AttemptKey {
        AttemptKey::of(self.tag(parts))
    }

    /// The keyed hash of `parts`, as text that can stand in a key of a table.
    pub fn hash(&self, parts: &[&[u8]]) -> String {
        URL_SAFE_NO_PAD.encode(self.tag(parts))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id.0)
    }
}

/// An authentication code that names its key, so that keys can be rotated.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mac {
    /// The secret from which the key was derived.
    pub key: KeyId,
    tag: String,
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mac({})", self.key.0)
    }
}

/// A key for sealing text that is shown again to those who may read it (AES-256-GCM).
#[derive(Clone)]
pub struct Sealer {
    id: KeyId,
    aead: aead::LessSafeKey,
}

impl Sealer {
    /// `text`, sealed so that it opens only in the same `context`.
    pub fn seal(&self, text: &str, context: &[u8], dice: &Dice) -> Sealed {
        let nonce: [u8; aead::NONCE_LEN] = dice.bytes();
        let mut bytes = text.as_bytes().to_vec();
        self.aead
            .seal_in_place_append_tag(aead::Nonce::assume_unique_for_key(nonce), aead::Aad::from(context), &mut bytes)
            .expect("a short text can be sealed");
        Sealed { key: self.id.clone(), text: URL_SAFE_NO_PAD.encode([&nonce, bytes.as_slice()].concat()) }
    }

    /// What was sealed in `context`; nothing if it was altered, moved, or sealed with another key.
    pub fn open(&self, sealed: &Sealed, context: &[u8]) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(&sealed.text).ok()?;
        let (nonce, body) = bytes.split_at_checked(aead::NONCE_LEN)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let text = self.aead.open_in_place(nonce, aead::Aad::from(context), &mut body).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({})", self.id.0)
    }
}

/// Text that only holders of the key can read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The secret from which the key was derived.
    pub key: KeyId,
    text: String,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.key.0)
    }
}

/// SHA-256 over `parts`, as text that can stand in a key of a table.
pub fn fingerprint(parts: &[&[u8]]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    framed(parts).for_each(|part| context.update(&part));
    URL_SAFE_NO_PAD.encode(context.finish())
}

/// A bearer token of 256 bits; whoever holds it is let in, so tables hold only its fingerprint.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Token(String);

/// Text that is not a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not a token that we gave out.")]
pub struct NotAToken;

impl Token {
    /// A token of these bytes.
    pub fn of(bytes: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a token.
    pub fn parse(text: &str) -> Result<Self, NotAToken> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotAToken)?;
        if bytes.len() == 32 { Ok(Self(text.to_owned())) } else { Err(NotAToken) }
    }

    /// The token itself, for the one place that hands it out.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What tables know the token by.
    pub fn fingerprint(&self) -> String {
        fingerprint(&[self.0.as_bytes()])
    }
}

impl TryFrom<String> for Token {
    type Error = NotAToken;
    fn try_from(text: String) -> Result<Self, NotAToken> {
        Self::parse(&text)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl schemars::JsonSchema for Token {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Token".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(id: &str) -> Secret {
        Secret::new(KeyId(id.into()), "correct horse battery staple")
    }

    #[test]
    fn parts_cannot_be_shifted_into_one_another() {
        let key = secret("1").key("test");
        assert_ne!(key.tag(&[b"ab", b"c"]), key.tag(&[b"a", b"bc"]));
        assert_ne!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"a", b"bc"]));
    }

    #[test]
    fn a_mac_verifies_under_its_own_key_label_and_parts_only() {
        let mac = secret("1").key("gate").mac(&[b"1234"]);
        assert!(secret("1").key("gate").verifies(&mac, &[b"1234"]));
        assert!(!secret("1").key("gate").verifies(&mac, &[b"1235"]));
        assert!(!secret("1").key("code").verifies(&mac, &[b"1234"]));
        assert!(!secret("2").key("gate").verifies(&mac, &[b"1234"]));
    }

    #[test]
    fn a_seal_opens_only_in_its_own_context() {
        let dice = Dice::new(|bytes| bytes.fill(7));
        let sealer = secret("1").sealer("email");
        let sealed = sealer.seal("ann@x.com", b"record 1", &dice);
        assert_eq!(sealer.open(&sealed, b"record 1").as_deref(), Some("ann@x.com"));
        assert_eq!(sealer.open(&sealed, b"record 2"), None);
        assert_eq!(secret("1").sealer("other").open(&sealed, b"record 1"), None);
    }

    #[test]
    fn what_is_sealed_about_someone_opens_with_their_salt_and_no_other() {
        let (one, other) = (Salt::new(&Dice::new(|bytes| bytes.fill(7))), Salt::new(&Dice::new(|bytes| bytes.fill(8))));
        let dice = Dice::new(|bytes| bytes.fill(9));
        let sealed = secret("1").sealer_of("record", &one).seal("ann@x.com", b"record 1", &dice);
        assert_eq!(secret("1").sealer_of("record", &one).open(&sealed, b"record 1").as_deref(), Some("ann@x.com"));
        for wrong in [secret("1").sealer_of("record", &other), secret("1").sealer_of("email", &one), secret("1").sealer("record")] {
            assert_eq!(wrong.open(&sealed, b"record 1"), None);
        }
        let stored = serde_json::to_value(one).expect("JSON");
        assert_eq!(serde_json::from_value::<Salt>(stored).expect("a salt"), one);
        for bad in ["", "short", &"A".repeat(23)] {
            assert_eq!(Salt::try_from(bad.to_owned()), Err(NotASalt), "{bad}");
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        let token = Token::of([7; 32]);
        let mac = secret("1").key("gate").mac(&[b"1234"]);
        let printed = format!("{token:?} {:?} {mac:?} {:?}", secret("1"), Salt([7; 16]));
        assert_eq!(printed, "Token Secret(1) Mac(1) Salt");
    }

    #[test]
    fn tokens_have_256_bits() {
        assert!(Token::parse(Token::of([0; 32]).reveal()).is_ok());
        for bad in ["", "short", &"A".repeat(44), "not/base64url!"] {
            assert_eq!(Token::parse(bad), Err(NotAToken), "{bad}");
        }
    }
}

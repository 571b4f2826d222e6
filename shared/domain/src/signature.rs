//! Signatures that anyone can check who has the public key (Ed25519, RFC 8032). The primitive is ring's.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ED25519, ED25519_PUBLIC_KEY_LEN, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::keys::{KeyId, Secret};

/// A key for signing.
pub struct Signer {
    id: KeyId,
    pair: Ed25519KeyPair,
}

impl Secret {
    /// The key for signing under `label`.
    pub fn signer(&self, label: &'static str) -> Signer {
        let pair = Ed25519KeyPair::from_seed_unchecked(&self.derive(label)).expect("the seed has 32 bytes");
        Signer { id: self.id().clone(), pair }
    }
}

impl Signer {
    /// The secret from which it was derived.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// What its signatures are checked with.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(URL_SAFE_NO_PAD.encode(self.pair.public_key()))
    }

    /// The signature of `bytes`.
    pub fn sign(&self, bytes: &[u8]) -> Signature {
        Signature(URL_SAFE_NO_PAD.encode(self.pair.sign(bytes)))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.id.0)
    }
}

/// What signatures of one key are checked with: its 32 bytes as base64url.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(String);

impl PublicKey {
    /// Whether `signature` is this key's of `bytes`.
    pub fn verifies(&self, signature: &Signature, bytes: &[u8]) -> bool {
        let (Ok(key), Ok(signature)) = (URL_SAFE_NO_PAD.decode(&self.0), URL_SAFE_NO_PAD.decode(&signature.0)) else { return false };
        UnparsedPublicKey::new(&ED25519, key).verify(bytes, &signature).is_ok()
    }
}

/// A text is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a public key is 32 bytes as base64url, without padding")]
pub struct NoPublicKey;

impl FromStr for PublicKey {
    type Err = NoPublicKey;
    fn from_str(text: &str) -> Result<Self, NoPublicKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NoPublicKey)?;
        if bytes.len() == ED25519_PUBLIC_KEY_LEN { Ok(Self(text.to_owned())) } else { Err(NoPublicKey) }
    }
}

/// A signature: its 64 bytes as base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signature(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_own_bytes_key_and_label_alone() {
        let signer = |text: &str, label| Secret::new(KeyId("1".into()), text).signer(label);
        let own = signer("correct horse", "chain");
        let signature = own.sign(b"17");
        assert!(own.public_key().verifies(&signature, b"17"));
        assert!(!own.public_key().verifies(&signature, b"18"));
        assert!(!signer("correct horse", "other").public_key().verifies(&signature, b"17"));
        assert!(!signer("battery staple", "chain").public_key().verifies(&signature, b"17"));
        let text = serde_json::to_value(own.public_key()).expect("JSON");
        assert_eq!(text.as_str().expect("text").parse(), Ok(own.public_key()));
        assert_eq!(["", "?", "AAAA"].map(str::parse::<PublicKey>), [const { Err(NoPublicKey) }; 3]);
        assert!(!PublicKey("?".into()).verifies(&signature, b"17") && !own.public_key().verifies(&Signature(String::new()), b"17"));
    }
}

//! The chain of the access log: what shows that no record was changed, taken out or put in afterwards.
//!
//! Each firm has a chain of its own. A record's *digest* is the SHA-256 of its row as the table holds it, what is sealed in it sealed, and
//! without `pad`, which only fills it up, written as JSON without white space, members sorted by name (RFC 8785). An entry's *hash* is the SHA-256 of the entry, written alike,
//! without the members `hash`, `key` and `signature`; since `previous` is among those that are left, it stands for all entries before
//! it. The hash is signed.

mod export;
mod lines;
mod shown;
mod verify;

use jiff::Timestamp;
use ring::digest::{SHA256, digest as sha256};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    FirmId, RecordId,
    document::Sha256Hex,
    keys::KeyId,
    moments,
    scope::{FirmScope, of_one_firm},
    signature::{PublicKey, Signature, Signer},
};

pub use export::{Digest, Exported, Exporter, OPEN_TIME};
pub use verify::{Broken, Kind, Place, Trust, Verdict, verify};

/// What the keys are derived by that sign entries and exports.
pub const LABEL: &str = "chain";

/// What is signed begins with this, so that no signature of an entry can stand for one of a line.
const ENTRY: &[u8] = b"postern entry\n";

/// A row of the log as its table holds it.
pub type Row = Map<String, Value>;

/// What a row of the log is of: whose log it stands in, and which record it is. Nothing if it is no record at its place.
pub fn named(row: &Row) -> Option<(FirmScope, RecordId)> {
    let firm: FirmId = row.get("firm")?.as_str()?.parse().ok()?;
    let record: RecordId = row.get("record")?.as_str()?.parse().ok()?;
    let stands = row.get("sk")?.as_str()? == record.to_string();
    stands.then(|| (FirmScope::of_row(&firm), record))
}

/// `value` in the one form that is hashed and signed.
fn canonical(value: &impl Serialize) -> Vec<u8> {
    let value = serde_json::to_value(value).expect("what is hashed are maps with text keys");
    serde_json::to_vec(&sorted(value)).expect("a value can be written")
}

/// `value` with the members of all objects sorted: whether they are by themselves hangs on how the library was built.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            members.sort_unstable_by(|one, other| one.0.cmp(&other.0));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        plain => plain,
    }
}

/// The digest of a record.
pub fn digest(row: &Row) -> Sha256Hex {
    hash(&canonical(row))
}

fn hash(bytes: &[u8]) -> Sha256Hex {
    let bytes: [u8; 32] = sha256(&SHA256, bytes).as_ref().try_into().expect("SHA-256 has 32 bytes");
    bytes.into()
}

/// One record's place in the chain of its firm, and all that vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What is hashed.
    #[serde(flatten)]
    pub link: Link,
    /// The hash of the link, which stands for all before it.
    pub hash: Sha256Hex,
    /// The secret whose key signed it.
    pub key: KeyId,
    /// The signature of the hash.
    pub signature: Signature,
}

/// What an entry's hash is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Whose chain it is.
    pub firm: FirmId,
    /// Its number, from 1 on.
    pub place: u64,
    /// Which record it is of.
    pub record: RecordId,
    /// The digest of that record.
    pub digest: Sha256Hex,
    /// The hash of the entry before; of the first one, zeros.
    pub previous: Sha256Hex,
    /// When it was chained.
    #[serde(with = "moments::required")]
    pub chained_at: Timestamp,
    /// When the first of the chain was: what was chained later than the log is kept for may not be missing at its beginning.
    #[serde(with = "moments::required")]
    pub began_at: Timestamp,
}

of_one_firm!(Link);

impl Link {
    fn hash(&self) -> Sha256Hex {
        hash(&canonical(self))
    }
}

impl Entry {
    /// The entry of `record` after the one `before`, or the first of the chain of `firm`.
    pub fn after(before: Option<&Self>, firm: &FirmId, (record, digest): (RecordId, Sha256Hex), now: Timestamp, signer: &Signer) -> Self {
        let link = Link {
            firm: firm.clone(),
            place: before.map_or(1, |before| before.link.place + 1),
            record,
            digest,
            previous: before.map_or_else(|| [0; 32].into(), |before| before.hash),
            chained_at: now,
            began_at: before.map_or(now, |before| before.link.began_at),
        };
        let hash = link.hash();
        Self { link, hash, key: signer.id().clone(), signature: signer.sign(&signed(&hash)) }
    }

    /// Whether it is as it was signed with the key whose public half is `key`.
    pub fn is_signed_with(&self, key: &PublicKey) -> bool {
        self.link.hash() == self.hash && key.verifies(&self.signature, &signed(&self.hash))
    }
}

/// An entry and what it is checked with: the digest of all before it, as the bucket keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vouched {
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
    /// The public half of the key that signed it.
    pub public_key: PublicKey,
}

impl Vouched {
    /// The digest as it is written, and the checksum of that.
    pub fn written(&self) -> (Vec<u8>, Sha256Hex) {
        let bytes = canonical(self);
        let checksum = hash(&bytes);
        (bytes, checksum)
    }

    /// Whether the entry is as it was signed.
    pub fn holds(&self) -> bool {
        self.entry.is_signed_with(&self.public_key)
    }
}

fn signed(hash: &Sha256Hex) -> Vec<u8> {
    [ENTRY, hash.to_string().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Dice, keys::Secret};

    #[test]
    fn a_digest_is_of_one_form_whatever_order_the_members_came_in() {
        let row = |text: &str| serde_json::from_str::<Row>(text).expect("a row");
        let (one, other) = (row(r#"{"b": [1, "\u00e9\n"], "a": {"d": null, "c": 17}}"#), row(r#"{"a":{"c":17,"d":null},"b":[1,"é\n"]}"#));
        assert_eq!(canonical(&one), r#"{"a":{"c":17,"d":null},"b":[1,"é\n"]}"#.as_bytes());
        assert_eq!(digest(&one), digest(&other));
        assert_ne!(digest(&one), digest(&row(r#"{"a":{"c":18,"d":null},"b":[1,"é\n"]}"#)));
    }

    #[test]
    fn an_entry_stands_for_all_before_it() {
        let signer = Secret::new(KeyId("1".into()), "correct horse").signer(LABEL);
        let (firm, dice) = ("demo".parse().expect("a firm"), Dice::new(|bytes| bytes.fill(7)));
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().expect("a time");
        let chained = |texts: &[&str]| {
            texts.iter().fold(None, |before: Option<Entry>, text| {
                let record = (RecordId::new(now, &dice), digest(json!({ "text": text }).as_object().expect("a row")));
                Some(Entry::after(before.as_ref(), &firm, record, now, &signer))
            })
        };
        let (one, other) = (chained(&["a", "b", "c"]).expect("three"), chained(&["x", "b", "c"]).expect("three"));
        assert_eq!((one.link.place, one.link.digest), (3, other.link.digest));
        assert_ne!(one.hash, other.hash);
        assert!(one.is_signed_with(&signer.public_key()));
        for altered in [
            Entry { link: Link { place: 4, ..one.link.clone() }, ..one.clone() },
            Entry { link: Link { began_at: Timestamp::UNIX_EPOCH, ..one.link.clone() }, ..one.clone() },
            Entry { hash: other.hash, ..one.clone() },
            Entry { signature: other.signature.clone(), ..one.clone() },
        ] {
            assert!(!altered.is_signed_with(&signer.public_key()), "{altered:?}");
        }
        let stored = serde_json::to_value(&one).expect("JSON");
        assert_eq!(serde_json::from_value::<Entry>(stored).expect("an entry"), one);
    }
}

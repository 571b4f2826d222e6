//! Identifiers, one type per entity, so that one cannot stand for another.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Dice;

/// Text that is not an identifier of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not an identifier that we gave out.")]
pub struct NotAnId;

/// Only the form that we write is read: 32 lower-case hexadecimal digits.
fn parse(text: &str) -> Result<Uuid, NotAnId> {
    let canonical = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if canonical { Uuid::try_parse(text).map_err(|_| NotAnId) } else { Err(NotAnId) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(with = "String")]
        pub struct $name(Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.simple().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

/// Ids that sort by the time they were made (UUID version 7, RFC 9562).
macro_rules! ordered_id {
    ($(#[$doc:meta])* $name:ident) => {
        id!($(#[$doc])* $name);

        impl $name {
            /// A new identifier that sorts after those made before `now`.
            pub fn new(now: Timestamp, dice: &Dice) -> Self {
                let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &dice.bytes()).into_uuid())
            }
        }
    };
}

ordered_id!(
    /// Identifies a contact: who signs in.
    ContactId
);
ordered_id!(
    /// Identifies a client: what work is done for.
    ClientId
);
ordered_id!(
    /// Identifies a staff member.
    StaffId
);
ordered_id!(
    /// Identifies a record of the access log.
    RecordId
);
ordered_id!(
    /// Identifies a message that is to be sent.
    DispatchId
);
ordered_id!(
    /// Identifies a document within its client.
    DocumentSerial
);
ordered_id!(
    /// Identifies an export of the access log.
    ExportId
);
id!(
    /// Identifies a challenge; whoever knows it may guess its code, so it is unguessable (128 random bits).
    ChallengeId
);

impl ChallengeId {
    /// A new unguessable identifier.
    pub fn new(dice: &Dice) -> Self {
        Self(Uuid::from_bytes(dice.bytes()))
    }
}

impl DocumentSerial {
    /// The identifier after which no other sorts: where a list that begins with the newest begins.
    pub fn last() -> Self {
        Self(Uuid::max())
    }
}

impl RecordId {
    /// When the record was made, to the millisecond.
    pub fn at(&self) -> Timestamp {
        let (seconds, nanos) = self.0.get_timestamp().map(|at| at.to_unix()).unwrap_or_default();
        let at = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::new(seconds, i32::try_from(nanos).unwrap_or_default()).ok());
        at.unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The text with which identifiers made at `at` begin: all earlier ones sort before it.
    pub fn earliest_at(at: Timestamp) -> String {
        format!("{:012x}", at.as_millisecond().max(0))
    }
}

/// Identifies a document, and says which client it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct DocumentId {
    /// The client whose document it is.
    pub client: ClientId,
    /// The document among those of its client.
    pub serial: DocumentSerial,
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.client, self.serial)
    }
}

impl FromStr for DocumentId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (client, serial) = text.split_at_checked(32).ok_or(NotAnId)?;
        Ok(Self { client: client.parse()?, serial: serial.parse()? })
    }
}

impl TryFrom<String> for DocumentId {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<DocumentId> for String {
    fn from(id: DocumentId) -> Self {
        id.to_string()
    }
}

/// Names a firm in addresses: 2 to 40 lower-case letters, digits and inner hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct FirmId(String);

impl FirmId {
    /// First path segments that belong to the product itself.
    const RESERVED: [&str; 4] = ["api", "assets", "problems", "static"];

    /// The name as it stands in addresses.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FirmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FirmId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let shaped = (2..=40).contains(&text.len())
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !text.starts_with('-')
            && !text.ends_with('-');
        if shaped && !Self::RESERVED.contains(&text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
    }
}

impl TryFrom<String> for FirmId {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<FirmId> for String {
    fn from(id: FirmId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_written_form_is_read() {
        let id = "0192f0c4a1b27000800000000000abcd";
        assert_eq!(id.parse::<ContactId>().map(|id| id.to_string()), Ok(id.to_owned()));
        for bad in ["", "0192F0C4A1B27000800000000000ABCD", "0192f0c4-a1b2-7000-8000-00000000abcd", "x", &id[1..], "FIRM#x"] {
            assert_eq!(bad.parse::<ContactId>(), Err(NotAnId), "{bad}");
        }
    }

    #[test]
    fn a_document_id_names_its_client() {
        let text = "0192f0c4a1b27000800000000000abcd0192f0c4a1b27000800000000000dcba";
        let id: DocumentId = text.parse().expect("two ids");
        assert_eq!((id.to_string().as_str(), id.client.to_string().as_str()), (text, &text[..32]));
        assert_eq!("é".repeat(32).parse::<DocumentId>(), Err(NotAnId));
    }

    #[test]
    fn a_firm_is_named_by_a_plain_path_segment() {
        for good in ["demo", "smith-and-sons", "42"] {
            assert!(good.parse::<FirmId>().is_ok(), "{good}");
        }
        for bad in ["", "d", "Demo", "-demo", "demo-", "a/b", "a#b", "api", "_local", "..", &"x".repeat(41)] {
            assert_eq!(bad.parse::<FirmId>(), Err(NotAnId), "{bad}");
        }
    }
}

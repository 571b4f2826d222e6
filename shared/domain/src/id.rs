//! Identifiers, one type per entity, so that one cannot stand for another.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
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
        #[schemars(with = "String", extend("pattern" = "^[0-9a-f]{32}$"))]
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
    /// Identifies a browser in which someone signed in.
    DeviceId
);
ordered_id!(
    /// Identifies an export of the access log.
    ExportId
);
id!(
    /// Identifies a text message, as SNS calls it.
    TextId
);
id!(
    /// Identifies a challenge among those of one email (128 random bits).
    ChallengeSerial
);

impl TextId {
    /// Reads an identifier as SNS writes it, with hyphens.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(text: &str) -> Result<Self, NotAnId> {
        Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
    }
}

impl DocumentSerial {
    /// The identifier after which no other sorts: where a list that begins with the newest begins.
    pub fn last() -> Self {
        Self(Uuid::max())
    }
}

impl DispatchId {
    /// The end of the identifier, all of which is random.
    pub fn tail(self) -> [u8; 8] {
        self.0.as_u64_pair().1.to_be_bytes()
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
#[schemars(with = "String", extend("pattern" = "^[0-9a-f]{64}$"))]
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

/// Names the row in which the attempts of one email are counted: a keyed hash of firm, audience and email, so that the table names none of them.
/// For a while after its key was rotated, it knows the names that the row had before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AttemptKey {
    own: String,
    earlier: Vec<Self>,
}

impl AttemptKey {
    /// The name of the row that this keyed hash stands for.
    pub(crate) fn of(tag: [u8; 32]) -> Self {
        Self { own: URL_SAFE_NO_PAD.encode(tag), earlier: Vec::new() }
    }

    /// The same, which was called by the names of `earlier` before.
    #[must_use]
    pub fn once(self, earlier: impl IntoIterator<Item = Self>) -> Self {
        Self { earlier: earlier.into_iter().collect(), ..self }
    }

    /// The name as it stands in keys of the table.
    pub fn as_str(&self) -> &str {
        &self.own
    }

    /// This name and those that the row had before, newest first.
    pub fn names(&self) -> impl Iterator<Item = &Self> {
        [self].into_iter().chain(&self.earlier)
    }
}

impl FromStr for AttemptKey {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let hash = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotAnId)?;
        if hash.len() == 32 { Ok(Self { own: text.to_owned(), earlier: Vec::new() }) } else { Err(NotAnId) }
    }
}

impl TryFrom<String> for AttemptKey {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<AttemptKey> for String {
    fn from(key: AttemptKey) -> Self {
        key.own
    }
}

/// Identifies a challenge; whoever knows it may guess its code, so it is unguessable. It says where the attempts of its email are counted, so
/// that both can be read at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = r"^[0-9a-f]{32}(\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\.[a-z0-9][a-z0-9-]{0,38}[a-z0-9])?$"))]
pub struct ChallengeId {
    /// What cannot be guessed.
    serial: ChallengeSerial,
    /// At which firm, and in which row, attempts are counted. Identifiers of before say nothing of it.
    counted: Option<(AttemptKey, FirmId)>,
}

impl ChallengeId {
    /// A new unguessable identifier of a challenge for the email whose attempts are counted in `attempts`.
    pub fn new(firm: &FirmId, attempts: AttemptKey, dice: &Dice) -> Self {
        Self { serial: ChallengeSerial(Uuid::from_bytes(dice.bytes())), counted: Some((attempts, firm.clone())) }
    }

    /// Where the attempts of its email are counted, as it says; it is true only if there is such a challenge.
    pub fn counted(&self) -> Option<(&AttemptKey, &FirmId)> {
        self.counted.as_ref().map(|(attempts, firm)| (attempts, firm))
    }
}

impl fmt::Display for ChallengeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serial.fmt(f)?;
        let Some((attempts, firm)) = &self.counted else { return Ok(()) };
        write!(f, ".{}.{firm}", attempts.own)
    }
}

impl FromStr for ChallengeId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (serial, counted) = match text.split_once('.') {
            Some((serial, counted)) => (serial, Some(counted.split_once('.').ok_or(NotAnId)?)),
            None => (text, None),
        };
        let counted = counted.map(|(attempts, firm)| Ok((attempts.parse()?, firm.parse()?))).transpose()?;
        Ok(Self { serial: serial.parse()?, counted })
    }
}

impl TryFrom<String> for ChallengeId {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<ChallengeId> for String {
    fn from(id: ChallengeId) -> Self {
        id.to_string()
    }
}

/// Names a firm in addresses: 2 to 40 lower-case letters, digits and inner hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$"))]
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
    fn a_challenge_id_names_the_row_in_which_its_attempts_are_counted() {
        let text = format!("0192f0c4a1b27000800000000000abcd.{}.demo", "A".repeat(43));
        let id: ChallengeId = text.parse().expect("an id");
        let counted = id.counted().map(|(attempts, firm)| (attempts.as_str(), firm.as_str()));
        assert_eq!((id.to_string(), counted), (text.clone(), Some((&*"A".repeat(43), "demo"))));
        let before: ChallengeId = text[..32].parse().expect("an id of before");
        assert_eq!((before.to_string().as_str(), before.counted()), (&text[..32], None));
        for bad in ["", "..", &text[..76], &format!("{text}."), &format!("{text}/x"), &text.replace('A', "#"), &text.to_uppercase()] {
            assert_eq!(bad.parse::<ChallengeId>(), Err(NotAnId), "{bad}");
        }
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

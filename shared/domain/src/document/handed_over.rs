use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ContentType, DocumentName, Kind, Reason, Sha256Hex};
use crate::{ContactId, DocumentId, FirmId, StaffId, Subject, moments};

/// How far a document has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its upload was asked for; nothing is known to have arrived.
    Awaited,
    /// It arrived whole and is what it says it is.
    Ready,
    /// It arrived and is not accepted.
    Refused,
}

/// Who hands a document over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A contact of the client.
    Contact(ContactId),
    /// A staff member.
    Staff(StaffId),
}

impl From<Subject> for By {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Contact(contact) => Self::Contact(contact),
            Subject::Staff(staff) => Self::Staff(staff),
        }
    }
}

/// A document that a client or the firm hands over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its identifier.
    pub document: DocumentId,
    /// Its name as it is shown.
    pub name: DocumentName,
    /// Its length in bytes.
    pub size: u64,
    /// The type that was declared.
    pub content_type: ContentType,
    /// The checksum that was declared.
    pub sha256: Sha256Hex,
    /// What it claims to be, and once checked what it is.
    pub kind: Kind,
    /// How far it has come.
    pub state: State,
    /// Why it was refused.
    #[serde(default)]
    pub refusal: Option<Reason>,
    /// The version of the stored object that was checked.
    #[serde(default)]
    pub version: Option<String>,
    /// Who hands it over.
    pub by: By,
    /// When its upload was asked for.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
}

impl Document {
    /// Where its bytes stand; made by us, so that no name from outside comes near a key.
    pub fn object_key(firm: &FirmId, document: DocumentId) -> String {
        format!("{firm}/{}/{}", document.client, document.serial)
    }

    /// Whether `reader` may see it: whoever handed it over, and everyone else once it is ready.
    pub fn is_seen_by(&self, reader: Subject) -> bool {
        match self.state {
            State::Ready => true,
            State::Refused => self.by == By::from(reader),
            State::Awaited => false,
        }
    }
}

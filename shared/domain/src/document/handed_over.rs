use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ContentType, DocumentName, Kind, Reason, Sha256Hex, Verdict, inspect};
use crate::{DocumentId, FirmId, Subject, moments};

/// How far a document has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// Its upload was asked for; nothing is known to have arrived.
    Awaited,
    /// It arrived whole and is what it says it is.
    Ready,
    /// It arrived and is not accepted.
    Refused,
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
    pub state: DocumentState,
    /// Why it was refused.
    #[serde(default)]
    pub refusal: Option<Reason>,
    /// The version of the stored object that was checked.
    #[serde(default)]
    pub version: Option<String>,
    /// Who hands it over.
    pub by: Subject,
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
            DocumentState::Ready => true,
            DocumentState::Refused => self.by == reader,
            DocumentState::Awaited => false,
        }
    }

    /// Whether what arrived is what was announced, to the byte.
    pub fn is_whole(&self, arrived: &Arrived) -> bool {
        arrived.size == self.size && arrived.sha256 == Some(self.sha256)
    }

    /// The document once `arrived` stands in storage and begins with `head` (as [`inspect`] wants it): pinned to that version, and
    /// ready or refused.
    #[must_use]
    pub fn settled(self, arrived: Arrived, head: &[u8]) -> Self {
        let verdict = if self.is_whole(&arrived) { inspect(self.kind, head, arrived.size) } else { Verdict::Refused(Reason::Mismatch) };
        let (kind, state, refusal) = match verdict {
            Verdict::Ready(kind) => (kind, DocumentState::Ready, None),
            Verdict::Refused(reason) => (self.kind, DocumentState::Refused, Some(reason)),
        };
        Self { kind, state, refusal, version: Some(arrived.version), ..self }
    }
}

/// A document as storage received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Its length in bytes.
    pub size: u64,
    /// The checksum that storage computed over all its bytes; nothing if it was sent without one.
    pub sha256: Option<Sha256Hex>,
    /// The version that these answers are about, to be pinned.
    pub version: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientId, ContactId, Dice, DocumentSerial};

    fn document() -> Document {
        let (now, dice) = (Timestamp::UNIX_EPOCH, Dice::new(|bytes| bytes.fill(1)));
        Document {
            document: DocumentId { client: ClientId::new(now, &dice), serial: DocumentSerial::new(now, &dice) },
            name: DocumentName::parse("W-2.pdf").expect("a name"),
            size: 9,
            content_type: ContentType::parse("application/pdf").expect("a type"),
            sha256: [7; 32].into(),
            kind: Kind::Pdf,
            state: DocumentState::Awaited,
            refusal: None,
            version: None,
            by: Subject::Contact(ContactId::new(now, &dice)),
            created_at: now,
        }
    }

    #[test]
    fn a_document_is_ready_if_what_arrived_is_what_was_announced() {
        let pdf = b"%PDF-1.7\n";
        for (size, sha256, head, refusal) in [
            (9, Some([7; 32]), pdf.as_slice(), None),
            (8, Some([7; 32]), pdf, Some(Reason::Mismatch)),
            (9, Some([8; 32]), pdf, Some(Reason::Mismatch)),
            (9, None, pdf, Some(Reason::Mismatch)),
            (9, Some([7; 32]), b"no PDF at", Some(Reason::Mismatch)),
        ] {
            let arrived = Arrived { size, sha256: sha256.map(Into::into), version: "v1".to_owned() };
            let settled = document().settled(arrived, head);
            let state = if refusal.is_none() { DocumentState::Ready } else { DocumentState::Refused };
            assert_eq!((settled.state, settled.refusal, settled.version.as_deref()), (state, refusal, Some("v1")), "{size} {sha256:?}");
        }
    }
}

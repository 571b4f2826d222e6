use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ContentType, DocumentName, Kind, Reason, Sample, Sha256Hex, Verdict, inspect};
use crate::{DocumentId, FirmId, Name, Subject, moments, policy, record::Outcome, scope::of_one_firm};

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

/// That someone opened a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Who.
    pub who: Subject,
    /// What they were called.
    pub name: Name,
    /// When.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
}

/// That someone put a document into the bin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Who.
    pub by: Subject,
    /// When.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
}

/// A document that a client or the firm sends.
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
    /// Whether it is encrypted, so that it asks for a password.
    #[serde(default)]
    pub locked_with_password: bool,
    /// How far it has come.
    pub state: DocumentState,
    /// Why it was refused.
    #[serde(default)]
    pub refusal: Option<Reason>,
    /// The version of the stored object that was checked.
    #[serde(default)]
    pub version: Option<String>,
    /// Who sends it.
    pub by: Subject,
    /// Who of the other side, firm or client, opened it first.
    #[serde(default)]
    pub seen: Option<Seen>,
    /// That it is in the bin.
    #[serde(default)]
    pub deleted: Option<Deletion>,
    /// When its upload was asked for.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
    /// When it goes for good, row and bytes, unless something changes that: while it is awaited or in the bin, and once it is refused.
    #[serde(with = "moments::optional", default)]
    pub ends_at: Option<Timestamp>,
    /// Counts its changes, so that of two that meet one is decided anew.
    #[serde(default)]
    pub revision: u32,
}

/// A document whose end has come, with the firm to which it belongs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ended {
    /// The firm.
    pub firm: FirmId,
    /// The document.
    #[serde(flatten)]
    pub document: Document,
}

of_one_firm!(Ended);

impl Ended {
    /// What is written down when it goes for good.
    pub fn outcome(&self) -> Outcome {
        let document = self.document.name.to_string();
        match self.document.state {
            DocumentState::Awaited => Outcome::UploadGivenUp { document },
            DocumentState::Ready | DocumentState::Refused => Outcome::DocumentErased { document },
        }
    }
}

/// Why a document is not renamed so, in words for a person.
const OTHER_KIND: &str = "This ending says that it is another kind of file than it is. Leave the ending away.";

/// Why a document is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchanged {
    /// There is none for this person.
    Unknown,
    /// Someone else sent it.
    NotTheirs,
    /// The firm has opened it.
    Opened,
    /// It cannot be called so; the words tell a person why.
    Name(&'static str),
}

impl Document {
    /// Where its bytes stand; made by us, so that no name from outside comes near a key.
    pub fn object_key(firm: &FirmId, document: DocumentId) -> String {
        format!("{firm}/{}/{}", document.client, document.serial)
    }

    /// Whether `reader`, who may see the papers of its client, is shown it. A refused one is shown to staff and to whoever sent it, one in
    /// the bin to those who may take it out again: what a contact took back before the firm opened it is nobody else's business.
    pub fn is_shown_to(&self, reader: Subject) -> bool {
        let arrived = match self.state {
            DocumentState::Ready => true,
            DocumentState::Refused => is_staff(reader) || self.by == reader,
            DocumentState::Awaited => false,
        };
        arrived && self.deleted.as_ref().is_none_or(|deletion| deletion.by == reader || (is_staff(reader) && is_staff(deletion.by)))
    }

    /// Whether the firm sent it, and nobody of the client has opened it yet.
    pub fn is_news(&self) -> bool {
        is_staff(self.by) && self.state == DocumentState::Ready && self.seen.is_none() && self.deleted.is_none()
    }

    /// Whether its time is over, so that it is as good as gone.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ends_at.is_some_and(|ends_at| ends_at <= now)
    }

    /// Whether what arrived is what was announced, to the byte.
    pub fn is_whole(&self, arrived: &Arrived) -> bool {
        arrived.size == self.size && arrived.sha256 == Some(self.sha256)
    }

    /// The document once `arrived` stands in storage and holds what `sample` shows: pinned to that version, and ready or refused.
    #[must_use]
    pub fn settled(self, arrived: Arrived, sample: &Sample, now: Timestamp) -> Self {
        let verdict =
            if self.is_whole(&arrived) { inspect(&self.name, &self.content_type, sample) } else { Verdict::Refused(Reason::Mismatch) };
        let (kind, locked_with_password, state, refusal) = match verdict {
            Verdict::Ready { kind, locked } => (kind, locked, DocumentState::Ready, None),
            Verdict::Refused(reason) => (self.kind, false, DocumentState::Refused, Some(reason)),
        };
        let ends_at = refusal.map(|_| now + policy::BIN);
        Self { kind, locked_with_password, state, refusal, version: Some(arrived.version), ends_at, ..self }
    }

    /// The document once `reader` has opened it; the same unless they are the first of the other side. Nothing if it cannot be opened.
    pub fn opened(&self, reader: Subject, name: &Name, now: Timestamp) -> Option<Self> {
        if self.state != DocumentState::Ready || self.deleted.is_some() {
            return None;
        }
        let first = self.seen.is_none() && reader.audience() != self.by.audience();
        let seen = first.then(|| Seen { who: reader, name: name.clone(), at: now });
        Some(Self { seen: seen.or_else(|| self.seen.clone()), ..self.clone() })
    }

    /// The document as `by` calls it from now on: staff may rename any, a contact its own. It keeps the ending of its name, and gets no other
    /// that would say that it is of another kind.
    ///
    /// # Errors
    /// If they may not, or if that is no name for it.
    pub fn renamed(&self, by: Subject, name: &DocumentName, now: Timestamp) -> Result<Self, Unchanged> {
        if self.deleted.is_some() || !self.is_shown_to(by) || self.is_over(now) {
            return Err(Unchanged::Unknown);
        }
        if !is_staff(by) && self.by != by {
            return Err(Unchanged::NotTheirs);
        }
        let name = name.ending_like(&self.name);
        if name.is_of_program() && !self.kind.is_told_by_content() {
            return Err(Unchanged::Name(super::refused::NO_PROGRAMS));
        }
        let keeps_ending = self.name.extension().zip(name.extension()).is_some_and(|(old, new)| old.eq_ignore_ascii_case(new));
        if !keeps_ending && Kind::named(&name).is_some_and(|kind| kind != self.kind) {
            return Err(Unchanged::Name(OTHER_KIND));
        }
        Ok(Self { name, ..self.clone() })
    }

    /// The document in the bin, where `by` put it: staff may any, a contact its own as long as the firm has not opened it. The same if it is
    /// there already.
    ///
    /// # Errors
    /// If they may not.
    pub fn deleted(&self, by: Subject, now: Timestamp) -> Result<Self, Unchanged> {
        if !self.is_shown_to(by) || self.is_over(now) {
            return Err(Unchanged::Unknown);
        }
        if self.deleted.is_some() {
            return Ok(self.clone());
        }
        if !is_staff(by) && self.by != by {
            return Err(Unchanged::NotTheirs);
        }
        if !is_staff(by) && self.seen.is_some() {
            return Err(Unchanged::Opened);
        }
        Ok(Self { deleted: Some(Deletion { by, at: now }), ends_at: Some(now + policy::BIN), ..self.clone() })
    }

    /// The document out of the bin again: staff may take out what staff put there, a contact what it put there itself. The same if it is not
    /// there.
    ///
    /// # Errors
    /// If they may not, or if its time there is over.
    pub fn restored(&self, by: Subject, now: Timestamp) -> Result<Self, Unchanged> {
        if !self.is_shown_to(by) {
            return Err(Unchanged::Unknown);
        }
        if self.deleted.is_none() {
            return Ok(self.clone());
        }
        if self.is_over(now) {
            return Err(Unchanged::Unknown);
        }
        Ok(Self { deleted: None, ends_at: self.refusal.map(|_| now + policy::BIN), ..self.clone() })
    }

    /// The name under which it is saved: its own, with the ending of its kind if it would else be taken for a program.
    pub fn saved_as(&self) -> DocumentName {
        if self.name.is_of_program() { self.name.with_ending(self.kind.ending()) } else { self.name.clone() }
    }
}

fn is_staff(subject: Subject) -> bool {
    matches!(subject, Subject::Staff(_))
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
#[path = "kept_tests.rs"]
mod tests;

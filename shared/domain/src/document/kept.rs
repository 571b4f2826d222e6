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
mod tests {
    use super::*;
    use crate::{ClientId, ContactId, Dice, DocumentSerial, StaffId};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn dice(byte: u8) -> Dice {
        Dice::new(move |bytes| bytes.fill(byte))
    }

    fn contact(byte: u8) -> Subject {
        Subject::Contact(ContactId::new(NOW, &dice(byte)))
    }

    fn olive() -> Subject {
        Subject::Staff(StaffId::new(NOW, &dice(9)))
    }

    fn name(text: &str) -> DocumentName {
        DocumentName::parse(text).expect("a name")
    }

    fn person(text: &str) -> Name {
        Name::parse(text).expect("a name")
    }

    /// What the contact 1 sends.
    fn document() -> Document {
        Document {
            document: DocumentId { client: ClientId::new(NOW, &dice(1)), serial: DocumentSerial::new(NOW, &dice(1)) },
            name: name("W-2.pdf"),
            size: 9,
            content_type: ContentType::parse("application/pdf"),
            sha256: [7; 32].into(),
            kind: Kind::Pdf,
            locked_with_password: false,
            state: DocumentState::Awaited,
            refusal: None,
            version: None,
            by: contact(1),
            seen: None,
            deleted: None,
            created_at: NOW,
            ends_at: Some(NOW + policy::UPLOAD_WAIT),
            revision: 0,
        }
    }

    fn settled(head: &[u8]) -> Document {
        let arrived = Arrived { size: 9, sha256: Some([7; 32].into()), version: "v1".to_owned() };
        document().settled(arrived, &Sample { size: 9, head: head.to_vec(), tail: Vec::new() }, NOW)
    }

    fn ready() -> Document {
        settled(b"%PDF-1.7\n")
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
            let settled = document().settled(arrived, &Sample { size, head: head.to_vec(), tail: Vec::new() }, NOW);
            let state = if refusal.is_none() { DocumentState::Ready } else { DocumentState::Refused };
            assert_eq!((settled.state, settled.refusal, settled.version.as_deref()), (state, refusal, Some("v1")), "{size} {sha256:?}");
            assert_eq!(settled.ends_at, refusal.map(|_| NOW + policy::BIN), "what is ready stays");
        }
    }

    #[test]
    fn who_is_shown_what() {
        let (refused, of_staff) = (settled(b"MZ\x90\0\0\0\0\0\0"), Document { by: olive(), ..ready() });
        let binned_by = |by| ready().deleted(by, NOW).expect("they may");
        // The contact that sent it, another contact of the client, staff.
        for (what, document, shown) in [
            ("awaited", document(), [false, false, false]),
            ("ready", ready(), [true, true, true]),
            ("of staff", of_staff, [true, true, true]),
            ("refused", refused, [true, false, true]),
            ("in the bin by its contact", binned_by(contact(1)), [true, false, false]),
            ("in the bin by staff", binned_by(olive()), [false, false, true]),
        ] {
            assert_eq!([contact(1), contact(2), olive()].map(|reader| document.is_shown_to(reader)), shown, "{what}");
        }
    }

    fn opened(document: &Document, reader: Subject, name: &str, now: Timestamp) -> Document {
        document.opened(reader, &person(name), now).expect("it can be opened")
    }

    #[test]
    fn only_the_first_opening_by_the_other_side_is_kept() {
        let later = NOW + policy::HOUR;
        let by_own_side = opened(&ready(), contact(2), "Bob", NOW);
        assert_eq!(by_own_side, ready());
        let by_staff = opened(&by_own_side, olive(), "Olive", NOW);
        assert_eq!(by_staff.seen, Some(Seen { who: olive(), name: person("Olive"), at: NOW }));
        assert_eq!(opened(&by_staff, olive(), "Olive", later), by_staff);
        let shared = Document { by: olive(), ..ready() };
        assert_eq!(opened(&shared, olive(), "Olive", NOW).seen, None);
        assert_eq!(opened(&shared, contact(1), "Jane", later).seen.map(|seen| (seen.who, seen.at)), Some((contact(1), later)));
        for closed in [document(), settled(b"MZ\x90\0\0\0\0\0\0"), ready().deleted(olive(), NOW).expect("staff")] {
            assert_eq!(closed.opened(olive(), &person("Olive"), NOW), None, "{closed:?}");
        }
    }

    #[test]
    fn staff_delete_any_and_a_contact_what_is_its_own_and_unopened() {
        let opened = opened(&ready(), olive(), "Olive", NOW);
        let shared = Document { by: olive(), ..ready() };
        let refused = settled(b"MZ\x90\0\0\0\0\0\0");
        for (what, document, by, outcome) in [
            ("own", ready(), contact(1), Ok(())),
            ("own and refused", refused, contact(1), Ok(())),
            ("own and opened", opened.clone(), contact(1), Err(Unchanged::Opened)),
            ("another's", ready(), contact(2), Err(Unchanged::NotTheirs)),
            ("of staff", shared.clone(), contact(1), Err(Unchanged::NotTheirs)),
            ("awaited", document(), contact(1), Err(Unchanged::Unknown)),
            ("opened, by staff", opened, olive(), Ok(())),
            ("shared, by staff", shared, olive(), Ok(())),
            ("awaited, by staff", document(), olive(), Err(Unchanged::Unknown)),
        ] {
            let deleted = document.deleted(by, NOW);
            assert_eq!(deleted.as_ref().map(|_| ()).map_err(|refused| *refused), outcome, "{what}");
            if let Ok(deleted) = deleted {
                assert!(deleted.deleted.is_some() && deleted.ends_at == Some(NOW + policy::BIN), "{what}");
                let again = deleted.deleted(by, NOW + policy::HOUR);
                assert_eq!(again, Ok(deleted), "{what}: it lies there since the first time");
            }
        }
    }

    #[test]
    fn what_lies_in_the_bin_can_be_taken_out_until_its_end() {
        let instant = jiff::SignedDuration::from_millis(1);
        let end = NOW + policy::BIN;
        let (by_jane, by_olive) = (ready().deleted(contact(1), NOW).expect("own"), ready().deleted(olive(), NOW).expect("staff"));
        for (what, document, by, at, outcome) in [
            ("own", &by_jane, contact(1), end - instant, Ok(())),
            ("own, at the end", &by_jane, contact(1), end, Err(Unchanged::Unknown)),
            ("hers, by staff", &by_jane, olive(), NOW, Err(Unchanged::Unknown)),
            ("by staff", &by_olive, olive(), NOW, Ok(())),
            ("by staff, by her", &by_olive, contact(1), NOW, Err(Unchanged::Unknown)),
            ("hers, by another", &by_jane, contact(2), NOW, Err(Unchanged::Unknown)),
        ] {
            let restored = document.restored(by, at);
            assert_eq!(restored.clone().map(|_| ()), outcome, "{what}");
            assert!(restored.is_err() || restored == Ok(ready()), "{what}: all is as it was");
        }
        assert_eq!(ready().restored(contact(1), NOW), Ok(ready()));
        let refused = settled(b"MZ\x90\0\0\0\0\0\0");
        let again = refused.deleted(contact(1), NOW).and_then(|binned| binned.restored(contact(1), NOW + policy::HOUR));
        assert_eq!(again.expect("own").ends_at, Some(NOW + policy::HOUR + policy::BIN), "what is refused still goes");
    }

    #[test]
    fn a_new_name_keeps_the_ending_and_is_no_programs() {
        let other = |called: &str| Document { name: name(called), kind: Kind::Other, ..ready() };
        for (document, wanted, outcome) in [
            (ready(), "W-2 of 2025.pdf", Ok("W-2 of 2025.pdf")),
            (ready(), "W-2 of 2025.PDF", Ok("W-2 of 2025.PDF")),
            (ready(), "W-2 of 2025", Ok("W-2 of 2025.pdf")),
            (ready(), "setup.exe", Ok("setup.exe.pdf")),
            (other("data"), "data.2025", Ok("data.2025")),
            (other("notes"), "Form 1040.pdf", Err(Unchanged::Name(OTHER_KIND))),
            (Document { name: name("photo.jpg"), kind: Kind::Webp, ..ready() }, "Receipt", Ok("Receipt.jpg")),
            (Document { name: name("photo.jpg"), kind: Kind::Webp, ..ready() }, "Receipt.JPG", Ok("Receipt.JPG")),
            (other("data"), "data.exe", Err(Unchanged::Name(super::super::refused::NO_PROGRAMS))),
            (Document { name: name("scan"), ..ready() }, "Receipt - amazon.com", Ok("Receipt - amazon.com")),
            (Document { name: name("Receipt - amazon.com"), ..ready() }, "Receipt", Ok("Receipt")),
        ] {
            let renamed = document.renamed(contact(1), &name(wanted), NOW).map(|document| document.name.to_string());
            assert_eq!(renamed, outcome.map(str::to_owned), "{} to {wanted}", document.name);
        }
        assert_eq!(ready().renamed(contact(2), &name("a.pdf"), NOW), Err(Unchanged::NotTheirs));
        assert!(ready().renamed(olive(), &name("a.pdf"), NOW).is_ok());
        assert_eq!(ready().deleted(olive(), NOW).expect("staff").renamed(olive(), &name("a.pdf"), NOW), Err(Unchanged::Unknown));
    }

    #[test]
    fn a_document_that_is_called_like_a_program_is_saved_as_what_it_is() {
        let receipt = Document { name: name("Receipt - amazon.com"), ..ready() };
        assert_eq!(receipt.saved_as().as_str(), "Receipt - amazon.com.pdf");
        assert_eq!(ready().saved_as().as_str(), "W-2.pdf");
    }
}

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

use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::{ContactId, FirmScope, Occasion, StaffId, record::Origin, role::Role};

fn dice(byte: u8) -> Dice {
    Dice::new(move |bytes| bytes.fill(byte))
}

fn secret(id: &str) -> Secret {
    Secret::new(KeyId(id.to_owned()), id)
}

fn ann() -> Identity {
    Identity::of_contact(ContactId::new(Timestamp::UNIX_EPOCH, &dice(1)), 0).salted(Some(Salt::new(&dice(1))))
}

fn olive() -> Identity {
    Identity::of_staff(StaffId::new(Timestamp::UNIX_EPOCH, &dice(2)), Role::Owner, 0).salted(Some(Salt::new(&dice(2))))
}

fn sam() -> Identity {
    Identity::of_staff(StaffId::new(Timestamp::UNIX_EPOCH, &dice(3)), Role::Staff, 0).salted(Some(Salt::new(&dice(3))))
}

fn record(outcome: Outcome) -> AccessRecord {
    let origin = Origin { ip: Some("192.0.2.1".into()), user_agent: Some("Firefox".into()), request_id: Some("r-1".into()) };
    let occasion = Occasion { now: Timestamp::UNIX_EPOCH, origin, language: None, dice: dice(7) };
    occasion.record(&FirmScope::of_row(&"demo".parse().expect("a firm")), outcome)
}

/// `record`, sealed, stored and read again by someone who has the salts of `people`.
fn read(record: &AccessRecord, people: &[Identity]) -> AccessRecord {
    let stored = serde_json::to_value(SealedRecord::of(record, &secret("1"), &dice(8))).expect("JSON");
    let text = stored.to_string();
    for hidden in ["192.0.2.1", "Firefox", "ann@x.com", "Olive", "Sam", "divorce.pdf", "her phone is lost"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    let sealed: SealedRecord = serde_json::from_value(stored).expect("a record");
    assert_eq!(sealed.record(), Some(record.record));
    let salt = |subject| people.iter().find(|who| who.subject == subject).and_then(|who| who.salt);
    let key = secret("1");
    sealed.open(|id| (id == key.id()).then_some(&key), salt).expect("a record")
}

fn shown(record: &AccessRecord) -> (String, Option<&str>, Option<&str>, Vec<&str>) {
    let erased = record.erased.iter().map(String::as_str).collect();
    (record.outcome.message(), record.email.as_deref(), record.origin.ip.as_deref(), erased)
}

#[test]
fn whoever_is_erased_takes_what_is_theirs_along_and_nothing_of_others() {
    let of_ann = AccessRecord { email: Some("ann@x.com".into()), gate_hash: Some("hash".into()), ..record(Outcome::SsnMismatch).by(ann()) };
    let unlocked = record(Outcome::AccessUnlocked { staff: "Olive".into() }).by(olive()).about(Some(ann()));
    let reset = Outcome::SecondFactorReset { staff: "Olive".into(), reason: "her phone is lost".into() };
    let reset = record(reset).by(olive()).about(Some(ann()));
    let removed = Outcome::StaffRemoved { staff: "Olive".into(), member: "Sam".into(), successor: "Olive".into() };
    let removed = record(removed).by(olive()).naming("member", sam()).naming("successor", olive());
    let (ip, here) = (Some("192.0.2.1"), ["ip", "user_agent"]);
    let wrong = "The last 4 Digits of the SSN did not match";
    for (record, people, message, email, ip, mut erased) in [
        (&of_ann, vec![ann()], wrong, Some("ann@x.com"), ip, vec![]),
        (&of_ann, vec![olive()], wrong, None, None, vec!["email", "gate_mark", "ip", "user_agent"]),
        (&unlocked, vec![ann(), olive()], "Access unlocked by Olive", None, ip, vec![]),
        (&unlocked, vec![olive()], "Access unlocked by Olive", None, ip, vec![]),
        (&unlocked, vec![ann()], "Access unlocked by [erased]", None, None, [&here[..], &["staff"]].concat()),
        (&reset, vec![olive()], "Two-factor authentication reset by Olive", None, ip, vec!["reason"]),
        (&removed, vec![olive()], "Staff member [erased] removed by Olive: Olive takes over", None, ip, vec!["member"]),
        (
            &removed,
            vec![sam()],
            "Staff member Sam removed by [erased]: [erased] takes over",
            None,
            None,
            [&here[..], &["staff", "successor"]].concat(),
        ),
    ] {
        let read = read(record, &people);
        let (told, typed, from, mut gone) = shown(&read);
        gone.sort_unstable();
        erased.sort_unstable();
        assert_eq!((told.as_str(), typed, from, gone), (message, email, ip, erased), "{people:?}");
        assert_eq!((read.record, read.contact, read.staff_id, read.at), (record.record, record.contact, record.staff_id, record.at));
        assert_eq!(read.origin.request_id.as_deref(), Some("r-1"));
    }
}

#[test]
fn what_is_nobodys_is_the_firms() {
    let unknown = AccessRecord { email: Some("ann@x.com".into()), ..record(Outcome::NoContact) };
    let of_before = AccessRecord { email: Some("ann@x.com".into()), ..record(Outcome::SsnMismatch).by(ann().salted(None)) };
    let by_firm = record(Outcome::MessageGivenUp { reason: "not in time".into() });
    for record in [unknown, of_before, by_firm] {
        let read = read(&record, &[]);
        assert_eq!((&read.email, &read.outcome, &read.origin, &read.erased), (&record.email, &record.outcome, &record.origin, &vec![]));
    }
}

#[test]
fn a_part_opens_in_its_own_record_alone_and_what_was_altered_does_not() {
    let one = SealedRecord::of(&record(Outcome::SignedOut).by(ann()), &secret("1"), &dice(8));
    let other = AccessRecord { record: RecordId::new(Timestamp::UNIX_EPOCH, &dice(5)), ..record(Outcome::SignedOut).by(ann()) };
    let moved = SealedRecord { sealed: one.sealed.clone(), ..SealedRecord::of(&other, &secret("1"), &dice(8)) };
    let (key, salt) = (secret("1"), |subject| (subject == ann().subject).then(|| ann().salt).flatten());
    assert_eq!(one.open(|_| Some(&key), salt).expect("a record").origin.ip.as_deref(), Some("192.0.2.1"));
    assert_eq!(moved.open(|_| Some(&key), salt).expect("a record").erased, ["ip", "user_agent"]);
}

#[test]
fn records_of_before_read_as_they_read() {
    let email = secret("1").sealer(EMAIL_LABEL).seal("ann@x.com", b"demo", &dice(8));
    let mut row = json!(record(Outcome::AccessUnlocked { staff: "Olive".into() }).by(olive()));
    row["email"] = json!(email);
    row["email_mark"] = json!("hash");
    let sealed: SealedRecord = serde_json::from_value(row).expect("a record");
    assert_eq!((sealed.people().count(), sealed.keys().collect::<Vec<_>>()), (0, vec![KeyId("1".into())]));
    let key = secret("1");
    let read = sealed.open(|_| Some(&key), |_| None).expect("a record");
    assert_eq!(shown(&read), ("Access unlocked by Olive".to_owned(), Some("ann@x.com"), Some("192.0.2.1"), vec![]));
}

#[test]
fn of_each_text_it_is_decided_whether_it_tells_of_people() {
    let ours = ["time", "fields", "left", "changes", "role", "before", "after", REASON];
    for (name, text) in Outcome::CATALOGUE {
        for place in text.split('{').skip(1).map(|rest| rest.split('}').next().expect("a place")) {
            assert!(OF_OUTCOME.contains(&place) != ours.contains(&place), "{name}: {place}");
        }
    }
}

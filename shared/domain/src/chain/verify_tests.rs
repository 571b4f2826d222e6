use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::{
    Dice,
    chain::{Exported, Exporter, LABEL},
    keys::{KeyId, Secret},
    signature::Signer,
};

fn signer(text: &str) -> Signer {
    Secret::new(KeyId("1".into()), text).signer(LABEL)
}

fn start() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().expect("a time")
}

/// What happened to the log before it is exported.
#[derive(Default)]
struct Log {
    rows: Vec<(Map<String, Value>, Option<Entry>)>,
    head: u64,
    began_at: Option<Timestamp>,
    grew_at: Option<Timestamp>,
}

impl Log {
    /// A log of so many records, a minute apart.
    fn of(records: usize) -> Self {
        let (firm, dice, mut before) = ("demo".parse().expect("a firm"), Dice::new(|bytes| bytes.fill(7)), None);
        let rows = (0..i64::try_from(records).expect("few")).map(|minute| {
            let at = start() + SignedDuration::from_mins(minute);
            let record = RecordId::new(at, &dice);
            let email = json!({"key": "1", "text": minute});
            let row = json!({"record": record, "firm": "demo", "outcome": "no-contact", "ip": format!("192.0.2.{minute}"), "email": email});
            let row = row.as_object().expect("a row").clone();
            let entry = Entry::after(before.as_ref(), &firm, (record, digest(&row)), at, &signer("own"));
            before = Some(entry.clone());
            (row, Some(entry))
        });
        Self { rows: rows.collect(), head: records as u64, ..Self::default() }
    }

    fn record(&self, index: usize) -> Option<RecordId> {
        self.rows.get(index).and_then(|(row, _)| row["record"].as_str()?.parse().ok())
    }

    fn exported_at(&self, at: Timestamp) -> Vec<Vec<u8>> {
        self.exported_by(&signer("own"), at, &|_| ())
    }

    /// An export that is signed by someone, who `changes` what it shows of each record.
    fn exported_by(&self, by: &Signer, at: Timestamp, changes: &dyn Fn(&mut Map<String, Value>)) -> Vec<Vec<u8>> {
        self.exported_with(by, at, changes, &|_| signer("own").public_key())
    }

    /// The same, where `keys` signed the entries.
    fn exported_with(
        &self,
        by: &Signer,
        at: Timestamp,
        changes: &dyn Fn(&mut Map<String, Value>),
        keys: &dyn Fn(usize) -> PublicKey,
    ) -> Vec<Vec<u8>> {
        let dice = Dice::new(|bytes| bytes.fill(9));
        let mut exporter = Exporter { export: ExportId::new(at, &dice), signer: by, lines: 0 };
        let shown = |row: &Map<String, Value>| {
            let mut shown = Map::from_iter(["record", "ip"].map(|name| (name.to_owned(), row.get(name).cloned().unwrap_or_default())));
            shown.insert("email".to_owned(), json!("ann@x.test"));
            changes(&mut shown);
            shown
        };
        let line = |(index, (row, entry)): (usize, &(Map<String, Value>, Option<Entry>))| {
            let (sealed, key) = (row.contains_key("outcome").then(|| row.clone()), keys(index));
            exporter.line(Exported { shown: shown(row), sealed, chain: entry.clone().map(|entry| Vouched { entry, public_key: key }) })
        };
        let mut lines: Vec<String> = self.rows.iter().enumerate().map(line).collect();
        let digest = Digest {
            export: exporter.export,
            firm: "demo".parse().expect("a firm"),
            at,
            filter: Map::new(),
            records: lines.len() as u64,
            head: self.head,
            began_at: self.began_at,
            grew_at: self.grew_at,
        };
        lines.push(exporter.end(&digest));
        lines.into_iter().map(String::into_bytes).collect()
    }

    fn exported(&self) -> Vec<Vec<u8>> {
        self.exported_at(start() + SignedDuration::from_hours(4))
    }
}

fn trusted(text: &str) -> Trust {
    Trust { keys: BTreeSet::from([signer(text).public_key()]), ..Trust::default() }
}

fn verdict(lines: &[Vec<u8>]) -> Verdict {
    verify(|| lines.iter().cloned(), &trusted("own"))
}

fn broken(lines: &[Vec<u8>]) -> (Kind, Place, u64, Option<RecordId>) {
    let verdict = verdict(lines);
    assert_eq!(verdict.whole, Some(false));
    let Broken { kind, place, line, record, .. } = verdict.broken.expect("something is broken");
    (kind, place, line, record)
}

#[test]
fn what_nobody_touched_is_whole() {
    for records in [0, 1, 2, 40] {
        let verdict = verdict(&Log::of(records).exported());
        assert!(verdict.whole == Some(true) && verdict.complete, "{verdict:?}");
        assert_eq!((verdict.records, verdict.places), (records as u64, (records > 0).then_some((1, records as u64))));
    }
}

proptest! {
    #[test]
    fn an_edited_line_is_named(records in 1usize..12, at in any::<prop::sample::Index>(), byte in any::<prop::sample::Index>(), flip in 1u8..=255) {
        let log = Log::of(records);
        let mut lines = log.exported();
        let at = at.index(lines.len());
        let byte = byte.index(lines[at].len());
        lines[at][byte] ^= flip;
        // A new line in it makes two lines of it.
        prop_assume!(lines[at][byte] != b'\n');
        let (kind, place, line, record) = broken(&lines);
        prop_assert_eq!((place, line), (Place::Export, at as u64 + 1));
        if at == records {
            // The digest itself: what is no line at all may as well be the rest of one.
            prop_assert!(matches!(kind, Kind::Edited | Kind::Truncated), "{:?}", kind);
        } else {
            prop_assert_eq!(kind, Kind::Edited);
            // Its own name is all that it may have lost.
            prop_assert!(record.is_none() || record == log.record(at) || lines[at].windows(34).any(|text| text.starts_with(b"\"") && text.ends_with(b"\"")));
        }
    }

    #[test]
    fn a_removed_line_is_named_by_its_place(records in 1usize..12, at in any::<prop::sample::Index>(), more in 0usize..3) {
        let log = Log::of(records);
        let mut lines = log.exported();
        let at = at.index(records);
        lines.drain(at..(at + 1 + more).min(records));
        let found = verdict(&lines).broken.expect("something is broken");
        prop_assert_eq!((found.kind, found.place, found.line), (Kind::Removed, Place::Export, at as u64 + 1));
        prop_assert_eq!(found.after, at.checked_sub(1).and_then(|before| log.record(before)));
    }

    #[test]
    fn the_first_of_those_that_changed_places_is_named(records in 2usize..12, one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
        let log = Log::of(records);
        let mut lines = log.exported();
        let (one, other) = (one.index(records), other.index(records));
        prop_assume!(one != other);
        lines.swap(one, other);
        prop_assert_eq!(broken(&lines), (Kind::Reordered, Place::Export, one.min(other) as u64 + 1, log.record(one.max(other))));
    }

    #[test]
    fn an_inserted_line_is_named(records in 1usize..12, at in any::<prop::sample::Index>(), of in any::<prop::sample::Index>(), foreign in any::<bool>()) {
        let log = Log::of(records);
        let mut lines = log.exported();
        let (at, of) = (at.index(records + 2), of.index(records));
        // A line of another export of the same log, or one of this that stands there twice.
        let line = if foreign { log.exported_at(start() + SignedDuration::from_hours(5))[of].clone() } else { lines[of].clone() };
        lines.insert(at, line);
        // Beside itself, nobody can say which of both was first.
        let at = if !foreign && at == of { at + 1 } else { at };
        prop_assert_eq!(broken(&lines), (Kind::Inserted, Place::Export, (at as u64 + 1).min(records as u64 + 1), log.record(of)));
    }

    #[test]
    fn a_truncated_export_is_named_where_it_ends(records in 1usize..12, keep in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let log = Log::of(records);
        let mut lines = log.exported();
        let keep = keep.index(records) + 1;
        let rest = lines[keep][..cut.index(lines[keep].len())].to_vec();
        lines.truncate(keep);
        lines.extend((!rest.is_empty()).then_some(rest));
        let found = verdict(&lines).broken.expect("something is broken");
        prop_assert_eq!((found.kind, found.line, found.after), (Kind::Truncated, keep as u64 + 1, log.record(keep - 1)));
    }

    #[test]
    fn nothing_that_is_read_panics(lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..5)) {
        prop_assert!(verdict(&lines).whole != Some(true));
    }
}

#[test]
fn what_was_done_in_the_log_before_the_export_is_named() {
    let record = |index: usize| Log::of(9).record(index);
    let done = |act: &dyn Fn(&mut Log)| {
        let mut log = Log::of(9);
        act(&mut log);
        broken(&log.exported())
    };
    let edited = done(&|log| drop(log.rows[3].0.insert("outcome".into(), json!("signed-in"))));
    assert_eq!(edited, (Kind::Edited, Place::Log, 4, record(3)));
    // With all hashes made anew, by someone who has not the key.
    let forged = done(&|log| {
        let mut before = log.rows[2].1.clone();
        log.rows[3].0.insert("outcome".into(), json!("signed-in"));
        for (row, entry) in &mut log.rows[3..] {
            let own = entry.clone().expect("it is chained");
            let made =
                Entry::after(before.as_ref(), &own.link.firm, (own.link.record, digest(row)), own.link.chained_at, &signer("another"));
            before = Some(made.clone());
            *entry = Some(made);
        }
    });
    assert_eq!(forged, (Kind::Edited, Place::Log, 4, record(3)));
    let removed = done(&|log| drop(log.rows.remove(3)));
    assert_eq!(removed, (Kind::Removed, Place::Log, 4, None));
    assert_eq!(done(&|log| log.rows.truncate(5)), (Kind::Removed, Place::Log, 6, None));
    assert_eq!(done(&|log| drop(log.rows.drain(..2))), (Kind::Removed, Place::Log, 1, None));
    // Its entry is still there.
    let emptied = done(&|log| log.rows[3].0.retain(|name, _| name == "record"));
    assert_eq!(emptied, (Kind::Removed, Place::Log, 4, record(3)));
    let inserted = done(&|log| log.rows[3].1 = None);
    assert_eq!(inserted, (Kind::Inserted, Place::Log, 4, record(3)));
}

#[test]
fn the_newest_records_may_wait_for_their_place() {
    let mut log = Log::of(9);
    (log.rows[8].1, log.rows[7].1, log.head) = (None, None, 7);
    let soon = verdict(&log.exported_at(start() + SignedDuration::from_mins(20)));
    assert!(soon.whole == Some(true) && soon.not_chained_yet == 2, "{soon:?}");
    assert_eq!(broken(&log.exported_at(start() + OPEN_TIME + SignedDuration::from_mins(8))).0, Kind::Inserted);
}

#[test]
fn what_is_older_than_retention_may_be_missing_and_nothing_else() {
    let kept_until = |age: SignedDuration| start() + age + SignedDuration::from_mins(30);
    let mut log = Log::of(9);
    log.rows[3].0.retain(|name, _| name == "record");
    assert_eq!(broken(&log.exported_at(kept_until(policy::ACCESS_LOG_RETENTION - policy::DAY))).0, Kind::Removed);
    let verdict_later = verdict(&log.exported_at(kept_until(policy::ACCESS_LOG_RETENTION)));
    assert!(verdict_later.whole == Some(true) && verdict_later.no_longer_kept == 1, "{verdict_later:?}");
    log.rows.drain(..5);
    assert_eq!(broken(&log.exported_at(kept_until(policy::ACCESS_LOG_RETENTION))).0, Kind::Removed);
    assert_eq!(verdict(&log.exported_at(kept_until(policy::CHAIN_RETENTION))).whole, Some(true));
}

#[test]
fn what_is_older_than_the_chain_or_newer_than_its_head_may_wait_for_its_place() {
    let at = start() + SignedDuration::from_hours(9);
    for (waiting, began, grew, found) in [
        (0, Some(1), None, None),
        (0, Some(0), None, Some(Kind::Inserted)),
        (8, None, Some(9), None),
        (8, None, Some(8 + 119), None),
        (8, None, Some(8 + 121), Some(Kind::Inserted)),
    ] {
        let minute = |minute: i64| start() + SignedDuration::from_mins(minute);
        let mut log = Log::of(9);
        (log.began_at, log.grew_at, log.head) = (began.map(minute), grew.map(minute), 8);
        log.rows[waiting].1 = None;
        if waiting == 0 {
            // The chain begins with the second record.
            let mut before = None;
            for (row, entry) in &mut log.rows[1..] {
                let link = entry.clone().expect("it is chained").link;
                *entry = Some(Entry::after(before.as_ref(), &link.firm, (link.record, digest(row)), link.chained_at, &signer("own")));
                before.clone_from(entry);
            }
        }
        let broken = verdict(&log.exported_at(at)).broken.map(|broken| broken.kind);
        assert_eq!(broken, found, "{waiting} {began:?} {grew:?}");
    }
}

#[test]
fn a_place_that_was_given_after_the_export_was_asked_for_may_be_missing() {
    let mut log = Log::of(9);
    log.head = 6;
    log.rows.remove(7);
    assert_eq!(verdict(&log.exported()).whole, Some(true));
    log.head = 8;
    assert_eq!(broken(&log.exported()).0, Kind::Removed);
}

#[test]
fn what_was_signed_anew_by_someone_else_is_never_whole() {
    let (log, at) = (Log::of(9), start() + SignedDuration::from_hours(4));
    let forged = log.exported_by(&signer("another"), at, &|shown| drop(shown.insert("contact_name".into(), json!("Else"))));
    assert_eq!(broken(&forged), (Kind::OtherKey, Place::Export, 1, None));
    let of_itself = verify(|| forged.iter().cloned(), &Trust::default());
    assert_eq!((of_itself.whole, of_itself.broken), (None, None), "its parts fit each other");
    // Cut, with a last line of their own.
    let mut cut = log.exported();
    cut.truncate(5);
    let mut short = Log::of(5);
    short.head = 5;
    cut.extend(short.exported_by(&signer("another"), at, &|_| ()).pop());
    assert_eq!(broken(&cut), (Kind::Edited, Place::Export, 6, None));
    // By whoever has the key: at least what it shows has to be in the rows.
    let shows_otherwise = log.exported_by(&signer("own"), at, &|shown| drop(shown.insert("ip".into(), json!("192.0.2.99"))));
    assert_eq!(broken(&shows_otherwise), (Kind::Edited, Place::Export, 1, log.record(0)));
}

#[test]
fn of_places_that_were_signed_with_an_older_key_the_next_ones_tell() {
    let mut log = Log::of(9);
    let mut before: Option<Entry> = None;
    for (index, (row, entry)) in log.rows.iter_mut().enumerate() {
        let (link, by) = (entry.clone().expect("it is chained").link, if index < 5 { "older" } else { "own" });
        *entry = Some(Entry::after(before.as_ref(), &link.firm, (link.record, digest(row)), link.chained_at, &signer(by)));
        before.clone_from(entry);
    }
    let keys = |index: usize| signer(if index < 5 { "older" } else { "own" }).public_key();
    let lines = |log: &Log| log.exported_with(&signer("own"), start() + SignedDuration::from_hours(4), &|_| (), &keys);
    assert_eq!(verdict(&lines(&log)).whole, Some(true));
    // The last ones, which no other tells of.
    log.rows.truncate(5);
    log.head = 5;
    assert_eq!(broken(&lines(&log)), (Kind::OtherKey, Place::Log, 1, log.record(0)));
}

#[test]
fn a_digest_of_before_tells_another_chain() {
    let log = Log::of(9);
    let known = |log: &Log, by: &str| Vouched { entry: log.rows[4].1.clone().expect("it is chained"), public_key: signer(by).public_key() };
    let told = |digest: &Vouched| {
        let verdict = verify(|| log.exported().into_iter(), &Trust { digests: vec![digest.clone()], ..trusted("own") });
        (verdict.whole, verdict.agrees_with_digest)
    };
    assert_eq!(told(&known(&Log::of(5), "own")), (Some(true), Some(true)));
    assert_eq!(told(&known(&log, "another")), (Some(false), Some(false)));
    let mut elsewhere = known(&log, "own");
    elsewhere.entry.link.place = 99;
    assert_eq!(told(&elsewhere), (None, None), "its place is not in the export");
    // Its key is trusted.
    let alone = Trust { digests: vec![known(&log, "own")], ..Trust::default() };
    assert_eq!(verify(|| log.exported().into_iter(), &alone).whole, Some(true));
}

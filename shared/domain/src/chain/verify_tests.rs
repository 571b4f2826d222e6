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
}

impl Log {
    /// A log of so many records, a minute apart.
    fn of(records: usize) -> Self {
        let (firm, dice, mut before) = ("demo".parse().expect("a firm"), Dice::new(|bytes| bytes.fill(7)), None);
        let rows = (0..i64::try_from(records).expect("few")).map(|minute| {
            let at = start() + SignedDuration::from_mins(minute);
            let record = RecordId::new(at, &dice);
            let row = json!({"record": record, "firm": "demo", "outcome": "no-contact", "text": format!("é {minute}")});
            let row = row.as_object().expect("a row").clone();
            let entry = Entry::after(before.as_ref(), &firm, (record, digest(&row)), at, &signer("own"));
            before = Some(entry.clone());
            (row, Some(entry))
        });
        Self { rows: rows.collect(), head: records as u64 }
    }

    fn record(&self, index: usize) -> Option<RecordId> {
        self.rows.get(index).and_then(|(row, _)| row["record"].as_str()?.parse().ok())
    }

    fn exported_at(&self, at: Timestamp) -> Vec<Vec<u8>> {
        let (own, dice) = (signer("own"), Dice::new(|bytes| bytes.fill(9)));
        let mut exporter = Exporter { export: ExportId::new(at, &dice), signer: &own, lines: 0 };
        let shown = |row: &Map<String, Value>| {
            Map::from_iter([("record".to_owned(), row["record"].clone()), ("email".to_owned(), json!("ann@x.test"))])
        };
        let line = |(row, entry): &(Map<String, Value>, Option<Entry>)| {
            let (sealed, key) = (row.contains_key("outcome").then(|| row.clone()), own.public_key());
            exporter.line(Exported { shown: shown(row), sealed, chain: entry.clone().map(|entry| Vouched { entry, public_key: key }) })
        };
        let mut lines: Vec<String> = self.rows.iter().map(line).collect();
        let digest = Digest {
            export: exporter.export,
            firm: "demo".parse().expect("a firm"),
            at,
            filter: Map::new(),
            records: lines.len() as u64,
            head: self.head,
        };
        lines.push(exporter.end(&digest));
        lines.into_iter().map(String::into_bytes).collect()
    }

    fn exported(&self) -> Vec<Vec<u8>> {
        self.exported_at(start() + SignedDuration::from_hours(4))
    }
}

fn verdict(lines: &[Vec<u8>]) -> Verdict {
    verify(|| lines.iter().cloned(), None)
}

fn broken(lines: &[Vec<u8>]) -> (Kind, Place, u64, Option<RecordId>) {
    let verdict = verdict(lines);
    assert!(!verdict.whole);
    let Broken { kind, place, line, record, .. } = verdict.broken.expect("something is broken");
    (kind, place, line, record)
}

#[test]
fn what_nobody_touched_is_whole() {
    for records in [0, 1, 2, 40] {
        let verdict = verdict(&Log::of(records).exported());
        assert!(verdict.whole && verdict.complete, "{verdict:?}");
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
        prop_assert!(!verdict(&lines).whole);
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
    assert!(soon.whole && soon.not_chained_yet == 2, "{soon:?}");
    assert_eq!(broken(&log.exported_at(start() + OPEN_TIME + SignedDuration::from_mins(8))).0, Kind::Inserted);
}

#[test]
fn what_is_older_than_retention_may_be_missing_and_nothing_else() {
    let kept_until = |age: SignedDuration| start() + age + SignedDuration::from_mins(30);
    let mut log = Log::of(9);
    log.rows[3].0.retain(|name, _| name == "record");
    assert_eq!(broken(&log.exported_at(kept_until(policy::ACCESS_LOG_RETENTION - policy::DAY))).0, Kind::Removed);
    let verdict_later = verdict(&log.exported_at(kept_until(policy::ACCESS_LOG_RETENTION)));
    assert!(verdict_later.whole && verdict_later.no_longer_kept == 1, "{verdict_later:?}");
    log.rows.drain(..5);
    assert_eq!(broken(&log.exported_at(kept_until(policy::ACCESS_LOG_RETENTION))).0, Kind::Removed);
    assert!(verdict(&log.exported_at(kept_until(policy::CHAIN_RETENTION))).whole);
}

#[test]
fn a_digest_of_before_tells_another_chain() {
    let log = Log::of(9);
    let known = |log: &Log, by: &str| Vouched { entry: log.rows[4].1.clone().expect("it is chained"), public_key: signer(by).public_key() };
    let agrees = |known: &Vouched| verify(|| log.exported().into_iter(), Some(known)).agrees_with_digest;
    assert_eq!(agrees(&known(&Log::of(5), "own")), Some(true));
    assert_eq!(agrees(&known(&log, "another")), Some(false));
    let mut elsewhere = known(&log, "own");
    elsewhere.entry.link.place = 99;
    assert_eq!(agrees(&elsewhere), None, "its place is not in the export");
}

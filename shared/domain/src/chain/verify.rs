//! Verifying an export, with nothing but the export.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{
    ExportId, FirmId, RecordId,
    chain::{
        Digest, Entry, Link, OPEN_TIME, Vouched, digest,
        lines::{Line, RecordLine, claimed, read},
    },
    policy,
    signature::PublicKey,
};

/// How late the table may forget what has expired, with room to spare.
const FORGETS_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It was changed.
    Edited,
    /// It was taken out.
    Removed,
    /// It stands elsewhere than it stood.
    Reordered,
    /// It was put in.
    Inserted,
    /// From it on the end is missing.
    Truncated,
    /// It belongs to another chain than the digest that was given.
    OtherChain,
}

/// Where something was done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the export, after it was made.
    Export,
    /// In the log, before that.
    Log,
}

/// The first record that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// What became of it.
    pub kind: Kind,
    /// Where.
    pub place: Place,
    /// At which line of the export.
    pub line: u64,
    /// Which record; nothing if nothing tells its name any more, or if it is the last line, which is of none.
    pub record: Option<RecordId>,
    /// The record before it.
    pub after: Option<RecordId>,
}

/// What is to be said of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether all is as it was.
    pub whole: bool,
    /// The first record that is not.
    pub broken: Option<Broken>,
    /// Which export it is.
    pub export: Option<ExportId>,
    /// Whose log it is of.
    pub firm: Option<FirmId>,
    /// When it was asked for.
    pub at: Option<Timestamp>,
    /// Whether it was asked for without a filter: only then it would show that a record is missing in the log.
    pub complete: bool,
    /// Records that were found in order.
    pub records: u64,
    /// Of them, those that have no place in the chain yet: the newest.
    pub not_chained_yet: u64,
    /// Of them, those that the log no longer keeps.
    pub no_longer_kept: u64,
    /// The first and the last place of the chain that are in it.
    pub places: Option<(u64, u64)>,
    /// What the signatures were checked with. Whoever trusts none but these compares them with a digest of the bucket.
    pub keys: BTreeSet<PublicKey>,
    /// Whether the digest that was given is part of the same chain; nothing if none was given, or its place is not in the export.
    pub agrees_with_digest: Option<bool>,
}

/// Verifies an export, whose lines `open` gives, as often as it is asked to. `known` is a digest that was kept before.
pub fn verify<I: Iterator<Item = Vec<u8>>>(open: impl Fn() -> I, known: Option<&Vouched>) -> Verdict {
    let of_itself = open().filter_map(|line| read(&line, None));
    let mut first: Option<(ExportId, PublicKey)> = None;
    let mut last: Option<(Digest, PublicKey)> = None;
    for (line, key) in of_itself {
        match line {
            Line::Record(record) => first = first.or(Some((record.export, key))),
            Line::Digest(digest) => last = Some((digest, key)),
        }
    }
    // What the last line says holds for all of them; where it is missing, the first must do.
    let (export, key) = match &last {
        Some((digest, key)) => (digest.export, key.clone()),
        None => match first {
            Some(first) => first,
            None => return Verdict { broken: Some(nothing_signed()), ..Verdict::default() },
        },
    };
    let digest = last.map(|(digest, _)| digest);
    let mut reader = Reader {
        export,
        key,
        known,
        digest: digest.as_ref(),
        state: State::InOrder,
        verdict: Verdict::default(),
        next: 1,
        last: None,
        links: Vec::new(),
    };
    let mut ended = false;
    for (number, bytes) in (1..).zip(open()) {
        if ended {
            reader.found(reader.broken(Kind::Inserted, Place::Export, claimed(&bytes)));
            break;
        }
        ended = reader.take(number, &bytes);
        if reader.verdict.broken.is_some() {
            break;
        }
    }
    reader.end(ended)
}

fn nothing_signed() -> Broken {
    Broken { kind: Kind::Truncated, place: Place::Export, line: 1, record: None, after: None }
}

/// How it looks so far.
enum State {
    InOrder,
    /// A later line stands where `next` was expected: it is missing, unless it still comes.
    Gap {
        found: u64,
        record: RecordId,
    },
    /// That line came after all: the other one was moved before it, unless it comes once more and is a copy.
    Moved {
        found: u64,
        record: RecordId,
    },
    /// A line that nobody signed stands where `next` was expected: it is that one, unless that still comes.
    Unsigned {
        record: Option<RecordId>,
        is_line: bool,
    },
}

struct Reader<'a> {
    export: ExportId,
    key: PublicKey,
    known: Option<&'a Vouched>,
    digest: Option<&'a Digest>,
    state: State,
    verdict: Verdict,
    /// The line that is expected.
    next: u64,
    /// The record of the line before.
    last: Option<RecordId>,
    /// All places, with the line of each.
    links: Vec<(u64, Entry)>,
}

impl Reader<'_> {
    fn broken(&self, kind: Kind, place: Place, record: Option<RecordId>) -> Broken {
        Broken { kind, place, line: self.next, record, after: self.last }
    }

    fn found(&mut self, broken: Broken) {
        self.verdict.broken = Some(broken);
    }

    /// Takes the next line, and answers whether it is the last one of the export.
    fn take(&mut self, number: u64, bytes: &[u8]) -> bool {
        match read(bytes, Some(&self.key)) {
            Some((Line::Record(line), _)) if line.export == self.export => self.take_record(&line),
            Some((Line::Digest(digest), _)) if digest.export == self.export => {
                match self.state {
                    State::InOrder if digest.records + 1 != self.next => self.found(self.broken(Kind::Removed, Place::Export, None)),
                    State::Unsigned { record, .. } if digest.records + 1 == self.next => {
                        self.found(self.broken(Kind::Inserted, Place::Export, record));
                    }
                    _ => {}
                }
                return true;
            }
            _ if matches!(self.state, State::InOrder) => {
                debug_assert_eq!(number, self.next, "all before it were in order");
                let is_line = serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
                self.state = State::Unsigned { record: claimed(bytes), is_line };
            }
            _ => {}
        }
        false
    }

    fn take_record(&mut self, line: &RecordLine) {
        match &self.state {
            State::InOrder if line.line == self.next => {
                if let Some((kind, place)) = self.judge(line) {
                    self.found(self.broken(kind, place, Some(line.record)));
                    return;
                }
                (self.next, self.last, self.verdict.records) = (self.next + 1, Some(line.record), self.verdict.records + 1);
            }
            // One that was there already.
            State::InOrder if line.line < self.next => self.found(self.broken(Kind::Inserted, Place::Export, Some(line.record))),
            State::InOrder => self.state = State::Gap { found: line.line, record: line.record },
            State::Gap { found, record } if line.line == self.next => self.state = State::Moved { found: *found, record: *record },
            State::Gap { found, record } | State::Moved { found, record } if line.line == *found => {
                self.found(self.broken(Kind::Inserted, Place::Export, Some(*record)));
            }
            State::Unsigned { record, .. } if line.line == self.next => self.found(self.broken(Kind::Inserted, Place::Export, *record)),
            State::Gap { .. } | State::Moved { .. } | State::Unsigned { .. } => {}
        }
    }

    /// What was done in the log to the record of a line that is as it was exported.
    fn judge(&mut self, line: &RecordLine) -> Option<(Kind, Place)> {
        let at = self.digest.map(|digest| digest.at);
        let older_than = |age: SignedDuration| at.is_some_and(|at| line.record.at() < at - age);
        let Some(chain @ Vouched { entry, public_key }) = &line.chain else {
            self.verdict.not_chained_yet += 1;
            return older_than(OPEN_TIME).then_some((Kind::Inserted, Place::Log));
        };
        let stands = entry.link.record == line.record && line.hash == Some(entry.hash) && chain.holds();
        let is_same =
            |row| digest(row) == entry.link.digest && row.get("record").and_then(|id| id.as_str()) == Some(&line.record.to_string());
        if !stands || line.sealed.as_ref().is_some_and(|row| !is_same(row)) {
            return Some((Kind::Edited, Place::Log));
        }
        if line.sealed.is_none() {
            self.verdict.no_longer_kept += 1;
            if at.is_some() && !older_than(policy::ACCESS_LOG_RETENTION) {
                return Some((Kind::Removed, Place::Log));
            }
        }
        let same_place = |known: &&Vouched| (&known.entry.link.firm, known.entry.link.place) == (&entry.link.firm, entry.link.place);
        if let Some(known) = self.known.filter(same_place) {
            let agrees = known.holds() && known == chain;
            self.verdict.agrees_with_digest = Some(agrees);
            if !agrees {
                return Some((Kind::OtherChain, Place::Log));
            }
        }
        self.verdict.keys.insert(public_key.clone());
        self.links.push((line.line, entry.clone()));
        None
    }

    fn end(mut self, ended: bool) -> Verdict {
        if self.verdict.broken.is_none() {
            let broken = match self.state {
                State::Gap { .. } => Some(self.broken(Kind::Removed, Place::Export, None)),
                State::Moved { record, .. } => Some(self.broken(Kind::Reordered, Place::Export, Some(record))),
                State::InOrder | State::Unsigned { is_line: false, .. } if !ended => {
                    Some(self.broken(Kind::Truncated, Place::Export, None))
                }
                State::Unsigned { record, .. } => Some(self.broken(Kind::Edited, Place::Export, record)),
                State::InOrder => self.missing_place(),
            };
            self.verdict.broken = broken;
        }
        self.verdict.keys.insert(self.key);
        let places = |links: &[(u64, Entry)]| Some((links.first()?.1.link.place, links.last()?.1.link.place));
        Verdict {
            whole: self.verdict.broken.is_none(),
            export: Some(self.export),
            firm: self.digest.map(|digest| digest.firm.clone()),
            at: self.digest.map(|digest| digest.at),
            complete: self.digest.is_some_and(|digest| digest.filter.is_empty()),
            places: places(&self.links),
            ..self.verdict
        }
    }

    /// The first place of the chain that is missing, if all of the log was asked for.
    fn missing_place(&mut self) -> Option<Broken> {
        self.links.sort_unstable_by_key(|(_, entry)| entry.link.place);
        let digest = self.digest.filter(|digest| digest.filter.is_empty())?;
        // What was chained before this may be forgotten.
        let forgotten = digest.at - policy::CHAIN_RETENTION + FORGETS_WITHIN;
        let broken = |kind, line, record, after| Some(Broken { kind, place: Place::Log, line, record, after });
        let mut before: Option<&Entry> = None;
        for (line, entry) in &self.links {
            let Link { place, previous, began_at, chained_at, record, .. } = &entry.link;
            let (expected, hash) = before.map_or((1, None), |before| (before.link.place + 1, Some(before.hash)));
            let after = before.map(|before| before.link.record);
            if *place < expected || (*place == expected && hash.is_some_and(|hash| hash != *previous)) {
                return broken(Kind::Inserted, *line, Some(*record), after);
            }
            let excused = *chained_at < forgotten || (before.is_none() && *began_at < forgotten);
            if *place > expected && !excused {
                return broken(Kind::Removed, *line, None, after);
            }
            before = Some(entry);
        }
        let last = before.map_or(0, |before| before.link.place);
        if last < digest.head {
            return broken(Kind::Removed, self.next, None, before.map(|before| before.link.record));
        }
        None
    }
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;

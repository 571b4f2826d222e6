//! Verifying an export, with nothing but the export and what vouches for it from outside.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{
    ExportId, FirmId, RecordId,
    chain::{
        Digest, Entry, Link, OPEN_TIME, Vouched, digest,
        lines::{Line, RecordLine, claimed, read},
        shown,
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
    /// It belongs to another chain than a digest that was given.
    OtherChain,
    /// It is signed with a key that is none of those that are trusted.
    OtherKey,
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

/// What is trusted of all that an export could say of itself.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Digests that were kept before, as the bucket has them: their keys are trusted, and the export has to tell the same chain.
    pub digests: Vec<Vouched>,
    /// Public keys that are known otherwise.
    pub keys: BTreeSet<PublicKey>,
}

impl Trust {
    fn keys(&self) -> BTreeSet<PublicKey> {
        let of_digests = self.digests.iter().filter(|digest| digest.holds()).map(|digest| digest.public_key.clone());
        self.keys.iter().cloned().chain(of_digests).collect()
    }
}

/// What is to be said of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether all is as it was; nothing if nothing shows otherwise, and nothing vouches for that either.
    pub whole: Option<bool>,
    /// The same in words, with what it hangs on.
    pub says: String,
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
    /// Of them, those that have no place in the chain yet: the newest, and those of before there was one.
    pub not_chained_yet: u64,
    /// Of them, those that the log no longer keeps.
    pub no_longer_kept: u64,
    /// The first and the last place of the chain that are in it.
    pub places: Option<(u64, u64)>,
    /// What the signatures were checked with.
    pub keys: BTreeSet<PublicKey>,
    /// Whether the digests that were given are part of the same chain; nothing if none was given, or the place of one is not in the export.
    pub agrees_with_digest: Option<bool>,
}

/// Verifies an export, whose lines `open` gives, as often as it is asked to. Keys that it names itself show that its parts fit each other, and no more:
/// so that all is as it was, is said only by what is in `trust`.
pub fn verify<I: Iterator<Item = Vec<u8>>>(open: impl Fn() -> I, trust: &Trust) -> Verdict {
    let trusted = trust.keys();
    let of_itself = open().filter_map(|line| read(&line, |key| trusted.is_empty() || trusted.contains(key)));
    let mut first: Option<(ExportId, PublicKey)> = None;
    let mut last: Option<(Digest, PublicKey)> = None;
    for (line, key) in of_itself {
        match line {
            Line::Record(record) => first = first.or(Some((record.export, key))),
            Line::Digest(digest) => last = Some((digest, key)),
        }
    }
    // What the last line says holds for all of them; where it is missing, the first must do.
    let Some((export, key)) = last.as_ref().map(|(digest, key)| (digest.export, key.clone())).or(first) else {
        let kind = if open().any(|line| read(&line, |_| true).is_some()) { Kind::OtherKey } else { Kind::Truncated };
        let broken = Some(Broken { kind, place: Place::Export, line: 1, record: None, after: None });
        return Verdict { whole: Some(false), says: BROKEN.to_owned(), broken, ..Verdict::default() };
    };
    let digest = last.map(|(digest, _)| digest);
    let mut reader = Reader {
        export,
        keys: if trusted.is_empty() { BTreeSet::from([key]) } else { trusted },
        trust,
        met: BTreeSet::new(),
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

const BROKEN: &str = "It is not as it was: `broken` names the first record that is not.";
const NOTHING_VOUCHES: &str = "Its parts fit each other, and nothing from outside vouches for it: whoever holds the file can change it and sign all of it anew \
    with a key of their own. Give a digest of the bucket, or a public key that you know from elsewhere.";
const NOT_COMPARED: &str = "Its parts fit each other, and the place of a digest that was given is not among its `places`, so that the chain could not be compared \
    with it. Give a digest of one of them.";
const WHOLE: &str = "All that was written down until then is in it, as it was written down.";
const WHOLE_BY_FILTER: &str = "What is in it is as it was written down. That nothing of what was asked for is missing in the log, only an export without a filter shows.";

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
    /// With what its lines are signed.
    keys: BTreeSet<PublicKey>,
    trust: &'a Trust,
    /// Places of digests that were found.
    met: BTreeSet<u64>,
    digest: Option<&'a Digest>,
    state: State,
    verdict: Verdict,
    /// The line that is expected.
    next: u64,
    /// The record of the line before.
    last: Option<RecordId>,
    /// All places, with the line of each.
    links: Vec<(u64, Vouched)>,
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
        match read(bytes, |key| self.keys.contains(key)) {
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

    /// What was done to the record of a line that is as it was signed.
    fn judge(&mut self, line: &RecordLine) -> Option<(Kind, Place)> {
        let at = self.digest.map(|digest| digest.at);
        let older_than = |age: SignedDuration| at.is_some_and(|at| line.record.at() < at - age);
        if line.sealed.as_ref().is_some_and(|row| !shown::agrees(&line.shown, row)) {
            return Some((Kind::Edited, Place::Export));
        }
        let Some(chain @ Vouched { entry, public_key }) = &line.chain else {
            self.verdict.not_chained_yet += 1;
            return self.has_to_be_chained(line.record.at()).then_some((Kind::Inserted, Place::Log));
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
        for known in self.trust.digests.iter().filter(same_place) {
            if !known.holds() || known != chain {
                self.verdict.agrees_with_digest = Some(false);
                return Some((Kind::OtherChain, Place::Log));
            }
            self.met.insert(known.entry.link.place);
        }
        self.verdict.keys.insert(public_key.clone());
        self.links.push((line.line, chain.clone()));
        None
    }

    /// Whether a record of this instant has to have its place: the chain had begun by then, and has long grown beyond it.
    fn has_to_be_chained(&self, at: Timestamp) -> bool {
        self.digest.is_some_and(|digest| {
            at < digest.grew_at.unwrap_or(digest.at) - OPEN_TIME && digest.began_at.is_none_or(|began_at| began_at <= at)
        })
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
                State::InOrder => self.missing_place().or_else(|| self.other_key()),
            };
            self.verdict.broken = broken;
        }
        let are_met = self.trust.digests.iter().all(|digest| self.met.contains(&digest.entry.link.place));
        let complete = self.digest.is_some_and(|digest| digest.filter.is_empty());
        let (whole, says) = match &self.verdict.broken {
            Some(_) => (Some(false), BROKEN),
            None if self.trust.keys().is_empty() => (None, NOTHING_VOUCHES),
            None if !are_met => (None, NOT_COMPARED),
            None => (Some(true), if complete { WHOLE } else { WHOLE_BY_FILTER }),
        };
        self.verdict.keys.append(&mut self.keys);
        let places = |links: &[(u64, Vouched)]| Some((links.first()?.1.entry.link.place, links.last()?.1.entry.link.place));
        let agrees = (!self.trust.digests.is_empty() && are_met).then_some(true);
        Verdict {
            whole,
            says: says.to_owned(),
            agrees_with_digest: self.verdict.agrees_with_digest.or(agrees),
            export: Some(self.export),
            firm: self.digest.map(|digest| digest.firm.clone()),
            at: self.digest.map(|digest| digest.at),
            complete,
            places: places(&self.links),
            ..self.verdict
        }
    }

    /// The first place of the chain that is missing, if all of the log was asked for.
    fn missing_place(&mut self) -> Option<Broken> {
        self.links.sort_unstable_by_key(|(_, chain)| chain.entry.link.place);
        let digest = self.digest.filter(|digest| digest.filter.is_empty())?;
        // What was chained before this may be forgotten.
        let forgotten = digest.at - policy::CHAIN_RETENTION + FORGETS_WITHIN;
        let broken = |kind, line, record, after| Some(Broken { kind, place: Place::Log, line, record, after });
        let mut before: Option<&Entry> = None;
        for (line, Vouched { entry, .. }) in &self.links {
            let Link { place, previous, began_at, chained_at, record, .. } = &entry.link;
            let (expected, hash) = before.map_or((1, None), |before| (before.link.place + 1, Some(before.hash)));
            let after = before.map(|before| before.link.record);
            if *place < expected || (*place == expected && hash.is_some_and(|hash| hash != *previous)) {
                return broken(Kind::Inserted, *line, Some(*record), after);
            }
            let excused = *chained_at < forgotten || (before.is_none() && *began_at < forgotten);
            // What got its place after that may be missing: it is none of what was asked for.
            if *place > expected && expected <= digest.head && !excused {
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

    /// The first place that no trusted key vouches for: neither its own, nor that of the next place, whose hash stands for all before it.
    fn other_key(&self) -> Option<Broken> {
        let (mut next, mut found): (Option<&Entry>, _) = (None, None);
        for (line, Vouched { entry, public_key }) in self.links.iter().rev().filter(|_| !self.trust.keys().is_empty()) {
            let stands_for_it = |next: &Entry| (next.link.place, next.link.previous) == (entry.link.place + 1, entry.hash);
            if self.keys.contains(public_key) || next.is_some_and(stands_for_it) {
                next = Some(entry);
            } else {
                let record = Some(entry.link.record);
                (next, found) = (None, Some(Broken { kind: Kind::OtherKey, place: Place::Log, line: *line, record, after: None }));
            }
        }
        found
    }
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;

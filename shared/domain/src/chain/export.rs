//! Exports of the log that prove themselves: one record a line, and a signed digest of all of them as the last.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    ExportId, FirmId,
    chain::{Row, Vouched, canonical, lines::signed_line},
    signature::Signer,
};

/// How old a record may be that is not chained yet.
pub const OPEN_TIME: SignedDuration = SignedDuration::from_hours(2);

/// Writes the lines of one export.
#[derive(Debug)]
pub struct Exporter<'a> {
    /// Which export it is; each line says so, so that none of another can stand in its place.
    pub export: ExportId,
    /// What signs it.
    pub signer: &'a Signer,
    /// Lines that were written.
    pub lines: u64,
}

/// What an export says of one record.
#[derive(Debug)]
pub struct Exported {
    /// The record as those who may read the log see it; of one that the log no longer keeps, its id alone.
    pub shown: Map<String, Value>,
    /// The record as the table holds it, unless the log no longer keeps it.
    pub sealed: Option<Row>,
    /// Its place in the chain, if it has one yet.
    pub chain: Option<Vouched>,
}

/// What an export says of itself in its last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Which export it is.
    pub export: ExportId,
    /// Whose log it is of.
    pub firm: FirmId,
    /// When it was asked for.
    pub at: Timestamp,
    /// What was asked for; all of the log, if nothing.
    pub filter: Map<String, Value>,
    /// How many records it has.
    pub records: u64,
    /// How long the chain was when it was asked for.
    pub head: u64,
    /// When that chain began: what is older may have no place yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Timestamp>,
    /// When it grew last: what is newer may have no place yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grew_at: Option<Timestamp>,
}

impl Exporter<'_> {
    /// The next line.
    pub fn line(&mut self, exported: Exported) -> String {
        self.lines += 1;
        let Exported { shown: mut line, sealed, chain } = exported;
        let hash = chain.as_ref().map(|chain| chain.entry.hash);
        let own = json!({"export": self.export, "line": self.lines, "sealed": sealed, "hash": hash, "chain": chain});
        line.extend(own.as_object().cloned().unwrap_or_default());
        self.signed(line)
    }

    /// The last line.
    pub fn end(&self, digest: &Digest) -> String {
        self.signed(Map::from_iter([("digest".to_owned(), json!(digest))]))
    }

    fn signed(&self, mut line: Map<String, Value>) -> String {
        line.insert("key".to_owned(), json!(self.signer.public_key()));
        let signature = self.signer.sign(&signed_line(&line));
        line.insert("signature".to_owned(), json!(signature));
        String::from_utf8(canonical(&line)).expect("JSON is UTF-8")
    }
}

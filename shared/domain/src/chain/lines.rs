//! One line of an export, as it is read.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    ExportId, RecordId,
    chain::{Digest, Row, Vouched, canonical},
    document::Sha256Hex,
    signature::{PublicKey, Signature},
};

/// What is signed of a line begins with this.
const LINE: &[u8] = b"postern line\n";

/// What is signed of `line`, which has no signature yet.
pub(super) fn signed_line(line: &Map<String, Value>) -> Vec<u8> {
    [LINE, &canonical(line)].concat()
}

/// A line that is as it was signed.
pub(super) enum Line {
    Record(Box<RecordLine>),
    Digest(Digest),
}

/// The line of a record, with what it shows: what the log's readers see.
#[derive(Deserialize)]
pub(super) struct RecordLine {
    pub export: ExportId,
    pub line: u64,
    pub record: RecordId,
    pub sealed: Option<Row>,
    pub hash: Option<Sha256Hex>,
    pub chain: Option<Vouched>,
    #[serde(flatten)]
    pub shown: Map<String, Value>,
}

/// Reads a line that was signed with a key that `is_taken`; nothing if it is not as it was signed.
pub(super) fn read(bytes: &[u8], is_taken: impl Fn(&PublicKey) -> bool) -> Option<(Line, PublicKey)> {
    let mut line: Map<String, Value> = serde_json::from_slice(bytes).ok()?;
    // Written in any other way, it is not what was signed, whatever it means.
    if canonical(&line) != bytes {
        return None;
    }
    let signature: Signature = serde_json::from_value(line.remove("signature")?).ok()?;
    let key: PublicKey = serde_json::from_value(line.get("key")?.clone()).ok()?;
    if !is_taken(&key) || !key.verifies(&signature, &signed_line(&line)) {
        return None;
    }
    let line = match line.get_mut("digest") {
        Some(digest) => Line::Digest(serde_json::from_value(digest.take()).ok()?),
        None => Line::Record(serde_json::from_value(Value::Object(line)).ok()?),
    };
    Some((line, key))
}

/// The record that a line claims to be of, whether or not that is true.
pub(super) fn claimed(bytes: &[u8]) -> Option<RecordId> {
    serde_json::from_slice::<Value>(bytes).ok()?["record"].as_str()?.parse().ok()
}

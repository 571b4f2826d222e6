//! Exporting the access log, portion by portion.

use std::collections::{BTreeMap, HashMap};

use postern_aws::{Unavailable, reach};
use postern_domain::{
    FirmScope, RecordId,
    chain::{Digest, Entry, Exported, Exporter, Row, Vouched},
    keys::KeyId,
    log_export::{Format, LogExport, Progress, safe_cell},
    sealed_record::ERASED,
    signature::PublicKey,
};
use postern_store::{Chain, ChainKeys, LogRows, Span};
use serde_json::{Map, Value, json};

use crate::{Acquaintances, ReadLog, RecordView};

/// Records that are looked at in one portion.
const PORTION: u16 = 500;

/// By which spreadsheets know that a file is in UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The columns of an export for spreadsheets, by the names of a record's members.
const COLUMNS: [&str; 18] = [
    "at",
    "outcome",
    "message",
    "contact_name",
    "contact",
    "client",
    "staff",
    "email",
    "gate",
    "ip",
    "user_agent",
    "locks_until",
    "channel",
    "delivery",
    "message_id",
    "attempt",
    "record",
    "request_id",
];

reach! {
    /// What it takes to export the log.
    pub struct ExportLog {
        log_rows: LogRows [Query, QueryIndex],
        chain: Chain [Query, BatchGetItem],
        chain_keys: ChainKeys,
        read_log: ReadLog,
    }
}

/// A part of an export.
#[derive(Debug)]
pub struct Portion {
    /// Its lines.
    pub text: String,
    /// How far the export has come with it.
    pub progress: Progress,
    /// Whether it is the last one.
    pub is_last: bool,
}

/// One record, or what is left of it, at its place.
#[derive(Default)]
struct Found {
    row: Option<Row>,
    entry: Option<Entry>,
}

impl ExportLog {
    /// The portion of `export` that begins where it has come to by `progress`. Of whom `known` has nothing yet is read.
    ///
    /// # Errors
    /// If the store fails, or keys cannot be had.
    pub async fn portion(&self, export: &LogExport, progress: Progress, known: &mut Acquaintances) -> Result<Portion, Unavailable> {
        let (scope, (from, to), is_first) = (export.scope(), export.span(), progress.after.is_none());
        let span = Span { from, to, after: progress.after, up_to: None };
        let (rows, up_to) = self.log_rows.rows(&scope, export.filter.contact, &span, PORTION).await?;
        let (is_last, is_json) = (up_to.is_none(), export.format == Format::Json);
        // To its very end, where no record follows: of those that the log no longer keeps, the chain still tells, of all of the log.
        let span = Span { up_to, ..span };
        let entries = if is_json && export.filter.takes_all() { self.chain.entries(&scope, &span).await? } else { Vec::new() };
        let mut found: BTreeMap<RecordId, Found> = BTreeMap::new();
        for row in rows {
            if let Some(record) = id(&row) {
                found.entry(record).or_default().row = Some(row);
            }
        }
        for entry in entries {
            let record = entry.link.record;
            found.entry(record).or_default().entry = Some(entry);
        }
        let after = found.keys().next_back().copied().or(progress.after);
        let mut found = self.fitting(export, &scope, found, known).await?;
        if is_json && !export.filter.takes_all() {
            self.place(&scope, &mut found).await?;
        }
        let mut progress = Progress { after, ..progress };
        let text = match export.format {
            Format::Json => self.lines(export, &mut progress, found, is_last).await?,
            Format::Csv => table(&mut progress, is_first, found),
        };
        Ok(Portion { text, progress, is_last })
    }

    /// What is meant of `found`, each with what it shows.
    async fn fitting(
        &self,
        export: &LogExport,
        scope: &FirmScope,
        mut found: BTreeMap<RecordId, Found>,
        known: &mut Acquaintances,
    ) -> Result<Vec<(Map<String, Value>, Found)>, Unavailable> {
        let filter = &export.filter;
        let sealed = found.values().filter_map(|found| serde_json::from_value(Value::Object(found.row.clone()?)).ok());
        let sealed = sealed.filter(|record| filter.may_take(record)).collect();
        let mut fitting = BTreeMap::new();
        for opened in self.read_log.opened(scope, sealed, known).await? {
            let id = opened.record.record;
            let Some(found) = found.remove(&id).filter(|_| opened.is_taken_by(filter)) else { continue };
            let Ok(Value::Object(shown)) = serde_json::to_value(RecordView::from(opened)) else { continue };
            fitting.insert(id, (shown, found));
        }
        // What is gone, or only a newer version can read, belongs to no filter, and to the whole of the log.
        let rest = found.into_iter().filter(|_| filter.takes_all());
        fitting.extend(rest.map(|(id, found)| (id, (Map::from_iter([("record".to_owned(), json!(id))]), found))));
        Ok(fitting.into_values().collect())
    }

    /// Finds the places of a few records, wherever in the chain they are.
    async fn place(&self, scope: &FirmScope, found: &mut [(Map<String, Value>, Found)]) -> Result<(), Unavailable> {
        let records: Vec<RecordId> = found.iter().filter_map(|(_, found)| id(found.row.as_ref()?)).collect();
        let entries = self.chain.of(scope, &records).await?;
        let mut entries: HashMap<RecordId, Entry> = entries.into_iter().map(|entry| (entry.link.record, entry)).collect();
        for (_, found) in found {
            found.entry = found.row.as_ref().and_then(id).and_then(|record| entries.remove(&record));
        }
        Ok(())
    }

    async fn lines(
        &self,
        export: &LogExport,
        progress: &mut Progress,
        found: Vec<(Map<String, Value>, Found)>,
        is_last: bool,
    ) -> Result<String, Unavailable> {
        let signer = self.chain_keys.current().await?;
        let mut exporter = Exporter { export: export.export, signer: &signer, lines: progress.lines };
        let mut keys: BTreeMap<String, PublicKey> = BTreeMap::new();
        let mut text = String::new();
        for (shown, Found { row, entry }) in found {
            let chain = match entry {
                Some(entry) => Some(Vouched { public_key: self.public_key(&mut keys, &entry.key).await?, entry }),
                None => None,
            };
            text.push_str(&exporter.line(Exported { shown, sealed: row, chain }));
            text.push('\n');
        }
        progress.lines = exporter.lines;
        if is_last {
            let LogExport { export, firm, asked_at, filter, head, began_at, grew_at, .. } = export;
            let (firm, at, filter, records) = (firm.clone(), *asked_at, filter.told(), progress.lines);
            let digest = Digest { export: *export, firm, at, filter, records, head: *head, began_at: *began_at, grew_at: *grew_at };
            text.push_str(&exporter.end(&digest));
            text.push('\n');
        }
        Ok(text)
    }

    async fn public_key(&self, keys: &mut BTreeMap<String, PublicKey>, id: &KeyId) -> Result<PublicKey, Unavailable> {
        if let Some(key) = keys.get(&id.0) {
            return Ok(key.clone());
        }
        let key = self.chain_keys.public(id).await?;
        keys.insert(id.0.clone(), key.clone());
        Ok(key)
    }
}

fn id(row: &Row) -> Option<RecordId> {
    row.get("sk")?.as_str()?.parse().ok()
}

/// The rows of a table, with their head where they are the first; in no cell anything that a spreadsheet would carry out.
fn table(progress: &mut Progress, is_first: bool, found: Vec<(Map<String, Value>, Found)>) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let write =
        |writer: &mut csv::Writer<Vec<u8>>, cells: Vec<String>| writer.write_record(cells).expect("memory takes it, and rows are alike");
    if is_first {
        write(&mut writer, COLUMNS.map(str::to_owned).to_vec());
    }
    for (shown, _) in found {
        let is_erased =
            |name: &str| shown.get("erased").and_then(Value::as_array).is_some_and(|erased| erased.iter().any(|member| member == name));
        let cell = |name: &&str| match &shown.get(*name) {
            _ if is_erased(name) => ERASED.to_owned(),
            Some(Value::String(text)) => safe_cell(text.clone()),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        write(&mut writer, COLUMNS.iter().map(cell).collect());
        progress.lines += 1;
    }
    let cells = String::from_utf8(writer.into_inner().expect("memory takes it")).expect("cells are text");
    if is_first { format!("{BYTE_ORDER_MARK}{cells}") } else { cells }
}

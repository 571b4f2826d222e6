//! Gives each record of the access log its place in the chain of its firm, and puts the digest of all so far where nobody can change it.
//! Driven by the log's stream, and each hour for what that did not bring to an end; no route names it.
//!
//! A record has its place within a minute or so, and within two hours whatever fails in between. In what order the stream brings records,
//! how often, and to how many workers at once is all one: a place is given by one transaction, on condition that the head of the chain is
//! the one that it was made for, and that the record has none.

mod stream;
mod sweep;

use std::collections::{BTreeMap, BTreeSet};

use postern_aws::{Unavailable, reach};
use postern_domain::{
    Clock, Dice, FirmScope, RecordId,
    chain::{Entry, Row, Vouched, digest, named},
    document::Sha256Hex,
};
use postern_files::Digests;
use postern_store::{APPENDED_AT_ONCE, Chain, ChainKeys, LogRows, Turn, settle};
use serde_json::Value;

/// The name of the function.
pub const NAME: &str = "chain-log";

reach! {
    log_rows: LogRows [Query],
    chain: Chain [GetItem, BatchGetItem, PutItem, Query],
    chain_keys: ChainKeys,
    digests: Digests [PutObject],
    clock: Clock,
    dice: Dice,
}

/// Why records were not chained.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The head of a chain is not as it was signed: nothing may be built on it.
    #[error("the head of the chain of {0} is not as it was signed")]
    Forged(String),
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Chains the records of a batch; without a batch, all that have no place yet.
///
/// # Errors
/// If some could not be chained: the batch comes again.
pub async fn handle(reach: Reach, event: Value) -> Result<(), ChainError> {
    // On the heap: futures of the SDK are large, and these hold several.
    match event["Records"].as_array() {
        Some(records) => Box::pin(reach.chain_batch(records)).await,
        None => Box::pin(reach.sweep()).await,
    }
}

impl Reach {
    async fn chain_batch(&self, records: &[Value]) -> Result<(), ChainError> {
        let mut by_firm: BTreeMap<String, (FirmScope, Vec<(RecordId, Sha256Hex)>)> = BTreeMap::new();
        for row in records.iter().filter_map(|record| stream::new_row(record, self.clock.now())) {
            let Some((scope, record)) = placed(&row) else { continue };
            by_firm.entry(scope.firm().to_string()).or_insert_with(|| (scope, Vec::new())).1.push(record);
        }
        // One firm's fault keeps no other firm waiting.
        let mut failed = Ok(());
        for (scope, records) in by_firm.into_values() {
            failed = failed.and(self.chain(&scope, &records).await);
        }
        failed
    }

    /// Gives those of `records` a place that have none, and publishes the digest. If it ended between both the last time, only that is left.
    async fn chain(&self, scope: &FirmScope, records: &[(RecordId, Sha256Hex)]) -> Result<(), ChainError> {
        for records in records.chunks(APPENDED_AT_ONCE) {
            let head = settle(&self.dice, (), |()| Box::pin(self.append(scope, records))).await?;
            if let Some(head) = head {
                let public_key = self.chain_keys.public(&head.key).await?;
                let (digest, checksum) = Vouched { entry: head.clone(), public_key }.written();
                self.digests.put(&format!("{}/{:012}.json", scope.firm(), head.link.place), digest, &checksum).await?;
            }
        }
        Ok(())
    }

    /// Appends `records` to the chain as it is now, and answers with its head, unless another worker was faster.
    async fn append(&self, scope: &FirmScope, records: &[(RecordId, Sha256Hex)]) -> Result<Turn<Option<Entry>, ()>, ChainError> {
        let signer = self.chain_keys.current().await?;
        // The head first: what gets its place after this moves the head.
        let head = self.chain.head(scope).await?;
        if let Some(head) = &head
            && !head.is_signed_with(&self.chain_keys.public(&head.key).await?)
        {
            tracing::error!(firm = %scope.firm(), place = head.link.place, fate = "log-changed", "the head of a chain is not as it was signed");
            return Err(ChainError::Forged(scope.firm().to_string()));
        }
        // Of one that comes twice in a batch the store takes one.
        let ids: BTreeSet<_> = records.iter().map(|(record, _)| *record).collect();
        let mut placed = self.chain.placed(scope, &ids).await?;
        let mut entries: Vec<Entry> = Vec::new();
        for record in records {
            if placed.insert(record.0) {
                let before = entries.last().or(head.as_ref());
                entries.push(Entry::after(before, scope.firm(), *record, self.clock.now(), &signer));
            }
        }
        if !self.chain.append(head.as_ref(), &entries).await? {
            return Ok(Turn::Again(()));
        }
        Ok(Turn::Done(entries.pop().or(head)))
    }
}

/// What there is to chain of a row, and in whose chain.
fn placed(row: &Row) -> Option<(FirmScope, (RecordId, Sha256Hex))> {
    let (scope, record) = named(row).or_else(|| {
        tracing::error!(fate = "log-changed", "a row of the access log is no record");
        None
    })?;
    Some((scope, (record, digest(row))))
}

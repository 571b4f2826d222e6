//! The chain of the access log. It stands beside the log and is derived from it, so that it is the one thing that is written without a record.

use std::collections::{BTreeSet, HashSet};

use futures_util::future::try_join_all;
use postern_aws::Unavailable;
use postern_domain::{
    FirmScope, RecordId,
    chain::{Entry, Link},
    policy,
};
use serde::{Deserialize, Serialize};

use crate::{
    access_log::Span,
    commit::{self, CommitError, Condition, Part, Write, is_new},
    item::{AT_ONCE, Place, Table, bodies, body, item, table, value},
    key,
};

/// The table of the chain's entries.
#[derive(Debug, Clone)]
pub struct Chain(Table);

table!(Chain = "CHAIN_TABLE", indexes & []);

/// Entries that one transaction appends at most, beside the head.
pub const APPENDED_AT_ONCE: usize = 50;

/// How far the log was looked through for what the stream did not bring.
#[derive(Debug, Serialize, Deserialize)]
struct Swept {
    record: RecordId,
}

impl Chain {
    /// The last entry of the chain of a firm.
    pub async fn head(&self, scope: &FirmScope) -> Result<Option<Entry>, Unavailable> {
        self.0.get(&key::chain_head(scope)).await
    }

    /// Those of `records` that have their place (at most 100 are asked for).
    pub async fn placed(&self, scope: &FirmScope, records: &BTreeSet<RecordId>) -> Result<HashSet<RecordId>, Unavailable> {
        let places: Vec<Place> = records.iter().map(|record| key::chain_entry(scope, *record)).collect();
        let entries = self.0.get_many(&places, true).await?.into_iter().map(body::<Link>).collect::<Result<Vec<_>, _>>()?;
        Ok(entries.into_iter().map(|link| link.record).collect())
    }

    /// The entries of those of `records` that have their place.
    pub async fn of(&self, scope: &FirmScope, records: &[RecordId]) -> Result<Vec<Entry>, Unavailable> {
        let places: Vec<Place> = records.iter().map(|record| key::chain_entry(scope, *record)).collect();
        let found = try_join_all(places.chunks(AT_ONCE).map(|places| self.0.get_many(places, true))).await?;
        found.into_iter().flatten().map(body).collect()
    }

    /// Appends `entries`, of which the last is the head from then on, and answers whether `head` still was it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn append(&self, head: Option<&Entry>, entries: &[Entry]) -> Result<bool, Unavailable> {
        let Some(last) = entries.last() else { return Ok(true) };
        let unchanged = match head {
            None => is_new(),
            Some(head) => Condition::new("#place = :seen").naming("#place", "place").with(":seen", value(head.link.place)),
        };
        let scope = last.link.scope();
        let row = |place: &Place, entry: &Entry, ttl| item(place, ttl, entry);
        let put = |entry: &Entry| {
            let ttl = Some(entry.link.chained_at + policy::CHAIN_RETENTION);
            Write::put(Part::Chained, &self.0, row(&key::chain_entry(&scope, entry.link.record), entry, ttl), is_new())
        };
        let head = Write::put(Part::ChainHead, &self.0, row(&key::chain_head(&scope), last, None), unchanged);
        let writes = entries.iter().map(put).chain([head]).collect();
        match commit::commit(&self.0.client, &self.0.dice, writes).await {
            Ok(()) => Ok(true),
            Err(CommitError::Refused(_)) => Ok(false),
            Err(CommitError::Unavailable(error)) => Err(error),
        }
    }

    /// The entries of the records of `span`, in the order of records.
    pub async fn entries(&self, scope: &FirmScope, span: &Span) -> Result<Vec<Entry>, Unavailable> {
        let Some((from, to)) = span.bounds() else { return Ok(Vec::new()) };
        let query = (self.0.client.query().table_name(&self.0.name))
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", value(key::chain(scope)))
            .expression_attribute_values(":from", value(from))
            .expression_attribute_values(":to", value(to));
        let (mut entries, mut start) = (Vec::new(), None);
        loop {
            let answer = query.clone().set_exclusive_start_key(start).send().await.map_err(Unavailable::new)?;
            for item in answer.items.unwrap_or_default() {
                entries.push(body(item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(entries);
            }
        }
    }

    /// The heads of at most 100 chains, of the firms after the one of `after`.
    pub async fn heads(&self, after: Option<&Entry>) -> Result<Vec<Entry>, Unavailable> {
        let start = after.map(|after| key::chain_head(&after.link.scope()).key());
        let query = (self.0.client.query().table_name(&self.0.name))
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", value(key::CHAIN_HEADS))
            .set_exclusive_start_key(start)
            .limit(100);
        Ok(bodies(query.send().await.map_err(Unavailable::new)?.items.unwrap_or_default()))
    }

    /// Up to which record the log of a firm was looked through.
    pub async fn swept(&self, scope: &FirmScope) -> Result<Option<RecordId>, Unavailable> {
        Ok(self.0.get::<Swept>(&key::chain_swept(scope)).await?.map(|swept| swept.record))
    }

    /// Remembers up to which record it was.
    pub async fn remember_swept(&self, scope: &FirmScope, record: RecordId) -> Result<(), Unavailable> {
        let row = item(&key::chain_swept(scope), None, &Swept { record });
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(row));
        put.send().await.map(drop).map_err(Unavailable::new)
    }
}

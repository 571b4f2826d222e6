//! The chain of the access log. It stands beside the log and is derived from it, so that it is the one thing that is written without a record.

use std::collections::{BTreeSet, HashSet};

use postern_aws::Unavailable;
use postern_domain::{
    FirmScope, RecordId,
    chain::{Entry, Link},
    policy,
};
use serde::{Deserialize, Serialize};

use crate::{
    commit::{self, CommitError, Condition, Part, Write, is_new},
    item::{Place, Table, bodies, body, item, table, value},
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

    /// At most 1000 entries of the records from `first` to `last`, in the order of records, and whether that is all of them.
    pub async fn entries(&self, scope: &FirmScope, first: RecordId, last: RecordId) -> Result<(Vec<Entry>, bool), Unavailable> {
        let bounds = [(":from", first), (":to", last)].map(|(name, record)| (name, key::chain_entry(scope, record)));
        let mut query = (self.0.client.query().table_name(&self.0.name)).consistent_read(true).limit(1000);
        query = query
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", value(&bounds[0].1.pk));
        for (name, place) in &bounds {
            query = query.expression_attribute_values(*name, value(&place.sk));
        }
        let answer = query.send().await.map_err(Unavailable::new)?;
        let is_all = answer.last_evaluated_key.is_none();
        Ok((answer.items.unwrap_or_default().into_iter().map(body).collect::<Result<_, _>>()?, is_all))
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

//! The access log. Every transaction goes through it: what is not written down does not happen.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use postern_aws::{Aws, Grant, Misconfigured, Reachable, Unavailable};
use postern_domain::{
    ContactId, FirmScope, RecordId, chain::Row, log_export::LogFilter, policy, record::AccessRecord, sealed_record::SealedRecord,
};

use crate::{
    commit::{self, CommitError, Part, Write, is_new},
    item::{Item, PAD_NAME, Place, Table, bodies, item, last_place, padded, table, value},
    key,
    keys::LogKeys,
};

/// The index by contact.
const BY_CONTACT: &str = "by-contact";
/// Records that are looked through at once for those that fit a filter.
const LOOKED_THROUGH: i32 = 1000;

/// Pages, of a megabyte each, that are looked through for records about nobody who is known.
const PAGES: usize = 5;

/// The table of access records, for those who write them.
#[derive(Debug, Clone)]
pub struct AccessLog {
    rows: LogRows,
    keys: LogKeys,
}

impl Reachable for AccessLog {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self { rows: LogRows::reach(aws)?, keys: LogKeys::reach(aws)? })
    }

    fn grants(actions: &[&'static str]) -> Vec<Grant> {
        [LogRows::grants(actions), LogKeys::grants(&[])].concat()
    }
}

/// The same table, for those who read what stands there: sealed.
#[derive(Debug, Clone)]
pub struct LogRows(Table);

table!(LogRows = "ACCESS_LOG_TABLE", indexes & [BY_CONTACT]);

/// A page of records, newest first.
#[derive(Debug)]
pub struct Page {
    /// The records.
    pub records: Vec<SealedRecord>,
    /// After which one to go on; nothing at the end.
    pub cursor: Option<RecordId>,
}

impl AccessLog {
    /// Makes `changes` and writes `record` of them, all or nothing.
    ///
    /// # Errors
    /// If conditions of the changes do not hold, or the store fails; then nothing has changed.
    pub async fn commit(&self, record: &AccessRecord, changes: impl IntoIterator<Item = Write>) -> Result<(), CommitError> {
        self.write(self.append(record).await?, changes).await
    }

    /// The same, by records of one size that are all in the index by contact: what it costs does not tell whether someone is known.
    ///
    /// # Errors
    /// If conditions of the changes do not hold, or the store fails; then nothing has changed.
    pub async fn commit_alike(&self, record: &AccessRecord, changes: impl IntoIterator<Item = Write>) -> Result<(), CommitError> {
        let mut row = self.row(record).await?;
        row.entry("contact_pk".to_owned()).or_insert_with(|| AttributeValue::S(key::log_of_nobody(&record.firm)));
        self.write(self.put(padded(row)), changes).await
    }

    /// One more record, for a change that is two steps at once.
    ///
    /// # Errors
    /// If the key that seals it cannot be had.
    pub async fn append(&self, record: &AccessRecord) -> Result<Write, Unavailable> {
        Ok(self.put(self.row(record).await?))
    }

    fn put(&self, row: Item) -> Write {
        Write::put(Part::Record, &self.rows.0, row, is_new())
    }

    async fn write(&self, record: Write, changes: impl IntoIterator<Item = Write>) -> Result<(), CommitError> {
        let Table { client, dice, .. } = &self.rows.0;
        commit::commit(client, dice, [record].into_iter().chain(changes).collect()).await
    }

    async fn row(&self, record: &AccessRecord) -> Result<Item, Unavailable> {
        let sealed = self.keys.current().await?.record(record, &self.rows.0.dice);
        let place = Place { pk: key::log(&record.firm), sk: record.record.to_string() };
        let mut row = item(&place, Some(record.at + policy::ACCESS_LOG_RETENTION), &sealed);
        if let Some(contact) = record.contact {
            row.insert("contact_pk".to_owned(), AttributeValue::S(key::log_of_contact(&record.firm, contact)));
        }
        Ok(row)
    }
}

impl LogRows {
    /// At most `limit` records that fit `filter`, newest first, older than the record `after`, as far as that shows while they are sealed.
    pub async fn page(&self, scope: &FirmScope, filter: &LogFilter, after: Option<RecordId>, limit: u16) -> Result<Page, Unavailable> {
        let (from, to) = (filter.from.map(RecordId::earliest_at), filter.to.map(RecordId::earliest_at));
        // The store refuses a start outside of the range: one that is newer than all of it is no start at all.
        let after = after.map(|after| after.to_string()).filter(|after| to.as_ref().is_none_or(|to| after <= to));
        let is_before = |start: &String| from.as_ref().is_some_and(|from| start < from);
        if to.as_ref().is_some_and(is_before) || after.as_ref().is_some_and(is_before) {
            return Ok(Page { records: Vec::new(), cursor: None });
        }
        let mut query = self.0.client.query().table_name(&self.0.name).scan_index_forward(false);
        let mut start = after.map(|sk| Place { pk: key::log(scope.firm()), sk }.key());
        let partition = if let Some(contact) = filter.contact {
            let pk = value(key::log_of_contact(scope.firm(), contact));
            if let Some(start) = &mut start {
                start.insert("contact_pk".to_owned(), pk.clone());
            }
            query = query.index_name(BY_CONTACT).expression_attribute_values(":pk", pk);
            "contact_pk = :pk"
        } else {
            query = query.consistent_read(true).expression_attribute_values(":pk", value(key::log(scope.firm())));
            "pk = :pk"
        };
        // No bound where none is meant: there is no least key, and the store refuses an empty one.
        let range = match (&from, &to) {
            (None, None) => "",
            (Some(_), None) => " AND sk >= :from",
            (None, Some(_)) => " AND sk <= :to",
            (Some(_), Some(_)) => " AND sk BETWEEN :from AND :to",
        };
        query = query.key_condition_expression(format!("{partition}{range}"));
        for (name, bound) in [(":from", from), (":to", to)] {
            if let Some(bound) = bound {
                query = query.expression_attribute_values(name, value(bound));
            }
        }
        let mut conditions = Vec::new();
        let client = filter.client.map(|client| client.to_string());
        for (name, wanted) in [("outcome", &filter.outcome), ("client", &client)] {
            if let Some(wanted) = wanted {
                conditions.push(format!("{name} = :{name}"));
                query = query.expression_attribute_values(format!(":{name}"), value(wanted));
            }
        }
        let filtered = !conditions.is_empty();
        if filtered {
            query = query.filter_expression(conditions.join(" AND "));
        }
        let limit = usize::from(limit);
        let looked_at = if filtered { LOOKED_THROUGH } else { i32::try_from(limit).unwrap_or(LOOKED_THROUGH) };
        let answer = query.limit(looked_at).set_exclusive_start_key(start).send().await.map_err(Unavailable::new)?;
        let last = last_place(answer.last_evaluated_key, "");
        let mut records: Vec<SealedRecord> = bodies(answer.items.unwrap_or_default());
        let cut = records.len() > limit;
        records.truncate(limit);
        let cursor = if cut { records.last().and_then(SealedRecord::record) } else { last };
        Ok(Page { records, cursor })
    }

    /// At most `limit` rows of `span` as they stand, oldest first, of all of the log or about one contact; and after which to go on, since a
    /// page also ends where it is large. Nothing at the end.
    pub async fn rows(
        &self,
        scope: &FirmScope,
        contact: Option<ContactId>,
        span: &Span,
        limit: u16,
    ) -> Result<(Vec<Row>, Option<RecordId>), Unavailable> {
        let Some((from, to)) = span.bounds() else { return Ok((Vec::new(), None)) };
        let query = self.0.client.query().table_name(&self.0.name);
        let (query, partition, pk) = match contact {
            Some(contact) => (query.index_name(BY_CONTACT), "contact_pk", key::log_of_contact(scope.firm(), contact)),
            None => (query.consistent_read(true), "pk", key::log(scope.firm())),
        };
        let answer = query
            .key_condition_expression(format!("{partition} = :pk AND sk BETWEEN :from AND :to"))
            .expression_attribute_values(":pk", value(pk))
            .expression_attribute_values(":from", value(from))
            .expression_attribute_values(":to", value(to))
            .limit(limit.into())
            .send()
            .await
            .map_err(Unavailable::new)?;
        let rows = answer.items.unwrap_or_default().into_iter().map(|item| serde_dynamo::from_item(item).map(without_pad));
        let rows = rows.collect::<Result<_, _>>().map_err(Unavailable::new)?;
        Ok((rows, last_place(answer.last_evaluated_key, "")))
    }

    /// At most `limit` records of `outcome` since `from`, newest first, among those that are about nobody who is known. Few enough are looked
    /// through for someone to wait; what everyone else does is not among them.
    pub async fn of_nobody(&self, scope: &FirmScope, outcome: &str, from: Timestamp, limit: u16) -> Result<Page, Unavailable> {
        let query = (self.0.client.query().table_name(&self.0.name).index_name(BY_CONTACT).scan_index_forward(false))
            .key_condition_expression("contact_pk = :pk AND sk >= :from")
            .filter_expression("outcome = :outcome")
            .expression_attribute_values(":pk", value(key::log_of_nobody(scope.firm())))
            .expression_attribute_values(":from", value(RecordId::earliest_at(from)))
            .expression_attribute_values(":outcome", value(outcome));
        let (limit, mut page, mut start) = (usize::from(limit), Page { records: Vec::new(), cursor: None }, None);
        for _ in 0..PAGES {
            let answer = query.clone().set_exclusive_start_key(start).send().await.map_err(Unavailable::new)?;
            page.records.extend(bodies(answer.items.unwrap_or_default()));
            start = answer.last_evaluated_key;
            if start.is_none() || page.records.len() >= limit {
                break;
            }
        }
        page.records.truncate(limit);
        Ok(Page { cursor: last_place(start, ""), ..page })
    }
}

/// A stretch of the log, by the ids of its records.
#[derive(Debug, Clone)]
pub struct Span {
    /// From this instant on.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub to: Timestamp,
    /// Behind this record.
    pub after: Option<RecordId>,
    /// Up to this record.
    pub up_to: Option<RecordId>,
}

impl Span {
    /// The least and the greatest sort key that it may hold; nothing if it is empty.
    pub(crate) fn bounds(&self) -> Option<(String, String)> {
        let from = RecordId::earliest_at(self.from.unwrap_or(Timestamp::UNIX_EPOCH));
        // Between a record and itself with one more letter there is none.
        let from = self.after.map_or(from.clone(), |after| from.max(format!("{after}-")));
        let to = RecordId::earliest_at(self.to);
        let to = self.up_to.map_or(to.clone(), |up_to| to.min(up_to.to_string()));
        (from <= to).then_some((from, to))
    }
}

/// A row of the log as an event of its stream shows it; nothing if it shows none.
pub fn row_of_stream(image: &serde_json::Value) -> Option<Row> {
    let item: serde_dynamo::Item = serde_json::from_value(image.clone()).ok()?;
    serde_dynamo::from_item(item).ok().map(without_pad)
}

/// The same row without what only fills it up, which says nothing.
fn without_pad(mut row: Row) -> Row {
    row.remove(PAD_NAME);
    row
}

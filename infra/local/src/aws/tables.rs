//! The tables: made from the template, swept by the product's clock, read raw.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use dynoxide::{Database, DynoxideError, actions::scan::ScanRequest, storage::Storage, storage_backend::Clock as DatabaseClock, ttl};
use postern_domain::Clock;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::template::TablePlan;

/// The database keeps its streams without an index and for ever: each write to a table with a stream would read all of
/// it, and each start would deliver it all. `DynamoDB` keeps a stream for a day.
const KEEP_STREAMS_SHORT: &str = "
    CREATE INDEX IF NOT EXISTS stream_records_in_order
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    DELETE FROM _stream_records WHERE created_at < CAST(strftime('%s', 'now') AS INTEGER) - 86400;
";

/// The tables and their raw items.
#[derive(Clone)]
pub struct Tables {
    pub(super) database: Database,
    /// A second connection to the same file: the database takes a clock of ours only where it is in memory.
    sweeper: Arc<Mutex<Storage>>,
    names: Arc<[String]>,
}

/// Why the tables could not be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error("{0}")]
    Database(#[from] DynoxideError),
    #[error("the table {0} has another shape")]
    Shape(String),
}

struct ProductClock(Clock);

impl DatabaseClock for ProductClock {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from(self.0.now().as_second()).unwrap_or_default()
    }

    #[expect(clippy::cast_precision_loss, reason = "whole milliseconds of this age fit a float")]
    fn now_unix_secs_f64(&self) -> f64 {
        self.0.now().as_millisecond() as f64 / 1000.0
    }
}

impl Tables {
    /// Opens the database file and makes the tables that are not there yet.
    pub(super) fn open(path: &Path, plans: &[TablePlan], clock: Clock) -> Result<Self, OpenError> {
        let path = path.to_string_lossy();
        let database = Database::new(&path)?;
        // What this sets besides is the default; a commit then reaches the file, though not the disk, before it is
        // answered: it outlives this process, and calls stay fast.
        database.disable_bulk_loading()?;
        for plan in plans {
            ensure(&database, plan)?;
        }
        let sweeper = Storage::new(&path)?.with_clock(Arc::new(ProductClock(clock)));
        sweeper.disable_bulk_loading()?;
        sweeper.conn().execute_batch(KEEP_STREAMS_SHORT).map_err(DynoxideError::from)?;
        Ok(Self { database, sweeper: Arc::new(Mutex::new(sweeper)), names: plans.iter().map(|plan| plan.name.clone()).collect() })
    }

    /// Every item of every table, as `DynamoDB` writes them.
    pub async fn items(&self) -> Result<BTreeMap<String, Vec<Value>>, String> {
        let (database, names) = (self.database.clone(), self.names.clone());
        blocking(move || names.iter().map(|name| Ok((name.clone(), scan(&database, name)?))).collect::<Result<_, DynoxideError>>()).await
    }

    /// Deletes what has expired by the product's clock, and answers how many items that were.
    pub async fn sweep(&self) -> Result<usize, String> {
        let sweeper = self.sweeper.clone();
        blocking(move || {
            let storage = sweeper.lock().unwrap_or_else(PoisonError::into_inner);
            futures::executor::block_on(ttl::sweep_expired_items(&*storage))
        })
        .await
    }
}

/// Runs a query of the database where it may wait for the file.
pub(super) async fn blocking<T: Send + 'static>(query: impl FnOnce() -> Result<T, DynoxideError> + Send + 'static) -> Result<T, String> {
    match tokio::task::spawn_blocking(query).await {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// A request of the database, written as on the wire.
pub(super) fn request<T: DeserializeOwned>(value: Value) -> Result<T, DynoxideError> {
    serde_json::from_value(value).map_err(|error| DynoxideError::ValidationException(error.to_string()))
}

fn ensure(database: &Database, plan: &TablePlan) -> Result<(), OpenError> {
    let name = &plan.name;
    match database.describe_table(request(json!({ "TableName": name }))?) {
        Err(DynoxideError::ResourceNotFoundException(_)) => {
            database.create_table(request(plan.create.clone())?)?;
        }
        Err(error) => return Err(error.into()),
        Ok(found) => {
            let found = serde_json::to_value(found.table).map_err(|error| DynoxideError::InternalServerError(error.to_string()))?;
            if shape(&found) != shape(&plan.create) {
                grow(database, plan, &found)?;
            }
        }
    }
    if let Some(attribute) = &plan.ttl_attribute {
        database.update_time_to_live(request(json!({
            "TableName": name,
            "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
        }))?)?;
    }
    Ok(())
}

/// Makes the one index that `plan` has and the table that was `found` has not, of all its items: as a deployment does, which makes one at a
/// time.
fn grow(database: &Database, plan: &TablePlan, found: &Value) -> Result<(), OpenError> {
    let differs = || OpenError::Shape(plan.name.clone());
    let (before, after) = (shape(found), shape(&plan.create));
    let indexes = plan.create["GlobalSecondaryIndexes"].as_array().into_iter().flatten();
    let mut new = indexes.filter(|index| index["IndexName"].as_str().is_some_and(|name| !before.1.contains_key(name)));
    let (Some(index), None) = (new.next(), new.next()) else { return Err(differs()) };
    let rest: BTreeMap<_, _> = after.1.iter().filter(|(name, _)| index["IndexName"] != name.as_str()).collect();
    if (&before.0, before.1.iter().collect::<BTreeMap<_, _>>(), &before.2) != (&after.0, rest, &after.2) {
        return Err(differs());
    }
    database.update_table(request(json!({
        "TableName": plan.name,
        "AttributeDefinitions": plan.create["AttributeDefinitions"],
        "GlobalSecondaryIndexUpdates": [{ "Create": index }],
    }))?)?;
    Ok(())
}

/// What cannot change under a table that holds items, but for a new index: its keys, its indexes and its stream.
fn shape(table: &Value) -> (Value, BTreeMap<String, Value>, Value) {
    let indexes = table["GlobalSecondaryIndexes"].as_array().into_iter().flatten();
    (
        table["KeySchema"].clone(),
        indexes
            .map(|index| {
                let name = index["IndexName"].as_str().unwrap_or_default().to_owned();
                (name, index["KeySchema"].clone())
            })
            .collect(),
        table["StreamSpecification"]["StreamViewType"].clone(),
    )
}

fn scan(database: &Database, table: &str) -> Result<Vec<Value>, DynoxideError> {
    let mut items = Vec::new();
    let mut start = None;
    loop {
        let page = database.scan(ScanRequest { table_name: table.to_owned(), exclusive_start_key: start, ..ScanRequest::default() })?;
        for item in page.items.into_iter().flatten() {
            let item = serde_json::to_value(item).map_err(|error| DynoxideError::InternalServerError(error.to_string()))?;
            items.push(item);
        }
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(items);
        }
    }
}

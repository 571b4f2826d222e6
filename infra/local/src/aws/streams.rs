//! Table streams and the functions that they call, as Lambda's event source mappings do.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash as _, Hasher as _},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use tokio::{
    sync::{mpsc, watch},
    task::AbortHandle,
    time::{sleep, timeout},
};

use super::{
    invoke::{Handler, deliver},
    tables::{blocking, request},
};

/// How long a pump waits for news before it looks by itself.
const IDLE: Duration = Duration::from_millis(250);

/// How often `settled` looks again.
const RECHECK: Duration = Duration::from_millis(2);

/// What decides whether a record or an event is delivered.
pub type Filter = Arc<dyn Fn(&Value) -> bool + Send + Sync>;

/// One event source mapping.
#[derive(Clone)]
pub struct Mapping {
    /// The table whose stream is read, from its start.
    pub table: String,
    /// The most records in one event.
    pub batch_size: usize,
    /// How many batches may be under way at once; records of one partition keep their order.
    pub lanes: usize,
    /// Which records are delivered.
    pub filter: Filter,
}

/// The streams of the tables.
#[derive(Clone)]
pub struct Streams(Arc<Inner>);

struct Inner {
    database: Database,
    writes: watch::Sender<u64>,
    pumps: Mutex<Vec<Arc<Pump>>>,
    tasks: Mutex<Vec<AbortHandle>>,
}

/// How far one mapping has come.
struct Pump {
    progress: Mutex<Progress>,
}

struct Progress {
    /// Where the stream is read on; none until it was first reached.
    iterator: Option<String>,
    /// Records that were read and are not dealt with yet.
    pending: usize,
}

impl Pump {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().expect("no holder of this lock panics")
    }
}

/// A stream as it is named to the functions.
struct Source {
    arn: String,
    partition_key: String,
}

impl Streams {
    pub(super) fn new(database: Database, writes: watch::Sender<u64>) -> Self {
        Self(Arc::new(Inner { database, writes, pumps: Mutex::default(), tasks: Mutex::default() }))
    }

    /// Delivers the records of a stream to `handler`, in events as Lambda gives them, until the endpoint ends.
    ///
    /// The handler answers `{"batchItemFailures": [{"itemIdentifier": …}]}`, or an error, which is a failure of the
    /// whole batch. What fails is tried again; what goes on failing is dropped, so that the rest goes on.
    pub fn pump<F, T>(&self, mapping: Mapping, handler: F)
    where
        F: Fn(Value) -> T + Send + Sync + 'static,
        T: Future<Output = Result<Value, String>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |event| Box::pin(handler(event)));
        let pump = Arc::new(Pump { progress: Mutex::new(Progress { iterator: None, pending: 0 }) });
        let lanes: Vec<_> = (0..mapping.lanes.max(1)).map(|_| self.lane(&mapping, pump.clone(), handler.clone())).collect();
        self.pumps().push(pump.clone());
        let (database, mut writes) = (self.0.database.clone(), self.0.writes.subscribe());
        self.spawn(async move {
            let (source, mut iterator) = loop {
                match open(&database, &mapping.table).await {
                    Ok(opened) => break opened,
                    Err(error) => tracing::error!(error, table = mapping.table, "the stream cannot be read"),
                }
                sleep(IDLE).await;
            };
            loop {
                pump.progress().iterator = Some(iterator.clone());
                writes.mark_unchanged();
                let (records, next) = match read(&database, iterator.clone(), 1000).await {
                    Ok(page) => page,
                    Err(error) => {
                        tracing::error!(error, table = mapping.table, "the stream cannot be read");
                        (Vec::new(), iterator.clone())
                    }
                };
                if records.is_empty() {
                    // Ends early on news; that there was none is no reason not to look.
                    let _ = timeout(IDLE, writes.changed()).await;
                    continue;
                }
                for mut record in records {
                    record["awsRegion"] = "us-east-1".into();
                    record["eventSourceARN"] = source.arn.clone().into();
                    if (mapping.filter)(&record) {
                        pump.progress().pending += 1;
                        let lane = lane_of(&record["dynamodb"]["Keys"][&source.partition_key], lanes.len());
                        if lanes[lane].send(record).is_err() {
                            // The endpoint ends, and its lanes ended first.
                            return;
                        }
                    }
                }
                iterator = next;
            }
        });
    }

    /// Returns when every pump has dealt with all that was written so far, and with what that led to.
    pub async fn settled(&self) {
        loop {
            let before = *self.0.writes.borrow();
            let pumps = self.pumps().clone();
            let mut idle = true;
            for pump in pumps {
                idle = idle && self.is_idle(&pump).await;
            }
            // A function that wrote while others were looked at may have given them work.
            if idle && before == *self.0.writes.borrow() {
                return;
            }
            sleep(RECHECK).await;
        }
    }

    async fn is_idle(&self, pump: &Pump) -> bool {
        let iterator = {
            let progress = pump.progress();
            match &progress.iterator {
                Some(iterator) if progress.pending == 0 => iterator.clone(),
                _ => return false,
            }
        };
        let ahead = read(&self.0.database, iterator, 1).await;
        ahead.is_ok_and(|(records, _)| records.is_empty())
    }

    /// Ends every pump.
    pub(super) fn stop(&self) {
        for task in self.tasks().drain(..) {
            task.abort();
        }
    }

    fn lane(&self, mapping: &Mapping, pump: Arc<Pump>, handler: Handler) -> mpsc::UnboundedSender<Value> {
        let (sender, mut records) = mpsc::unbounded_channel();
        let (table, size) = (mapping.table.clone(), mapping.batch_size.max(1));
        self.spawn(async move {
            let mut batch = Vec::new();
            while records.recv_many(&mut batch, size).await > 0 {
                let count = batch.len();
                deliver(&table, &handler, std::mem::take(&mut batch)).await;
                pump.progress().pending -= count;
            }
        });
        sender
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let handle = tokio::spawn(task).abort_handle();
        self.tasks().push(handle);
    }

    fn pumps(&self) -> MutexGuard<'_, Vec<Arc<Pump>>> {
        self.0.pumps.lock().expect("no holder of this lock panics")
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<AbortHandle>> {
        self.0.tasks.lock().expect("no holder of this lock panics")
    }
}

fn lane_of(partition: &Value, lanes: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    partition.to_string().hash(&mut hasher);
    usize::try_from(hasher.finish() % lanes as u64).expect("less than the number of lanes")
}

async fn open(database: &Database, table: &str) -> Result<(Source, String), String> {
    let (database, table) = (database.clone(), table.to_owned());
    blocking(move || {
        let described = database.describe_table(request(json!({ "TableName": table }))?)?.table;
        let described = to_value(&described)?;
        let arn = described["LatestStreamArn"].as_str().unwrap_or_default().to_owned();
        let stream = to_value(&database.describe_stream(request(json!({ "StreamArn": arn }))?)?)?;
        let iterator = database.get_shard_iterator(request(json!({
            "StreamArn": arn,
            "ShardId": stream["StreamDescription"]["Shards"][0]["ShardId"],
            "ShardIteratorType": "TRIM_HORIZON",
        }))?)?;
        let partition_key = described["KeySchema"][0]["AttributeName"].as_str();
        let source = Source { partition_key: partition_key.unwrap_or_default().to_owned(), arn };
        Ok((source, iterator.shard_iterator.unwrap_or_default()))
    })
    .await
}

/// The next records and where to read on.
async fn read(database: &Database, iterator: String, limit: usize) -> Result<(Vec<Value>, String), String> {
    let database = database.clone();
    blocking(move || {
        let page = database.get_records(request(json!({ "ShardIterator": iterator, "Limit": limit }))?)?;
        let records = page.records.iter().map(to_value).collect::<Result<_, _>>()?;
        Ok((records, page.next_shard_iterator.unwrap_or(iterator)))
    })
    .await
}

fn to_value(value: &impl serde::Serialize) -> Result<Value, DynoxideError> {
    serde_json::to_value(value).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

//! One AWS endpoint on loopback: `DynamoDB` with its streams, S3, SES, SNS and Secrets Manager, without an account.
//!
//! A request is told by the service that it was signed for. Whatever was answered for survives the end of the process.

mod answer;
mod asynchronous;
mod calls;
mod capacity;
mod cors;
mod drivers;
mod dynamodb;
mod events;
mod faults;
mod files;
mod invoke;
mod key_rules;
mod mail_rules;
mod multipart;
mod needs;
mod objects;
mod outbox;
mod random;
mod request;
mod roles;
mod s3;
mod secrets;
mod server;
mod simulator;
mod streams;
mod suppression;
mod tables;
pub mod template;
mod text_rules;

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use postern_domain::Clock;
use tokio::{sync::watch, task::JoinHandle, time::sleep};

pub use calls::{Account, Call, Calls, Permission, summary};
pub use drivers::Drivers;
pub use events::{Events, Target};
pub use faults::{Fault, Faults, Mode};
pub use invoke::Handler;
pub use outbox::{Channel, Message, Outbox};
pub use request::Service;
pub use roles::Roles;
pub(crate) use roles::{like, text as resolved};
pub use streams::{Filter, Mapping, Streams};
pub use tables::Tables;

pub use crate::account::{ACCESS_KEY, REGION, SECRET_KEY};
use crate::listener::{self, ListenError};

use self::{cors::Cors, dynamodb::DynamoDb, objects::Objects, secrets::Secrets, server::Services, template::Plan};

/// How often expired items are swept.
const SWEEP: Duration = Duration::from_secs(10);

/// What an endpoint is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder that holds its state; made if it is not there.
    pub data: PathBuf,
    /// The port; 0 is any that is free.
    pub port: u16,
    /// The origin whose pages may read and write objects.
    pub allowed_origin: String,
    /// The product's clock, by which items expire, rules call on time and messages are dated.
    pub clock: Clock,
    /// The text of the deployment template, which names the tables, buckets and secrets.
    pub template: &'static str,
}

/// A running endpoint, which ends when it is dropped.
pub struct Endpoint {
    /// Where it is reached: what an SDK takes as its endpoint.
    pub url: String,
    /// What was "sent".
    pub outbox: Outbox,
    /// What was called.
    pub calls: Calls,
    /// What is to go wrong.
    pub faults: Faults,
    /// The raw items.
    pub tables: Tables,
    /// What calls the workers.
    pub drivers: Drivers,
    listening: JoinHandle<()>,
    sweeping: JoinHandle<()>,
    timing: JoinHandle<()>,
    _lock: File,
}

/// Why an endpoint did not start, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Nothing can listen on the port.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Another instance works in the folder.
    #[error("The folder {} is in use by another instance: stop that one, or choose another folder.", .0.display())]
    InUse(PathBuf),
    /// The folder was made for other tables.
    #[error(
        "The table {table} in {} was made by another version of the template: move the folder away to start afresh.",
        .data.display()
    )]
    Outdated {
        /// The table.
        table: String,
        /// The folder.
        data: PathBuf,
    },
    /// The folder cannot be read or written.
    #[error("The folder {} cannot be used: {cause}. Mend that, or choose another folder.", .data.display())]
    Data {
        /// The folder.
        data: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// The template cannot be read.
    #[error("The deployment template cannot be read: {0}")]
    Template(String),
    /// The origin cannot stand in a header.
    #[error("{0:?} is no origin: write it as http://localhost:3000.")]
    Origin(String),
}

impl Endpoint {
    /// Starts an endpoint on what `options` name.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let plan = Plan::read(options.template).map_err(StartError::Template)?;
        let buckets: Vec<String> = plan.buckets.keys().cloned().collect();
        let cors = Cors::for_origin(&options.allowed_origin, plan.buckets).ok_or(StartError::Origin(options.allowed_origin))?;
        let data = options.data.as_path();
        let lock = lock(data)?;
        let (listener, address) = listener::listen(options.port).await?;
        let unusable = |cause: &dyn ToString| StartError::Data { data: data.to_owned(), cause: cause.to_string() };
        let tables = Tables::open(&data.join("dynamodb.sqlite"), &plan.tables, options.clock.clone()).map_err(|error| match error {
            tables::OpenError::Shape(table) => StartError::Outdated { table, data: data.to_owned() },
            tables::OpenError::Database(error) => unusable(&error),
        })?;
        let events = Events::new(options.clock.clone());
        let secrets = Secrets::open(&data.join("secrets.json"), &plan.secrets, options.clock.clone()).map_err(|e| unusable(&e))?;
        let outbox =
            Outbox::open(&data.join("outbox.jsonl"), options.clock, plan.configuration_sets, events.clone()).map_err(|e| unusable(&e))?;
        let objects = Objects::open(data.join("objects"), buckets).map_err(|e| unusable(&e))?;
        let writes = watch::Sender::new(0);
        let dynamodb = DynamoDb::start(tables.database.clone(), writes.clone()).map_err(|e| unusable(&e))?;
        let (calls, faults) = (Calls::default(), Faults::default());
        let services = Arc::new(Services {
            dynamodb,
            s3: s3::service(objects, events.clone(), plan.roles.functions()),
            roles: plan.roles,
            cors,
            outbox: outbox.clone(),
            secrets,
            calls: calls.clone(),
            faults: faults.clone(),
        });
        Ok(Self {
            url: format!("http://localhost:{}", address.port()),
            outbox,
            calls: calls.clone(),
            faults,
            listening: tokio::spawn(async move {
                listener::serve(listener, move |request, _| services.clone().answer(request)).await;
            }),
            sweeping: tokio::spawn(sweep(tables.clone())),
            timing: tokio::spawn(events.clone().keep_time()),
            drivers: Drivers { streams: Streams::new(tables.database.clone(), writes), events, calls },
            tables,
            _lock: lock,
        })
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.listening.abort();
        self.sweeping.abort();
        self.timing.abort();
        self.drivers.stop();
    }
}

/// Takes the folder for this instance; the system gives it back however the process ends.
fn lock(data: &Path) -> Result<File, StartError> {
    let unusable = |cause: io::Error| StartError::Data { data: data.to_owned(), cause: cause.to_string() };
    files::private_folder(data).map_err(unusable)?;
    let file = files::private().create(true).write(true).truncate(false).open(data.join("lock")).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(data.to_owned())),
        Err(TryLockError::Error(cause)) => Err(unusable(cause)),
    }
}

async fn sweep(tables: Tables) {
    loop {
        sleep(SWEEP).await;
        if let Err(error) = tables.sweep().await {
            tracing::warn!(error, "expired items were not swept");
        }
    }
}

//! Postern in one process, without an AWS account: every operation on one port of this machine, and on another one AWS
//! endpoint that they speak to as they speak to AWS.
//!
//! What was answered for is still there after a restart. Nothing of this crate is linked into a deployed binary.

mod account;
pub mod aws;
mod clock;
mod demo;
pub mod deployment;
mod door;
mod event;
mod functions;
mod lab;
mod listener;
mod mounts;
pub mod names;
mod outbox;
mod scene;
mod settings;
mod start_error;
mod workers;

use std::{convert::Infallible, fs, path::PathBuf, time::Duration};

use axum::{Router, body::Body};
use hyper::Request;
use jiff::Timestamp;
use postern_aws::Aws;
use postern_domain::Dice;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

pub use event::Event;
pub use functions::{Function, Route, Worker, all as all_functions, operations, routers, workers};
pub use listener::ListenError;
pub use scene::{Scene, create_firm, invoke, rotate_keys, session_of};
pub use start_error::StartError;
pub use workers::drive;

use self::{
    clock::AdjustableClock,
    door::Door,
    lab::Lab,
    settings::{OWN, Settings},
};

/// The deployment template: what it says of tables, buckets, secrets, settings and what calls workers holds here too.
pub const TEMPLATE: &str = include_str!("../../template.yaml");

/// What an instance is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port of the product; the AWS endpoint takes the next one. 0 is any that are free.
    pub port: u16,
    /// The folder that holds all state; made if it is not there.
    pub data: PathBuf,
    /// Whether the seams for checks from outside are open.
    pub lab: bool,
    /// The instant at which the product's clock starts; the real time if none. For folders recorded earlier.
    pub starts_at: Option<Timestamp>,
}

/// A running instance, which ends when it is dropped.
pub struct Postern {
    /// Where the product is reached.
    pub url: String,
    /// The link that lets the owner of the demo firm in, where that firm was made just now.
    pub owner_link: Option<String>,
    /// The AWS endpoint: what was sent and called, what is to go wrong, and the raw tables.
    pub aws: aws::Endpoint,
    /// The surroundings of the functions; [`Aws::named`] gives those of one.
    pub surroundings: Aws,
    lab: Lab,
    serving: JoinHandle<Infallible>,
}

impl Postern {
    /// Starts an instance on what `options` name.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let (listener, address) = listener::listen(options.port).await?;
        let port = address.port();
        let next = match options.port {
            0 => 0,
            own => own.checked_add(1).ok_or(StartError::NoNextPort(own))?,
        };
        let url = format!("http://localhost:{port}");
        let clock = AdjustableClock::starting_at(options.starts_at);
        let endpoint = aws::Options {
            data: options.data.clone(),
            port: next,
            allowed_origin: url.clone(),
            clock: clock.reading(),
            template: TEMPLATE,
        };
        let aws = aws::Endpoint::start(endpoint).await.map_err(|error| match error {
            aws::StartError::Listen(ListenError::Taken(port)) => StartError::NextPortTaken(port),
            error => error.into(),
        })?;

        let template = aws::template::to_json(TEMPLATE).map_err(StartError::Template)?;
        let settings = Settings::read(&template, &url, &aws.url).map_err(StartError::Template)?;
        let file = options.data.join("env");
        fs::write(&file, settings.to_string()).map_err(|cause| StartError::Settings { file, cause })?;
        let dice = system_dice();
        let surroundings = Aws::new(OWN, move |function, name| settings.of(function, name), clock.reading(), dice.clone())?;

        let owner_link = demo::make(&surroundings).await?;
        let workers = functions::workers(&surroundings)?;
        drive(&template, &aws.drivers, |name| {
            Some(functions::in_a_process(name.to_owned(), workers.get(name)?.clone(), aws.faults.clone()))
        })?;
        // What it took to start is no account of what anyone does here.
        aws.calls.take();

        let lab = Lab::new(&aws, clock);
        let mut own = outbox::router(aws.outbox.clone());
        if options.lab {
            own = own.merge(lab::router(lab.clone()));
        }
        let router = door::guarded(mounts::router(&surroundings, &aws.faults, door::only_own_pages(own))?);
        let door = Door::new(port, options.lab, dice);
        let serving = tokio::spawn(listener::serve(listener, move |request, peer| {
            let request = door.admit(request.map(Body::new), peer);
            answer(router.clone(), request)
        }));
        Ok(Self { url, owner_link, aws, surroundings, lab, serving })
    }

    /// Puts the product's clock forward, lets go what expires thereby, and answers what time it is then.
    pub async fn advance(&self, by: Duration) -> Result<Timestamp, String> {
        self.lab.advance(by).await
    }

    /// Returns when the workers have dealt with all that was written, put and due so far, and with what that led to.
    pub async fn settled(&self) {
        self.aws.drivers.settled().await;
    }
}

impl Drop for Postern {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn system_dice() -> Dice {
    Dice::new(|bytes| getrandom::fill(bytes).expect("the operating system has randomness"))
}

async fn answer(router: Router, request: Request<Body>) -> Result<hyper::Response<Body>, Infallible> {
    router.oneshot(request).await
}

//! `cargo run`: starts Postern on this machine.

mod arguments;
mod verify_log;

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use postern_local::{Event, Function, Options, Postern, Scene, all_functions, deployment, invoke, operations};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use self::arguments::{Ask, USAGE};

/// What a shell expects of a program that was called the wrong way.
const MISUSED: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let (mut out, mut err) = (io::stdout(), io::stderr());
    // Nothing can be done about a terminal that is gone; that is no reason to end.
    match arguments::read(lexopt::Parser::from_env()) {
        Ok(ask) => match done(ask).await {
            Ok((text, code)) => {
                let _ = write!(out, "{text}");
                code
            }
            Err(problem) => {
                let _ = writeln!(err, "{problem}");
                ExitCode::FAILURE
            }
        },
        Err(problem) => {
            let _ = write!(err, "{problem}\n\n{USAGE}");
            ExitCode::from(MISUSED)
        }
    }
}

/// Does what is asked for, and answers with what there is to print in the end, and with what to end.
async fn done(ask: Ask) -> Result<(String, ExitCode), String> {
    let text = match ask {
        Ask::Help => USAGE.to_owned(),
        Ask::OpenApi => format!("{:#}\n", postern_http::openapi::document(&operations())),
        Ask::Template => write_declared().map(|()| String::new())?,
        Ask::Event(name, data) => {
            let event = Event::called(&name)?;
            format!("{:#}\n", event.on(&Scene::beside(&data).await?).await?)
        }
        Ask::Invoke { function, event, data } => format!("{:#}\n", invoke(&function, &event, &data).await?),
        Ask::Start(options) => run(options).await.map(|()| String::new())?,
        Ask::VerifyLog(export, digests, keys) => {
            let (text, is_whole) = verify_log::verified(&export, &digests, keys)?;
            return Ok((text, if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }));
        }
    };
    Ok((text, ExitCode::SUCCESS))
}

/// Writes what functions declare into the files of the checkout that this was built from.
fn write_declared() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let functions = all_functions();
    let renew = |file: &str, renewed: fn(&str, &[Function]) -> Result<String, String>| {
        let path = root.join(file);
        let text = fs::read_to_string(&path).map_err(|error| format!("{file} cannot be read: {error}."))?;
        let text = renewed(&text, &functions).map_err(|problem| format!("In {file} {problem}"))?;
        fs::write(&path, text).map_err(|error| format!("{file} cannot be written: {error}."))
    };
    renew("infra/template.yaml", deployment::template)?;
    renew("Cargo.toml", deployment::manifest)
}

/// Runs until it is interrupted.
async fn run(options: Options) -> Result<(), String> {
    start_logging();
    let postern = Postern::start(options).await.map_err(|error| error.to_string())?;
    let _ = io::stdout().write_all(banner(&postern).as_bytes());
    tokio::signal::ctrl_c().await.map_err(|error| format!("Ctrl+C cannot be waited for: {error}."))
}

/// The database and the storage protocol speak of each refused condition; what matters comes back to the operations anyway.
fn start_logging() {
    let quiet = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_targets([("dynoxide", LevelFilter::OFF), ("s3s", LevelFilter::OFF)])
        .with_targets(["aws", "hyper", "rustls"].map(|library| (library, LevelFilter::WARN)));
    tracing_subscriber::registry().with(tracing_subscriber::fmt::layer().with_writer(io::stderr)).with(quiet).init();
}

fn banner(postern: &Postern) -> String {
    let url = &postern.url;
    let owner = match &postern.owner_link {
        Some(link) => format!("owner@demo.test, or without a code, within the hour: {link}"),
        None => "owner@demo.test".to_owned(),
    };
    format!(
        "Postern is running. Open it in Chrome or Firefox (Safari keeps no Secure cookie on localhost).

  Clients   {url}/demo/sign-in
            jane@example.com, last four 6789
  Staff     {url}/demo/staff
            {owner}
  Outbox    {url}/_local/outbox
            every text message and mail that is \"sent\"

Press Ctrl+C to stop; everything is still there when you start it again.
"
    )
}

//! How long functions take to start, each beside a function that does nothing, all in one run.
//!
//! ```sh
//! cargo build --release --workspace --bins
//! target/release/cold-start                                               # request-code and show-session
//! target/release/cold-start --rounds 50 deliver verify-code verify-code=/before/verify-code
//! ```
//!
//! A function is started as Lambda does it: a fresh process that asks a runtime API for its first event, and answers. It works on an
//! instance of Postern in this process, over plain HTTP, and makes its HTTPS connector all the same. The functions take turns, so
//! that whatever else this machine does befalls all alike. The times are this machine's; while it is busy, go by the ratio of cpu. A binary
//! that is given twice shows how far the measure itself can be trusted.

mod function;

use std::{
    collections::BTreeMap,
    error::Error,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use lexopt::{Arg, Parser, ValueExt as _};
use postern_local::{Event, Options, Postern, Scene};
use tokio::time::sleep;

use self::function::Start;

/// Where systems keep all root certificates in one file.
const BUNDLES: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

const USAGE: &str = "\
Usage: cold-start [--rounds 30] [--folder FOLDER] [FUNCTION | FUNCTION=BINARY]...

  --rounds N       how often each is started
  --folder FOLDER  the folder of the binaries; without it, the one of this program
";

/// What is measured if nothing else is asked for.
const USUAL: [&str; 2] = ["request-code", "show-session"];

/// What all others are compared with.
const EMPTY: &str = "empty";

/// The pause before each round.
const REST: Duration = Duration::from_millis(20);

/// One binary that is measured.
struct Candidate {
    /// What it is called in the table.
    title: String,
    /// What it is started for: the first good event of a function.
    event: Event,
    binary: PathBuf,
    starts: Vec<Start>,
}

impl Candidate {
    fn new(title: &str, folder: &Path) -> Result<Self, String> {
        let (function, binary) = title.split_once('=').map_or_else(|| (title, folder.join(title)), |(name, path)| (name, path.into()));
        let function = if function == EMPTY { USUAL[0] } else { function };
        let event = Event::of(function)?.into_iter().find(Event::is_good).ok_or_else(|| format!("{function} has no good event."))?;
        Ok(Self { title: title.to_owned(), event, binary, starts: Vec::new() })
    }

    /// The median of what `part` says of each start.
    fn median(&self, part: fn(&Start) -> Duration) -> f64 {
        let mut all: Vec<_> = self.starts.iter().map(part).collect();
        all.sort_unstable();
        all.get(all.len() / 2).map_or(f64::NAN, Duration::as_secs_f64)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    // Nothing can be done about a terminal that is gone.
    match run().await {
        Ok(text) => io::stdout().write_all(text.as_bytes()).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS),
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures what the command line asks for, and answers with what there is to say.
async fn run() -> Result<String, Box<dyn Error>> {
    let (mut rounds, mut folder, mut titles) = (30, std::env::current_exe()?.with_file_name(""), Vec::new());
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("rounds") => rounds = arguments.value()?.parse()?,
            Arg::Long("folder") => folder = arguments.value()?.into(),
            Arg::Value(title) => titles.push(title.string()?),
            Arg::Short('h') | Arg::Long("help") => return Ok(USAGE.to_owned()),
            unknown => return Err(format!("{}\n\n{USAGE}", unknown.unexpected()).into()),
        }
    }
    if titles.is_empty() {
        titles = USUAL.map(str::to_owned).into();
    }
    let titles = [EMPTY].into_iter().chain(titles.iter().map(String::as_str));
    let mut candidates = titles.map(|title| Candidate::new(title, &folder)).collect::<Result<Vec<_>, _>>()?;

    let data = tempfile::tempdir()?;
    let postern = Postern::start(Options { port: 0, data: data.path().to_owned(), lab: true, starts_at: None }).await?;
    let environment = std::fs::read_to_string(data.path().join("env"))?;
    let mut environment: BTreeMap<_, _> = environment.lines().filter_map(|line| line.split_once('=')).collect();
    // As the template says it for the image of Lambda.
    environment.extend(BUNDLES.into_iter().find(|file| Path::new(file).exists()).map(|file| ("SSL_CERT_FILE", file)));
    let (count, mut scenes) = (candidates.len(), 0);
    // The first round reads binaries from the disk; it is not counted.
    for round in 0..=rounds {
        let mut events = Vec::with_capacity(count);
        for candidate in &candidates {
            scenes += 1;
            let scene = Scene::new(&postern.url, &postern.surroundings, scenes);
            events.push(candidate.event.on(&scene).await?.to_string());
        }
        // What the making of them has caused comes to rest.
        sleep(REST).await;
        // Each is the first in turn, since the first finds the least in the caches.
        for index in (0..count).map(|place| (place + round) % count) {
            let candidate = &mut candidates[index];
            let start = function::start(&candidate.binary, &environment, &events[index]);
            let start = start.map_err(|error| format!("{}: {error}", candidate.title))?;
            if round > 0 {
                candidate.starts.push(start);
            }
        }
    }
    Ok(table(&candidates, rounds))
}

/// The medians in milliseconds, and how many times those of the empty function they are.
fn table(candidates: &[Candidate], rounds: usize) -> String {
    let parts: [(&str, fn(&Start) -> Duration); 4] = [
        ("init", |start| start.init),
        ("answer", |start| start.answer),
        ("total", |start| start.init + start.answer),
        ("cpu", |start| start.cpu),
    ];
    let widest = candidates.iter().map(|candidate| candidate.title.len()).max().unwrap_or_default();
    let mut text = format!("Medians of {rounds} starts in ms, and as multiples of {EMPTY}\n\n{:widest$}", "");
    for (name, _) in parts {
        text += &format!("{name:>18}");
    }
    for candidate in candidates {
        text += &format!("\n{:widest$}", candidate.title);
        for (_, part) in parts {
            let (own, empty) = (candidate.median(part), candidates[0].median(part));
            text += &format!("{:>9.2}{:>8.2}x", own * 1000.0, own / empty);
        }
    }
    text + "\n"
}

//! Whether the time of an answer tells who is known: pairs of requests that a stranger must not tell apart, taken in random order, all in one run.
//!
//! ```sh
//! cargo build --release --workspace --bins
//! target/release/timing                # 400 pairs
//! target/release/timing --pairs 2000
//! ```
//!
//! A code is asked for with an email that is a contact's, and with one that is nobody's; and a wrong code is tried on the challenge of each, which is one
//! whose code went out, and a decoy. Each pair is of people and addresses of its own, on an instance of Postern in this process. What a request has
//! caused comes to rest before the next: on AWS it happens elsewhere, here it would take turns with answers. Of each pair the program tells the medians,
//! the gap between them, and how likely a gap as wide is where there is no difference (Mann-Whitney, two-sided): a p below 0.01, and again in a second
//! run, is a difference. The times are this machine's.

mod ranks;

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
    time::{Duration, Instant},
};

use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use lexopt::{Arg, Parser, ValueExt as _};
use postern_local::{Options, Postern, Scene};
use serde_json::{Value, json};
use tokio::time::sleep;

const USAGE: &str = "\
Usage: timing [--pairs 400]

  --pairs N   how many pairs of each kind are timed
";

/// Pairs at the beginning that are not counted: caches fill.
const WARM_UP: usize = 20;

/// The pause before each request, when what the one before has caused is over.
const REST: Duration = Duration::from_millis(5);

/// What a stranger is answered, and how long it took.
struct Answer {
    status: StatusCode,
    json: Value,
    took: Duration,
}

/// The times of the two sides of one kind of pair.
#[derive(Default)]
struct Sides([Vec<Duration>; 2]);

impl Sides {
    fn median(&self, side: usize) -> f64 {
        let mut times = self.0[side].clone();
        times.sort_unstable();
        times.get(times.len() / 2).map_or(f64::NAN, Duration::as_secs_f64) * 1e6
    }

    /// One line of the table: what the sides are, their medians and the gap in microseconds, and the p.
    fn line(&self, what: [&str; 2]) -> String {
        let p = ranks::p(&self.0[0], &self.0[1]);
        let [one, other] = [self.median(0), self.median(1)];
        format!("{:<44}{one:>10.0}{other:>10.0}{:>+9.0}{p:>8.3}\n", what.join(" / "), other - one)
    }
}

/// The instance, and the way to it.
struct Stage {
    postern: Postern,
    client: Client<HttpConnector, Full<bytes::Bytes>>,
}

impl Stage {
    /// Sends a request from an address in a network of its own, once all that came before is at rest.
    async fn post(&self, path: &str, address: usize, cookie: Option<&str>, body: Value) -> Result<Answer, Box<dyn Error>> {
        self.postern.settled().await;
        sleep(REST).await;
        let mut request = Request::post(format!("{}{path}", self.postern.url))
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-lab-source-ip", format!("10.{}.{}.1", address / 256, address % 256));
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Full::from(body.to_string()))?;
        let start = Instant::now();
        let answer = self.client.request(request).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await?.to_bytes();
        let took = start.elapsed();
        Ok(Answer { status, json: serde_json::from_slice(&body).unwrap_or_default(), took })
    }

    /// The same to each of two, in random order; both are answered with `status`.
    async fn pair(&self, asks: [(String, usize, Value); 2], status: u16) -> Result<[Answer; 2], Box<dyn Error>> {
        let swapped = self.postern.surroundings.dice.bytes::<1>()[0] & 1 == 1;
        let mut asks = asks.to_vec();
        if swapped {
            asks.reverse();
        }
        let mut answers = Vec::new();
        for (path, address, body) in asks {
            let answer = self.post(&path, address, None, body).await?;
            if answer.status != status {
                return Err(format!("{path} was answered with {} in place of {status}: {}", answer.status, answer.json).into());
            }
            answers.push(answer);
        }
        if swapped {
            answers.reverse();
        }
        answers.try_into().map_err(|_| "A pair is two.".into())
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

/// Measures as many pairs as the command line asks for, and answers with what there is to say.
async fn run() -> Result<String, Box<dyn Error>> {
    let (mut pairs, mut arguments) = (400, Parser::from_env());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("pairs") => pairs = arguments.value()?.parse()?,
            Arg::Short('h') | Arg::Long("help") => return Ok(USAGE.to_owned()),
            unknown => return Err(format!("{}\n\n{USAGE}", unknown.unexpected()).into()),
        }
    }
    let data = tempfile::tempdir()?;
    let postern = Postern::start(Options { port: 0, data: data.path().to_owned(), lab: true, starts_at: None }).await?;
    let scene = Scene::new(&postern.url, &postern.surroundings, 1);
    let (firm, cookie) = (scene.thing("firm").await?, format!("__Host-postern-staff={}", scene.thing("staff_session").await?));
    let stage = Stage { postern, client: Client::builder(TokioExecutor::new()).build_http() };
    let (mut asked, mut guessed) = (Sides::default(), Sides::default());
    for pair in 0..WARM_UP + pairs {
        let contact = json!({"name": "Jane Doe", "email": format!("known-{pair:06}@client.test"), "mobile": format!("+1202{}", 5_100_000 + pair),
            "gates": [{"kind": "ssn_last4", "digits": "4321"}]});
        let kept = stage.post("/api/contacts", 0, Some(&cookie), contact).await?;
        if kept.status != StatusCode::CREATED {
            return Err(format!("No contact: {} {}", kept.status, kept.json).into());
        }
        let addresses = [2 * pair + 1, 2 * pair + 2];
        let ask = |side: usize| {
            let email = format!("{}-{pair:06}@client.test", ["known", "other"][side]);
            (format!("/api/firms/{firm}/challenges"), addresses[side], json!({"email": email, "gate": "4321"}))
        };
        let answers = stage.pair([ask(0), ask(1)], 202).await?;
        let guess = |side: usize| {
            let challenge = answers[side].json["challenge"].as_str().unwrap_or_default();
            (format!("/api/challenges/{challenge}/session"), addresses[side], json!({"code": "000000"}))
        };
        let guesses = stage.pair([guess(0), guess(1)], 401).await?;
        for (sides, answers) in [(&mut asked, &answers), (&mut guessed, &guesses)] {
            for (side, answer) in sides.0.iter_mut().zip(answers).filter(|_| pair >= WARM_UP) {
                side.push(answer.took);
            }
        }
    }
    let head = format!("{pairs} pairs, medians in µs\n\n{:<44}{:>10}{:>10}{:>9}{:>8}\n", "", "the one", "the other", "gap", "p");
    let asked = asked.line(["request-code: a contact's email", "nobody's"]);
    let guessed = guessed.line(["verify-code: wrong for a code", "for a decoy"]);
    Ok(head + &asked + &guessed)
}

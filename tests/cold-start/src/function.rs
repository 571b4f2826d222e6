//! One start of a function, seen from the runtime API that it speaks to.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// After which a function is not waited for any longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A deadline in a far year: no function is in a hurry.
const DEADLINE_MILLIS: u64 = 9_999_999_999_999;

/// How long one start took.
pub(crate) struct Start {
    /// From the start of the process until it asks for an event.
    pub(crate) init: Duration,
    /// From the event until the whole answer is there.
    pub(crate) answer: Duration,
    /// The time on a processor, of all its threads together.
    pub(crate) cpu: Duration,
}

/// What a function has asked of the runtime API.
struct Asked {
    stream: TcpStream,
    path: String,
    body: Vec<u8>,
    at: Instant,
}

/// Starts `binary`, brings it `event`, and ends it when it has answered with success.
pub(crate) fn start(binary: &Path, environment: &BTreeMap<&str, &str>, event: &str) -> Result<Start, String> {
    let failed = |error: io::Error| error.to_string();
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(failed)?;
    let mut command = Command::new(binary);
    command.env_clear().envs(environment).env("AWS_LAMBDA_RUNTIME_API", listener.local_addr().map_err(failed)?.to_string());
    for (name, value) in [("NAME", "cold"), ("MEMORY_SIZE", "512"), ("VERSION", "1")] {
        command.env(format!("AWS_LAMBDA_FUNCTION_{name}"), value);
    }
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // It asks for an event, and answers.
        for _ in 0..2 {
            let Ok(asked) = listener.accept().and_then(|(stream, _)| Asked::read(stream)) else { return };
            let _ = sender.send(asked);
        }
    });
    let began = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().map_err(|error| format!("{}: {error}", binary.display()))?;
    let played = play(&child, began, &receiver, event);
    child.kill().and_then(|()| child.wait()).map_err(failed)?;
    played.map(|(start, _)| start)
}

/// Plays the runtime API; the answer that comes along is still to be taken, so that the function waits until it is ended.
fn play(child: &Child, began: Instant, asked: &mpsc::Receiver<Asked>, event: &str) -> Result<(Start, Asked), String> {
    let mut next = asked.recv_timeout(PATIENCE).map_err(|_| "it asks for no event")?;
    if !next.path.ends_with("/next") {
        return Err(format!("it does not start: {}", String::from_utf8_lossy(&next.body)));
    }
    let handed = Instant::now();
    next.give(event).map_err(|error| error.to_string())?;
    let answer = asked.recv_timeout(PATIENCE).map_err(|_| "it gives no answer")?;
    let cpu = time_on_processors(child).map_err(|error| error.to_string())?;
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let refused = body["statusCode"].as_u64().is_some_and(|status| status >= 400);
    if refused || !answer.path.ends_with("/response") {
        return Err(format!("it answers {}", String::from_utf8_lossy(&answer.body)));
    }
    Ok((Start { init: next.at - began, answer: answer.at - handed, cpu }, answer))
}

impl Asked {
    /// Reads one request of HTTP/1.1 with a body of a length that is told.
    fn read(stream: TcpStream) -> io::Result<Self> {
        let mut reader = BufReader::new(stream);
        let (mut head, mut length) = (String::new(), 0);
        reader.read_line(&mut head)?;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().map_err(io::Error::other)?,
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        Ok(Self { stream: reader.into_inner(), path, body, at: Instant::now() })
    }

    /// Gives the function an event; the answer to it comes by a connection of its own.
    fn give(&mut self, event: &str) -> io::Result<()> {
        let head = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             lambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
             lambda-runtime-deadline-ms: {DEADLINE_MILLIS}\r\n\
             lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:123456789012:function:cold\r\n\
             lambda-runtime-trace-id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0\r\n\r\n",
            event.len(),
        );
        self.stream.write_all(&[head.as_bytes(), event.as_bytes()].concat())
    }
}

/// The scheduler's account of each thread, in nanoseconds; that of the whole process is kept in hundredths of a second.
fn time_on_processors(child: &Child) -> io::Result<Duration> {
    let mut nanos = 0;
    for thread in fs::read_dir(format!("/proc/{}/task", child.id()))? {
        let account = fs::read_to_string(thread?.path().join("schedstat"))?;
        nanos += account.split(' ').next().and_then(|time| time.parse::<u64>().ok()).unwrap_or_default();
    }
    Ok(Duration::from_nanos(nanos))
}

//! `cargo run -- --event …` beside an instance that runs: what it prints, its function takes.

use std::{
    path::Path,
    process::{Output, Stdio},
};

use postern_http::{adapted, answer};
use postern_local::{Options, Postern, routers, workers};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

async fn running(lab: bool) -> (Postern, TempDir) {
    let data = tempfile::tempdir().expect("there is room for a folder");
    let postern = Postern::start(Options { port: 0, data: data.path().to_owned(), lab, starts_at: None }).await;
    (postern.expect("it starts"), data)
}

async fn program(data: &Path, event: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_postern"));
    program.args(["--event", event, "--data"]).arg(data).stdin(Stdio::null()).output().await.expect("it runs")
}

/// The event that is printed.
async fn printed(data: &Path, event: &str) -> Value {
    let output = program(data, event).await;
    assert!(output.status.success(), "{event}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("an event is JSON")
}

/// What is told in place of an event.
async fn told(data: &Path, event: &str) -> String {
    let output = program(data, event).await;
    assert!(!output.status.success() && output.stdout.is_empty(), "{event}: {output:?}");
    String::from_utf8(output.stderr).expect("it speaks")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printed_event_has_the_status_of_its_name() {
    let (postern, data) = running(false).await;
    let routers = routers(&postern.surroundings).expect("its settings are there");
    for (function, event, status) in [
        ("request-code", "demo-202", 202),
        ("show-contact", "good-200", 200),
        ("create-contact", "email-taken-409", 409),
        ("verify-code", "good-201", 201),
        ("verify-code", "not-json-415", 415),
        ("open-link", "good-by-gate-201", 201),
        ("create-download", "good-200", 200),
        ("list-contacts", "good-200", 200),
        ("sign-out", "cross-site-403", 403),
        ("sign-out", "good-204", 204),
    ] {
        let event = printed(data.path(), &format!("{function}/{event}")).await;
        let answer = answer(adapted(routers[function].clone()), event.clone()).await;
        assert_eq!(answer.status_code, status, "{event:#} {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_a_lab_says_so_elsewhere() {
    let (postern, data) = running(true).await;
    let event = printed(data.path(), "deliver/good-done").await;
    let deliver = workers(&postern.surroundings).expect("its settings are there").remove("deliver").expect("it is a worker");
    assert_eq!(postern.aws.outbox.messages(), []);
    assert_eq!(deliver(event).await, Ok(Value::Null));
    assert_eq!(postern.aws.outbox.messages().len(), 1);

    let (_postern, data) = running(false).await;
    let told = told(data.path(), "resend-code/good-202").await;
    assert!(told.contains("This takes an instance that was started with `cargo run -- --lab`."), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_in_a_sentence() {
    let (postern, data) = running(false).await;
    for (event, sentence) in [
        ("show-contact/good-201", "There is no show-contact/good-201; show-contact has good-200, unknown-404.\n"),
        ("show-contact", "show-contact names no event: give FUNCTION/EVENT.\n"),
    ] {
        assert_eq!(told(data.path(), event).await, sentence);
    }
    let none = told(data.path(), "unlock/good-204").await;
    assert!(none.starts_with("There are no events of unlock; there are some of ask-for-help, chain-log, "), "{none}");

    let url = postern.url.clone();
    drop(postern);
    let gone = told(data.path(), "show-contact/good-200").await;
    assert_eq!(gone, format!("Nothing answers at {url}: start Postern with `cargo run` in another terminal.\n"));
    let never = tempfile::tempdir().expect("there is room for a folder");
    let never = told(never.path(), "show-contact/good-200").await;
    assert!(never.ends_with("env is not there: start Postern with `cargo run` in another terminal.\n"), "{never}");
}

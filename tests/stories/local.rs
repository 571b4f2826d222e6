//! An instance on someone's machine: what it keeps, and what it says when it cannot start.

use std::{fs, os::unix::fs::PermissionsExt, time::Instant};

use postern_local::{Options, Postern};
use serde_json::json;

use crate::stage::{Jane, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_still_there_after_a_restart() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    let session = browser.cookie("__Host-postern").expect("a session");
    let asked = stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    let sent = stage.sent_to(Jane::MOBILE).await;
    let Stage { postern, data, .. } = stage;
    drop(postern);

    let stage = Stage::on(data).await;
    assert!(stage.postern.owner_link.is_none(), "the demo firm is made once");
    assert_eq!(stage.sent_to(Jane::MOBILE).await, sent, "nothing is lost and nothing is sent again");
    let browser = stage.browser();
    browser.set_cookie("__Host-postern", &session);
    assert_eq!(browser.get("/api/session").await.is(200)["contact"]["contact"], jane.id());
    stage.browser().answer(&asked, &code).await.is(201);
    stage.jane_signed_in().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_ends_with_messages_under_way_sends_them_when_it_starts_again() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    stage.fault(json!({"service": "dynamodb", "operation": "UpdateItem", "mode": "error", "nth": 0, "function": "deliver"})).await;
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let Stage { postern, data, .. } = stage;
    drop(postern);

    let stage = Stage::on(data).await;
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_instance_on_the_same_folder_or_port_is_told_what_to_do() {
    let stage = Stage::new().await;
    let start = |port, data| async move {
        Postern::start(Options { port, data, lab: false, starts_at: None }).await.err().expect("it does not start").to_string()
    };
    let told = start(0, stage.data.path().to_owned()).await;
    assert_eq!(
        told,
        format!("The folder {} is in use by another instance: stop that one, or choose another folder.", stage.data.path().display())
    );
    let port = stage.postern.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let data = tempfile::tempdir().expect("a folder");
    let told = start(port, data.path().to_owned()).await;
    assert_eq!(told, format!("Port {port} is taken: stop the program that uses it, or choose another port."));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_for_its_owner_alone() {
    let place = tempfile::tempdir().expect("a folder");
    let data = place.path().join("made by itself");
    let _postern = Postern::start(Options { port: 0, data: data.clone(), lab: false, starts_at: None }).await.expect("it starts");
    for (name, expected) in [("", 0o700), ("secrets.json", 0o600), ("outbox.jsonl", 0o600)] {
        let mode = fs::metadata(data.join(name)).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode, expected, "{name}: {mode:o}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_again_in_no_time() {
    let Stage { postern, data, .. } = Stage::new().await;
    drop(postern);
    // The best of three: other stories are played at the same time.
    let mut best = u128::MAX;
    for _ in 0..3 {
        let began = Instant::now();
        let postern =
            Postern::start(Options { port: 0, data: data.path().to_owned(), lab: false, starts_at: None }).await.expect("it starts");
        best = best.min(began.elapsed().as_millis());
        drop(postern);
    }
    assert!(best < 1000, "{best} ms");
}

//! Exports of the access log, and what they prove.

use std::time::Duration;

use postern_domain::chain::{Kind, Place, Trust, Verdict, verify};
use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage};

const EXPORT: &str = "/api/access-log/export";

/// What is to be said of an export by whoever knows the key of the newest digest.
pub(crate) fn verdict(stage: &Stage, text: &str) -> Verdict {
    let trust = Trust { keys: [stage.newest_digest().public_key].into(), ..Trust::default() };
    verify(|| text.lines().map(|line| line.as_bytes().to_vec()), &trust)
}

fn parsed(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// A firm with some attempts, all of them chained.
async fn busy() -> (Stage, Browser) {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    for gate in ["0000", Jane::GATE] {
        stage.browser().ask(Jane::EMAIL, gate).await.is(202);
    }
    stage.browser().ask("stranger@client.test", "0000").await.is(202);
    stage.settle().await;
    (stage, owner)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_shows_what_the_log_shows_and_proves_itself() {
    let (stage, owner) = busy().await;
    let mut log = owner.get("/api/access-log?limit=100").await.is(200)["items"].as_array().expect("a list").clone();
    log.reverse();
    let digest = stage.newest_digest();
    let answer = owner.get(EXPORT).await;
    assert_eq!((answer.status, answer.headers["content-type"].to_str().ok()), (200, Some("application/x-ndjson")));
    assert!(answer.headers["content-disposition"].to_str().expect("text").contains("access-log-demo-"), "{:?}", answer.headers);
    let mut lines = parsed(&answer.text);
    let last = lines.pop().expect("a last line");
    assert_eq!((&last["digest"]["firm"], &last["digest"]["records"]), (&json!("demo"), &json!(log.len())));
    assert!(last["signature"].is_string());
    for (line, shown) in lines.iter().zip(&log) {
        for (name, value) in shown.as_object().expect("a record") {
            assert_eq!(&line[name], value, "{name}");
        }
        assert!(line["hash"].as_str().is_some_and(|hash| hash.len() == 64), "{line}");
    }
    let found = verdict(&stage, &answer.text);
    assert!(found.whole == Some(true) && found.complete && found.not_chained_yet == 0, "{found:?}");
    assert_eq!((found.records, found.places), (log.len() as u64, Some((1, log.len() as u64))));
    // A digest of the bucket tells that it is the same chain.
    let trust = Trust { digests: vec![digest], ..Trust::default() };
    let found = verify(|| answer.text.lines().map(|line| line.as_bytes().to_vec()), &trust);
    assert_eq!((found.whole, found.agrees_with_digest), (Some(true), Some(true)), "{found:?}");
    // It is written down, and a part of the next one.
    stage.settle().await;
    let next = parsed(&owner.get(EXPORT).await.text);
    assert_eq!(next[next.len() - 2]["message"], "Access log exported by Olive Owner");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_to_the_table_shows_in_the_export() {
    let (stage, owner) = busy().await;
    let tables = stage.lab.get("/_local/tables").await.is(200);
    let row = tables["AccessLogTable"].as_array().expect("rows").iter().find(|row| row["outcome"]["S"] == "ssn-mismatch").expect("a row");
    stage.edit("AccessLogTable", row, json!({"outcome": {"S": "code-requested"}})).await;
    let broken = verdict(&stage, &owner.get(EXPORT).await.text).broken.expect("something is broken");
    assert_eq!((broken.kind, broken.place), (Kind::Edited, Place::Log));
    assert_eq!(broken.record.map(|record| record.to_string()).as_deref(), row["record"]["S"].as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_takes_what_the_query_takes_and_the_rest_still_proves_itself() {
    let (stage, owner) = busy().await;
    let log = owner.get("/api/access-log?limit=100&outcome=ssn-mismatch").await.is(200);
    let about_jane = format!("contact={}", log["items"][0]["contact"].as_str().expect("an id"));
    for query in [
        "outcome=ssn-mismatch",
        about_jane.as_str(),
        "email=STRANGER@client.test",
        "q=doe%20jane",
        "q=STRANGER@",
        "q=nobody",
        "outcome=signed-out",
        "to=2020-01-01T00:00:00Z",
    ] {
        let log = owner.get(&format!("/api/access-log?limit=100&{query}")).await.is(200)["items"].as_array().expect("a list").clone();
        let text = owner.get(&format!("{EXPORT}?{query}")).await.text;
        let records: Vec<_> = parsed(&text).iter().filter_map(|line| line["record"].as_str().map(str::to_owned)).collect();
        let listed: Vec<_> = log.iter().rev().map(|record| record["record"].as_str().expect("an id")).collect();
        assert_eq!(records, listed, "{query}");
        let found = verdict(&stage, &text);
        assert!(found.whole == Some(true) && !found.complete, "{query}: {found:?}");
    }
    // Of one contact no more is read than there is of them.
    stage.fill_log(1_000).await;
    stage.settle().await;
    stage.postern.aws.calls.take();
    owner.get(&format!("{EXPORT}?{about_jane}")).await;
    let read = stage.postern.aws.calls.take_summary().remove("export-access-log").expect("it was called").rru;
    assert!(read < 30.0, "{read} units");
    // One head, however far behind the first record is.
    let csv = owner.get(&format!("{EXPORT}?format=csv&outcome=log-exported")).await.text;
    assert_eq!((csv.matches("at,outcome,").count(), csv.lines().count() > 2), (1, true), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_fill_more_than_a_page_of_the_table_are_all_in_it() {
    let (stage, owner) = busy().await;
    stage.fill_log_by(400, &"long ".repeat(500)).await;
    stage.settle().await;
    let csv = owner.get(&format!("{EXPORT}?format=csv")).await;
    let rows = csv::Reader::from_reader(csv.text.as_bytes()).into_records().count();
    let json = owner.get(EXPORT).await;
    let found = verdict(&stage, &json.text);
    assert!(found.whole == Some(true) && found.complete, "{found:?}");
    // Exporting it once is a record of its own.
    assert!(rows > 400 && found.records == rows as u64 + 1, "{rows} rows, {found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_by_a_filter_that_takes_longer_than_a_run_is_gone_on_with() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.fill_log(5_000).await;
    stage.settle().await;
    // Before it is asked for: the sweep of a minute may be the one that begins it.
    stage.postern.aws.calls.pace(Duration::from_millis(1500));
    let begun = owner.get(&format!("{EXPORT}?outcome=no-contact")).await.is(202);
    let export = begun["export"].as_str().expect("an id").to_owned();
    let progress = loop {
        stage.worker("make-export")(json!({})).await.expect("it ends in time");
        let tables = stage.lab.get("/_local/tables").await.is(200);
        let row =
            tables["OutboxTable"].as_array().expect("rows").iter().find(|row| row["export"]["S"] == export.as_str()).expect("it waits");
        if row["progress"]["M"]["after"]["S"].is_string() {
            break row["progress"]["M"].clone();
        }
    };
    stage.postern.aws.calls.pace(Duration::ZERO);
    assert_eq!(progress["parts"]["L"], json!([]), "less than a part: {progress}");
    let found = verdict(&stage, &made(&stage, &owner, &export).await);
    assert!(found.whole == Some(true) && found.records == 5_000, "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cell_of_a_spreadsheet_is_a_formula() {
    let (stage, owner) = busy().await;
    let odd = "=HYPERLINK(\"http://x\",\"a b\")";
    stage.browser().ask("+1@client.test", "0000").await.is(202);
    owner.post("/api/contacts", json!({"name": odd})).await.is(201);
    let answer = owner.get(&format!("{EXPORT}?format=csv")).await;
    assert_eq!((answer.status, answer.headers["content-type"].to_str().ok()), (200, Some("text/csv; charset=utf-8")));
    let mut reader = csv::Reader::from_reader(answer.text.as_bytes());
    assert_eq!(&reader.headers().expect("a head")[0], "at");
    assert!(["staff", "attempt"].iter().all(|name| reader.headers().expect("a head").iter().any(|column| column == *name)));
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert!(rows.len() > 8);
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
    for neutral in ["'+1@client.test", "'=HYPERLINK(\"http://x\",\"a b\")"] {
        assert!(rows.iter().flatten().any(|cell| cell == neutral), "{neutral}");
    }
}

/// The file of an export, once it is made.
pub async fn made(stage: &Stage, staff: &Browser, export: &str) -> String {
    for _ in 0..40 {
        stage.settle().await;
        let seen = staff.get(&format!("/api/exports/{export}")).await.is(200);
        if seen["state"] == "ready" {
            return stage.browser().get(seen["url"].as_str().expect("an address")).await.text;
        }
        assert!(seen["url"].is_null(), "{seen}");
        stage.advance(61).await;
    }
    panic!("it is not made")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_for_an_answer_is_made_by_a_worker_that_goes_on_where_it_stopped() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.fill_log(5_000).await;
    stage.settle().await;
    let begun = owner.get(EXPORT).await.is(202);
    let export = begun["export"].as_str().expect("an id").to_owned();
    let text = made(&stage, &owner, &export).await;
    assert!(text.len() > 5 * 1024 * 1024, "more than one part: {}", text.len());
    let found = verdict(&stage, &text);
    assert!(found.whole == Some(true) && found.complete && found.records > 5_000, "{found:?}");
    stage.owner_of_another_firm().await.get(&format!("/api/exports/{export}")).await.is_problem(404, "not-found");

    // Whatever call fails, the next try goes on from the last part.
    for (operation, mode) in [
        ("CreateMultipartUpload", "timeout_after"),
        ("UploadPart", "error"),
        ("UploadPart", "timeout_after"),
        ("CompleteMultipartUpload", "timeout_before"),
        ("CompleteMultipartUpload", "timeout_after"),
    ] {
        stage.fault(json!({"service": "s3", "operation": operation, "mode": mode, "nth": 1, "function": "make-export"})).await;
    }
    stage.fault(json!({"service": "dynamodb", "operation": "UpdateItem", "mode": "error", "nth": 2, "function": "make-export"})).await;
    let begun = owner.get(EXPORT).await.is(202);
    let again = made(&stage, &owner, begun["export"].as_str().expect("an id")).await;
    let found_again = verdict(&stage, &again);
    assert!(found_again.whole == Some(true) && found_again.complete && found_again.records > found.records, "{found_again:?}");
    let csv = owner.get(&format!("{EXPORT}?format=csv")).await.is(202);
    let csv = made(&stage, &owner, csv["export"].as_str().expect("an id")).await;
    assert!(csv.starts_with("\u{feff}at,outcome,") && csv.matches("at,outcome,").count() == 1);
    // After a day it is gone.
    stage.advance(24 * 60 * 60).await;
    stage.owner().await.get(&format!("/api/exports/{export}")).await.is_problem(404, "not-found");
}

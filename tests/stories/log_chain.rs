//! The chain of the access log: each record gets one place in it, whatever happens on the way.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::stage::{Jane, Stage, at_once, logged};

/// The rows of a table.
async fn rows(stage: &Stage, table: &str) -> Vec<Value> {
    stage.postern.aws.tables.items().await.expect("the tables can be read").remove(table).expect("there is such a table")
}

/// The records of the log and those of the chain, in the order of the chain; and that the chain is one.
async fn chained(stage: &Stage) -> (BTreeSet<String>, Vec<String>) {
    stage.settle().await;
    let text = |row: &Value, name: &str| row[name]["S"].as_str().unwrap_or_default().to_owned();
    let log = rows(stage, "AccessLogTable").await.iter().map(|row| text(row, "record")).collect();
    let mut entries = rows(stage, "ChainTable").await;
    entries.retain(|row| row["pk"]["S"] == "CHAIN#demo");
    let place = |row: &Value| row["place"]["N"].as_str().and_then(|place| place.parse::<u64>().ok()).expect("a place");
    entries.sort_by_key(place);
    let mut previous = "0".repeat(64);
    for (number, entry) in (1..).zip(&entries) {
        assert_eq!((place(entry), text(entry, "previous")), (number, previous), "{entry}");
        previous = text(entry, "hash");
    }
    (log, entries.iter().map(|row| text(row, "record")).collect())
}

/// That each record has one place.
async fn all_have_one_place(stage: &Stage) -> usize {
    let (log, chain) = chained(stage).await;
    assert_eq!(chain.iter().cloned().collect::<BTreeSet<_>>(), log);
    assert_eq!(chain.len(), log.len());
    chain.len()
}

/// An event of the log's stream about `row`.
fn told(name: &str, row: &Value) -> Value {
    let keys = json!({"pk": row["pk"], "sk": row["sk"]});
    json!({"eventName": name, "dynamodb": {"Keys": keys, "NewImage": row, "OldImage": row, "SequenceNumber": "1"}})
}

async fn some_attempts(stage: &Stage) {
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    for gate in ["0000", "1111", Jane::GATE] {
        stage.browser().ask(Jane::EMAIL, gate).await.is(202);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_record_gets_one_place_and_its_digest_is_out_of_reach() {
    let stage = Stage::new().await;
    some_attempts(&stage).await;
    let places = all_have_one_place(&stage).await;
    assert!(places > 8, "{places}");
    // The last digest stands in the bucket.
    let last = stage.newest_digest();
    let head = rows(&stage, "ChainTable").await.into_iter().find(|row| row["pk"]["S"] == "CHAINHEAD").expect("a head");
    assert_eq!((last.entry.link.place, &json!(last.entry.hash)), (places as u64, &head["hash"]["S"]));
    assert!(last.holds(), "{last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_again_in_another_order_and_to_several_workers_at_once_has_its_place_already() {
    let stage = Stage::new().await;
    // Nothing is chained by the stream; the workers of this story do it, on records that come in any order and more than once.
    stage
        .fault(json!({"service": "dynamodb", "operation": "TransactWriteItems", "mode": "error", "nth": 0, "function": "chain-log"}))
        .await;
    some_attempts(&stage).await;
    stage.mend().await;
    let rows = rows(&stage, "AccessLogTable").await;
    let events: Vec<Value> = (0..6)
        .map(|turn| {
            let (mut records, middle): (Vec<_>, _) = (rows.iter().map(|row| told("INSERT", row)).collect(), turn * 2 % rows.len());
            records.rotate_left(middle);
            if turn % 2 == 0 {
                records.reverse();
            }
            records.push(records[0].clone());
            json!({ "Records": records })
        })
        .collect();
    let workers = events.into_iter().map(|event| {
        let worker = stage.worker(chain_log::NAME);
        async move { worker(event).await }
    });
    for done in at_once(workers).await {
        assert_eq!(done, Ok(Value::Null));
    }
    all_have_one_place(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_call_of_the_worker_fails_the_next_one_goes_on() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    for (service, operation) in
        [("dynamodb", "GetItem"), ("dynamodb", "BatchGetItem"), ("dynamodb", "TransactWriteItems"), ("s3", "PutObject")]
    {
        for mode in ["error", "timeout_before", "timeout_after"] {
            stage.fault(json!({"service": service, "operation": operation, "mode": mode, "nth": 1, "function": "chain-log"})).await;
            owner.post("/api/contacts", json!({"name": "Ann"})).await.is(201);
            all_have_one_place(&stage).await;
            stage.mend().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_stream_lost_is_found_within_the_hour() {
    let stage = Stage::new().await;
    stage.owner().await;
    let before = all_have_one_place(&stage).await;
    stage.fault(json!({"service": "dynamodb", "operation": "GetItem", "mode": "error", "nth": 0, "function": "chain-log"})).await;
    stage.browser().ask("stranger@client.test", "0000").await.is(202);
    stage.settle().await;
    assert_eq!(chained(&stage).await.1.len(), before, "the stream has given it up");
    stage.mend().await;
    stage.settle().await;
    stage.advance(71 * 60).await;
    assert_eq!(all_have_one_place(&stage).await, before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_changed_or_taken_out_before_its_time_rings() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    all_have_one_place(&stage).await;
    let row = rows(&stage, "AccessLogTable").await.remove(0);
    let record = row["record"]["S"].as_str().expect("an id").to_owned();
    let rang = |how: &str| {
        logged().lines().any(|line| line.contains("ERROR") && line.contains("log-changed") && line.contains(&record) && line.contains(how))
    };
    assert!(!rang(""));
    stage.edit("AccessLogTable", &row, json!({"outcome": {"S": "signed-out"}})).await;
    stage.settle().await;
    assert!(rang("edited"));
    // Time takes out what it may, in silence.
    owner.get("/api/access-log").await.is(200);
    stage.advance(8 * 365 * 24 * 60 * 60).await;
    stage.settle().await;
    assert!(!rang("removed"), "{}", rows(&stage, "AccessLogTable").await.len());
    let worker = stage.worker(chain_log::NAME);
    assert_eq!(worker(json!({"Records": [told("REMOVE", &row)]})).await, Ok(Value::Null));
    assert!(rang("removed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_built_on_a_head_that_nobody_signed() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let before = all_have_one_place(&stage).await;
    let head = rows(&stage, "ChainTable").await.into_iter().find(|row| row["pk"]["S"] == "CHAINHEAD").expect("a head");
    stage.edit("ChainTable", &head, json!({"hash": {"S": "f".repeat(64)}})).await;
    owner.post("/api/contacts", json!({"name": "Ann"})).await.is(201);
    assert_eq!(chained(&stage).await.1.len(), before);
    assert!(logged().lines().any(|line| line.contains("ERROR") && line.contains("not as it was signed")));
}

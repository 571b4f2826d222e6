//! Tables, their streams and what their calls cost.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{
    operation::{put_item::PutItemError, transact_write_items::TransactWriteItemsError},
    types::{AttributeValue, ConditionCheck, ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem},
};
use jiff::Timestamp;
use postern_domain::Clock;
use postern_local::aws::{Endpoint, Mapping};
use serde_json::json;

use crate::{endpoint, fresh_put, item, options, sdk, string, transact};

#[tokio::test]
async fn a_put_whose_condition_fails_answers_the_item_that_is_there() {
    let (_endpoint, sdk, _data) = endpoint().await;
    let client = aws_sdk_dynamodb::Client::new(&sdk);
    let put = || {
        client
            .put_item()
            .table_name("AccessTable")
            .set_item(Some(item("p", "s")))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .send()
    };
    put().await.expect("the first put is applied");
    let error = put().await.expect_err("the second put is refused").into_service_error();
    match error {
        PutItemError::ConditionalCheckFailedException(failed) => {
            assert_eq!(failed.item(), Some(&item("p", "s")));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_cancelled_transaction_tells_why_and_a_token_makes_a_second_one_the_first() {
    let (_endpoint, sdk, _data) = endpoint().await;
    let client = aws_sdk_dynamodb::Client::new(&sdk);
    let write = |token: &str, pk: &str| {
        let check = ConditionCheck::builder()
            .table_name("DirectoryTable")
            .key("pk", string("none"))
            .key("sk", string("none"))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .expect("the check is whole");
        client
            .transact_write_items()
            .client_request_token(token)
            .transact_items(TransactWriteItem::builder().condition_check(check).build())
            .transact_items(transact(fresh_put("WorkTable", pk)))
            .send()
    };
    write("one", "p").await.expect("the transaction is applied");
    write("one", "p").await.expect("the same transaction is recognised");
    let error = write("two", "p").await.expect_err("the item is there");
    let error = error.into_service_error();
    match error {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let reasons = cancelled.cancellation_reasons();
            assert_eq!(reasons[0].code(), Some("None"));
            assert_eq!(reasons[1].code(), Some("ConditionalCheckFailed"));
            assert_eq!(reasons[1].item(), Some(&item("p", "a")));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn calls_are_accounted_by_function() {
    let (endpoint, sdk, _data) = endpoint().await;
    let client = aws_sdk_dynamodb::Client::new(&sdk);
    endpoint.calls.pace(Duration::from_millis(20));
    let get = || client.get_item().table_name("DirectoryTable").set_key(Some(item("p", "s"))).consistent_read(true).send();
    let (one, two) = tokio::join!(get(), get());
    one.and(two).expect("the table can be read");
    client
        .transact_write_items()
        .transact_items(transact(fresh_put("WorkTable", "p")))
        .transact_items(transact(fresh_put("AccessLogTable", "p")))
        .send()
        .await
        .expect("the transaction is applied");
    client
        .query()
        .table_name("AccessLogTable")
        .index_name("by-contact")
        .key_condition_expression("contact_pk = :c")
        .expression_attribute_values(":c", string("c"))
        .send()
        .await
        .expect("the index can be read");
    let accounts = endpoint.calls.take_summary();
    let account = &accounts["someone"];
    assert_eq!(account.sequence, 3);
    assert_eq!(account.calls["dynamodb:GetItem"], 2);
    assert!((account.rru - 2.5).abs() < 0.01, "{account:?}");
    assert!((account.wru - 4.0).abs() < 0.01, "{account:?}");
    let permissions = account.permissions.iter().map(|needed| format!("{} {}", needed.action, needed.resource));
    let table = "arn:aws:dynamodb:us-east-1:000000000000:table";
    assert_eq!(
        permissions.collect::<Vec<_>>(),
        [
            format!("dynamodb:GetItem {table}/DirectoryTable"),
            format!("dynamodb:PutItem {table}/AccessLogTable"),
            format!("dynamodb:PutItem {table}/WorkTable"),
            format!("dynamodb:Query {table}/AccessLogTable/index/by-contact"),
        ]
    );
    assert!(endpoint.calls.take().is_empty());
}

#[tokio::test]
async fn a_stream_drives_its_function_promptly_and_past_a_poison_record() {
    let (endpoint, sdk, _data) = endpoint().await;
    let client = aws_sdk_dynamodb::Client::new(&sdk);
    let put = |pk: &str| client.put_item().table_name("OutboxTable").set_item(Some(item(pk, "s"))).send();
    put("before").await.expect("the row is written");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let mapping = Mapping {
        table: "OutboxTable".to_owned(),
        batch_size: 10,
        lanes: 1,
        filter: Arc::new(|record| record["eventName"] == "INSERT" && record["dynamodb"]["NewImage"]["pk"]["S"] != "filtered"),
    };
    let follow_up = client.clone();
    endpoint.drivers.streams.pump(mapping, move |event| {
        let (sink, client) = (sink.clone(), follow_up.clone());
        async move {
            let mut failures = Vec::new();
            for record in event["Records"].as_array().expect("an event has records") {
                let data = &record["dynamodb"];
                let pk = data["Keys"]["pk"]["S"].as_str().expect("the key is text").to_owned();
                if pk == "poison" {
                    failures.push(json!({ "itemIdentifier": data["SequenceNumber"] }));
                    break;
                }
                // A row that another row led to.
                if pk == "parent" {
                    let row = client.put_item().table_name("OutboxTable").set_item(Some(item("child", "s")));
                    row.send().await.map_err(|error| error.to_string())?;
                }
                sink.lock().expect("no holder panics").push(pk);
            }
            Ok(json!({ "batchItemFailures": failures }))
        }
    });
    endpoint.drivers.streams.settled().await;
    assert_eq!(*seen.lock().expect("no holder panics"), ["before"]);

    for pk in ["filtered", "parent"] {
        put(pk).await.expect("the row is written");
    }
    let begun = Instant::now();
    endpoint.drivers.streams.settled().await;
    assert!(begun.elapsed() < Duration::from_millis(200), "{:?}", begun.elapsed());
    client.delete_item().table_name("OutboxTable").set_key(Some(item("parent", "s"))).send().await.expect("gone");
    for pk in ["poison", "last"] {
        put(pk).await.expect("the row is written");
    }
    endpoint.drivers.streams.settled().await;
    assert_eq!(*seen.lock().expect("no holder panics"), ["before", "parent", "child", "last"]);
}

#[tokio::test]
async fn items_expire_by_the_clock_of_the_product() {
    let data = tempfile::tempdir().expect("there is room for a folder");
    let now = Arc::new(AtomicI64::new(1_800_000_000));
    let read = now.clone();
    let mut options = options(data.path());
    options.clock = Clock::new(move || Timestamp::from_second(read.load(Ordering::Relaxed)).expect("a valid time"));
    let endpoint = Endpoint::start(options).await.expect("the endpoint starts");
    let client = aws_sdk_dynamodb::Client::new(&sdk(&endpoint));
    client
        .put_item()
        .table_name("AccessTable")
        .set_item(Some(item("p", "s")))
        .item("ttl", AttributeValue::N("1800000100".to_owned()))
        .send()
        .await
        .expect("the row is written");
    assert_eq!(endpoint.tables.sweep().await, Ok(0));
    now.fetch_add(101, Ordering::Relaxed);
    assert_eq!(endpoint.tables.sweep().await, Ok(1));
    let items = endpoint.tables.items().await.expect("the tables can be read");
    assert!(items["AccessTable"].is_empty());
}

//! The endpoint as the real SDK clients see it.

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_dynamodb::{
    config::BehaviorVersion,
    error::{ProvideErrorMetadata as _, SdkError},
    types::{
        AttributeValue, ConditionCheck, Put, ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem, builders::PutBuilder,
    },
};
use aws_sdk_s3::{presigning::PresigningConfig, primitives::ByteStream, types::ChecksumMode};
use aws_sdk_sesv2::types::{Body as MailBody, Content, Destination, EmailContent, Message as Mail};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_types::retry::RetryConfig;
use aws_types::{SdkConfig, app_name::AppName, region::Region};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use jiff::Timestamp;
use postern_domain::Clock;
use postern_local::aws::{ACCESS_KEY, Channel, Endpoint, Fault, Mapping, Options, REGION, SECRET_KEY, StartError};
use serde_json::{Value, json};

const TEMPLATE: &str = include_str!("../../template.yaml");
const BUCKET: &str = "documentsbucket";
const ORIGIN: &str = "http://localhost:3000";

fn options(data: &Path) -> Options {
    Options {
        data: data.to_owned(),
        port: 0,
        allowed_origin: ORIGIN.to_owned(),
        clock: Clock::new(|| Timestamp::from_second(1_800_000_000).expect("the time is valid")),
        template: TEMPLATE,
    }
}

async fn endpoint() -> (Endpoint, SdkConfig, tempfile::TempDir) {
    let data = tempfile::tempdir().expect("there is room for a folder");
    let endpoint = Endpoint::start(options(data.path())).await.expect("the endpoint starts");
    let sdk = sdk(&endpoint);
    (endpoint, sdk, data)
}

fn sdk(endpoint: &Endpoint) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(Region::new(REGION))
        .endpoint_url(&endpoint.url)
        .http_client(http)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .retry_config(RetryConfig::disabled())
        .app_name(AppName::new("invite").expect("the name is valid"))
        .build()
}

fn s3(sdk: &SdkConfig) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(sdk).force_path_style(true).build();
    aws_sdk_s3::Client::from_conf(config)
}

fn string(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn item(pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
    [("pk", pk), ("sk", sk)].map(|(name, value)| (name.to_owned(), string(value))).into()
}

fn fresh_put(table: &str, pk: &str) -> PutBuilder {
    Put::builder()
        .table_name(table)
        .set_item(Some(item(pk, "a")))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(OnFailure::AllOld)
}

fn transact(put: PutBuilder) -> TransactWriteItem {
    TransactWriteItem::builder().put(put.build().expect("the put is whole")).build()
}

fn fault(endpoint: &Endpoint, value: Value) {
    endpoint.faults.inject(serde_json::from_value::<Fault>(value).expect("the fault is well formed"));
}

async fn http(method: Method, url: &str, headers: &HeaderMap, body: &str) -> (StatusCode, HeaderMap, Bytes) {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let mut request =
        Request::builder().method(method).uri(url).body(Full::new(Bytes::from(body.to_owned()))).expect("the request is valid");
    *request.headers_mut() = headers.clone();
    let (parts, body) = client.request(request).await.expect("the endpoint answers").into_parts();
    let body = body.collect().await.expect("the answer is whole").to_bytes();
    (parts.status, parts.headers, body)
}

fn header_map(headers: &[(&'static str, &str)]) -> HeaderMap {
    headers
        .iter()
        .map(|(name, value)| {
            let name = hyper::header::HeaderName::from_static(name);
            (name, value.parse().expect("the value is valid"))
        })
        .collect()
}

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
        aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed) => {
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
        aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let reasons = cancelled.cancellation_reasons();
            assert_eq!(reasons[0].code(), Some("None"));
            assert_eq!(reasons[1].code(), Some("ConditionalCheckFailed"));
            assert_eq!(reasons[1].item(), Some(&item("p", "a")));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_upload_is_stored_once_and_whole() {
    let (_endpoint, sdk, _data) = endpoint().await;
    let client = s3(&sdk);
    // SHA-256 of "hello".
    let checksum = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    let presigned = client
        .put_object()
        .bucket(BUCKET)
        .key("firm/doc")
        .content_type("text/plain")
        .checksum_sha256(checksum)
        .if_none_match("*")
        .content_length(5)
        .presigned(PresigningConfig::expires_in(Duration::from_secs(60)).expect("the time is valid"))
        .await
        .expect("the address is signed");
    let mut headers = header_map(&[("origin", ORIGIN)]);
    for (name, value) in presigned.headers() {
        if name != "content-length" {
            let name: hyper::header::HeaderName = name.parse().expect("the name is valid");
            headers.insert(name, value.parse().expect("the value is valid"));
        }
    }
    let put = |body: &'static str| http(Method::PUT, presigned.uri(), &headers, body);

    let (status, _, body) = put("jello").await;
    let text = String::from_utf8_lossy(&body).into_owned();
    assert!(status == 400 && text.contains("BadDigest"), "{status} {text}");
    let (status, answered, body) = put("hello").await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    assert_eq!(answered["access-control-allow-origin"], ORIGIN);
    let version = answered["x-amz-version-id"].to_str().expect("the version is text").to_owned();
    let (status, _, body) = put("hello").await;
    let text = String::from_utf8_lossy(&body).into_owned();
    assert!(status == 412 && text.contains("PreconditionFailed"), "{status} {text}");

    let head =
        client.head_object().bucket(BUCKET).key("firm/doc").checksum_mode(ChecksumMode::Enabled).send().await.expect("the object is there");
    assert_eq!(head.version_id(), Some(version.as_str()));
    assert_eq!(head.content_length(), Some(5));
    assert_eq!(head.content_type(), Some("text/plain"));
    assert_eq!(head.checksum_sha256(), Some(checksum));
    assert_eq!(head.server_side_encryption().map(AsRef::as_ref), Some("AES256"));

    let tampered = presigned.uri().replace("firm/doc", "firm/other");
    assert_eq!(http(Method::PUT, &tampered, &headers, "hello").await.0, 403);
}

#[tokio::test]
async fn a_download_is_of_one_version_and_named_as_asked() {
    let (_endpoint, sdk, _data) = endpoint().await;
    let client = s3(&sdk);
    let put = |body: &'static [u8]| client.put_object().bucket(BUCKET).key("a b/ü").body(ByteStream::from_static(body)).send();
    let first = put(b"first").await.expect("the object is stored");
    put(b"second one").await.expect("a second version is stored");
    let presigned = client
        .get_object()
        .bucket(BUCKET)
        .key("a b/ü")
        .version_id(first.version_id().expect("each object has a version"))
        .response_content_disposition("attachment; filename=\"tax.txt\"")
        .response_content_type("text/plain")
        .presigned(PresigningConfig::expires_in(Duration::from_secs(1)).expect("the time is valid"))
        .await
        .expect("the address is signed");
    let (status, headers, body) = http(Method::GET, presigned.uri(), &header_map(&[("range", "bytes=1-2")]), "").await;
    assert_eq!((status.as_u16(), body.as_ref()), (206, b"ir".as_slice()));
    assert_eq!(headers["content-range"], "bytes 1-2/5");
    assert_eq!(headers["content-disposition"], "attachment; filename=\"tax.txt\"");
    assert_eq!(headers["content-type"], "text/plain");
    assert!(!headers.contains_key("access-control-allow-origin"));
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(http(Method::GET, presigned.uri(), &HeaderMap::new(), "").await.0, 403);

    let newest = client.get_object().bucket(BUCKET).key("a b/ü").send().await.expect("it is there");
    let newest = newest.body.collect().await.expect("it is whole").into_bytes();
    assert_eq!(newest.as_ref(), b"second one");
    let missing = client.head_object().bucket(BUCKET).key("nothing").send().await;
    assert!(missing.expect_err("it is not there").into_service_error().is_not_found());
}

#[tokio::test]
async fn keys_and_names_that_lead_elsewhere_are_refused() {
    let (endpoint, sdk, data) = endpoint().await;
    let client = s3(&sdk);
    for key in ["../../secrets.json", "/etc/passwd", "a/../b", "a//b"] {
        let put = client.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"x")).send().await;
        assert!(put.is_err(), "{key}");
        assert!(client.get_object().bucket(BUCKET).key(key).send().await.is_err(), "{key}");
    }
    assert!(!data.path().join("objects").join("secrets.json").exists());
    let unsigned = http(Method::GET, &format!("{}/{BUCKET}/a", endpoint.url), &HeaderMap::new(), "").await;
    assert_eq!(unsigned.0, 403);
    let rebound = header_map(&[("host", "evil.example")]);
    assert_eq!(http(Method::GET, &endpoint.url, &rebound, "").await.0, 403);
}

#[tokio::test]
async fn a_preflight_admits_the_pages_of_one_origin() {
    let (endpoint, _sdk, _data) = endpoint().await;
    let url = format!("{}/{BUCKET}/a", endpoint.url);
    let ask = |origin, method| {
        header_map(&[
            ("origin", origin),
            ("access-control-request-method", method),
            ("access-control-request-headers", "content-type,x-amz-checksum-sha256"),
        ])
    };
    let (status, headers, _) = http(Method::OPTIONS, &url, &ask(ORIGIN, "PUT"), "").await;
    assert_eq!(status, 200);
    assert_eq!(headers["access-control-allow-origin"], ORIGIN);
    assert_eq!(headers["access-control-allow-headers"], "content-type,x-amz-checksum-sha256");
    for (origin, method) in [("http://evil.example", "PUT"), (ORIGIN, "DELETE")] {
        assert_eq!(http(Method::OPTIONS, &url, &ask(origin, method), "").await.0, 403);
    }
}

#[tokio::test]
async fn what_is_sent_is_kept_and_permanent_refusals_are_modelled() {
    let (endpoint, sdk, _data) = endpoint().await;
    let texts = aws_sdk_sns::Client::new(&sdk);
    let mails = aws_sdk_sesv2::Client::new(&sdk);
    let text = |to: &str| texts.publish().phone_number(to).message("123456 & more").send();
    let mail = |to: &str| {
        let part = |data: &str| Content::builder().data(data).build().expect("the part is whole");
        let body = MailBody::builder().text(part("plain")).html(part("<p>")).build();
        let simple = Mail::builder().subject(part("Hello")).body(body).build();
        mails
            .send_email()
            .from_email_address("firm@demo.test")
            .destination(Destination::builder().to_addresses(to).build())
            .content(EmailContent::builder().simple(simple).build())
            .send()
    };
    let mut news = endpoint.outbox.subscribe();
    let sent = text("+12125550123").await.expect("the text is sent");
    news.changed().await.expect("the outbox is there");
    mail("a@b.test").await.expect("the mail is sent");
    let refused = text("+14254147167").await.expect_err("the number has opted out").into_service_error();
    assert!(refused.is_invalid_parameter_exception(), "{refused:?}");
    let refused = mail("suppressionlist@simulator.amazonses.com").await;
    assert!(refused.expect_err("the address is suppressed").into_service_error().is_message_rejected());

    let messages = endpoint.outbox.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(Some(messages[0].id.as_str()), sent.message_id());
    assert_eq!((messages[0].channel, messages[0].text.as_str()), (Channel::Sms, "123456 & more"));
    let written = serde_json::to_value(&messages[1]).expect("a message is JSON");
    assert_eq!(written["html"], "<p>");
    assert_eq!((&written["channel"], &written["at"]), (&json!("email"), &json!("2027-01-15T08:00:00Z")));
}

#[tokio::test]
async fn each_fault_shows_as_it_would_on_aws() {
    let (endpoint, sdk, _data) = endpoint().await;
    let client = aws_sdk_dynamodb::Client::new(&sdk);
    let put = |pk: &str| client.put_item().table_name("WorkTable").set_item(Some(item(pk, "s"))).send();
    let is_there = async |pk: &str| {
        let found = client.get_item().table_name("WorkTable").set_key(Some(item(pk, "s"))).send().await;
        found.expect("the table can be read").item.is_some()
    };
    let show = |mode| fault(&endpoint, json!({ "service": "dynamodb", "operation": "PutItem", "mode": mode }));

    for (mode, code) in [
        ("throttle", "ProvisionedThroughputExceededException"),
        ("error", "InternalServerError"),
        ("conflict", "TransactionConflictException"),
    ] {
        show(mode);
        assert_eq!(put(mode).await.expect_err("the fault shows").code(), Some(code));
        assert!(!is_there(mode).await);
        put(mode).await.expect("a fault shows once");
    }
    for (mode, applied) in [("timeout_before", false), ("timeout_after", true)] {
        show(mode);
        let error = put(mode).await.expect_err("there is no answer");
        assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
        assert_eq!(is_there(mode).await, applied);
    }
    show("slow");
    let begun = std::time::Instant::now();
    put("slow").await.expect("a slow call is applied");
    assert!(begun.elapsed() >= Duration::from_secs(2));

    fault(&endpoint, json!({ "service": "dynamodb", "operation": "TransactWriteItems", "mode": "conflict" }));
    let write = client.transact_write_items().transact_items(transact(fresh_put("WorkTable", "t"))).send();
    let error = write.await.expect_err("the fault shows").into_service_error();
    assert!(error.is_transaction_canceled_exception() && !is_there("t").await, "{error:?}");
    for (service, operation) in [("ses", "SendEmail"), ("sns", "Publish"), ("secretsmanager", "GetSecretValue")] {
        for mode in ["throttle", "error"] {
            fault(&endpoint, json!({ "service": service, "operation": operation, "mode": mode }));
        }
    }
    fault(&endpoint, json!({ "service": "s3", "operation": "HeadObject", "mode": "throttle" }));
    let head = s3(&sdk).head_object().bucket(BUCKET).key("a").send().await.expect_err("the fault shows");
    assert_eq!(head.raw_response().map(|answer| answer.status().as_u16()), Some(503));
    let secrets = aws_sdk_secretsmanager::Client::new(&sdk);
    let get = || secrets.get_secret_value().secret_id("LinkSecret").send();
    assert_eq!(get().await.expect_err("the fault shows").code(), Some("ThrottlingException"));
    assert!(get().await.expect_err("the fault shows").into_service_error().is_internal_service_error());
    get().await.expect("the faults are used up");
    let texts = aws_sdk_sns::Client::new(&sdk);
    let text = || texts.publish().phone_number("+12125550123").message("m").send();
    assert_eq!(text().await.expect_err("the fault shows").code(), Some("Throttling"));
    assert!(text().await.expect_err("the fault shows").into_service_error().is_internal_error_exception());
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
    let account = &accounts["invite"];
    assert_eq!(account.sequence, 3);
    assert_eq!(account.calls["dynamodb:GetItem"], 2);
    assert!((account.rru - 2.5).abs() < 0.01, "{account:?}");
    assert!((account.wru - 4.0).abs() < 0.01, "{account:?}");
    let permissions: Vec<&str> = account.permissions.iter().map(String::as_str).collect();
    assert_eq!(
        permissions,
        ["GetItem DirectoryTable", "PutItem AccessLogTable", "PutItem WorkTable", "Query AccessLogTable/index/by-contact"]
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
        filter: Arc::new(|record| record["dynamodb"]["NewImage"]["pk"]["S"] != "filtered"),
    };
    let follow_up = client.clone();
    endpoint.streams.pump(mapping, move |event| {
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
    endpoint.streams.settled().await;
    assert_eq!(*seen.lock().expect("no holder panics"), ["before"]);

    for pk in ["filtered", "parent"] {
        put(pk).await.expect("the row is written");
    }
    let begun = std::time::Instant::now();
    endpoint.streams.settled().await;
    assert!(begun.elapsed() < Duration::from_millis(200), "{:?}", begun.elapsed());
    client.delete_item().table_name("OutboxTable").set_key(Some(item("parent", "s"))).send().await.expect("gone");
    for pk in ["poison", "last"] {
        put(pk).await.expect("the row is written");
    }
    endpoint.streams.settled().await;
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

#[tokio::test]
async fn a_restart_keeps_everything_and_two_cannot_share_a_folder() {
    let (endpoint, sdk_before, data) = endpoint().await;
    let secret = async |sdk: &SdkConfig, version: Option<&str>| {
        let get = aws_sdk_secretsmanager::Client::new(sdk).get_secret_value().secret_id("GateSecret");
        get.set_version_id(version.map(str::to_owned)).send().await
    };
    let client = aws_sdk_dynamodb::Client::new(&sdk_before);
    client.put_item().table_name("DirectoryTable").set_item(Some(item("p", "s"))).send().await.expect("written");
    s3(&sdk_before).put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x")).send().await.expect("stored");
    let text = aws_sdk_sns::Client::new(&sdk_before).publish().phone_number("+12125550123").message("m");
    text.send().await.expect("sent");
    let before = secret(&sdk_before, None).await.expect("there is a secret");
    assert_eq!(before.secret_string().map(str::len), Some(64));
    assert!(secret(&sdk_before, Some("other")).await.is_err());

    let second = Endpoint::start(options(data.path())).await;
    assert!(matches!(second, Err(StartError::InUse(_))));
    let port = endpoint.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("the address has a port");
    let elsewhere = tempfile::tempdir().expect("there is room for a folder");
    let second = Endpoint::start(Options { port, ..options(elsewhere.path()) }).await;
    assert!(matches!(second, Err(StartError::PortTaken(_))));

    drop(endpoint);
    let begun = std::time::Instant::now();
    let endpoint = Endpoint::start(options(data.path())).await.expect("it starts again");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    let sdk_after = sdk(&endpoint);
    let items = endpoint.tables.items().await.expect("the tables can be read");
    assert_eq!(items["DirectoryTable"], [json!({ "pk": { "S": "p" }, "sk": { "S": "s" } })]);
    assert_eq!(endpoint.outbox.messages().len(), 1);
    let after = secret(&sdk_after, before.version_id()).await.expect("the secret is there");
    assert_eq!(after.secret_string(), before.secret_string());
    s3(&sdk_after).head_object().bucket(BUCKET).key("k").send().await.expect("the object is there");
}

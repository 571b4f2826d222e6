//! What was sent, what goes wrong, and what outlives the process.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_sesv2::types::Destination;
use aws_types::SdkConfig;
use postern_local::{
    ListenError,
    aws::{Channel, Endpoint, Options, StartError},
};
use serde_json::json;

use crate::{BUCKET, endpoint, fault, fresh_put, item, mail, options, s3, sdk, transact};

#[tokio::test]
async fn what_is_sent_is_kept_and_permanent_refusals_are_modelled() {
    let (endpoint, sdk, _data) = endpoint().await;
    let texts = aws_sdk_sns::Client::new(&sdk);
    let mails = aws_sdk_sesv2::Client::new(&sdk);
    let text = |to: &str| texts.publish().phone_number(to).message("123456 & more").send();
    let mail = |to: &str| mail(&mails, to).send();
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
    let begun = Instant::now();
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
    let mails = aws_sdk_sesv2::Client::new(&sdk);
    let send = || mail(&mails, "a@b.test").send();
    assert_eq!(send().await.expect_err("the fault shows").code(), Some("TooManyRequestsException"));
    assert_eq!(send().await.expect_err("the fault shows").code(), Some("InternalServiceErrorException"));
    let texts = aws_sdk_sns::Client::new(&sdk);
    let text = || texts.publish().phone_number("+12125550123").message("m").send();
    assert_eq!(text().await.expect_err("the fault shows").code(), Some("Throttling"));
    assert!(text().await.expect_err("the fault shows").into_service_error().is_internal_error_exception());
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
    assert!(matches!(second, Err(StartError::Listen(ListenError::Taken(_)))));

    drop(endpoint);
    let begun = Instant::now();
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

#[tokio::test]
async fn a_mail_whose_headers_ses_would_not_take_is_refused() {
    let (endpoint, sdk, _data) = endpoint().await;
    let client = aws_sdk_sesv2::Client::new(&sdk);
    let named = |length: usize| format!("{} <portal@postern.test>", "n".repeat(length - " <portal@postern.test>".len()));
    let mail = || mail(&client, "a@b.test");
    for (case, mail) in [
        ("sender too long", mail().from_email_address(named(321))),
        ("sender not ASCII", mail().from_email_address("Søren <portal@postern.test>")),
        ("sender of two lines", mail().from_email_address("A\r\nBcc: c@d.test <portal@postern.test>")),
        ("reply to too long", mail().reply_to_addresses(named(321))),
        ("recipient too long", mail().destination(Destination::builder().to_addresses(named(321)).build())),
        ("51 recipients", mail().destination(Destination::builder().set_to_addresses(Some(vec!["a@b.test".to_owned(); 51])).build())),
    ] {
        let error = mail.send().await.expect_err(case).into_service_error();
        assert!(error.is_bad_request_exception(), "{case}: {error:?}");
    }
    assert_eq!(endpoint.outbox.messages(), []);
    mail().from_email_address(named(320)).reply_to_addresses(named(320)).send().await.expect("it is taken");
}

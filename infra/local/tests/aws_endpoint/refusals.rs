//! What the services refuse, and this endpoint with them.

use std::time::Duration;

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_s3::{presigning::PresigningConfig, primitives::ByteStream};
use hyper::{HeaderMap, Method};
use postern_local::aws::ACCESS_KEY;

use crate::{BUCKET, endpoint, http, item, mail, s3, sdk_of, string};

#[tokio::test]
async fn no_key_may_be_empty() {
    let (_endpoint, sdk, _data) = endpoint().await;
    let client = aws_sdk_dynamodb::Client::new(&sdk);
    let put = |item| client.put_item().table_name("AccessLogTable").set_item(Some(item)).send();
    assert_eq!(put(item("p", "")).await.expect_err("no key is empty").code(), Some("ValidationException"));
    let mut indexed = item("p", "s");
    indexed.insert("contact_pk".to_owned(), string(""));
    assert_eq!(put(indexed).await.expect_err("no key of an index is empty").code(), Some("ValidationException"));
    let get = client.get_item().table_name("WorkTable").set_key(Some(item("", "s"))).send();
    assert_eq!(get.await.expect_err("no key is empty").code(), Some("ValidationException"));
    put(item("p", "s")).await.expect("this is an item");
    let update = client.update_item().table_name("AccessLogTable").set_key(Some(item("p", "s")));
    let update = update.update_expression("SET contact_pk = :c").expression_attribute_values(":c", string("")).send();
    assert_eq!(update.await.expect_err("no key of an index is empty").code(), Some("ValidationException"));
    for (condition, from) in
        [("pk = :pk AND sk >= :from", ""), ("pk = :pk AND begins_with(sk, :from)", ""), ("pk = :pk AND sk >= :from", "s")]
    {
        let query = client.query().table_name("AccessLogTable").key_condition_expression(condition);
        let query = query.expression_attribute_values(":pk", string("p")).expression_attribute_values(":from", string(from)).send().await;
        match from {
            "" => assert_eq!(query.expect_err("no key is compared with nothing").code(), Some("ValidationException")),
            _ => assert_eq!(query.expect("this is a query").count(), 1),
        }
    }
}

#[tokio::test]
async fn a_function_does_what_its_role_allows_and_nothing_else_of_any_service() {
    let (endpoint, _sdk, _data) = endpoint().await;
    let of = |function| sdk_of(&endpoint, function, ACCESS_KEY);
    let get = |function, table: &str| {
        aws_sdk_dynamodb::Client::new(&of(function)).get_item().table_name(table).set_key(Some(item("p", "s"))).send()
    };
    get("show-firm", "DirectoryTable").await.expect("its role allows it");
    assert_eq!(get("show-firm", "AccessTable").await.expect_err("it may not").code(), Some("AccessDeniedException"));
    let secret = |function, id: &str| aws_sdk_secretsmanager::Client::new(&of(function)).get_secret_value().secret_id(id).send();
    secret("verify-code", "SignInSecret").await.expect("its role allows it");
    assert_eq!(secret("verify-code", "GateSecret").await.expect_err("it may not").code(), Some("AccessDeniedException"));
    let send = |function, set: Option<&str>| {
        let mail = mail(&aws_sdk_sesv2::Client::new(&of(function)), "a@b.test");
        mail.set_configuration_set_name(set.map(str::to_owned)).send()
    };
    let own = Some("ConfigurationSet");
    send("deliver", own).await.expect("its role allows it");
    // Without one it would be the identity's own.
    for (function, set) in [("invite", own), ("deliver", None), ("deliver", Some("Another"))] {
        assert_eq!(send(function, set).await.expect_err("it may not").code(), Some("AccessDeniedException"), "{function} {set:?}");
    }
    let text = |function| aws_sdk_sns::Client::new(&of(function)).publish().phone_number("+12125550123").message("m").send();
    text("deliver").await.expect("its role allows it");
    assert_eq!(text("invite").await.expect_err("it may not").code(), Some("AuthorizationError"));

    let objects = |function| s3(&of(function));
    let put = |function| objects(function).put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x")).send();
    assert_eq!(put("create-download").await.expect_err("it may not").code(), Some("AccessDenied"));
    let version = put("create-upload").await.expect("its role allows it").version_id.expect("each object has a version");
    let head = |function, key: &str| objects(function).head_object().bucket(BUCKET).key(key).send();
    head("complete-upload", "k").await.expect("its role allows it");
    // Only who may list is told that there is nothing.
    assert!(head("complete-upload", "none").await.expect_err("there is none").into_service_error().is_not_found());
    let get = objects("create-download").get_object().bucket(BUCKET).key("none").version_id(version).send();
    assert_eq!(get.await.expect_err("it may not know").code(), Some("AccessDenied"));
}

#[tokio::test]
async fn an_address_opens_what_whoever_signed_it_may_do() {
    let (endpoint, sdk, _data) = endpoint().await;
    s3(&sdk).put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x")).send().await.expect("it is stored");
    for (signer, status) in [(ACCESS_KEY, 200), ("complete-upload", 200), ("create-upload", 403)] {
        let presigned = PresigningConfig::expires_in(Duration::from_mins(1)).expect("the time is valid");
        let get = s3(&sdk_of(&endpoint, "someone", signer)).get_object().bucket(BUCKET).key("k").presigned(presigned);
        let address = get.await.expect("it is signed");
        assert_eq!(http(Method::GET, address.uri(), &HeaderMap::new(), "").await.0, status, "{signer}");
    }
}

#[tokio::test]
async fn mail_comes_from_the_verified_address_alone_and_its_headers_have_bounds() {
    let (endpoint, sdk, _data) = endpoint().await;
    let client = aws_sdk_sesv2::Client::new(&sdk);
    let send = |from: &str| mail(&client, "a@b.test").from_email_address(from).send();
    send("\"Demo\" <portal@postern.test>").await.expect("it is sent");
    let refused = send("office@demo.test").await.expect_err("nobody has verified it").into_service_error();
    assert!(refused.is_message_rejected(), "{refused:?}");
    let long = format!("\"{}\" <portal@postern.test>", "n".repeat(300));
    assert_eq!(send(&long).await.expect_err("it is too long").code(), Some("BadRequestException"));
    assert_eq!(endpoint.outbox.messages().len(), 1);
}

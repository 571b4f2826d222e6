//! The endpoint as the real SDK clients see it.

mod endpoint;
mod objects;
mod refusals;
mod tables;
mod workers;

use std::{collections::HashMap, path::Path};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_dynamodb::{
    config::BehaviorVersion,
    types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem, builders::PutBuilder},
};
use aws_sdk_sesv2::{
    operation::send_email::builders::SendEmailFluentBuilder,
    types::{Body as MailBody, Content, Destination, EmailContent, Message as Mail},
};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_types::retry::RetryConfig;
use aws_types::{SdkConfig, app_name::AppName, region::Region};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request, StatusCode, header::HeaderName};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use jiff::Timestamp;
use postern_domain::Clock;
use postern_local::aws::{ACCESS_KEY, Endpoint, Fault, Options, REGION, SECRET_KEY};
use serde_json::Value;

const TEMPLATE: &str = include_str!("../../../template.yaml");
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

/// The way to the endpoint of whoever is no function.
fn sdk(endpoint: &Endpoint) -> SdkConfig {
    sdk_of(endpoint, "someone", ACCESS_KEY)
}

/// The way to the endpoint of a function, or of another one's access key.
fn sdk_of(endpoint: &Endpoint, function: &'static str, access_key: &str) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let credentials = Credentials::new(access_key, SECRET_KEY, None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(Region::new(REGION))
        .endpoint_url(&endpoint.url)
        .http_client(http)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .retry_config(RetryConfig::disabled())
        .app_name(AppName::new(function).expect("the name is valid"))
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
            let name = HeaderName::from_static(name);
            (name, value.parse().expect("the value is valid"))
        })
        .collect()
}

fn mail(client: &aws_sdk_sesv2::Client, to: &str) -> SendEmailFluentBuilder {
    let part = |data: &str| Content::builder().data(data).build().expect("the part is whole");
    let body = MailBody::builder().text(part("plain")).html(part("<p>")).build();
    let simple = Mail::builder().subject(part("Hello")).body(body).build();
    client
        .send_email()
        .from_email_address("portal@postern.test")
        .destination(Destination::builder().to_addresses(to).build())
        .content(EmailContent::builder().simple(simple).build())
}

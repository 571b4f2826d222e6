//! Storage that gives prepared answers, for the tests of this crate.

use std::collections::BTreeMap;

use aws_sdk_s3::{
    config::{
        BehaviorVersion, Credentials, Region, SharedCredentialsProvider,
        http::{HttpRequest, HttpResponse},
        retry::RetryConfig,
    },
    primitives::SdkBody,
};
use aws_smithy_http_client::test_util::{ReplayEvent, StaticReplayClient};
use aws_types::SdkConfig;

use crate::Files;

/// A prepared answer: status, headers, body.
pub(crate) type Answer = (u16, Vec<(&'static str, &'static str)>, &'static str);

/// The bucket `papers` that gives these answers in turn, and what records the requests.
pub(crate) fn files(endpoint: Option<&str>, answers: Vec<Answer>) -> (Files, StaticReplayClient) {
    let events = answers.into_iter().map(|(status, headers, body)| {
        let mut response = HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body));
        for (name, value) in headers {
            response.headers_mut().insert(name, value);
        }
        ReplayEvent::new(HttpRequest::empty(), response)
    });
    let client = StaticReplayClient::new(events.collect());
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-2"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .http_client(client.clone());
    config.set_endpoint_url(endpoint.map(ToOwned::to_owned));
    (Files { client: crate::client(&config.build()), bucket: "papers".to_owned() }, client)
}

/// The parameters in the query of `url`, decoded.
pub(crate) fn query(url: &str) -> BTreeMap<String, String> {
    let decoded = |text| percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned();
    let (_, query) = url.split_once('?').expect("a query");
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

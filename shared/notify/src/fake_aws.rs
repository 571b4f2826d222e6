//! An AWS endpoint for the tests of the senders: it gives one answer and keeps what was asked.

use aws_sdk_sns::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider, http::HttpResponse, retry::RetryConfig};
use aws_smithy_http_client::test_util::{CaptureRequestReceiver, capture_request};
use aws_types::SdkConfig;

/// A configuration whose only request is answered with `status` and `body`, and the receiver of that request.
pub(crate) fn answering(status: u16, body: &'static str) -> (SdkConfig, CaptureRequestReceiver) {
    let status = status.try_into().expect("an HTTP status");
    let response = HttpResponse::new(status, body.into()).try_into_http1x().expect("an HTTP response");
    let (client, asked) = capture_request(Some(response));
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("id", "secret", None, None, "test")))
        .retry_config(RetryConfig::disabled())
        .http_client(client)
        .build();
    (config, asked)
}

/// The body of the request, as text.
pub(crate) fn body(asked: CaptureRequestReceiver) -> String {
    let request = asked.expect_request();
    let bytes = request.body().bytes().expect("a body in memory");
    String::from_utf8(bytes.to_vec()).expect("a body of text")
}

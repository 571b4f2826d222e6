//! Documents in S3: URLs that a browser sends and fetches them by, and what storage says has arrived.
//!
//! No byte of a document passes through Postern but the first ones, by which its kind is judged. A URL is good for one
//! object and a short time, and whoever holds it may use it: it is shown by no `Debug` here.

mod arrived;
mod digests;
mod disposition;
mod exports;
mod signed;
#[cfg(test)]
mod testing;

use std::fmt;

use aws_sdk_s3::{
    Client,
    config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation, http::HttpResponse},
    error::SdkError,
};
use aws_types::SdkConfig;
use postern_aws::{Aws, Grant, Misconfigured, Reachable, Thing};

pub use digests::Digests;
pub use exports::ExportFiles;
pub use signed::{Download, Upload};

/// The bucket that holds all documents.
#[derive(Clone)]
pub struct Files {
    client: Client,
    bucket: String,
}

impl Reachable for Files {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self { client: aws.client(client), bucket: aws.variable("DOCUMENTS_BUCKET")? })
    }

    fn grants(actions: &[&'static str]) -> Vec<Grant> {
        vec![Grant { variable: "DOCUMENTS_BUCKET", thing: Thing::Bucket, actions: actions.to_vec() }]
    }
}

/// A client that speaks to S3 as `config` says. Where that names an endpoint of its own, the bucket stands in the path of its addresses,
/// since a host name for each bucket exists only on AWS.
fn client(config: &SdkConfig) -> Client {
    let s3 = Builder::from(config)
        .force_path_style(config.endpoint_url().is_some())
        // Otherwise the SDK adds a checksum of its own choice, and asks for one, in requests that a browser repeats.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .build();
    Client::from_conf(s3)
}

/// The status of an answer that is a refusal.
fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::testing;

    #[test]
    fn debug_shows_the_bucket_and_no_credentials() {
        let (files, _) = testing::files(None, Vec::new());
        assert_eq!(format!("{files:?}"), r#"Files { bucket: "papers", .. }"#);
    }
}

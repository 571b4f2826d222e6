//! The bucket of signed digests: what is put there cannot be changed or deleted by anyone for as long as the log is kept.

use std::fmt;

use aws_sdk_s3::{Client, primitives::ByteStream};
use base64::{Engine, engine::general_purpose::STANDARD};
use postern_aws::{Aws, Grant, Misconfigured, Reachable, Thing, Unavailable};
use postern_domain::document::Sha256Hex;

use crate::{client, status};

/// The bucket that holds digests of the log's chains.
#[derive(Clone)]
pub struct Digests {
    client: Client,
    bucket: String,
}

impl Reachable for Digests {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self { client: aws.client(client), bucket: aws.variable("DIGESTS_BUCKET")? })
    }

    fn grants(actions: &[&'static str]) -> Vec<Grant> {
        vec![Grant { variable: "DIGESTS_BUCKET", thing: Thing::Bucket, actions: actions.to_vec() }]
    }
}

impl Digests {
    /// Puts a digest whose checksum is `sha256` under `key`, unless one stands there.
    pub async fn put(&self, key: &str, digest: Vec<u8>, sha256: &Sha256Hex) -> Result<(), Unavailable> {
        let put = (self.client.put_object().bucket(&self.bucket).key(key))
            .content_type("application/json")
            // A bucket with Object Lock takes nothing without a checksum.
            .checksum_sha256(STANDARD.encode(sha256.bytes()))
            .if_none_match("*")
            .body(ByteStream::from(digest));
        match put.send().await {
            Err(error) if status(&error) == Some(412) => Ok(()),
            answer => answer.map(drop).map_err(Unavailable::new),
        }
    }
}

impl fmt::Debug for Digests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Digests").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

//! The bucket of exports: files that a worker makes in parts, and that end by themselves.

use std::{fmt, time::Duration};

use aws_sdk_s3::{
    Client,
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};
use jiff::SignedDuration;
use postern_aws::{Aws, Grant, Misconfigured, Reachable, Thing, Unavailable};

use crate::{Download, client, status};

/// The bucket that holds the files of exports.
#[derive(Clone)]
pub struct ExportFiles {
    client: Client,
    bucket: String,
}

impl Reachable for ExportFiles {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self { client: aws.client(client), bucket: aws.variable("EXPORTS_BUCKET")? })
    }

    fn grants(actions: &[&'static str]) -> Vec<Grant> {
        vec![Grant { variable: "EXPORTS_BUCKET", thing: Thing::Bucket, actions: actions.to_vec() }]
    }
}

impl ExportFiles {
    /// Begins a file, and answers what its parts are sent for.
    pub async fn begin(&self, key: &str, content_type: &str) -> Result<String, Unavailable> {
        let begun = self.client.create_multipart_upload().bucket(&self.bucket).key(key).content_type(content_type);
        let begun = begun.send().await.map_err(Unavailable::new)?;
        begun.upload_id.ok_or_else(|| Unavailable::new("storage named no upload"))
    }

    /// Stores part number `number` (from 1 on) of a file, and answers with its tag; nothing if storage has forgotten the upload.
    pub async fn part(&self, key: &str, upload: &str, number: usize, bytes: Vec<u8>) -> Result<Option<String>, Unavailable> {
        let part = (self.client.upload_part().bucket(&self.bucket).key(key).upload_id(upload))
            .part_number(i32::try_from(number).map_err(Unavailable::new)?)
            .body(ByteStream::from(bytes));
        match part.send().await {
            Err(error) if status(&error) == Some(404) => Ok(None),
            stored => stored.map_err(Unavailable::new)?.e_tag.map(Some).ok_or_else(|| Unavailable::new("storage named no tag")),
        }
    }

    /// Keeps what is too little for a part, under a key of its own.
    pub async fn keep(&self, key: &str, bytes: Vec<u8>) -> Result<(), Unavailable> {
        let put = self.client.put_object().bucket(&self.bucket).key(key).body(ByteStream::from(bytes));
        put.send().await.map(drop).map_err(Unavailable::new)
    }

    /// What was kept under `key`; nothing if storage has forgotten it.
    pub async fn kept(&self, key: &str) -> Result<Option<Vec<u8>>, Unavailable> {
        match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Err(error) if status(&error) == Some(404) => Ok(None),
            found => Ok(Some(found.map_err(Unavailable::new)?.body.collect().await.map_err(Unavailable::new)?.to_vec())),
        }
    }

    /// Makes one file of the parts with these tags; answers whether it did, which it does not if storage has forgotten the upload.
    pub async fn complete(&self, key: &str, upload: &str, tags: &[String]) -> Result<bool, Unavailable> {
        let parts = (1..).zip(tags).map(|(number, tag)| CompletedPart::builder().part_number(number).e_tag(tag).build());
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let complete = self.client.complete_multipart_upload().bucket(&self.bucket).key(key).upload_id(upload).multipart_upload(parts);
        match complete.send().await {
            Err(error) if status(&error) == Some(404) => Ok(false),
            completed => completed.map(|_| true).map_err(Unavailable::new),
        }
    }

    /// Whether the file is there.
    pub async fn is_there(&self, key: &str) -> Result<bool, Unavailable> {
        match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Err(error) if status(&error) == Some(404) => Ok(false),
            found => found.map(|_| true).map_err(Unavailable::new),
        }
    }

    /// Signs an address that the file under `key` is fetched from, to be saved as `name`.
    pub async fn download(&self, key: &str, name: &str, lifetime: SignedDuration) -> Result<Download, Unavailable> {
        let lifetime = Duration::try_from(lifetime).map_err(Unavailable::new)?;
        let request = (self.client.get_object().bucket(&self.bucket).key(key))
            .response_content_disposition(format!("attachment; filename=\"{name}\""))
            .response_cache_control("no-store")
            .presigned(PresigningConfig::expires_in(lifetime).map_err(Unavailable::new)?)
            .await
            .map_err(Unavailable::new)?;
        Ok(Download { url: request.uri().to_owned(), expires_in: u32::try_from(lifetime.as_secs()).map_err(Unavailable::new)? })
    }
}

impl fmt::Debug for ExportFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportFiles").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

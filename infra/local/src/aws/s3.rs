//! S3: the operations that the product uses, over the objects on disk.

use bytes::Bytes;
use futures::StreamExt as _;
use hyper::StatusCode;
use s3s::{
    S3, S3Error, S3Request, S3Response, S3Result,
    auth::SimpleAuth,
    checksum::ChecksumHasher,
    crypto::{Checksum as _, Md5},
    dto::{
        Checksum, ChecksumMode, CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CreateMultipartUploadInput,
        CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, ETag, ETagCondition, GetObjectInput, GetObjectOutput,
        HeadObjectInput, HeadObjectOutput, PutObjectInput, PutObjectOutput, ServerSideEncryption, StreamingBlob, Timestamp,
        UploadPartInput, UploadPartOutput,
    },
    s3_error,
    service::{S3Service, S3ServiceBuilder},
};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio_util::io::ReaderStream;

use crate::account::{ACCESS_KEY, SECRET_KEY};

use super::{
    events::Events,
    multipart::{Part, Uploads},
    objects::{Objects, StoreError, Version, key_is_plain},
};

/// The service over `objects`, which tells `events` what is put and checks signatures, presigned addresses and their expiry.
pub(super) fn service<'a>(objects: Objects, events: Events, functions: impl Iterator<Item = &'a str>) -> S3Service {
    let mut builder = S3ServiceBuilder::new(Storage { objects, events, uploads: Uploads::default() });
    let mut keys = SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY);
    for function in functions {
        keys.register(function.to_owned(), SECRET_KEY.into());
    }
    builder.set_auth(keys);
    builder.build()
}

struct Storage {
    objects: Objects,
    /// What is told of each object that is put.
    events: Events,
    /// Files that are being sent in parts.
    uploads: Uploads,
}

impl Storage {
    fn check(&self, bucket: &str, key: &str) -> S3Result<()> {
        if !self.objects.has_bucket(bucket) {
            return Err(s3_error!(NoSuchBucket));
        }
        if !key_is_plain(key) {
            return Err(s3_error!(InvalidArgument, "The key has an empty, '.' or '..' segment."));
        }
        Ok(())
    }

    fn find(&self, bucket: &str, key: &str, version: Option<&str>) -> S3Result<Version> {
        self.check(bucket, key)?;
        self.objects.find(bucket, key, version).map_err(S3Error::internal_error)?.ok_or_else(|| match version {
            Some(_) => s3_error!(NoSuchVersion),
            None => s3_error!(NoSuchKey),
        })
    }

    /// Writes the body to a version's file, and answers its size, its tag and the checksums of the kinds in `claimed`.
    async fn write(&self, body: Option<StreamingBlob>, file: &mut tokio::fs::File, claimed: &Checksum) -> S3Result<Written> {
        let mut checksums = ChecksumHasher {
            crc32: claimed.checksum_crc32.as_ref().map(|_| s3s::crypto::Checksum::new()),
            crc32c: claimed.checksum_crc32c.as_ref().map(|_| s3s::crypto::Checksum::new()),
            sha1: claimed.checksum_sha1.as_ref().map(|_| s3s::crypto::Checksum::new()),
            sha256: claimed.checksum_sha256.as_ref().map(|_| s3s::crypto::Checksum::new()),
            crc64nvme: claimed.checksum_crc64nvme.as_ref().map(|_| s3s::crypto::Checksum::new()),
        };
        let mut tag = Md5::new();
        let mut size = 0;
        if let Some(mut body) = body {
            while let Some(chunk) = body.next().await {
                let chunk = chunk.map_err(|e| s3_error!(IncompleteBody, "{e}"))?;
                checksums.update(&chunk);
                tag.update(&chunk);
                size += chunk.len() as u64;
                file.write_all(&chunk).await.map_err(S3Error::internal_error)?;
            }
        }
        let etag = format!("{:x}", Bytes::copy_from_slice(&tag.finalize()));
        Ok(Written { size, etag, checksums: checksums.finalize() })
    }
}

struct Written {
    size: u64,
    etag: String,
    checksums: Checksum,
}

#[async_trait::async_trait]
impl S3 for Storage {
    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let input = request.input;
        self.check(&input.bucket, &input.key)?;
        let only_new = match (input.if_none_match, input.if_match) {
            (None, None) => false,
            (Some(ETagCondition::Any), None) => true,
            _ => return Err(s3_error!(NotImplemented, "Of the conditions only If-None-Match: * is offered here.")),
        };
        let claimed = Checksum {
            checksum_crc32: input.checksum_crc32,
            checksum_crc32c: input.checksum_crc32c,
            checksum_crc64nvme: input.checksum_crc64nvme,
            checksum_sha1: input.checksum_sha1,
            checksum_sha256: input.checksum_sha256,
            ..Checksum::default()
        };
        let mut incoming = self.objects.begin(&input.bucket).await.map_err(S3Error::internal_error)?;
        let written = self.write(input.body, &mut incoming.file, &claimed).await?;
        if input.content_length.is_some_and(|length| u64::try_from(length) != Ok(written.size)) {
            return Err(s3_error!(IncompleteBody));
        }
        if written.checksums != claimed {
            return Err(s3_error!(BadDigest, "The checksum you specified did not match what was received."));
        }
        let version = Version {
            key: input.key,
            id: String::new(),
            size: written.size,
            content_type: input.content_type.unwrap_or_else(|| "binary/octet-stream".to_owned()),
            etag: written.etag,
            checksum_sha256: claimed.checksum_sha256,
        };
        let placed = self.objects.place(&input.bucket, incoming, version, only_new).await.map_err(|error| match error {
            StoreError::Exists => s3_error!(PreconditionFailed),
            StoreError::Io(error) => S3Error::internal_error(error),
        })?;
        self.events.object_created(&input.bucket, &placed);
        Ok(S3Response::new(PutObjectOutput {
            e_tag: Some(ETag::Strong(placed.etag)),
            checksum_sha256: placed.checksum_sha256,
            server_side_encryption: Some(encryption()),
            version_id: Some(placed.id),
            ..PutObjectOutput::default()
        }))
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let input = request.input;
        self.check(&input.bucket, &input.key)?;
        let content_type = input.content_type.unwrap_or_else(|| "binary/octet-stream".to_owned());
        let upload_id = self.uploads.begin(&input.bucket, &input.key, content_type);
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(upload_id),
            ..CreateMultipartUploadOutput::default()
        }))
    }

    async fn upload_part(&self, request: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        let input = request.input;
        self.check(&input.bucket, &input.key)?;
        let mut incoming = self.objects.begin(&input.bucket).await.map_err(S3Error::internal_error)?;
        let written = self.write(input.body, &mut incoming.file, &Checksum::default()).await?;
        incoming.file.flush().await.map_err(S3Error::internal_error)?;
        let part = Part { size: written.size, etag: written.etag.clone(), incoming };
        self.uploads.part(&input.bucket, &input.key, &input.upload_id, input.part_number, part)?;
        Ok(S3Response::new(UploadPartOutput { e_tag: Some(ETag::Strong(written.etag)), ..UploadPartOutput::default() }))
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = request.input;
        self.check(&input.bucket, &input.key)?;
        let named = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let named = named.into_iter().map(|part| {
            let tag = part.e_tag.map(ETag::into_value).unwrap_or_default();
            (part.part_number.unwrap_or_default(), tag)
        });
        let (content_type, parts) = self.uploads.finish(&input.bucket, &input.key, &input.upload_id, &named.collect::<Vec<_>>())?;
        let mut incoming = self.objects.begin(&input.bucket).await.map_err(S3Error::internal_error)?;
        for part in &parts {
            let mut bytes = part.incoming.reread().await.map_err(S3Error::internal_error)?;
            tokio::io::copy(&mut bytes, &mut incoming.file).await.map_err(S3Error::internal_error)?;
        }
        let version = Version {
            key: input.key.clone(),
            id: String::new(),
            size: parts.iter().map(|part| part.size).sum(),
            content_type,
            etag: format!("{}-{}", parts.first().map(|part| part.etag.as_str()).unwrap_or_default(), parts.len()),
            checksum_sha256: None,
        };
        let placed = self.objects.place(&input.bucket, incoming, version, false).await.map_err(|error| match error {
            StoreError::Exists => s3_error!(PreconditionFailed),
            StoreError::Io(error) => S3Error::internal_error(error),
        })?;
        self.events.object_created(&input.bucket, &placed);
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(ETag::Strong(placed.etag)),
            version_id: Some(placed.id),
            ..CompleteMultipartUploadOutput::default()
        }))
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = request.input;
        self.check(&input.bucket, &input.key)?;
        let Some(version) = input.version_id else {
            return Err(s3_error!(NotImplemented, "Only a version is deleted here, not hidden by a delete marker."));
        };
        // Like S3, it answers the same to a version that is not there.
        self.objects.erase(&input.bucket, &input.key, &version).map_err(S3Error::internal_error)?;
        Ok(S3Response::with_status(
            DeleteObjectOutput { version_id: Some(version), ..DeleteObjectOutput::default() },
            StatusCode::NO_CONTENT,
        ))
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        let version = self.find(&input.bucket, &input.key, input.version_id.as_deref())?;
        let file = self.objects.read(&input.bucket, &version).await.map_err(S3Error::internal_error)?;
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            checksum_sha256: told(input.checksum_mode.as_ref(), &version),
            content_length: Some(signed(version.size)?),
            content_type: Some(version.content_type),
            e_tag: Some(ETag::Strong(version.etag)),
            last_modified: modified(&file).await,
            server_side_encryption: Some(encryption()),
            version_id: Some(version.id),
            ..HeadObjectOutput::default()
        }))
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        let version = self.find(&input.bucket, &input.key, input.version_id.as_deref())?;
        let mut file = self.objects.read(&input.bucket, &version).await.map_err(S3Error::internal_error)?;
        let last_modified = modified(&file).await;
        let range = input.range.map(|range| range.check(version.size)).transpose()?;
        let content_range = range.as_ref().map(|range| format!("bytes {}-{}/{}", range.start, range.end - 1, version.size));
        let whole = range.is_none();
        let range = range.unwrap_or(0..version.size);
        file.seek(std::io::SeekFrom::Start(range.start)).await.map_err(S3Error::internal_error)?;
        let length = range.end - range.start;
        Ok(S3Response::new(GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            body: Some(StreamingBlob::wrap(ReaderStream::with_capacity(file.take(length), 64 * 1024))),
            // The checksum is of the whole object: a client would hold a part of it against it.
            checksum_sha256: whole.then(|| told(input.checksum_mode.as_ref(), &version)).flatten(),
            content_length: Some(signed(length)?),
            content_range,
            content_type: Some(version.content_type),
            e_tag: Some(ETag::Strong(version.etag)),
            last_modified,
            server_side_encryption: Some(encryption()),
            version_id: Some(version.id),
            ..GetObjectOutput::default()
        }))
    }
}

fn encryption() -> ServerSideEncryption {
    ServerSideEncryption::from_static(ServerSideEncryption::AES256)
}

fn told(mode: Option<&ChecksumMode>, version: &Version) -> Option<String> {
    mode.and(version.checksum_sha256.clone())
}

fn signed(size: u64) -> S3Result<i64> {
    i64::try_from(size).map_err(S3Error::internal_error)
}

async fn modified(file: &tokio::fs::File) -> Option<Timestamp> {
    file.metadata().await.ok()?.modified().ok().map(Timestamp::from)
}

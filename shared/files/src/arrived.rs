//! What storage has received.

use aws_sdk_s3::{config::http::HttpResponse, error::SdkError, types::ChecksumMode};
use base64::{Engine, engine::general_purpose::STANDARD};
use postern_aws::Unavailable;
use postern_domain::document::Arrived;

use crate::Files;

impl Files {
    /// What stands under `key`; nothing if nothing arrived yet.
    ///
    /// Storage says "nothing there" only to those who may list the bucket; to others it is a refusal, and so an error.
    pub async fn arrived(&self, key: &str) -> Result<Option<Arrived>, Unavailable> {
        let answer = self.client.head_object().bucket(&self.bucket).key(key).checksum_mode(ChecksumMode::Enabled).send().await;
        let found = match answer {
            Err(error) if status(&error) == Some(404) => return Ok(None),
            answer => answer.map_err(Unavailable::new)?,
        };
        let size = found.content_length().and_then(|length| u64::try_from(length).ok());
        // A document sent in parts has a checksum of checksums (`…-3`), which says nothing of the bytes themselves.
        let sha256 = found.checksum_sha256().and_then(|sum| STANDARD.decode(sum).ok()?.try_into().ok());
        Ok(Some(Arrived {
            size: size.ok_or_else(|| Unavailable::new("storage named no length"))?,
            sha256: sha256.map(<[u8; 32]>::into),
            // A bucket whose versioning was switched off calls the one version "null", and lets it be replaced.
            version: found
                .version_id
                .filter(|version| version != "null")
                .ok_or_else(|| Unavailable::new("the bucket keeps no versions"))?,
        }))
    }

    /// The first `len` bytes of `version` of the document under `key`, or all of them if there are fewer.
    pub async fn head_bytes(&self, key: &str, version: &str, len: u64) -> Result<Vec<u8>, Unavailable> {
        let Some(last) = len.checked_sub(1) else { return Ok(Vec::new()) };
        let request = self.client.get_object().bucket(&self.bucket).key(key).version_id(version);
        let mut body = match request.range(format!("bytes=0-{last}")).send().await {
            Ok(found) => found.body,
            // An empty document has no first byte.
            Err(error) if status(&error) == Some(416) => return Ok(Vec::new()),
            Err(error) if status(&error) == Some(404) => return Err(Unavailable::new("storage has no such version of the document")),
            Err(error) => return Err(Unavailable::new(error)),
        };
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        while bytes.len() < len {
            let Some(more) = body.try_next().await.map_err(Unavailable::new)? else { break };
            bytes.extend_from_slice(&more);
        }
        bytes.truncate(len);
        Ok(bytes)
    }
}

fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

#[cfg(test)]
mod tests {
    use postern_domain::document::Sha256Hex;

    use super::*;
    use crate::testing::{self, Answer};

    const SUM: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

    async fn arrived(answer: Answer) -> Result<Option<Arrived>, Unavailable> {
        testing::files(None, vec![answer]).0.arrived("a/b").await
    }

    async fn head_bytes(answer: Answer, len: u64) -> Result<Vec<u8>, Unavailable> {
        testing::files(None, vec![answer]).0.head_bytes("a/b", "v1", len).await
    }

    #[tokio::test]
    async fn what_arrived_is_told_with_its_checksum_and_version() {
        let headers = vec![("content-length", "12"), ("x-amz-checksum-sha256", SUM), ("x-amz-version-id", "v1")];
        let (files, asked) = testing::files(None, vec![(200, headers, "")]);
        let found = files.arrived("a/b").await.expect("an answer");
        let expected = Arrived { size: 12, sha256: Some(Sha256Hex::from([7; 32])), version: "v1".to_owned() };
        assert_eq!(found, Some(expected));
        let request = asked.actual_requests().next().expect("one request");
        assert_eq!(request.headers().get("x-amz-checksum-mode"), Some("ENABLED"));
    }

    #[tokio::test]
    async fn nothing_there_is_an_answer_and_a_refusal_is_an_error() {
        assert_eq!(arrived((404, vec![], "")).await.expect("an answer"), None);
        assert!(arrived((403, vec![], "")).await.is_err());
        assert!(arrived((503, vec![], "")).await.is_err());
    }

    #[tokio::test]
    async fn a_checksum_of_parts_is_no_checksum_of_the_document() {
        for sum in ["BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=-2", "AAAA", ""] {
            let headers = vec![("content-length", "12"), ("x-amz-checksum-sha256", sum), ("x-amz-version-id", "v1")];
            let found = arrived((200, headers, "")).await.expect("an answer").expect("a document");
            assert_eq!(found.sha256, None, "{sum:?}");
        }
    }

    #[tokio::test]
    async fn a_document_without_a_version_cannot_be_pinned() {
        for headers in [vec![("content-length", "1")], vec![("content-length", "1"), ("x-amz-version-id", "null")]] {
            assert!(arrived((200, headers, "")).await.is_err());
        }
    }

    #[tokio::test]
    async fn first_bytes_are_of_the_pinned_version_and_no_more_than_asked_for() {
        let (files, asked) = testing::files(None, vec![(206, vec![("content-length", "9")], "%PDF-1.7\n")]);
        assert_eq!(files.head_bytes("a/b", "v1", 5).await.expect("bytes"), b"%PDF-");
        let request = asked.actual_requests().next().expect("one request");
        assert_eq!(request.headers().get("range"), Some("bytes=0-4"));
        assert_eq!(testing::query(request.uri())["versionId"], "v1");
        assert_eq!(head_bytes((206, vec![], "%PDF"), 65_536).await.expect("bytes"), b"%PDF");
        assert_eq!(head_bytes((500, vec![], ""), 0).await.expect("bytes"), b"");
    }

    #[tokio::test]
    async fn an_empty_document_has_no_first_bytes_and_a_missing_one_is_told_apart() {
        assert_eq!(head_bytes((416, vec![], ""), 10).await.expect("bytes"), b"");
        let missing = head_bytes((404, vec![], ""), 10).await.expect_err("a refusal");
        assert!(std::error::Error::source(&missing).is_some_and(|cause| cause.to_string().contains("no such version")));
        assert!(head_bytes((403, vec![], ""), 10).await.is_err());
    }
}

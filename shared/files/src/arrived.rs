//! What storage has received.

use std::ops::Range;

use aws_sdk_s3::types::ChecksumMode;
use base64::{Engine, engine::general_purpose::STANDARD};
use postern_aws::Unavailable;
use postern_domain::{
    document::{Arrived, Sample},
    policy,
};

use crate::{Files, status};

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

    /// What is looked at of the version that `arrived` under `key`: its start, and the end of what is longer.
    pub async fn sample(&self, key: &str, arrived: &Arrived) -> Result<Sample, Unavailable> {
        let (size, most) = (arrived.size, policy::INSPECTED_BYTES);
        let head = self.part(key, &arrived.version, 0..most.min(size));
        let tail = self.part(key, &arrived.version, size.saturating_sub(most).max(most)..size);
        let (head, tail) = futures_util::try_join!(Box::pin(head), Box::pin(tail))?;
        Ok(Sample { size, head, tail })
    }

    /// These bytes of `version` of the document under `key`; none of an empty range.
    async fn part(&self, key: &str, version: &str, range: Range<u64>) -> Result<Vec<u8>, Unavailable> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let request = self.client.get_object().bucket(&self.bucket).key(key).version_id(version);
        let found = match request.range(format!("bytes={}-{}", range.start, range.end - 1)).send().await {
            Err(error) if status(&error) == Some(404) => return Err(Unavailable::new("storage has no such version of the document")),
            found => found.map_err(Unavailable::new)?,
        };
        // Bounded whatever storage sends.
        let (mut body, len) = (found.body, usize::try_from(range.end - range.start).unwrap_or(usize::MAX));
        let mut bytes = Vec::new();
        while bytes.len() < len {
            let Some(more) = body.try_next().await.map_err(Unavailable::new)? else { break };
            bytes.extend_from_slice(&more);
        }
        bytes.truncate(len);
        Ok(bytes)
    }

    /// Erases what stands under `key`, for good. Doing it again does nothing.
    pub async fn erase(&self, key: &str) -> Result<(), Unavailable> {
        let Some(arrived) = self.arrived(key).await? else { return Ok(()) };
        let erase = self.client.delete_object().bucket(&self.bucket).key(key).version_id(arrived.version);
        erase.send().await.map_err(Unavailable::new)?;
        Ok(())
    }
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

    fn of_size(size: u64) -> Arrived {
        Arrived { size, sha256: None, version: "v1".to_owned() }
    }

    async fn sample(answers: Vec<Answer>, size: u64) -> Result<Sample, Unavailable> {
        testing::files(None, answers).0.sample("a/b", &of_size(size)).await
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
    async fn a_sample_is_of_the_pinned_version_and_no_more_than_asked_for() {
        let (files, asked) = testing::files(None, vec![(206, vec![("content-length", "9")], "%PDF-1.7\n")]);
        let found = files.sample("a/b", &of_size(5)).await.expect("bytes");
        assert_eq!(found, Sample { size: 5, head: b"%PDF-".to_vec(), tail: Vec::new() });
        let request = asked.actual_requests().next().expect("one request");
        assert_eq!(request.headers().get("range"), Some("bytes=0-4"));
        assert_eq!(testing::query(request.uri())["versionId"], "v1");
        assert_eq!(sample(Vec::new(), 0).await.expect("nothing is asked for"), Sample::default());
    }

    #[tokio::test]
    async fn what_is_long_is_looked_at_at_both_ends() {
        for (size, tail) in [(65_537, "bytes=65536-65536"), (131_072, "bytes=65536-131071"), (200_000, "bytes=134464-199999")] {
            let (files, asked) = testing::files(None, vec![(206, vec![], "head"), (206, vec![], "tail")]);
            let found = files.sample("a/b", &of_size(size)).await.expect("bytes");
            // No more is taken than was asked for, whatever storage sends.
            let asked_for = usize::try_from(size - policy::INSPECTED_BYTES).map_or(4, |asked_for| asked_for.min(4));
            assert_eq!((found.head, found.tail), (b"head".to_vec(), b"tail"[..asked_for].to_vec()));
            let ranges: Vec<_> = asked.actual_requests().filter_map(|request| request.headers().get("range")).collect();
            assert_eq!(ranges, ["bytes=0-65535", tail]);
        }
    }

    #[tokio::test]
    async fn a_version_that_is_missing_is_told_apart() {
        let missing = sample(vec![(404, vec![], "")], 10).await.expect_err("a refusal");
        assert!(std::error::Error::source(&missing).is_some_and(|cause| cause.to_string().contains("no such version")));
        assert!(sample(vec![(403, vec![], "")], 10).await.is_err());
    }

    #[tokio::test]
    async fn the_version_that_stands_is_erased_and_nothing_where_there_is_none() {
        let headers = vec![("content-length", "12"), ("x-amz-version-id", "v1")];
        let (files, asked) = testing::files(None, vec![(200, headers, ""), (204, vec![], "")]);
        files.erase("a/b").await.expect("it is erased");
        let request = asked.actual_requests().last().expect("two requests");
        assert_eq!((request.method(), testing::query(request.uri())["versionId"].as_str()), ("DELETE", "v1"));
        let (files, asked) = testing::files(None, vec![(404, vec![], "")]);
        files.erase("a/b").await.expect("there is nothing to erase");
        assert_eq!(asked.actual_requests().count(), 1);
    }
}

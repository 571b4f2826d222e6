//! URLs that let a browser send or fetch one document.

use std::{collections::BTreeMap, fmt, time::Duration};

use aws_sdk_s3::presigning::PresigningConfig;
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::SignedDuration;
use postern_domain::document::{ContentType, DocumentName, Kind, Sha256Hex};

use postern_aws::Unavailable;

use crate::{Files, disposition};

/// A request that stores one document, for a browser to make.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// The method to use.
    pub method: &'static str,
    /// The address to send to; it opens by itself, so it is told to nobody else.
    pub url: String,
    /// The headers to send, named in lower case; a browser adds `Host` and `Content-Length` by itself.
    pub headers: BTreeMap<String, String>,
    /// How long the address works, in seconds.
    pub expires_in: u32,
}

/// An address that a browser fetches one version of a document from.
#[derive(Clone, PartialEq, Eq)]
pub struct Download {
    /// The address; it opens by itself, so it is told to nobody else.
    pub url: String,
    /// How long the address works, in seconds.
    pub expires_in: u32,
}

impl Files {
    /// Signs a request that stores `size` bytes of this type and checksum under `key`, once.
    ///
    /// Length, type, checksum and `If-None-Match: *` are headers under the signature: storage refuses a request that sends
    /// others (403), bytes that are not what was signed (400), and a second document under the key (412, which after a
    /// lost answer means that the first arrived).
    pub async fn upload(
        &self,
        key: &str,
        size: u64,
        content_type: &ContentType,
        sha256: &Sha256Hex,
        lifetime: SignedDuration,
    ) -> Result<Upload, Unavailable> {
        let (signing, expires_in) = signing(lifetime)?;
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_length(i64::try_from(size).map_err(Unavailable::new)?)
            .content_type(content_type.as_str())
            .checksum_sha256(STANDARD.encode(sha256.bytes()))
            .if_none_match("*")
            .presigned(signing)
            .await
            .map_err(Unavailable::new)?;
        let headers = request
            .headers()
            .filter(|(name, _)| !["host", "content-length"].contains(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Ok(Upload { method: "PUT", url: request.uri().to_owned(), headers, expires_in })
    }

    /// Signs an address that `version` of the document under `key` is fetched from, to be saved as `name`.
    ///
    /// It is always an attachment, sent with the type of its `kind` whatever it was uploaded as, and kept in no cache.
    pub async fn download(
        &self,
        key: &str,
        version: &str,
        name: &DocumentName,
        kind: Kind,
        lifetime: SignedDuration,
    ) -> Result<Download, Unavailable> {
        let (signing, expires_in) = signing(lifetime)?;
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .version_id(version)
            .response_content_disposition(disposition::attachment(name))
            .response_content_type(kind.content_type())
            .response_cache_control("no-store")
            .presigned(signing)
            .await
            .map_err(Unavailable::new)?;
        Ok(Download { url: request.uri().to_owned(), expires_in })
    }
}

fn signing(lifetime: SignedDuration) -> Result<(PresigningConfig, u32), Unavailable> {
    let lifetime = Duration::try_from(lifetime).map_err(Unavailable::new)?;
    let expires_in = u32::try_from(lifetime.as_secs()).map_err(Unavailable::new)?;
    Ok((PresigningConfig::expires_in(lifetime).map_err(Unavailable::new)?, expires_in))
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("method", &self.method)
            .field("headers", &self.headers)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, query};

    const LIFE: SignedDuration = SignedDuration::from_secs(300);

    async fn upload(endpoint: Option<&str>) -> Upload {
        let (files, _) = testing::files(endpoint, Vec::new());
        let content_type = ContentType::parse("application/pdf");
        let uploaded = files.upload("a/b c", 1234, &content_type, &Sha256Hex::from([7; 32]), LIFE).await;
        uploaded.expect("signed")
    }

    async fn download(name: &str, kind: Kind) -> Download {
        let (files, _) = testing::files(None, Vec::new());
        let name = DocumentName::parse(name).expect("a name");
        files.download("a/b", "v1+/=", &name, kind, LIFE).await.expect("signed")
    }

    #[tokio::test]
    async fn an_upload_is_signed_for_one_length_type_checksum_and_once() {
        let upload = upload(None).await;
        assert_eq!((upload.method, upload.expires_in), ("PUT", 300));
        assert!(upload.url.starts_with("https://papers.s3.us-east-2.amazonaws.com/a/b%20c?"), "{}", upload.url);
        let query = query(&upload.url);
        assert_eq!(query["X-Amz-Expires"], "300");
        assert_eq!(query["X-Amz-SignedHeaders"], "content-length;content-type;host;if-none-match;x-amz-checksum-sha256");
        let expected = [
            ("content-type", "application/pdf"),
            ("if-none-match", "*"),
            ("x-amz-checksum-sha256", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="),
        ];
        assert_eq!(upload.headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    }

    #[tokio::test]
    async fn no_checksum_of_the_sdks_own_choice_is_asked_for() {
        let upload = upload(None).await;
        let named = query(&upload.url).into_keys().chain(upload.headers.into_keys()).map(|name| name.to_lowercase());
        let named: Vec<_> = named.filter(|name| name.contains("checksum")).collect();
        assert_eq!(named, ["x-amz-checksum-sha256"]);
        let fetched = download("a.pdf", Kind::Pdf).await;
        assert!(!fetched.url.to_lowercase().contains("checksum"), "{}", fetched.url);
    }

    #[tokio::test]
    async fn the_bucket_stands_in_the_path_of_an_endpoint_of_its_own() {
        let upload = upload(Some("http://localhost:4000")).await;
        assert!(upload.url.starts_with("http://localhost:4000/papers/a/b%20c?"), "{}", upload.url);
    }

    #[tokio::test]
    async fn a_download_is_one_version_as_an_attachment_of_its_kind() {
        let pdf = download("Erklärung 2025.pdf", Kind::Pdf).await;
        assert_eq!(pdf.expires_in, 300);
        let query_of_pdf = query(&pdf.url);
        assert_eq!(query_of_pdf["versionId"], "v1+/=");
        assert_eq!(query_of_pdf["X-Amz-SignedHeaders"], "host");
        assert_eq!(query_of_pdf["response-content-type"], "application/pdf");
        assert_eq!(query_of_pdf["response-cache-control"], "no-store");
        assert_eq!(
            query_of_pdf["response-content-disposition"],
            r#"attachment; filename="Erkl_rung 2025.pdf"; filename*=UTF-8''Erkl%C3%A4rung%202025.pdf"#
        );
        let other = download("page.html", Kind::Other).await;
        assert_eq!(query(&other.url)["response-content-type"], "application/octet-stream");
    }

    #[tokio::test]
    async fn a_lifetime_that_storage_does_not_allow_is_an_error() {
        let (files, _) = testing::files(None, Vec::new());
        let name = DocumentName::parse("a.pdf").expect("a name");
        for lifetime in [SignedDuration::from_secs(-1), SignedDuration::from_hours(8 * 24)] {
            let signed = files.download("a", "v", &name, Kind::Pdf, lifetime).await;
            assert!(signed.is_err(), "{lifetime:?}");
        }
    }

    #[tokio::test]
    async fn debug_shows_no_address() {
        let upload = upload(None).await;
        let download = download("a.pdf", Kind::Pdf).await;
        for shown in [format!("{upload:?}"), format!("{download:?}")] {
            assert!(!shown.contains("Signature") && !shown.contains("http"), "{shown}");
        }
    }
}

//! Documents as S3 keeps them.

use std::time::Duration;

use aws_sdk_s3::{presigning::PresigningConfig, primitives::ByteStream, types::ChecksumMode};
use hyper::{HeaderMap, Method, header::HeaderName};

use crate::{BUCKET, ORIGIN, endpoint, header_map, http, s3};

#[tokio::test]
async fn an_upload_is_stored_once_and_whole() {
    let (_endpoint, sdk, _data) = endpoint().await;
    let client = s3(&sdk);
    // SHA-256 of "hello".
    let checksum = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
    let presigned = client
        .put_object()
        .bucket(BUCKET)
        .key("firm/doc")
        .content_type("text/plain")
        .checksum_sha256(checksum)
        .if_none_match("*")
        .content_length(5)
        .presigned(PresigningConfig::expires_in(Duration::from_mins(1)).expect("the time is valid"))
        .await
        .expect("the address is signed");
    let mut headers = header_map(&[("origin", ORIGIN)]);
    for (name, value) in presigned.headers() {
        if name != "content-length" {
            let name: HeaderName = name.parse().expect("the name is valid");
            headers.insert(name, value.parse().expect("the value is valid"));
        }
    }
    let put = |body: &'static str| http(Method::PUT, presigned.uri(), &headers, body);

    let (status, _, body) = put("jello").await;
    let text = String::from_utf8_lossy(&body).into_owned();
    assert!(status == 400 && text.contains("BadDigest"), "{status} {text}");
    let (status, answered, body) = put("hello").await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    assert_eq!(answered["access-control-allow-origin"], ORIGIN);
    let version = answered["x-amz-version-id"].to_str().expect("the version is text").to_owned();
    let (status, _, body) = put("hello").await;
    let text = String::from_utf8_lossy(&body).into_owned();
    assert!(status == 412 && text.contains("PreconditionFailed"), "{status} {text}");

    let head =
        client.head_object().bucket(BUCKET).key("firm/doc").checksum_mode(ChecksumMode::Enabled).send().await.expect("the object is there");
    assert_eq!(head.version_id(), Some(version.as_str()));
    assert_eq!(head.content_length(), Some(5));
    assert_eq!(head.content_type(), Some("text/plain"));
    assert_eq!(head.checksum_sha256(), Some(checksum));
    assert_eq!(head.server_side_encryption().map(AsRef::as_ref), Some("AES256"));

    let tampered = presigned.uri().replace("firm/doc", "firm/other");
    assert_eq!(http(Method::PUT, &tampered, &headers, "hello").await.0, 403);
}

#[tokio::test]
async fn a_download_is_of_one_version_and_named_as_asked() {
    let (_endpoint, sdk, _data) = endpoint().await;
    let client = s3(&sdk);
    let put = |body: &'static [u8]| client.put_object().bucket(BUCKET).key("a b/ü").body(ByteStream::from_static(body)).send();
    let first = put(b"first").await.expect("the object is stored");
    put(b"second one").await.expect("a second version is stored");
    let presigned = client
        .get_object()
        .bucket(BUCKET)
        .key("a b/ü")
        .version_id(first.version_id().expect("each object has a version"))
        .response_content_disposition("attachment; filename=\"tax.txt\"")
        .response_content_type("text/plain")
        .presigned(PresigningConfig::expires_in(Duration::from_secs(1)).expect("the time is valid"))
        .await
        .expect("the address is signed");
    let (status, headers, body) = http(Method::GET, presigned.uri(), &header_map(&[("range", "bytes=1-2")]), "").await;
    assert_eq!((status.as_u16(), body.as_ref()), (206, b"ir".as_slice()));
    assert_eq!(headers["content-range"], "bytes 1-2/5");
    assert_eq!(headers["content-disposition"], "attachment; filename=\"tax.txt\"");
    assert_eq!(headers["content-type"], "text/plain");
    assert!(!headers.contains_key("access-control-allow-origin"));
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(http(Method::GET, presigned.uri(), &HeaderMap::new(), "").await.0, 403);

    let newest = client.get_object().bucket(BUCKET).key("a b/ü").send().await.expect("it is there");
    let newest = newest.body.collect().await.expect("it is whole").into_bytes();
    assert_eq!(newest.as_ref(), b"second one");
    let missing = client.head_object().bucket(BUCKET).key("nothing").send().await;
    assert!(missing.expect_err("it is not there").into_service_error().is_not_found());
}

#[tokio::test]
async fn keys_and_names_that_lead_elsewhere_are_refused() {
    let (endpoint, sdk, data) = endpoint().await;
    let client = s3(&sdk);
    for key in ["../../secrets.json", "/etc/passwd", "a/../b", "a//b"] {
        let put = client.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"x")).send().await;
        assert!(put.is_err(), "{key}");
        assert!(client.get_object().bucket(BUCKET).key(key).send().await.is_err(), "{key}");
    }
    assert!(!data.path().join("objects").join("secrets.json").exists());
    let unsigned = http(Method::GET, &format!("{}/{BUCKET}/a", endpoint.url), &HeaderMap::new(), "").await;
    assert_eq!(unsigned.0, 403);
    let rebound = header_map(&[("host", "evil.example")]);
    assert_eq!(http(Method::GET, &endpoint.url, &rebound, "").await.0, 403);
}

#[tokio::test]
async fn a_preflight_admits_what_the_template_lets_pages_of_one_origin_do() {
    let (endpoint, _sdk, _data) = endpoint().await;
    let url = format!("{}/{BUCKET}/a", endpoint.url);
    let ask = |origin, method, headers| {
        header_map(&[("origin", origin), ("access-control-request-method", method), ("access-control-request-headers", headers)])
    };
    let (status, headers, _) = http(Method::OPTIONS, &url, &ask(ORIGIN, "PUT", "Content-Type, x-amz-checksum-sha256"), "").await;
    assert_eq!(status, 200);
    assert_eq!(headers["access-control-allow-origin"], ORIGIN);
    assert_eq!(headers["access-control-allow-methods"], "PUT");
    assert_eq!(headers["access-control-allow-headers"], "Content-Type, x-amz-checksum-sha256");
    assert_eq!(headers["access-control-max-age"], "3000");
    assert!(!headers.contains_key("access-control-expose-headers"), "{headers:?}");
    for (origin, method, headers) in [
        ("http://evil.example", "PUT", "content-type"),
        (ORIGIN, "DELETE", "content-type"),
        (ORIGIN, "GET", "content-type"),
        (ORIGIN, "PUT", "content-type, x-amz-tagging"),
    ] {
        assert_eq!(http(Method::OPTIONS, &url, &ask(origin, method, headers), "").await.0, 403, "{origin} {method} {headers}");
    }
    let elsewhere = format!("{}/other/a", endpoint.url);
    assert_eq!(http(Method::OPTIONS, &elsewhere, &ask(ORIGIN, "PUT", "content-type"), "").await.0, 403);
}

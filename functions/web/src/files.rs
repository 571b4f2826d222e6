//! The files of the folder `web/` as they are served: a table that the build script writes.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};

/// A file.
pub(crate) struct File {
    /// A document's own name; that of all else with the hash of its content.
    name: &'static str,
    content_type: &'static str,
    /// What tells its versions apart.
    tag: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

impl File {
    /// A file that documents refer to.
    pub(crate) fn asset(name: &str) -> Option<&'static Self> {
        FILES.iter().find(|file| file.name == name && !file.is_document())
    }

    /// The document `name`.
    pub(crate) fn document(name: &str) -> Option<&'static Self> {
        FILES.iter().find(|file| file.name.strip_suffix(".html") == Some(name))
    }

    fn is_document(&self) -> bool {
        self.content_type.starts_with("text/html")
    }

    /// The file as the asking browser wants it: compressed, or not again.
    pub(crate) fn answer(&'static self, headers: &HeaderMap) -> Response {
        let asked = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let about = [(header::ETAG, self.tag), (header::VARY, "accept-encoding")];
        if asked(header::IF_NONE_MATCH).contains(self.tag) {
            return (StatusCode::NOT_MODIFIED, about).into_response();
        }
        let content_type = [(header::CONTENT_TYPE, self.content_type)];
        if asked(header::ACCEPT_ENCODING).split(',').any(|encoding| encoding.trim() == "br") {
            // The adapter to Lambda sends as binary whatever says that it is encoded.
            (about, content_type, [(header::CONTENT_ENCODING, "br")], self.brotli).into_response()
        } else {
            (about, content_type, self.plain).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(name: header::HeaderName, value: &'static str) -> HeaderMap {
        [(name, header::HeaderValue::from_static(value))].into_iter().collect()
    }

    #[test]
    fn a_browser_gets_what_it_can_read_and_nothing_twice() {
        let page = File::document("sign-in").expect("there is one");
        let encoding = |headers| page.answer(&headers).headers().get(header::CONTENT_ENCODING).cloned();
        assert_eq!(encoding(asking(header::ACCEPT_ENCODING, "gzip, deflate, br, zstd")), Some(header::HeaderValue::from_static("br")));
        assert_eq!(encoding(asking(header::ACCEPT_ENCODING, "gzip")), None);
        assert_eq!(page.answer(&asking(header::IF_NONE_MATCH, page.tag)).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(page.answer(&asking(header::IF_NONE_MATCH, "\"another\"")).status(), StatusCode::OK);
    }

    #[test]
    fn all_that_a_file_refers_to_is_there() {
        for file in FILES {
            let text = str::from_utf8(file.plain).expect("all files are text");
            for reference in text.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(File::asset(reference).is_some(), "{} refers to {reference}", file.name);
            }
        }
    }

    #[test]
    fn documents_hold_no_script_and_no_style_of_their_own() {
        for file in FILES.iter().filter(|file| file.is_document()) {
            let text = str::from_utf8(file.plain).expect("documents are text");
            assert!(!text.contains("<style") && !text.contains(" style="), "{}", file.name);
            assert!(text.matches("<script").count() == text.matches("<script type=\"module\" src=\"/assets/").count(), "{}", file.name);
        }
    }
}

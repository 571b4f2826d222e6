//! The files of the folder `web/` as they are served: tables that the build script writes.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};

/// A file.
pub(crate) struct File {
    /// Of what documents load, with the hash of its content.
    name: &'static str,
    content_type: &'static str,
    /// What tells its versions apart.
    tag: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
}

use crate::document::Document;

include!(concat!(env!("OUT_DIR"), "/files.rs"));

impl File {
    /// A file that documents load.
    pub(crate) fn asset(name: &str) -> Option<&'static Self> {
        ASSETS.iter().find(|file| file.name == name)
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
#[path = "../build/join/mod.rs"]
mod join;
#[cfg(test)]
#[path = "../build/slim.rs"]
mod slim;

#[cfg(test)]
mod tests {
    use super::*;

    /// Every document, by its address.
    fn documents() -> impl Iterator<Item = (&'static str, &'static str)> {
        PAGES.iter().map(|(address, page)| (*address, page.0)).chain([("nowhere", NOT_FOUND.0)])
    }

    /// The files whose addresses stand in double quotes in `text`.
    fn loaded_by(text: &str) -> Vec<&'static File> {
        let references = text.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next());
        references.map(|name| File::asset(name).unwrap_or_else(|| panic!("there is no {name}"))).collect()
    }

    fn text(file: &'static File) -> &'static str {
        str::from_utf8(file.plain).expect("all files are text")
    }

    fn asking(name: header::HeaderName, value: &'static str) -> HeaderMap {
        [(name, header::HeaderValue::from_static(value))].into_iter().collect()
    }

    #[test]
    fn a_browser_gets_what_it_can_read_and_nothing_twice() {
        for file in ASSETS {
            let encoding = |headers| file.answer(&headers).headers().get(header::CONTENT_ENCODING).cloned();
            assert_eq!(encoding(asking(header::ACCEPT_ENCODING, "gzip, deflate, br, zstd")), Some(header::HeaderValue::from_static("br")));
            assert_eq!(encoding(asking(header::ACCEPT_ENCODING, "gzip")), None);
            assert_eq!(file.answer(&asking(header::IF_NONE_MATCH, file.tag)).status(), StatusCode::NOT_MODIFIED);
            assert_eq!(file.answer(&asking(header::IF_NONE_MATCH, "\"another\"")).status(), StatusCode::OK);
        }
    }

    #[test]
    fn a_document_loads_one_style_and_one_script_and_that_a_file_for_each_language() {
        for (address, document) in documents() {
            let kinds = |text| loaded_by(text).into_iter().map(|loaded| loaded.content_type.split(';').next()).collect::<Vec<_>>();
            let scripts: Vec<_> = loaded_by(document).into_iter().skip(1).collect();
            assert_eq!(kinds(document)[0], Some("text/css"), "{address}");
            assert_eq!(scripts.len(), usize::from(address != "/"), "{address}");
            for script in scripts {
                // What takes part in few visits comes when it is asked for.
                let at_once: Vec<_> = loaded_by(text(script)).into_iter().filter(|later| !later.name.starts_with("pdf-lib.")).collect();
                assert!(at_once.iter().all(|words| words.content_type.starts_with("text/javascript")), "{}", script.name);
                assert_eq!(at_once.len(), 4, "{}: clients and staff, English and Spanish", script.name);
            }
        }
        for asset in ASSETS {
            let later = loaded_by(text(asset)).into_iter().flat_map(|loaded| loaded_by(text(loaded)));
            assert_eq!(later.count(), 0, "{}: a chain of three", asset.name);
        }
    }

    #[test]
    fn documents_hold_no_script_and_no_style_of_their_own() {
        for (address, text) in documents() {
            assert!(!text.contains("<style") && !text.contains(" style="), "{address}");
            assert!(text.matches("<script").count() == text.matches("<script type=\"module\" src=\"/assets/").count(), "{address}");
        }
    }
}

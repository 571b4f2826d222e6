//! The pages: which document stands at which address, and what it may do in a browser.

use std::str::FromStr as _;

use axum::{
    Router,
    extract::{RawPathParams, rejection::RawPathParamsRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, header};
use postern_domain::FirmId;

use crate::{files::File, missing};

/// The document for an address at which nothing stands.
pub(crate) const NOT_FOUND: &str = "not-found";

/// Every address of a page, with its document in `web/pages/`.
const PAGES: [(&str, &str); 13] = [
    ("/", "index"),
    ("/{firm}", "home"),
    ("/{firm}/sign-in", "sign-in"),
    ("/{firm}/link", "link"),
    ("/{firm}/documents", "documents"),
    ("/{firm}/staff", "staff-home"),
    ("/{firm}/staff/sign-in", "staff-sign-in"),
    ("/{firm}/staff/link", "staff-link"),
    ("/{firm}/staff/contacts", "staff-contacts"),
    ("/{firm}/staff/contacts/new", "staff-contact-new"),
    ("/{firm}/staff/contacts/{contact}", "staff-contact"),
    ("/{firm}/staff/access-log", "staff-access-log"),
    ("/{firm}/staff/clients/{client}/documents", "staff-documents"),
];

/// What a page may do, for the browser to hold it to.
#[derive(Debug, Clone)]
pub(crate) struct Policy(HeaderValue);

impl Policy {
    /// Pages load what is ours and speak to us, and to the store of documents at `storage_origin`.
    pub(crate) fn naming(storage_origin: &str) -> Self {
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' {storage_origin}; \
             form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
        );
        Self(HeaderValue::try_from(policy).expect("an origin can stand in a header"))
    }

    /// The page `document`, asked for anew each time, and sent only if it is another one.
    pub(crate) fn page(&self, document: &'static str, headers: &HeaderMap) -> Response {
        let file = File::document(document).expect("every page has its document");
        let about = [(header::CONTENT_SECURITY_POLICY, self.0.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
        (about, file.answer(headers)).into_response()
    }
}

/// Every page at its address.
pub(crate) fn router(policy: &Policy) -> Router {
    PAGES.into_iter().fold(Router::new(), |router, (path, document)| {
        let policy = policy.clone();
        router.route(
            path,
            get(move |params: Result<RawPathParams, RawPathParamsRejection>, headers: HeaderMap| async move {
                let names_a_firm = |(name, value): (&str, &str)| name != "firm" || FirmId::from_str(value).is_ok();
                let is_of_a_firm = params.is_ok_and(|params| params.iter().all(names_a_firm));
                if is_of_a_firm { policy.page(document, &headers) } else { missing(&policy, &headers) }
            }),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_document() {
        for document in PAGES.map(|(_, document)| document).into_iter().chain([NOT_FOUND]) {
            assert!(File::document(document).is_some(), "{document}");
        }
    }
}

//! The pages at their addresses, and what they may do in a browser.

use std::str::FromStr as _;

use axum::{
    Router,
    extract::{RawPathParams, rejection::RawPathParamsRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, header};
use postern_domain::FirmId;

use crate::{
    files::{File, PAGES},
    missing,
};

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

    /// A page: asked for anew each time, and sent only if it is another one.
    pub(crate) fn page(&self, document: &'static File, headers: &HeaderMap) -> Response {
        let about = [(header::CONTENT_SECURITY_POLICY, self.0.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
        (about, document.answer(headers)).into_response()
    }
}

/// Every page at its address.
pub(crate) fn router(policy: &Policy) -> Router {
    PAGES.iter().fold(Router::new(), |router, (path, document)| {
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

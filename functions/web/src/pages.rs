//! The pages at their addresses, and what they may do in a browser.

use axum::{
    Router,
    extract::{RawPathParams, State, rejection::RawPathParamsRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, Uri, header};
use postern_domain::{FirmId, FirmScope};
use postern_store::Directory;

use crate::{document::Document, files::PAGES, missing};

/// What all pages share.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    /// What a page may do, for the browser to hold it to.
    policy: HeaderValue,
    directory: Directory,
}

impl Pages {
    /// Pages load what is ours and speak to us, and to the store of documents at `storage_origin`.
    pub(crate) fn new(storage_origin: &str, directory: Directory) -> Self {
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' {storage_origin}; \
             form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
        );
        Self { policy: HeaderValue::try_from(policy).expect("an origin can stand in a header"), directory }
    }

    /// A page of a firm: asked for anew each time, and sent only if it is another one.
    #[expect(clippy::disallowed_methods, reason = "what a firm shows to anyone")]
    pub(crate) async fn page(&self, document: &Document, firm: Option<FirmId>, headers: &HeaderMap) -> Response {
        let firm = match firm {
            // The page is there without the name too: its script says what is wrong.
            Some(firm) => self.directory.firm(&FirmScope::of_public_path(firm)).await.unwrap_or_default(),
            None => None,
        };
        let about = [(header::CONTENT_SECURITY_POLICY, self.policy.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
        (about, document.answer(firm.as_ref(), headers)).into_response()
    }
}

/// Every page at its address.
pub(crate) fn router() -> Router<Pages> {
    PAGES.iter().fold(Router::new(), |router, (path, document)| {
        router.route(
            path,
            get(
                async move |State(pages): State<Pages>,
                            params: Result<RawPathParams, RawPathParamsRejection>,
                            uri: Uri,
                            headers: HeaderMap| {
                    let firm = firm_in(&uri);
                    if params.is_ok() && (firm.is_some() || *path == "/") {
                        pages.page(document, firm, &headers).await
                    } else {
                        missing(State(pages), uri, headers).await
                    }
                },
            ),
        )
    })
}

/// The firm whose page is at this address.
pub(crate) fn firm_in(uri: &Uri) -> Option<FirmId> {
    uri.path().split('/').nth(1)?.parse().ok()
}

/// The address that was meant by one with a slash behind it, or with capital letters; nothing if that is the same, or not of a firm.
pub(crate) fn meant(uri: &Uri) -> Option<String> {
    let path = format!("/{}", uri.path().trim_matches('/').to_ascii_lowercase());
    let meant: Uri = path.parse().ok()?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    (path != uri.path() && firm_in(&meant).is_some()).then_some(format!("{path}{query}"))
}

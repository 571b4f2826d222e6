//! What holds for every request and answer: the check against other sites, and the headers.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use crate::{Gateway, Problem};

/// Wraps `router` in what holds for every answer.
pub fn every_answer(router: Router) -> Router {
    router.layer(middleware::from_fn(guard))
}

async fn guard(request: Request, next: Next) -> Response {
    let gateway = request.extensions().get::<Gateway>().cloned();
    let site = gateway.as_ref().map_or("", |gateway| gateway.site.as_str());
    let mut response =
        if is_cross_site(request.method(), request.headers(), site) { Problem::CrossSite.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    if let Some(id) = gateway.and_then(|gateway| HeaderValue::from_str(&gateway.request_id?).ok()) {
        headers.insert("postern-request-id", id);
    }
    response
}

/// Whether a page of another site wants to change something. `Sec-Fetch-Site` decides if the browser sends it, else `Origin`; a caller
/// that sends neither is no browser and holds no one's cookies but its own.
fn is_cross_site(method: &Method, headers: &HeaderMap, site: &str) -> bool {
    if method.is_safe() {
        return false;
    }
    match (headers.get("sec-fetch-site"), headers.get(header::ORIGIN)) {
        (Some(fetch_site), _) => fetch_site != "same-origin" && fetch_site != "none",
        (None, Some(origin)) => origin != site,
        (None, None) => false,
    }
}

/// Headers that every answer has unless it sets its own.
const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sites_change_nothing() {
        let site = "https://portal.example";
        for (method, fetch_site, origin, refused) in [
            (Method::GET, Some("cross-site"), Some("https://evil.example"), false),
            (Method::POST, Some("same-origin"), Some(site), false),
            (Method::POST, Some("none"), None, false),
            (Method::POST, Some("same-site"), Some(site), true),
            (Method::POST, Some("cross-site"), Some(site), true),
            (Method::POST, Some(""), None, true),
            (Method::POST, None, Some(site), false),
            (Method::POST, None, Some("https://evil.example"), true),
            (Method::POST, None, Some("null"), true),
            (Method::DELETE, None, Some("http://portal.example"), true),
            (Method::POST, None, None, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(fetch_site.map(|value| (HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static(value))));
            headers.extend(origin.map(|value| (header::ORIGIN, HeaderValue::from_static(value))));
            assert_eq!(is_cross_site(&method, &headers, site), refused, "{method} {fetch_site:?} {origin:?}");
        }
    }
}

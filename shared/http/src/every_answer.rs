//! What every answer has: headers, and the identifier of the request.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use http::{HeaderName, HeaderValue, header};

use crate::Gateway;

/// Wraps `router` in what holds for every answer.
pub fn every_answer(router: Router) -> Router {
    router.layer(middleware::from_fn(complete))
}

async fn complete(request: Request, next: Next) -> Response {
    let request_id = request.extensions().get::<Gateway>().and_then(|gateway| gateway.request_id.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    if let Some(id) = request_id.and_then(|id| HeaderValue::from_str(&id).ok()) {
        headers.insert("postern-request-id", id);
    }
    response
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

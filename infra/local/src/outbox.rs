//! `/_local/outbox`: every text message and mail that was "sent", as a page and as JSON.

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use hyper::{
    HeaderMap, StatusCode,
    header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, VARY},
};

use crate::aws::Outbox;

const PAGE: &str = include_str!("outbox/page.html");
const SCRIPT: &str = include_str!("outbox/page.js");
const STYLE: &str = include_str!("outbox/page.css");

/// Mails are shown in frames that take over this policy, and they carry styles of their own; nothing of them runs or loads.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

pub(crate) fn router(outbox: Outbox) -> Router {
    Router::new()
        .route("/_local/outbox", get(show))
        .route("/_local/outbox/page.js", get(async || asset("text/javascript; charset=utf-8", SCRIPT)))
        .route("/_local/outbox/page.css", get(async || asset("text/css; charset=utf-8", STYLE)))
        .with_state(outbox)
}

async fn show(State(outbox): State<Outbox>, headers: HeaderMap) -> Response {
    let wants_json = headers.get(ACCEPT).is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("application/json")));
    if !wants_json {
        return ([(VARY, HeaderValue::from_static("Accept")), (CONTENT_SECURITY_POLICY, POLICY)], asset("text/html; charset=utf-8", PAGE))
            .into_response();
    }
    // What was sent is never taken back, so that the last message tells whether any came.
    let messages = outbox.messages();
    let tag = format!("\"{}\"", messages.last().map_or("none", |last| &last.id));
    let known = headers.get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes());
    let answer = if known { StatusCode::NOT_MODIFIED.into_response() } else { Json(messages).into_response() };
    ([(VARY, "Accept".to_owned()), (ETAG, tag)], answer).into_response()
}

fn asset(content_type: &'static str, content: &'static str) -> Response {
    ([(CONTENT_TYPE, content_type)], content).into_response()
}

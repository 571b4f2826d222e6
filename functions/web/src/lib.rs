//! `GET /` and all that no other function answers: the pages, the `OpenAPI` document, and the 404.

use axum::{
    Router,
    extract::Path,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, header};
use postern_http::Problem;

/// The name of the function.
pub const NAME: &str = "web";

/// The document that describes the API; a test holds it fresh.
const OPENAPI: &str = include_str!("../../../web/openapi.json");
/// The front page.
const INDEX: &str = include_str!("../../../web/index.html");
/// Plain pages have no script and no style from anywhere.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");

/// What the function answers; everything that it does not know is not found.
pub fn router() -> Router {
    Router::new()
        .route("/", get(async || page(INDEX.to_owned())))
        .route("/api/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], OPENAPI)))
        .route("/problems/{name}", get(problem))
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::NotFound)
}

fn page(html: String) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, PAGE_POLICY)], Html(html)).into_response()
}

/// What a problem means, for whoever follows its type.
async fn problem(Path(name): Path<String>) -> Response {
    match Problem::CATALOGUE.into_iter().find(|(listed, ..)| *listed == name) {
        Some((name, status, title)) => {
            page(format!("<!doctype html><html lang=\"en\"><title>{name}</title><h1>{name}</h1><p>{title} (HTTP status {status})</p></html>"))
        }
        None => Problem::NotFound.into_response(),
    }
}

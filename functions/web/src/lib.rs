//! `GET /` and all that no other function answers: the pages, the `OpenAPI` document, and the 404.

mod files;
mod pages;

use axum::{
    Router,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, header};
use postern_aws::{StorageOrigin, reach};
use postern_http::{Id, Problem, ProblemKind};

use self::{
    files::{File, NOT_FOUND},
    pages::Policy,
};

/// The name of the function.
pub const NAME: &str = "web";

/// The document that describes the API; a test holds it fresh.
const OPENAPI: &str = include_str!("../../../web/openapi.json");

reach! { storage_origin: StorageOrigin }

/// What the function answers; everything that it does not know is not found.
pub fn router(reach: &Reach) -> Router {
    let policy = Policy::naming(&reach.storage_origin.0);
    let not_found = policy.clone();
    pages::router(&policy)
        .route("/assets/{name}", get(asset))
        .route("/api/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], OPENAPI)))
        .route("/problems/{name}", get(problem))
        .fallback(move |headers: HeaderMap| async move { missing(&not_found, &headers) })
        .method_not_allowed_fallback(async || Problem::NotFound)
}

/// A file that pages are made of. Its name changes with its content, so it may be kept for good.
async fn asset(Id(name): Id<String>, headers: HeaderMap) -> Response {
    match File::asset(&name) {
        Some(file) => ([(header::CACHE_CONTROL, "public, max-age=31536000, immutable")], file.answer(&headers)).into_response(),
        None => Problem::NotFound.into_response(),
    }
}

/// What a problem means, for whoever follows its type.
async fn problem(Id(name): Id<String>) -> Response {
    match ProblemKind::ALL.iter().find(|kind| kind.name() == name) {
        Some(kind) => Html(format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{name}</title><h1>{name}</h1><p>{} (HTTP status {})</p></html>",
            kind.title(),
            kind.status()
        ))
        .into_response(),
        None => Problem::NotFound.into_response(),
    }
}

/// Nothing is here: a page in words for a person, a problem for a program.
fn missing(policy: &Policy, headers: &HeaderMap) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        // It is sent whole each time: "not modified" would be told of something that is there.
        let mut headers = headers.clone();
        headers.remove(header::IF_NONE_MATCH);
        (StatusCode::NOT_FOUND, policy.page(&NOT_FOUND, &headers)).into_response()
    } else {
        Problem::NotFound.into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn got(path: &str, accept: &str) -> Response {
        let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).expect("a request");
        router(&Reach { storage_origin: StorageOrigin("https://storage.example".to_owned()) }).oneshot(request).await.expect("an answer")
    }

    #[tokio::test]
    async fn pages_stand_below_firms_alone() {
        for (path, status) in [
            ("/", 200),
            ("/demo", 200),
            ("/demo/staff/contacts/0192f0c4a1b27000800000000000abcd", 200),
            ("/Demo", 404),
            ("/api", 404),
            ("/-/sign-in", 404),
            ("/demo/nothing", 404),
        ] {
            let page = got(path, "text/html").await;
            let type_and_policy = |name| page.headers()[name].to_str().expect("text").to_owned();
            assert_eq!(page.status(), status, "{path}");
            assert!(type_and_policy(header::CONTENT_TYPE).starts_with("text/html"), "{path}");
            assert!(type_and_policy(header::CONTENT_SECURITY_POLICY).contains("connect-src 'self' https://storage.example;"), "{path}");
        }
    }

    #[tokio::test]
    async fn programs_are_told_of_what_is_missing_as_of_any_problem() {
        for path in ["/demo/nothing", "/assets/nothing.js", "/assets/home.html", "/problems/nothing"] {
            let answer = got(path, "*/*").await;
            assert_eq!(
                (answer.status().as_u16(), answer.headers()[header::CONTENT_TYPE].as_bytes()),
                (404, &b"application/problem+json"[..]),
                "{path}"
            );
        }
    }
}

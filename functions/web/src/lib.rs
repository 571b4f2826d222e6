//! `GET /` and all that no other function answers: the pages, the `OpenAPI` document, `security.txt`, and the 404.

mod document;
mod files;
mod pages;

use axum::{
    Router,
    extract::State,
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, Uri, header};
use jiff::{SignedDuration, Timestamp};
use postern_aws::{SecurityContact, StorageOrigin, reach};
use postern_domain::Clock;
use postern_http::{Id, Problem, ProblemKind};
use postern_store::Directory;

use self::{
    files::{File, NOT_FOUND},
    pages::Pages,
};

/// The name of the function.
pub const NAME: &str = "web";

/// The document that describes the API; a test holds it fresh.
const OPENAPI: &str = include_str!("../../../web/openapi.json");
/// For how long `security.txt` may be believed; RFC 9116 recommends less than a year.
const SECURITY_TXT_LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);

reach! { clock: Clock, storage_origin: StorageOrigin, security_contact: SecurityContact, directory: Directory [GetItem] }

/// What the function answers; everything that it does not know is not found.
pub fn router(reach: &Reach) -> Router {
    let pages = Pages::new(&reach.storage_origin.0, reach.directory.clone());
    Router::new()
        .route("/assets/{name}", get(asset))
        .route("/api/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], OPENAPI)))
        .route("/problems/{name}", get(problem))
        .route("/.well-known/security.txt", get(security_txt).with_state((reach.security_contact.clone(), reach.clock.clone())))
        .merge(pages::router())
        .fallback(missing)
        .method_not_allowed_fallback(async || Problem::NotFound)
        .with_state(pages)
}

/// Where flaws may be reported, as RFC 9116 has it.
async fn security_txt(State((contact, clock)): State<(SecurityContact, Clock)>) -> Response {
    let Some(contact) = contact.0 else { return Problem::NotFound.into_response() };
    // Whole days, so that it says the same all day.
    let day = SECURITY_TXT_LIFE.as_secs() - clock.now().as_second() % (24 * 3600);
    let expires = Timestamp::from_second(clock.now().as_second() + day).unwrap_or(Timestamp::MAX);
    let text = format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en, es\n");
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
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

/// Nothing is here: the page that was meant if there is one, a page in words for a person, a problem for a program.
async fn missing(State(pages): State<Pages>, uri: Uri, headers: HeaderMap) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return Problem::NotFound.into_response();
    }
    if let Some(meant) = pages::meant(&uri) {
        return Redirect::permanent(&meant).into_response();
    }
    // It is sent whole each time: "not modified" would be told of something that is there.
    (StatusCode::NOT_FOUND, pages.page(&NOT_FOUND, pages::firm_in(&uri), &HeaderMap::new()).await).into_response()
}

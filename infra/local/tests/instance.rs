//! A whole instance, as a browser and a check from outside see it.

use std::{path::Path, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, ETAG, HOST, HeaderName, IF_NONE_MATCH, SET_COOKIE},
};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use postern_local::{ListenError, Options, Postern, StartError};
use serde_json::{Value, json};

async fn start(data: &Path, lab: bool) -> Result<Postern, StartError> {
    Postern::start(Options { port: 0, data: data.to_owned(), lab, starts_at: None }).await
}

async fn fresh(lab: bool) -> (Postern, tempfile::TempDir) {
    let data = tempfile::tempdir().expect("there is room for a folder");
    (start(data.path(), lab).await.expect("it starts"), data)
}

async fn call(
    postern: &Postern,
    method: Method,
    path: &str,
    headers: &[(HeaderName, &str)],
    body: &Value,
) -> (StatusCode, HeaderMap, Bytes) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut request = Request::builder().method(method).uri(format!("{}{path}", postern.url)).header(CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let request = request.body(Full::new(Bytes::from(body))).expect("the request is valid");
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let (parts, body) = client.request(request).await.expect("it answers").into_parts();
    (parts.status, parts.headers, body.collect().await.expect("the answer is whole").to_bytes())
}

async fn status(postern: &Postern, method: Method, path: &str, headers: &[(HeaderName, &str)], body: Value) -> u16 {
    call(postern, method, path, headers, &body).await.0.as_u16()
}

fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("the body is JSON")
}

/// Asks for a code as the owner of the demo firm, and answers with the challenge and the code that the outbox shows.
async fn ask(postern: &Postern) -> (String, String) {
    let (_, _, body) = call(postern, Method::POST, "/api/firms/demo/staff/challenges", &[], &json!({ "email": " Owner@demo.test " })).await;
    let challenge = read(&body)["challenge"].as_str().expect("there is a challenge").to_owned();
    postern.settled().await;
    let (_, _, body) = call(postern, Method::GET, "/_local/outbox", &[(ACCEPT, "application/json")], &Value::Null).await;
    let sent = read(&body);
    let text = sent.as_array().and_then(|sent| sent.last()?["text"].as_str()).expect("a mail was sent");
    let code = text.lines().find(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()));
    (challenge, code.expect("the mail holds a code").to_owned())
}

#[tokio::test]
async fn the_owner_signs_in_by_the_code_in_the_outbox_and_is_still_there_after_a_restart() {
    let (postern, data) = fresh(false).await;
    assert!(postern.owner_link.is_some());
    let (challenge, code) = ask(&postern).await;
    let path = format!("/api/challenges/{challenge}/session");
    let (opened, headers, _) = call(&postern, Method::POST, &path, &[], &json!({ "code": code })).await;
    assert_eq!(opened, StatusCode::CREATED);
    let cookie = headers[SET_COOKIE].to_str().ok().and_then(|cookie| cookie.split(';').next()).expect("there is a cookie").to_owned();

    let second = start(data.path(), false).await.err().expect("the folder is taken");
    assert!(second.to_string().contains("in use by another instance"), "{second}");
    drop(postern);
    let postern = start(data.path(), false).await.expect("it starts again");
    assert!(postern.owner_link.is_none());
    let (shown, _, body) = call(&postern, Method::GET, "/api/session", &[(COOKIE, &cookie)], &Value::Null).await;
    assert_eq!((shown, read(&body)["staff"]["email"].as_str()), (StatusCode::OK, Some("owner@demo.test")));
}

#[tokio::test]
async fn a_taken_port_is_told_plainly() {
    let (postern, data) = fresh(false).await;
    let port = postern.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("the address has a port");
    let second = Postern::start(Options { port, data: data.path().to_owned(), lab: false, starts_at: None }).await;
    assert!(matches!(second, Err(StartError::Listen(ListenError::Taken(taken))) if taken == port));
}

#[tokio::test]
async fn the_seams_are_there_in_a_lab_alone() {
    let (closed, _data) = fresh(false).await;
    let (lab, _data) = fresh(true).await;
    for (method, path, body) in [
        (Method::POST, "/_local/clock", json!({ "advance_seconds": 1 })),
        (Method::POST, "/_local/faults", json!({ "service": "ses", "operation": "SendEmail", "nth": 1, "mode": "throttle" })),
        (Method::DELETE, "/_local/faults", Value::Null),
        (Method::GET, "/_local/tables", Value::Null),
        (Method::POST, "/_local/settle", Value::Null),
        (Method::GET, "/_local/calls", Value::Null),
    ] {
        assert_eq!(status(&closed, method.clone(), path, &[], body.clone()).await, 404, "{path}");
        assert!(status(&lab, method, path, &[], body).await < 300, "{path}");
    }
    for (path, body) in [("/_local/clock", json!({ "advance_seconds": -1 })), ("/_local/faults", json!({ "mode": "slow" }))] {
        let (refused, _, told) = call(&lab, Method::POST, path, &[], &body).await;
        assert_eq!(refused, StatusCode::BAD_REQUEST);
        assert!(told.starts_with(b"The body cannot be used"), "{told:?}");
    }
}

#[tokio::test]
async fn the_clock_of_the_product_can_be_put_forward() {
    let (postern, _data) = fresh(true).await;
    let (challenge, code) = ask(&postern).await;
    let before = postern.surroundings.clock.now();
    let now = postern.advance(Duration::from_mins(10)).await.expect("the tables are swept");
    assert!(now.duration_since(before).as_secs() >= 600);
    let path = format!("/api/challenges/{challenge}/session");
    assert_eq!(status(&postern, Method::POST, &path, &[], json!({ "code": code })).await, 401);
}

#[tokio::test]
async fn what_the_api_would_not_route_goes_to_the_pages() {
    let (postern, _data) = fresh(false).await;
    assert_eq!(status(&postern, Method::GET, "/api/firms/demo", &[], Value::Null).await, 200);
    for (method, path) in [
        (Method::HEAD, "/api/firms/demo"),
        (Method::PUT, "/api/firms/demo"),
        (Method::POST, "/_local/outbox"),
        (Method::GET, "/api/nothing"),
    ] {
        assert_eq!(status(&postern, method, path, &[], Value::Null).await, 404, "{path}");
    }
    assert_eq!(status(&postern, Method::HEAD, "/", &[], Value::Null).await, 200);
    assert_eq!(status(&postern, Method::GET, "/api/firms/demo", &[(HOST, "evil.example")], Value::Null).await, 403);
}

#[tokio::test]
async fn the_outbox_is_a_page_that_runs_no_script_of_a_mail_and_json_that_tells_whether_any_came() {
    let (postern, _data) = fresh(false).await;
    let (_, headers, page) = call(&postern, Method::GET, "/_local/outbox", &[(ACCEPT, "text/html")], &Value::Null).await;
    assert!(page.starts_with(b"<!doctype html>"));
    let policy = headers[CONTENT_SECURITY_POLICY].to_str().expect("the policy is text");
    assert!(policy.contains("default-src 'none'; script-src 'self';"), "{policy}");
    for asset in ["/_local/outbox/page.js", "/_local/outbox/page.css"] {
        assert_eq!(status(&postern, Method::GET, asset, &[], Value::Null).await, 200);
    }

    let json = (ACCEPT, "application/json");
    let (_, headers, none) = call(&postern, Method::GET, "/_local/outbox", std::slice::from_ref(&json), &Value::Null).await;
    assert_eq!(read(&none), json!([]));
    let tag = headers[ETAG].to_str().expect("the tag is text").to_owned();
    let look = [json, (IF_NONE_MATCH, tag.as_str())];
    assert_eq!(status(&postern, Method::GET, "/_local/outbox", &look, Value::Null).await, 304);
    ask(&postern).await;
    assert_eq!(status(&postern, Method::GET, "/_local/outbox", &look, Value::Null).await, 200);
}

//! Requests to a running instance.

use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, Response, body::Bytes, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use postern_domain::Audience;
use serde_json::Value;

/// Someone who calls an instance.
pub(super) struct Caller {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
}

/// What came back.
pub(super) struct Answer {
    /// The body; null if it is not JSON.
    pub(super) json: Value,
    /// The session that was opened.
    pub(super) session: Option<String>,
}

/// The cookie by which people of `audience` are known, and the thing that it holds; if that is to be `fresh`, one that a code opened.
pub fn session_of(audience: Audience, fresh: bool) -> (&'static str, &'static str) {
    match (audience, fresh) {
        (Audience::Client, _) => ("__Host-postern", "session"),
        (Audience::Staff, false) => ("__Host-postern-staff", "staff_session"),
        (Audience::Staff, true) => ("__Host-postern-staff", "fresh_staff_session"),
    }
}

impl Caller {
    /// Whoever calls the instance at `url`.
    pub(super) fn new(url: &str) -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), url: url.to_owned() }
    }

    /// Sends a request to the instance, or to an address of its own if `path` is one, and answers with what came if it went well.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, String> {
        let uri = if path.starts_with('/') { format!("{}{path}", self.url) } else { path.to_owned() };
        let request =
            headers.iter().fold(Request::builder().method(&method).uri(uri), |request, (name, value)| request.header(*name, *value));
        let request = request.body(Full::new(body.into())).map_err(|error| format!("{method} {path} cannot be asked: {error}."))?;
        let failed = || format!("Nothing answers at {}: start Postern with `cargo run` in another terminal.", self.url);
        let (parts, body) = self.client.request(request).await.map_err(|_| failed())?.into_parts();
        let body = body.collect().await.map_err(|_| failed())?.to_bytes();
        if !parts.status.is_success() {
            return Err(format!("{method} {path} is answered {}: {}", parts.status, String::from_utf8_lossy(&body)));
        }
        let session = session(&Response::from_parts(parts, ()));
        Ok(Answer { json: serde_json::from_slice(&body).unwrap_or_default(), session })
    }
}

fn session(answer: &Response<()>) -> Option<String> {
    let cookie = answer.headers().get(header::SET_COOKIE)?.to_str().ok()?;
    Some(cookie.split_once('=')?.1.split(';').next()?.to_owned())
}

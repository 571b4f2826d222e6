use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};

use super::contract;

static NEXT_ADDRESS: AtomicU32 = AtomicU32::new(1);

/// A browser: it keeps cookies, and sends what a page of the product's own would.
#[derive(Clone)]
pub struct Browser {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
    address: String,
    cookies: Arc<Mutex<Vec<(String, String)>>>,
    heard: Arc<Mutex<Vec<Answer>>>,
    audience: Option<&'static str>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body, if it is JSON.
    pub json: Value,
    /// The body as text.
    pub text: String,
    /// The body as it came.
    pub bytes: Bytes,
}

impl Answer {
    /// The body, if the status is the expected one.
    #[track_caller]
    pub fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }

    /// That it is the problem `name`.
    #[track_caller]
    #[expect(clippy::wrong_self_convention, reason = "like its shorter sister, it takes the answer and gives the body")]
    pub fn is_problem(self, status: u16, name: &str) -> Value {
        assert_eq!((self.status, self.json["type"].as_str()), (status, Some(format!("/problems/{name}").as_str())), "{}", self.text);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        self.json
    }

    /// That the one field of the request that cannot be understood is `field`.
    #[track_caller]
    pub fn names(self, field: &str) {
        let problem = self.is_problem(400, "invalid-request");
        let named: Vec<_> = problem["fields"].as_object().expect("fields").keys().collect();
        assert_eq!(named, [field], "{problem}");
    }

    /// Whether it is API Gateway's own, in place of a function whose process has ended.
    pub fn is_of_a_process_that_ended(&self) -> bool {
        self.status == 500 && self.json == json!({"message": "Internal Server Error"})
    }

    /// Status, headers and body, but for what differs from request to request by design: identifiers and the time.
    pub fn but_for_ids(&self) -> (u16, BTreeMap<String, String>, String) {
        let headers = self.headers.iter().filter(|(name, _)| *name != "date" && *name != "postern-request-id");
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned())).collect();
        let challenge = self.json["challenge"].as_str().unwrap_or("no challenge");
        (self.status, headers, self.text.replace(challenge, "…"))
    }
}

/// An address that nobody had before.
fn next_address() -> String {
    let [_, b, c, d] = NEXT_ADDRESS.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    format!("198.{b}.{c}.{d}")
}

impl Browser {
    pub fn new(url: &str) -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            url: url.to_owned(),
            address: next_address(),
            cookies: Arc::default(),
            heard: Arc::default(),
            audience: None,
        }
    }

    /// The same browser, saying on each request as whom it acts.
    pub fn acting_as(&self, audience: &'static str) -> Self {
        Self { audience: Some(audience), ..self.clone() }
    }

    /// The same browser, at another address.
    pub fn elsewhere(&self) -> Self {
        self.at(next_address())
    }

    /// The same browser, at this address.
    pub fn at(&self, address: String) -> Self {
        Self { address, ..self.clone() }
    }

    /// Everything that was answered to this browser.
    pub fn heard(&self) -> Vec<Answer> {
        self.heard.lock().expect("a lock").clone()
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("a lock").iter().find(|(own, _)| own == name).map(|(_, value)| value.clone())
    }

    /// Gives the browser a cookie.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().expect("a lock");
        cookies.retain(|(own, _)| own != name);
        if !value.is_empty() {
            cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", &[("accept", "application/json")]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body.to_string(), &[("content-type", "application/json")]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, body.to_string(), &[("content-type", "application/json")]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, "", &[]).await
    }

    /// Sends a request to the product, or to an address of its own if `path` is one.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<Bytes>, headers: &[(&str, &str)]) -> Answer {
        let own = path.starts_with('/');
        let uri = if own { format!("{}{path}", self.url) } else { path.to_owned() };
        let mut request = Request::builder().method(&method).uri(uri);
        if own {
            request = request.header("x-lab-source-ip", &self.address).header(header::USER_AGENT, "Storybook/1.0");
            let cookies: Vec<_> = self.cookies.lock().expect("a lock").iter().map(|(name, value)| format!("{name}={value}")).collect();
            if !cookies.is_empty() {
                request = request.header(header::COOKIE, cookies.join("; "));
            }
            if let Some(audience) = self.audience {
                request = request.header("postern-audience", audience);
            }
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.client.request(request.body(Full::new(body.into())).expect("a request")).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().expect("text").split_once('=').expect("a cookie");
            self.set_cookie(name, rest.split(';').next().unwrap_or_default());
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or_default();
        let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, json, text, bytes };
        if own {
            contract::hold(&method, path, &answer);
        }
        self.heard.lock().expect("a lock").push(answer.clone());
        answer
    }
}

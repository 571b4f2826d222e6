//! The program itself, ended without a chance to put things in order.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, header::CONTENT_TYPE};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::{Value, json};
use tokio::time::timeout;

/// A running program, which is killed when this is dropped.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_postern"))
            .args(["--port", "0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its words are read")).lines();
        let url = lines.find_map(|line| {
            let line = line.expect("it speaks");
            Some(line.split_once("http://localhost:")?.1.split('/').next()?.to_owned())
        });
        let url = format!("http://localhost:{}", url.expect("it says where it is"));
        // The rest is read too, or it would wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.url)).header(CONTENT_TYPE, "application/json");
        let request = request.header("accept", "application/json").body(Full::new(Bytes::from(body.to_string()))).expect("a request");
        let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let (parts, body) = client.request(request).await.expect("it answers").into_parts();
        let bytes = body.collect().await.expect("the answer is whole").to_bytes();
        (parts.status.as_u16(), serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// The code in the first mail, once it is there.
    async fn first_code(&self) -> String {
        loop {
            let (_, sent) = self.call(Method::GET, "/_local/outbox", Value::Null).await;
            let text = sent[0]["text"].as_str().unwrap_or_default();
            if let Some(code) = text.lines().find(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit())) {
                return code.to_owned();
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn what_was_answered_for_is_still_there_after_it_was_killed() {
    let data = tempfile::tempdir().expect("there is room for a folder");
    let program = Program::start(data.path());
    let ask = json!({"email": "owner@demo.test"});
    let (status, asked) = program.call(Method::POST, "/api/firms/demo/staff/challenges", ask).await;
    assert_eq!(status, 202);
    // At once: whether the mail went out before or goes out after is all the same.
    drop(program);

    let program = Program::start(data.path());
    let code = timeout(Duration::from_secs(30), program.first_code()).await.expect("the mail goes out");
    let path = format!("/api/challenges/{}/session", asked["challenge"].as_str().expect("a challenge"));
    assert_eq!(program.call(Method::POST, &path, json!({ "code": code })).await.0, 201);
}

use http::Method;
use postern_domain::document::Sha256Hex;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::{Answer, Browser};

/// A file on someone's computer.
#[derive(Clone)]
pub struct Paper {
    pub name: &'static str,
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
}

impl Paper {
    /// A small PDF.
    pub fn pdf(name: &'static str) -> Self {
        Self { name, content_type: "application/pdf", bytes: format!("%PDF-1.7\n% {name}\n%%EOF\n").into_bytes() }
    }

    /// What a page says of it before it is sent.
    pub fn announcement(&self) -> Value {
        let sha256 = Sha256Hex::from(<[u8; 32]>::try_from(digest(&SHA256, &self.bytes).as_ref()).expect("32 bytes"));
        json!({"name": self.name, "size": self.bytes.len(), "content_type": self.content_type, "sha256": sha256})
    }

    /// The same for one of several clients.
    pub fn announcement_for(&self, client: &str) -> Value {
        let mut announcement = self.announcement();
        announcement["client"] = client.into();
        announcement
    }
}

impl Browser {
    /// Sends `bytes` to storage as an answer to an announcement says.
    pub async fn put(&self, begun: &Value, bytes: &[u8]) -> Answer {
        self.put_with(begun, bytes, &[]).await
    }

    /// The same, with some headers other than said.
    pub async fn put_with(&self, begun: &Value, bytes: &[u8], other: &[(&str, &str)]) -> Answer {
        let upload = &begun["upload"];
        assert_eq!((&upload["kind"], &upload["method"]), (&json!("single"), &json!("PUT")), "{begun}");
        let said =
            upload["headers"].as_object().expect("headers").iter().map(|(name, value)| (name.as_str(), value.as_str().expect("text")));
        let headers: Vec<_> = said.filter(|(name, _)| other.iter().all(|(own, _)| own != name)).chain(other.iter().copied()).collect();
        self.send(Method::PUT, upload["url"].as_str().expect("an address"), bytes.to_vec(), &headers).await
    }

    /// Says that a document has been sent.
    pub async fn complete(&self, begun: &Value) -> Answer {
        self.post(&format!("/api/documents/{}/completion", begun["document"].as_str().expect("an id")), json!({})).await
    }

    /// Hands a document over, whole, and answers with its id.
    pub async fn hand_over(&self, paper: &Paper, announcement: Value) -> String {
        let begun = self.post("/api/documents", announcement).await.is(201);
        self.put(&begun, &paper.bytes).await.is(200);
        assert_eq!(self.complete(&begun).await.is(200)["state"], "ready");
        begun["document"].as_str().expect("an id").to_owned()
    }
}

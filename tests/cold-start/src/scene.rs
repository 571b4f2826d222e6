//! Events of `events/` that speak of things that are there.

use std::{error::Error, fs, path::Path};

use http_body_util::{BodyExt as _, Full};
use hyper::{Request, body::Bytes, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use postern_local::Postern;
use serde_json::{Value, from_slice, from_value, json};

type Made<T> = Result<T, Box<dyn Error>>;

/// The demo firm. Each event has a contact of its own there, so that no limit is ever reached.
pub(crate) struct Scene<'a> {
    postern: &'a Postern,
    client: Client<HttpConnector, Full<Bytes>>,
    /// The session of the owner.
    staff: String,
    count: u32,
}

impl<'a> Scene<'a> {
    pub(crate) async fn new(postern: &'a Postern) -> Made<Self> {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let mut scene = Self { postern, client, staff: String::new(), count: 0 };
        let link = postern.owner_link.as_deref().unwrap_or_default();
        let token = link.rsplit('#').next();
        scene.staff = scene.post("/api/links/redemption", json!({ "token": token })).await?.1;
        Ok(scene)
    }

    /// The first good event of `function`.
    pub(crate) async fn event(&mut self, function: &str) -> Made<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events").join(function);
        let files = fs::read_dir(&folder)
            .map_err(|_| format!("{function} has no events."))?
            .map(|file| file.map(|file| file.path()))
            .collect::<Result<Vec<_>, _>>()?;
        let good = files.into_iter().filter(|file| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("good"))).min();
        let event = fs::read_to_string(good.ok_or_else(|| format!("{function} has no good event."))?)?;
        let speaks_of = |thing: &str| event.contains(&format!("{{{{{thing}}}}}"));

        self.count += 1;
        let number = self.count;
        let (email, mobile) = (format!("jane-{number}@client.test"), format!("+1202{}", 5_000_000 + number));
        let gates = json!([{"kind": "ssn_last4", "digits": "4321"}]);
        let contact = json!({"name": "Jane Doe", "email": email, "mobile": mobile, "gates": gates});
        let contact = self.post("/api/contacts", contact).await?.0;
        let mut things = vec![
            ("firm", "demo".to_owned()),
            ("staff_email", "owner@demo.test".to_owned()),
            ("staff_session", self.staff.clone()),
            ("contact", text(&contact["contact"])),
            ("client", text(&contact["clients"][0]["client"])),
            ("new_email", format!("new-{number}@client.test")),
            ("new_mobile", format!("+1202{}", 6_000_000 + number)),
        ];
        if speaks_of("token") || speaks_of("session") {
            self.post(&format!("/api/contacts/{}/invitations", text(&contact["contact"])), json!({})).await?;
            let token = self.word_for(&email, "/link#").await;
            if speaks_of("session") {
                things.push(("session", self.post("/api/links/redemption", json!({"token": token, "gate": "4321"})).await?.1));
            }
            things.push(("token", token));
        }
        if speaks_of("challenge") || speaks_of("dispatch") {
            if speaks_of("dispatch") {
                // The message is given up, and waits for whoever is measured.
                let fault = json!({"service": "sns", "operation": "Publish", "nth": 0, "mode": "error"});
                self.postern.aws.faults.inject(from_value(fault)?);
            }
            let asked = self.post("/api/firms/demo/challenges", json!({"email": email, "gate": "4321"})).await?.0;
            things.push(("code", self.word_for(&mobile, " #").await));
            self.postern.aws.faults.clear();
            things.push(("challenge", text(&asked["challenge"])));
            if speaks_of("dispatch") {
                let tables = self.postern.aws.tables.items().await?;
                let row = tables["OutboxTable"].iter().find(|row| row["challenge"]["S"] == asked["challenge"]);
                things.push(("dispatch", row.map(|row| text(&row["dispatch"]["S"])).unwrap_or_default()));
            }
        }
        things.push(("email", email));
        let event = things.iter().fold(event.clone(), |event, (name, thing)| event.replace(&format!("{{{{{name}}}}}"), thing));
        match event.split_once("{{") {
            Some((_, rest)) => Err(format!("The event of {function} speaks of {}, which is not made here.", &rest[..16]).into()),
            None => Ok(event),
        }
    }

    /// What stands behind `mark` in the last message to `to`; nothing if none came.
    async fn word_for(&self, to: &str, mark: &str) -> String {
        self.postern.settled().await;
        let last = self.postern.aws.outbox.messages().into_iter().rfind(|message| message.to == to);
        let word = last.as_ref().and_then(|message| message.text.split_once(mark)?.1.split_whitespace().next());
        word.unwrap_or_default().to_owned()
    }

    /// Posts as the owner, and answers with what came back: the body, and the session if there is one.
    async fn post(&self, path: &str, body: Value) -> Made<(Value, String)> {
        let request = Request::post(format!("{}{path}", self.postern.url))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, format!("__Host-postern-staff={}", self.staff))
            .body(Full::new(Bytes::from(body.to_string())))?;
        let (parts, body) = self.client.request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        if !parts.status.is_success() {
            return Err(format!("{path} answers {}", String::from_utf8_lossy(&body)).into());
        }
        let cookie = parts.headers.get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok()?.split_once('=')?.1.split(';').next());
        Ok((from_slice(&body)?, cookie.unwrap_or_default().to_owned()))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

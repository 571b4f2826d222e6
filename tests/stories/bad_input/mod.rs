//! Whatever comes in, what goes out is an answer or a problem: for every route of the `OpenAPI` document.

mod answers;
mod bodies;
mod elsewhere;
mod paths;

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use crate::stage::{Answer, Browser, Paper, Stage};

/// What no answer may repeat.
const CANARY: &str = "canary-8417-do-not-echo";

/// A route of the document, ready to be called: with ids that exist, by someone who may.
struct Route {
    name: String,
    method: Method,
    /// The path as the document has it.
    template: String,
    ids: BTreeMap<String, String>,
    parameters: Vec<Value>,
    open_to_anyone: bool,
    /// The schema of the body, if it has one.
    body: Option<Value>,
    browser: Browser,
}

impl Route {
    fn path(&self) -> String {
        self.ids.iter().fold(self.template.clone(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id))
    }

    /// The query without which it is not understood.
    fn needed_query(&self) -> String {
        match self.name.as_str() {
            "remove-staff" => format!("?successor={}", self.ids["owner"]),
            _ => String::new(),
        }
    }

    /// A body in which nothing is wrong. A new route needs its own here.
    fn good_body(&self) -> Value {
        match self.name.as_str() {
            "create-contact" => json!({"name": "Ann", "email": "ann@x.com", "mobile": "2025550190", "share_mobile": true, "language": "es",
                "gates": [{"kind": "pin", "digits": "4821", "label": "Ann"}], "clients": [self.ids["client"]],
                "overrides": {"access_mode": "link_and_login", "code_channel": "client_choice", "identity_check": "pin"}}),
            "update-contact" => {
                json!({"name": "Bob", "email": "bob@x.com", "mobile": "2025550191", "share_mobile": false, "language": "es",
                "gates": [{"kind": "ssn_last4", "digits": "1234", "label": "Bob"}], "clients": [self.ids["client"]],
                "overrides": {"access_mode": "link_and_login", "code_channel": "client_choice", "identity_check": "pin"}})
            }
            "create-upload" => Paper::pdf("W-2.pdf").announcement_for(&self.ids["client"]),
            "invite-staff" => json!({"name": "Vera Gold", "email": "vera@demo.test", "role": "staff"}),
            "update-staff" => json!({"name": "Vera Gold", "email": "vera@demo.test", "role": "viewer"}),
            "complete-upload" | "restore-document" | "reopen-code-path" | "enrol-second-factor" => json!({}),
            "update-settings" => {
                json!({"version": 0, "access_mode": "link_and_login", "identity_check": "either", "code_channel": "sms_then_email",
                "require_mobile": true, "session_days": 30, "link_days": 7, "lockout_after": 5, "sms_countries": ["MX"], "end_sessions": false})
            }
            "invite" => json!({"again": true}),
            "mail-receipt" => json!({"documents": [self.ids["document"]]}),
            "rename-document" => json!({"name": "W-2 of 2025.pdf"}),
            "open-link" => json!({"token": self.ids["token"], "gate": "0000", "keep": true}),
            "preview-link" => json!({"token": self.ids["token"]}),
            "request-code" => json!({"email": "nobody@x.com", "gate": "4821", "channel": "email", "language": "es"}),
            "request-staff-code" | "send-fresh-link" | "ask-for-help" => json!({"email": "nobody@x.com"}),
            "resend-code" | "renew-session" => json!({"channel": "email"}),
            "verify-second-factor" | "confirm-second-factor" => json!({"code": "000000"}),
            "reset-second-factor" | "reset-staff-second-factor" => json!({"reason": "Lost her phone"}),
            "verify-code" => json!({"code": "000000", "keep": true}),
            other => panic!("{other} has no good body here yet: without one its bad ones are not tested"),
        }
    }

    async fn send(&self, body: impl Into<Vec<u8>>) -> Answer {
        self.send_as(body, "application/json").await
    }

    async fn send_as(&self, body: impl Into<Vec<u8>>, content_type: &str) -> Answer {
        let headers = [("content-type", content_type)];
        let headers = if content_type.is_empty() { &[][..] } else { &headers };
        let answer = self.browser.elsewhere().send(self.method.clone(), &self.path(), body.into(), headers).await;
        answers::hold(&answer);
        answer
    }
}

/// Every route there is, as the document describes it.
async fn routes(stage: &Stage) -> Vec<Route> {
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let bob = owner.post("/api/contacts", json!({"name": "Bob"})).await.is(201);
    let colleague = json!({"name": "Carl", "email": "carl@demo.test", "role": "staff"});
    let colleague = owner.post("/api/staff", colleague).await.is(201);
    let begun = client.post("/api/documents", Paper::pdf("W-2.pdf").announcement()).await.is(201);
    let asked = stage.browser().ask("nobody@x.com", "4821").await.is(202);
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let ids: BTreeMap<String, String> = [
        ("challenge", text(&asked["challenge"])),
        ("client", jane.client().to_owned()),
        ("contact", text(&bob["contact"])),
        ("device", text(&client.get("/api/devices").await.is(200)["items"][0]["device"])),
        ("document", text(&begun["document"])),
        // No log here is large enough for one; what is asked here is asked of all that cannot be one.
        ("export", "0192f0c4a1b27000800000000000abcd".to_owned()),
        ("firm", "demo".to_owned()),
        ("owner", text(&owner.get("/api/session").await.is(200)["staff"]["staff"])),
        ("staff", text(&colleague["staff"])),
        ("token", stage.invited(&owner, &jane).await),
    ]
    .map(|(name, id)| (name.to_owned(), id))
    .into();
    let document = postern_http::openapi::document(&postern_local::operations());
    let mut routes = Vec::new();
    for (template, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let security = operation["security"].as_array().expect("a list");
            let browser = match security.first().and_then(|scheme| scheme.as_object()?.keys().next()) {
                None => stage.browser(),
                Some(scheme) if scheme == "staff" => owner.clone(),
                Some(_) => client.clone(),
            };
            let body = operation.get("requestBody").map(|body| {
                let schema = body["content"]["application/json"]["schema"]["$ref"].as_str().expect("a schema of its own");
                document.pointer(schema.trim_start_matches('#')).expect("it is there").clone()
            });
            routes.push(Route {
                name: text(&operation["operationId"]),
                method: method.to_uppercase().parse().expect("a method"),
                template: template.clone(),
                ids: ids.clone(),
                open_to_anyone: security.is_empty(),
                parameters: operation["parameters"].as_array().cloned().unwrap_or_default(),
                body,
                browser,
            });
        }
    }
    routes
}

/// Those routes that take a body.
async fn routes_with_bodies(stage: &Stage) -> Vec<Route> {
    routes(stage).await.into_iter().filter(|route| route.body.is_some()).collect()
}

//! Who works at the firm, as far as events speak of them.

use hyper::Method;
use postern_domain::Audience;
use serde_json::json;

use super::{Scene, code_in, session, session_of, text};

impl Scene {
    /// A session of the owner that a code opened, the owner, or a colleague.
    pub(super) async fn make_of_staff(&self, name: &str) -> Result<String, String> {
        match name {
            "fresh_staff_session" => {
                let email = self.thing("staff_email").await?;
                let before = self.sent_to(&email).await?.len();
                let asked = self.post(Some(Audience::Staff), "/api/session/challenges", json!({})).await?;
                let code = code_in(&self.sent_after(before, &email).await?)?;
                let path = format!("/api/challenges/{}/session", text(&asked.json["challenge"])?);
                let session = session(self.post(Some(Audience::Staff), &path, json!({ "code": code })).await?)?;
                self.know("staff_session", &session);
                Ok(session)
            }
            "owner" => {
                let cookie = self.cookie(Audience::Staff).await?;
                let session = self.caller.send(Method::GET, "/api/session", &[("cookie", cookie.as_str())], "").await?;
                text(&session.json["staff"]["staff"])
            }
            _ => {
                let new = json!({"name": "Vera Gold", "email": format!("vera-{:06}@staff.test", self.number), "role": "staff"});
                let (cookie, thing) = session_of(Audience::Staff, true);
                let cookie = format!("{cookie}={}", self.thing(thing).await?);
                let headers = [("content-type", "application/json"), ("cookie", cookie.as_str())];
                text(&self.caller.send(Method::POST, "/api/staff", &headers, new.to_string()).await?.json["staff"])
            }
        }
    }
}

//! Who works at the firm, as far as events speak of them.

use hyper::Method;
use postern_domain::Audience;
use serde_json::json;

use super::{Scene, code_in, session, text};

impl Scene {
    /// A session of the owner, by a link or by a code, the owner, or a colleague.
    pub(super) async fn make_of_staff(&self, name: &str) -> Result<String, String> {
        match name {
            "staff_session" => {
                let token = self.thing("owner_token").await?;
                session(self.post(None, "/api/links/redemption", json!({ "token": token })).await?)
            }
            "fresh_staff_session" => {
                let (firm, email) = (self.thing("firm").await?, self.thing("staff_email").await?);
                let before = self.sent_to(&email).await?.len();
                let asked = self.post(None, &format!("/api/firms/{firm}/staff/challenges"), json!({ "email": email })).await?.json;
                let code = code_in(&self.sent_after(before, &email).await?)?;
                let path = format!("/api/challenges/{}/session", text(&asked["challenge"])?);
                session(self.post(None, &path, json!({ "code": code })).await?)
            }
            "owner" => {
                let cookie = self.cookie(Audience::Staff).await?;
                let session = self.caller.send(Method::GET, "/api/session", &[("cookie", cookie.as_str())], "").await?;
                text(&session.json["staff"]["staff"])
            }
            _ => {
                let new = json!({"name": "Vera Gold", "email": format!("vera-{:06}@staff.test", self.number), "role": "staff"});
                text(&self.post_freshly(Audience::Staff, "/api/staff", new).await?.json["staff"])
            }
        }
    }
}

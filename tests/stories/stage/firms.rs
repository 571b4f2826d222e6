use create_firm::Created;
use serde_json::json;

use super::{Browser, Stage};

impl Stage {
    /// Sets a firm up as whoever deploys does, or asks for another link for its owner.
    pub async fn create_firm(&self, firm: &str, owner: &str) -> Result<Created, String> {
        postern_local::create_firm(&self.postern.surroundings, firm, owner).await
    }

    /// A browser in which the owner of another firm, which is made for it, is signed in.
    pub async fn owner_of_another_firm(&self) -> Browser {
        self.create_firm("elm", "otto@elm.test").await.expect("a firm of that name is new");
        let browser = self.browser();
        let asked = browser.post("/api/firms/elm/staff/challenges", json!({"email": "otto@elm.test"})).await.is(202);
        let code = self.code_for("otto@elm.test").await;
        browser.answer(&asked, &code).await.is(201);
        browser
    }
}

/// What stands behind the `#` of a link.
pub fn link_token(link: &str) -> &str {
    link.split_once('#').expect("a link with a token").1
}

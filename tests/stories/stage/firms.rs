use create_firm::{CreateFirmError, Created, NewFirm};
use postern_aws::Reachable as _;
use serde_json::{from_value, json};

use super::{Browser, Stage};

impl Stage {
    /// Sets a firm up as whoever deploys does, or asks for another link for its owner.
    pub async fn create_firm(&self, firm: &str, owner: &str) -> Result<Created, CreateFirmError> {
        let new: NewFirm = from_value(json!({
            "firm": firm,
            "name": "Elm Street Tax",
            "phone": "(252) 555-0177",
            "contact_address": "office@elm.test",
            "owner": {"name": "Otto Other", "email": owner},
        }))
        .expect("a firm");
        let reach = create_firm::Reach::reach(&self.postern.surroundings.named(create_firm::NAME)).expect("its settings are there");
        create_firm::handle(reach, new).await
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

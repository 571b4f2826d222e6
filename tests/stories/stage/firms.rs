use create_firm::{CreateFirmError, Created, NewFirm, create_firm};
use serde_json::json;

use super::{Browser, Stage};

/// A second firm in the same deployment, whose owner is signed in.
pub struct Other {
    /// The owner's browser.
    pub owner: Browser,
}

impl Stage {
    /// Sets a firm up as whoever deploys does, or asks for another link for its owner.
    pub async fn create_firm(&self, firm: &str, owner: &str) -> Result<Created, CreateFirmError> {
        let new = json!({"firm": firm, "name": "Acme Tax", "phone": "(202) 555-0111", "contact_address": "office@acme.test",
            "owner": {"name": "Otto Other", "email": owner}});
        let new: NewFirm = serde_json::from_value(new).expect("a firm");
        let reach = create_firm::Reach::new(&self.postern.surroundings.named(create_firm::NAME)).expect("its settings are there");
        create_firm(&reach, new).await
    }

    /// The firm `acme`, which knows nothing of the demo firm.
    pub async fn other_firm(&self) -> Other {
        let created = self.create_firm("acme", "owner@acme.test").await.expect("it is made");
        let owner = self.browser();
        owner.open(link_token(&created.owner_link)).await.is(201);
        Other { owner }
    }
}

/// What stands behind the `#` of a link.
pub fn link_token(link: &str) -> &str {
    link.split_once('#').expect("a link with a token").1
}

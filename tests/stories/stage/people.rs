use serde_json::{Value, json};

use super::{Answer, Browser, Stage};

/// A contact of the demo firm who is ready to sign in: by SMS, with the last four 4321.
pub struct Jane {
    /// The contact as staff see it.
    pub contact: Value,
}

impl Jane {
    pub const EMAIL: &str = "jane.doe@client.test";
    pub const MOBILE: &str = "+12025550173";
    pub const GATE: &str = "4321";

    /// Her identifier.
    pub fn id(&self) -> &str {
        self.contact["contact"].as_str().expect("an id")
    }

    /// The client that she acts for.
    pub fn client(&self) -> &str {
        self.contact["clients"][0]["client"].as_str().expect("an id")
    }
}

impl Stage {
    /// A browser in which the owner of the demo firm is signed in.
    pub async fn owner(&self) -> Browser {
        self.staff("owner@demo.test").await
    }

    /// A browser in which someone on the staff of the demo firm is signed in.
    pub async fn staff(&self, email: &str) -> Browser {
        let browser = self.browser();
        let asked = browser.post("/api/firms/demo/staff/challenges", json!({ "email": email })).await.is(202);
        let code = self.code_for(email).await;
        browser.answer(&asked, &code).await.is(201);
        browser
    }

    /// The id of a colleague whom `by` takes on in this role, at `<name>@demo.test`.
    pub async fn colleague(&self, by: &Browser, name: &str, role: &str) -> String {
        let new = json!({"name": name, "email": format!("{name}@demo.test"), "role": role});
        by.post("/api/staff", new).await.is(201)["staff"].as_str().expect("an id").to_owned()
    }

    /// A ready contact, kept by `staff`.
    pub async fn jane(&self, staff: &Browser) -> Jane {
        let jane = json!({"name": "Jane Doe", "email": Jane::EMAIL, "mobile": Jane::MOBILE,
            "gates": [{"kind": "ssn_last4", "digits": Jane::GATE}]});
        Jane { contact: staff.post("/api/contacts", jane).await.is(201) }
    }

    /// The token of a link that `staff` send Jane in an invitation.
    pub async fn invited(&self, staff: &Browser, jane: &Jane) -> String {
        staff.post(&format!("/api/contacts/{}/invitations", jane.id()), json!({"again": true})).await.is(201);
        self.link_for(Jane::EMAIL).await
    }

    /// A browser in which Jane is signed in.
    pub async fn jane_signed_in(&self) -> Browser {
        let browser = self.browser();
        let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
        let code = self.code_for(Jane::MOBILE).await;
        browser.answer(&asked, &code).await.is(201);
        browser
    }
}

impl Browser {
    /// Goes on with a link, without a gate.
    pub async fn open(&self, token: &str) -> Answer {
        self.post("/api/links/redemption", json!({"token": token})).await
    }

    /// Goes on with a link and a gate.
    pub async fn open_with(&self, token: &str, gate: &str) -> Answer {
        self.post("/api/links/redemption", json!({"token": token, "gate": gate})).await
    }

    /// Asks for a code at the demo firm.
    pub async fn ask(&self, email: &str, gate: &str) -> Answer {
        self.post("/api/firms/demo/challenges", json!({"email": email, "gate": gate})).await
    }

    /// Asks for a code at the demo firm, by email.
    pub async fn ask_by_email(&self, email: &str, gate: &str) -> Answer {
        self.post("/api/firms/demo/challenges", json!({"email": email, "gate": gate, "channel": "email"})).await
    }

    /// Asks for the code of a challenge once more.
    pub async fn ask_again(&self, challenge: &Value, how: Value) -> Answer {
        let challenge = challenge["challenge"].as_str().expect("a challenge");
        self.post(&format!("/api/challenges/{challenge}/deliveries"), how).await
    }

    /// Answers a challenge with a code.
    pub async fn answer(&self, challenge: &Value, code: &str) -> Answer {
        let challenge = challenge["challenge"].as_str().expect("a challenge");
        self.post(&format!("/api/challenges/{challenge}/session"), json!({ "code": code })).await
    }
}

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use serde_json::{Value, json};

use super::{Browser, Paper, Stage, link_token};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A firm of its own with whatever a request speaks of, each made when it is first spoken of: its contact is Jane, who gets
/// her codes by SMS and has the gate 4321.
pub struct Scene<'a> {
    /// Where it is.
    pub stage: &'a Stage,
    /// The firm's name in addresses, which no other scene's rows speak of.
    pub firm: String,
    number: u32,
    mobile: String,
    things: Mutex<BTreeMap<String, String>>,
}

impl<'a> Scene<'a> {
    pub fn new(stage: &'a Stage) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // Numbers of one length, so that each scene's rows are as large as another's.
        Self { stage, firm: format!("firm-{number:04}"), number, mobile: format!("+1202{}", 5_000_000 + number), things: Mutex::default() }
    }

    /// The same with another mobile for the contact.
    pub fn with_mobile(self, mobile: &str) -> Self {
        Self { mobile: mobile.to_owned(), ..self }
    }

    /// `text` with the things that it speaks of in place of `{{their names}}`.
    pub async fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        while let Some((before, rest)) = filled.split_once("{{") {
            let (name, after) = rest.split_once("}}").expect("a name ends");
            let thing = self.thing(name).await;
            filled = format!("{before}{thing}{after}");
        }
        filled
    }

    /// The thing of this name, made now if it is not there.
    pub fn thing<'s>(&'s self, name: &'s str) -> Pin<Box<dyn Future<Output = String> + Send + 's>> {
        Box::pin(async move {
            let known = self.known(name);
            if let Some(thing) = known {
                return thing;
            }
            let made = self.make(name).await;
            self.know(name, &made);
            made
        })
    }

    fn known(&self, name: &str) -> Option<String> {
        self.things.lock().expect("a lock").get(name).cloned()
    }

    fn know(&self, name: &str, thing: &str) {
        self.things.lock().expect("a lock").insert(name.to_owned(), thing.to_owned());
    }

    async fn make(&self, name: &str) -> String {
        let (stage, number) = (self.stage, self.number);
        match name {
            "firm" => {
                let made = stage.create_firm(&self.firm, &format!("owner-{number:04}@firm.test")).await.expect("the firm is made");
                self.know("owner_token", link_token(&made.owner_link));
                self.firm.clone()
            }
            "owner_token" => {
                self.thing("firm").await;
                self.known("owner_token").expect("it came with the firm")
            }
            "staff_email" => {
                self.thing("firm").await;
                format!("owner-{number:04}@firm.test")
            }
            "staff_session" => {
                let browser = stage.browser();
                let token = self.thing("owner_token").await;
                browser.post("/api/links/redemption", json!({ "token": token })).await.is(201);
                browser.cookie("__Host-postern-staff").expect("a session")
            }
            "contact" => {
                let jane = json!({"name": "Jane Doe", "email": format!("jane-{number:04}@client.test"), "mobile": self.mobile,
                    "gates": [{"kind": "ssn_last4", "digits": "4321"}]});
                let contact = self.staff().await.post("/api/contacts", jane).await.is(201);
                self.know("client", &text(&contact["clients"][0]["client"]));
                text(&contact["contact"])
            }
            "client" => {
                self.thing("contact").await;
                self.known("client").expect("it came with the contact")
            }
            "email" => {
                self.thing("contact").await;
                format!("jane-{number:04}@client.test")
            }
            "mobile" => {
                self.thing("contact").await;
                self.mobile.clone()
            }
            "unready_contact" => text(&self.staff().await.post("/api/contacts", json!({"name": "Lee Park"})).await.is(201)["contact"]),
            "new_firm" => format!("new-firm-{number:04}"),
            "new_email" => format!("new-{number:04}@client.test"),
            "new_mobile" => format!("+1202{}", 6_000_000 + number),
            "challenge" => self.ask().await,
            "old_challenge" => {
                let challenge = self.ask().await;
                stage.advance(30).await;
                challenge
            }
            "code" | "wrong_code" => {
                self.thing("challenge").await;
                let code = stage.code_for(&self.thing("mobile").await).await;
                if name == "code" { code } else { code.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect() }
            }
            "session" => self.sign_in().await.cookie("__Host-postern").expect("a session"),
            "token" => {
                let path = format!("/api/contacts/{}/invitations", self.thing("contact").await);
                self.staff().await.post(&path, json!({})).await.is(201);
                stage.link_for(&self.thing("email").await).await
            }
            "awaited_document" => text(&self.begin_upload().await["document"]),
            "document" => {
                let begun = self.begin_upload().await;
                self.client().await.put(&begun, &paper().bytes).await.is(200);
                text(&begun["document"])
            }
            "ready_document" => self.client().await.hand_over(&paper(), paper().announcement()).await,
            "dispatch" => self.unsent().await,
            other => panic!("{{{{{other}}}}} stands for nothing"),
        }
    }

    /// A browser in which the owner is signed in.
    pub async fn staff(&self) -> Browser {
        self.holding("__Host-postern-staff", &self.thing("staff_session").await)
    }

    /// A browser in which the contact is signed in.
    pub async fn client(&self) -> Browser {
        self.holding("__Host-postern", &self.thing("session").await)
    }

    fn holding(&self, cookie: &str, value: &str) -> Browser {
        let browser = self.stage.browser();
        browser.set_cookie(cookie, value);
        browser
    }

    /// A new challenge of the contact.
    pub async fn ask(&self) -> String {
        let (firm, email) = (self.thing("firm").await, self.thing("email").await);
        let asked = self.stage.browser().post(&format!("/api/firms/{firm}/challenges"), json!({"email": email, "gate": "4321"})).await;
        text(&asked.is(202)["challenge"])
    }

    /// The contact asks for a code, and gets in.
    pub async fn sign_in(&self) -> Browser {
        let challenge = self.ask().await;
        let code = self.stage.code_for(&self.thing("mobile").await).await;
        let browser = self.stage.browser();
        browser.answer(&json!({ "challenge": challenge }), &code).await.is(201);
        browser
    }

    async fn begin_upload(&self) -> Value {
        self.client().await.post("/api/documents", paper().announcement()).await.is(201)
    }

    /// A code that waits in the outbox and was given up.
    async fn unsent(&self) -> String {
        self.thing("contact").await;
        self.stage.fault(json!({"service": "sns", "operation": "Publish", "nth": 0, "mode": "error"})).await;
        self.ask().await;
        self.stage.settle().await;
        self.stage.mend().await;
        let rows = self.rows().await;
        let waiting = rows.iter().find(|(table, row)| table == "OutboxTable" && row["line"]["S"] == "codes");
        text(&waiting.expect("a message").1["dispatch"]["S"])
    }

    /// The raw row of the person whose session this raw row is.
    pub async fn person_row(&self, session: &Value) -> Value {
        let ids: Vec<_> = session["subject"]["M"].as_object().expect("a person").values().map(|id| id["S"].clone()).collect();
        let rows = self.rows().await.into_iter().filter(|(table, _)| table == "DirectoryTable").map(|(_, row)| row);
        let is_person =
            |row: &Value| ids.iter().any(|id| row["contact"]["S"] == *id || row["staff"]["S"] == *id) && row.get("created_at").is_some();
        rows.into_iter().find(is_person).expect("the person has a row")
    }

    /// The raw rows that speak of the firm, each with the name of its table.
    pub async fn rows(&self) -> Vec<(String, Value)> {
        let tables = self.stage.postern.aws.tables.items().await.expect("the tables can be read");
        let all = tables.into_iter().flat_map(|(table, rows)| rows.into_iter().map(move |row| (table.clone(), row)));
        all.filter(|(_, row)| row.to_string().contains(&self.firm)).collect()
    }
}

fn paper() -> Paper {
    Paper::pdf("W-2.pdf")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text")).to_owned()
}

//! What events speak of, made on a running instance.

mod caller;
mod deployer;
mod staff;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use futures::future::BoxFuture;
use hyper::Method;
use postern_aws::{Aws, Reachable as _};
use postern_domain::{
    Audience, ExportId, Occasion,
    log_export::{Format, LogExport, LogFilter},
    policy,
    record::{Origin, Outcome},
};
use postern_store::{AccessLog, Exports};
use serde_json::{Value, json};
use tokio::time::sleep;
use totp_rs::Totp;

use self::caller::{Answer, Caller};
pub use self::{
    caller::session_of,
    deployer::{create_firm, invoke, rotate_keys},
};
use crate::{
    clock::AdjustableClock,
    functions::workers,
    settings::{OWN, Settings},
    system_dice,
};

/// How long a message is waited for: that many looks at the outbox, with a pause before each.
const LOOKS: u32 = 1500;
const PAUSE: Duration = Duration::from_millis(20);

/// A small PDF, which events announce.
const PAPER: &str = "%PDF-1.7\n%%EOF\n";
const PAPER_SHA256: &str = "1e7313ace78f0fb481a486939b4885902663102818090805515553d84e0bbfd3";

/// A firm of its own with whatever an event speaks of, each made when it is first spoken of: its contact is Jane, who gets
/// her codes by SMS and has the gate 4321.
pub struct Scene {
    /// The firm's name in addresses, which no other scene's rows speak of.
    pub firm: String,
    number: u32,
    mobile: String,
    caller: Caller,
    aws: Aws,
    things: Mutex<BTreeMap<String, String>>,
}

impl Scene {
    /// Scene `number`, of at most six digits, on the instance at `url` whose functions have the surroundings `aws`.
    pub fn new(url: &str, aws: &Aws, number: u32) -> Self {
        Self {
            // Numbers of one length, so that each scene's rows are as large as another's.
            firm: format!("firm-{number:06}"),
            number,
            mobile: format!("+1202{}", 5_000_000 + number),
            caller: Caller::new(url),
            aws: aws.clone(),
            things: Mutex::default(),
        }
    }

    /// The address that its people come from: each scene has its own, as what comes from one is limited.
    pub(crate) fn address(&self) -> String {
        format!("203.0.{}.{}", 100 + self.number / 250 % 100, 1 + self.number % 250)
    }

    /// A scene on the instance that another process runs on the folder `data`.
    ///
    /// # Errors
    /// If there is none.
    pub async fn beside(data: &Path) -> Result<Self, String> {
        let (url, aws) = surroundings(data)?;
        let number = u32::from_be_bytes(aws.dice.bytes()) % 1_000_000;
        let scene = Self::new(&url, &aws, number);
        scene.outbox().await?;
        Ok(scene)
    }

    /// The same with another mobile for the contact.
    #[must_use]
    pub fn with_mobile(self, mobile: &str) -> Self {
        Self { mobile: mobile.to_owned(), ..self }
    }

    /// `text` with the things that it speaks of in place of `{{their names}}`.
    ///
    /// # Errors
    /// If one of them cannot be made.
    pub async fn fill(&self, text: &str) -> Result<String, String> {
        let mut filled = text.to_owned();
        while let Some((before, rest)) = filled.split_once("{{") {
            let (name, after) = rest.split_once("}}").ok_or("A name begins with {{ and does not end.")?;
            let thing = self.thing(name).await?;
            filled = format!("{before}{thing}{after}");
        }
        Ok(filled)
    }

    /// The thing of this name, made now if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn thing<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<String, String>> {
        Box::pin(async move {
            let known = self.things().get(name).cloned();
            if let Some(thing) = known {
                return Ok(thing);
            }
            let made = self.make(name).await?;
            self.know(name, &made);
            Ok(made)
        })
    }

    fn things(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.things.lock().expect("no holder of this lock panics")
    }

    fn know(&self, name: &str, thing: &str) {
        self.things().insert(name.to_owned(), thing.to_owned());
    }

    async fn make(&self, name: &str) -> Result<String, String> {
        let number = self.number;
        match name {
            "firm" => {
                let owner = format!("owner-{number:06}@firm.test");
                let made = create_firm(&self.aws, &self.firm, &owner).await?;
                self.know("owner_token", made.owner_link.rsplit('#').next().unwrap_or_default());
                self.know("staff_email", &owner);
                Ok(self.firm.clone())
            }
            "owner_token" | "staff_email" => self.came_with("firm", name).await,
            "staff_session" | "fresh_staff_session" | "owner" | "colleague" => self.make_of_staff(name).await,
            "contact" => {
                let email = format!("jane-{number:06}@client.test");
                let jane = json!({"name": "Jane Doe", "email": email, "mobile": self.mobile,
                    "gates": [{"kind": "ssn_last4", "digits": "4321"}]});
                let contact = self.post(Some(Audience::Staff), "/api/contacts", jane).await?.json;
                self.know("client", &text(&contact["clients"][0]["client"])?);
                self.know("email", &email);
                self.know("mobile", &self.mobile);
                text(&contact["contact"])
            }
            "client" | "email" | "mobile" => self.came_with("contact", name).await,
            "unready_contact" => {
                let contact = self.post(Some(Audience::Staff), "/api/contacts", json!({"name": "Lee Park"})).await?;
                text(&contact.json["contact"])
            }
            "former_link_version" | "gate_version" => self.make_of_deployer(name).await,
            "new_firm" => Ok(format!("new-firm-{number:06}")),
            "new_staff_email" => Ok(format!("new-{number:06}@staff.test")),
            "new_email" => Ok(format!("new-{number:06}@client.test")),
            "new_mobile" => Ok(format!("+1202{}", 6_000_000 + number)),
            "challenge" => {
                let (challenge, code) = self.ask_and_read().await?;
                self.know("code", &code);
                Ok(challenge)
            }
            "code" => self.came_with("challenge", name).await,
            "wrong_code" => Ok(self.thing("code").await?.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect()),
            "old_challenge" => {
                let challenge = self.ask().await?;
                self.lab(Method::POST, "/_local/clock", json!({"advance_seconds": 30})).await?;
                Ok(challenge)
            }
            "session" => self.sign_in().await,
            "enrolled_code" | "staff_enrolled_code" | "factor_code" | "recovery_code" | "staff_factor_code" => self.make_of_app(name).await,
            "device" => {
                let cookie = self.cookie(Audience::Client).await?;
                let devices = self.caller.send(Method::GET, "/api/devices", &[("cookie", cookie.as_str())], "").await?;
                text(&devices.json["items"][0]["device"])
            }
            "token" => {
                let (contact, email) = (self.thing("contact").await?, self.thing("email").await?);
                let before = self.sent_to(&email).await?.len();
                self.post(Some(Audience::Staff), &format!("/api/contacts/{contact}/invitations"), json!({"again": true})).await?;
                let mail = self.sent_after(before, &email).await?;
                let token = mail.split_once("/link#").and_then(|(_, rest)| rest.split_whitespace().next());
                token.map(str::to_owned).ok_or_else(|| format!("There is no link in {mail}"))
            }
            "awaited_document" => text(&self.begin_upload_by(Audience::Client, None).await?["document"]),
            "document" => {
                let begun = self.begin_upload_by(Audience::Client, None).await?;
                self.put(&begun).await
            }
            "ready_document" => {
                let path = format!("/api/documents/{}/completion", self.thing("document").await?);
                text(&self.post(Some(Audience::Client), &path, json!({})).await?.json["document"])
            }
            "deleted_document" => {
                let document = self.thing("ready_document").await?;
                let cookie = self.cookie(Audience::Client).await?;
                let headers = [("cookie", cookie.as_str())];
                self.caller.send(Method::DELETE, &format!("/api/documents/{document}"), &headers, "").await?;
                Ok(document)
            }
            "shared_document" => {
                let client = self.thing("client").await?;
                let begun = self.begin_upload_by(Audience::Staff, Some(&client)).await?;
                self.put(&begun).await
            }
            "dispatch" => self.unsent().await,
            "mailed" => {
                self.thing("token").await?;
                self.lab(Method::POST, "/_local/settle", Value::Null).await?;
                let tables = self.lab(Method::GET, "/_local/tables", Value::Null).await?;
                let is_own = |row: &&Value| row["firm"]["S"] == self.firm.as_str() && row["kind"]["S"] == "invitation";
                let row = tables["OutboxTable"].as_array().into_iter().flatten().find(is_own);
                text(&row.ok_or("No invitation went out.")?["dispatch"]["S"])
            }
            "texted" => {
                self.ask_and_read().await?;
                self.lab(Method::POST, "/_local/settle", Value::Null).await?;
                let (outbox, mobile) = (self.outbox().await?, self.thing("mobile").await?);
                let sent = outbox.as_array().into_iter().flatten().rfind(|message| message["to"] == mobile.as_str());
                text(&sent.ok_or("No text message went out.")?["id"])
            }
            "export" => self.export().await,
            other => Err(format!("{{{{{other}}}}} stands for nothing.")),
        }
    }

    /// What is known as soon as `other` is there.
    async fn came_with(&self, other: &str, name: &str) -> Result<String, String> {
        self.thing(other).await?;
        self.things().get(name).cloned().ok_or_else(|| format!("{name} did not come with {other}."))
    }

    /// A new challenge of the contact.
    ///
    /// # Errors
    /// If there is none.
    pub async fn ask(&self) -> Result<String, String> {
        let (firm, email) = (self.thing("firm").await?, self.thing("email").await?);
        let asked = self.post(None, &format!("/api/firms/{firm}/challenges"), json!({"email": email, "gate": "4321"})).await?;
        text(&asked.json["challenge"])
    }

    /// The same with the code that is sent for it.
    async fn ask_and_read(&self) -> Result<(String, String), String> {
        let mobile = self.thing("mobile").await?;
        let before = self.sent_to(&mobile).await?.len();
        let challenge = self.ask().await?;
        let sent = self.sent_after(before, &mobile).await?;
        Ok((challenge, code_in(&sent)?))
    }

    /// The contact asks for a code, and gets in: the session.
    ///
    /// # Errors
    /// If that cannot be.
    pub async fn sign_in(&self) -> Result<String, String> {
        let (challenge, code) = self.ask_and_read().await?;
        session(self.post(None, &format!("/api/challenges/{challenge}/session"), json!({ "code": code })).await?)
    }

    /// A code of an authenticator app that was set up, or confirmed too.
    async fn make_of_app(&self, name: &str) -> Result<String, String> {
        match name {
            "enrolled_code" => Ok(self.enrol(Audience::Client).await?.code(0)),
            "staff_enrolled_code" => Ok(self.enrol(Audience::Staff).await?.code(0)),
            "factor_code" => self.confirm(Audience::Client).await,
            "recovery_code" => self.came_with("factor_code", name).await,
            _ => self.confirm(Audience::Staff).await,
        }
    }

    /// Sets up an authenticator app for the scene's person of `audience`, as far as that goes before it is confirmed.
    async fn enrol(&self, audience: Audience) -> Result<App, String> {
        let enrolled = self.post_freshly(audience, "/api/second-factor", json!({})).await?;
        let totp = Totp::from_url(text(&enrolled.json["otpauth_uri"])?).map_err(|error| error.to_string())?;
        Ok(App { totp, now: self.aws.clock.now().as_second() })
    }

    /// The same, and confirms it: the next code of the app.
    async fn confirm(&self, audience: Audience) -> Result<String, String> {
        let app = self.enrol(audience).await?;
        let confirmed = self.post_freshly(audience, "/api/second-factor/confirmation", json!({"code": app.code(0)})).await?;
        if audience == Audience::Client {
            self.know("recovery_code", &text(&confirmed.json["recovery_codes"][0])?);
        }
        let session = session(confirmed)?;
        for fresh in [false, true] {
            self.know(session_of(audience, fresh).1, &session);
        }
        Ok(app.code(1))
    }

    async fn begin_upload_by(&self, audience: Audience, client: Option<&str>) -> Result<Value, String> {
        let paper =
            json!({"name": "W-2.pdf", "size": PAPER.len(), "content_type": "application/pdf", "sha256": PAPER_SHA256, "client": client});
        Ok(self.post(Some(audience), "/api/documents", paper).await?.json)
    }

    /// Sends the file of an upload that was begun, and answers which document it is.
    async fn put(&self, begun: &Value) -> Result<String, String> {
        let headers = begun["upload"]["headers"].as_object().into_iter().flatten();
        let headers: Vec<_> = headers.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
        self.caller.send(Method::PUT, &text(&begun["upload"]["url"])?, &headers, PAPER).await?;
        text(&begun["document"])
    }

    /// An export of the records about a contact that a worker made. Only a log that is too large for an answer leads to one, so it is asked for behind the API.
    async fn export(&self) -> Result<String, String> {
        let firm = self.thing("firm").await?.parse().map_err(|_| "The firm has no name.")?;
        let contact = self.thing("contact").await?.parse().map_err(|_| "The contact has no name.")?;
        let (now, dice) = (self.aws.clock.now(), self.aws.dice.clone());
        let export = LogExport {
            export: ExportId::new(now, &dice),
            firm,
            asked_at: now,
            format: Format::Json,
            filter: LogFilter { contact: Some(contact), ..LogFilter::default() },
            head: 0,
            began_at: None,
            grew_at: None,
        };
        let told = |error: &dyn std::fmt::Display| error.to_string();
        let exports = Exports::reach(&self.aws).map_err(|error| told(&error))?;
        let log = AccessLog::reach(&self.aws).map_err(|error| told(&error))?;
        let occasion = Occasion { now, origin: Origin::default(), language: None, dice };
        let record = occasion.record(&export.scope(), Outcome::LogExported { staff: "Otto Other".to_owned() });
        log.commit(&record, [exports.put(&export)]).await.map_err(|error| told(&error))?;
        // It would wait for the next minute.
        let maker = workers(&self.aws).map_err(|error| told(&error))?.remove(make_export::NAME).ok_or("Nothing makes exports.")?;
        maker(json!({})).await?;
        let (cookie, path) = (self.cookie(Audience::Staff).await?, format!("/api/exports/{}", export.export));
        for _ in 0..LOOKS {
            let seen = self.caller.send(Method::GET, &path, &[("cookie", cookie.as_str())], "").await?.json;
            if seen["state"] == "ready" {
                return Ok(export.export.to_string());
            }
            sleep(PAUSE).await;
        }
        Err("The export is not made.".to_owned())
    }

    /// A code that waits in the outbox and was given up.
    async fn unsent(&self) -> Result<String, String> {
        self.thing("contact").await?;
        self.lab(
            Method::POST,
            "/_local/faults",
            json!({"service": "dynamodb", "operation": "UpdateItem", "function": "deliver", "nth": 0, "mode": "error"}),
        )
        .await?;
        let asked = self.ask().await;
        self.lab(Method::POST, "/_local/settle", Value::Null).await?;
        self.lab(Method::DELETE, "/_local/faults", Value::Null).await?;
        let (challenge, tables) = (asked?, self.lab(Method::GET, "/_local/tables", Value::Null).await?);
        let row = tables["OutboxTable"].as_array().into_iter().flatten().find(|row| row["challenge"]["S"] == challenge.as_str());
        text(&row.ok_or("No message waits.")?["dispatch"]["S"])
    }

    /// The cookie of the scene's person of `audience`.
    async fn cookie(&self, audience: Audience) -> Result<String, String> {
        let (cookie, thing) = session_of(audience, false);
        Ok(format!("{cookie}={}", self.thing(thing).await?))
    }

    /// Posts `body` as the scene's person of an audience, or as nobody.
    async fn post(&self, audience: Option<Audience>, path: &str, body: Value) -> Result<Answer, String> {
        let mut headers = vec![("content-type", "application/json")];
        let cookie = match audience {
            Some(audience) => Some(self.cookie(audience).await?),
            None => None,
        };
        headers.extend(cookie.as_deref().map(|cookie| ("cookie", cookie)));
        self.caller.send(Method::POST, path, &headers, body.to_string()).await
    }

    /// Posts `body` as the scene's person of `audience` who proved who they are a moment ago.
    async fn post_freshly(&self, audience: Audience, path: &str, body: Value) -> Result<Answer, String> {
        let (cookie, thing) = session_of(audience, true);
        let cookie = format!("{cookie}={}", self.thing(thing).await?);
        let headers = [("content-type", "application/json"), ("cookie", cookie.as_str())];
        self.caller.send(Method::POST, path, &headers, body.to_string()).await
    }

    /// What a seam for checks answers.
    async fn lab(&self, method: Method, path: &str, body: Value) -> Result<Value, String> {
        let answer = self.caller.send(method, path, &[], body.to_string()).await;
        Ok(answer.map_err(|problem| format!("This takes an instance that was started with `cargo run -- --lab`. {problem}"))?.json)
    }

    /// All that was sent, oldest first.
    async fn outbox(&self) -> Result<Value, String> {
        Ok(self.caller.send(Method::GET, "/_local/outbox", &[("accept", "application/json")], "").await?.json)
    }

    /// The texts of what was sent to `to`, oldest first.
    async fn sent_to(&self, to: &str) -> Result<Vec<String>, String> {
        let all = self.outbox().await?;
        all.as_array().into_iter().flatten().filter(|message| message["to"] == to).map(|message| text(&message["text"])).collect()
    }

    /// The text of the first message to `to` after `before` others, once it is there.
    async fn sent_after(&self, before: usize, to: &str) -> Result<String, String> {
        for _ in 0..LOOKS {
            sleep(PAUSE).await;
            if let Some(text) = self.sent_to(to).await?.into_iter().nth(before) {
                return Ok(text);
            }
        }
        Err(format!("Nothing is sent to {to}."))
    }
}

/// Where the instance is that runs on the folder `data`, and the surroundings of its functions.
///
/// # Errors
/// If there is none.
pub(crate) fn surroundings(data: &Path) -> Result<(String, Aws), String> {
    let file = data.join("env");
    let text = fs::read_to_string(&file)
        .map_err(|_| format!("{} is not there: start Postern with `cargo run` in another terminal.", file.display()))?;
    let settings = Settings::from(text.as_str());
    let (url, clock) = (settings.get("PUBLIC_ORIGIN").unwrap_or_default(), AdjustableClock::starting_at(None).reading());
    let aws = Aws::new(OWN, move |function, name| settings.of(function, name), clock, system_dice());
    Ok((url, aws.map_err(|error| error.to_string())?))
}

/// An authenticator app, at an instant.
struct App {
    totp: Totp,
    now: i64,
}

impl App {
    /// The code that it shows so many steps later.
    fn code(&self, steps: u64) -> String {
        self.totp.generate(self.now.unsigned_abs() + steps * policy::FACTOR_STEP).to_string()
    }
}

/// The one-time code in a message.
fn code_in(sent: &str) -> Result<String, String> {
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    let code = sent.split(|letter: char| !letter.is_ascii_alphanumeric()).find(is_code);
    code.map(str::to_owned).ok_or_else(|| format!("There is no code in {sent}"))
}

fn session(answer: Answer) -> Result<String, String> {
    answer.session.ok_or_else(|| "No session was opened.".to_owned())
}

fn text(value: &Value) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("{value} is no text."))
}

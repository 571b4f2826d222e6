//! A folder that an earlier version left, opened by this one at the instant when it was left: whoever was in is in, whoever
//! could get in gets in, and everything reads as it read.
//!
//! Beside the folder's own files, `story.json` says who held what, and `answers.json` what each of them was answered then.

use std::{fs, path::Path};

use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Paper, Stage, root};

const STAFF: &str = "__Host-postern-staff";
const CLIENT: &str = "__Host-postern";

/// An instance on a copy of what version 0.1 left, and what is known of it.
struct Left {
    stage: Stage,
    story: Value,
}

impl Left {
    async fn open() -> Self {
        let recorded = root().join("tests/stories/recorded/0.1");
        let data = tempfile::tempdir().expect("a folder");
        copy(&recorded, data.path());
        let story = read(&recorded.join("story.json"));
        let stage = Stage::at(Some(moment(&story["recorded_at"])), data).await;
        // As CHANGELOG.md says.
        stage.worker(keep_roster::NAME)(json!({"firm": "demo"})).await.expect("its contacts are in the roster");
        Self { stage, story }
    }

    /// What stands in the story under `pointer`.
    fn text(&self, pointer: &str) -> &str {
        self.story.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} is in the story"))
    }

    /// A browser that has held the session `name` ever since.
    fn holding(&self, name: &str) -> Browser {
        let browser = self.stage.browser();
        browser.set_cookie(if name == "staff" { STAFF } else { CLIENT }, self.text(&format!("/sessions/{name}")));
        browser
    }

    /// Signs someone in by a fresh code that goes to `to`.
    async fn signs_in(&self, email: &str, gate: &str, to: &str) -> Browser {
        let browser = self.stage.browser();
        let before = self.stage.sent_to(to).await.len();
        let asked = browser.ask(email, gate).await.is(202);
        assert_eq!(self.stage.sent_to(to).await.len(), before + 1, "{email} is sent a code");
        browser.answer(&asked, &self.stage.code_for(to).await).await.is(201);
        browser
    }

    /// That `browser` fetches the document `name` as it was sent.
    async fn fetches(&self, browser: &Browser, name: &str) {
        let path = format!("/api/documents/{}/download", self.text(&format!("/documents/{name}/document")));
        let url = browser.get(&path).await.is(200)["url"].as_str().expect("an address").to_owned();
        let fetched = browser.send(Method::GET, &url, "", &[]).await;
        let paper = Paper { name: "", content_type: "", bytes: fetched.bytes.to_vec() };
        let (fetched, sent) = (paper.announcement(), &self.story["documents"][name]);
        assert_eq!((&fetched["sha256"], &fetched["size"]), (&sent["sha256"], &sent["size"]), "{name}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).expect("a file")).expect("JSON")
}

fn moment(value: &Value) -> Timestamp {
    value.as_str().expect("a time").parse().expect("RFC 3339")
}

/// Whether an answer says all that it said then; it may say more, what went wrong before someone got in is told no longer, and of several states
/// the worst.
fn still_says(now: &Value, then: &Value) -> bool {
    let is_worse = |name: &str, now: &Value| name == "status" && now == "locked" && then["locked_until"].is_string();
    let is_over = |name: &str| name == "last_failure" && then[name]["at"].as_str() < then["last_access_at"].as_str();
    match (now, then) {
        (Value::Object(now), Value::Object(before)) => before.iter().all(|(name, before)| {
            now.get(name).is_some_and(|now| still_says(now, before) || (now.is_null() && is_over(name)) || is_worse(name, now))
        }),
        (Value::Array(now), Value::Array(then)) => now.len() == then.len() && now.iter().zip(then).all(|(now, then)| still_says(now, then)),
        _ => now == then,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_stand_and_whatever_they_show_reads_as_it_read() {
    let left = Left::open().await;
    let answers = read(&left.stage.data.path().join("answers.json"));
    for (holder, answers) in answers.as_object().expect("an object") {
        let browser = left.holding(holder);
        for (path, then) in answers.as_object().expect("an object") {
            let mut now = browser.get(&path.replace("/api/contacts?", "/api/contacts?sort=-created&")).await.is(200);
            if path.starts_with("/api/contacts?") {
                // They stood in the order in which they were added.
                now["items"].as_array_mut().expect("a list").reverse();
            }
            assert!(still_says(&now, then), "{holder} {path}:\n{then:#}\nreads now\n{now:#}");
        }
    }
    let kept = left.holding("kept");
    kept.delete("/api/session").await.is(204);
    left.stage.advance(59 * 60).await;
    left.holding("by_link").get("/api/session").await.is(200);
    left.holding("kept").get("/api/session").await.is_problem(401, "session-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_no_list_names_end_by_signing_out_everywhere() {
    let left = Left::open().await;
    left.holding("kept").delete("/api/devices").await.is(204);
    for holder in ["kept", "by_link"] {
        left.holding(holder).get("/api/session").await.is_problem(401, "session-needed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_could_sign_in_signs_in_with_a_fresh_code() {
    let left = Left::open().await;
    for (email, gate, to) in [
        (Jane::EMAIL, Jane::GATE, Jane::MOBILE),
        ("nora.field@new.test", "5501", "+12025550191"),
        ("bea@books.test", "90210", Jane::MOBILE),
        ("bea@books.test", "5507", Jane::MOBILE),
        ("millers@example.com", "1111", "+12525550151"),
        ("millers@example.com", "2222", "+12525550151"),
        // Their carriers took no text message, so that the code went by mail; it does again.
        ("pia@client.test", "482913", "pia@client.test"),
        ("niu@client.test", "5505", "niu@client.test"),
    ] {
        left.signs_in(email, gate, to).await.get("/api/session").await.is(200);
    }
    let staff = left.holding("staff");
    for (email, gate, outcome) in [
        ("tom@client.test", "1111", "ssn-mismatch"),
        ("nora.field@old.test", "5501", "no-contact"),
        ("lee@example.com", "5501", "not-set-up"),
        ("ray@client.test", "5503", "locked"),
    ] {
        left.stage.browser().ask(email, gate).await.is(202);
        let newest = staff.get(&format!("/api/access-log?limit=1&email={email}")).await.is(200)["items"][0].clone();
        assert_eq!((&newest["outcome"], moment(&newest["at"]) >= moment(&left.story["recorded_at"])), (&json!(outcome), true), "{email}");
    }
    left.stage.advance(15 * 60).await;
    left.signs_in("ray@client.test", "5503", "+12025550183").await;
    let asked = left.stage.browser().post("/api/firms/demo/staff/challenges", json!({"email": "owner@demo.test"})).await.is(202);
    left.stage.browser().answer(&asked, &left.stage.code_for("owner@demo.test").await).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_challenge_takes_its_code_and_a_message_that_waits_goes_out() {
    let left = Left::open().await;
    let browser = left.stage.browser();
    browser.answer(&left.story["challenge"], "999999").await.is_problem(401, "code-rejected");
    browser.answer(&left.story["challenge"], left.text("/challenge/code")).await.is(201);

    let tables = left.stage.postern.aws.tables.items().await.expect("the tables can be read");
    let row = tables["OutboxTable"].iter().find(|row| row["dispatch"]["S"] == left.story["unsent"]["dispatch"]).expect("its row");
    let record = json!({"eventName": "INSERT", "dynamodb": {"NewImage": row, "SequenceNumber": "1"}});
    let deliver = left.stage.worker(deliver::NAME);
    assert_eq!(deliver(json!({"Records": [record]})).await, Ok(Value::Null));
    let code = left.stage.code_for("+12025550191").await;
    left.stage.browser().answer(&left.story["unsent"], &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_open_as_far_as_they_would_have() {
    let left = Left::open().await;
    let link = |name: &str| left.text(&format!("/links/{name}")).to_owned();
    for (name, by_gate) in [("unopened", true), ("opened", false)] {
        let seen = left.stage.browser().post("/api/links/preview", json!({"token": link(name)})).await.is(200);
        assert_eq!((&seen["contact"], &seen["gate"]), (&left.story["contacts"]["jane"]["contact"], &json!(by_gate)), "{name}");
    }
    let browser = left.stage.browser();
    browser.open_with(&link("unopened"), "1000").await.is_problem(403, "gate-rejected");
    browser.open_with(&link("unopened"), Jane::GATE).await.is(201);
    let asked = browser.open_with(&link("opened"), Jane::GATE).await.is(202);
    browser.answer(&asked, &left.stage.code_for(Jane::MOBILE).await).await.is(201);
    for name in ["used", "expired"] {
        left.stage.browser().open_with(&link(name), Jane::GATE).await.is_problem(410, "link-gone");
    }
    left.stage.browser().post("/api/firms/demo/links", json!({"token": link("expired")})).await.is(202);
    left.stage.browser().open_with(&left.stage.link_for(Jane::EMAIL).await, Jane::GATE).await.is(201);
    let owner = left.stage.browser();
    // Staff of every firm need a second factor by now.
    assert_eq!(owner.open(&link("owner")).await.is(201), json!({"next": "enrol-second-factor"}));
    owner.get("/api/contacts").await.is_problem(403, "second-factor-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_the_same_bytes_and_those_on_their_way_arrive() {
    let left = Left::open().await;
    let (staff, jane) = (left.holding("staff"), left.holding("kept"));
    left.fetches(&staff, "ready").await;
    left.fetches(&jane, "from_staff").await;
    jane.get(&format!("/api/documents/{}/download", left.text("/documents/refused/document"))).await.is_problem(404, "not-found");
    jane.complete(&left.story["documents"]["awaited"]).await.is_problem(409, "upload-incomplete");
    assert_eq!(jane.complete(&left.story["documents"]["arrived"]).await.is(200)["state"], "ready");
    left.fetches(&staff, "arrived").await;
    let paper = Paper::pdf("K-1.pdf");
    let document = jane.hand_over(&paper, paper.announcement()).await;
    let listed = staff.get(&format!("/api/documents?client={}", left.text("/contacts/jane/client"))).await.is(200);
    assert_eq!(listed["items"][0]["document"], document);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_go_on_with_the_contacts_that_are_there() {
    let left = Left::open().await;
    let staff = left.holding("staff");
    let taken = staff.post("/api/contacts", json!({"name": "Eve", "mobile": "+12025550191"})).await.is_problem(409, "mobile-taken");
    assert_eq!(taken["contact"], left.story["contacts"]["nora"]["contact"]);
    let taken = staff.post("/api/contacts", json!({"name": "Eve", "email": Jane::EMAIL})).await.is_problem(409, "email-taken");
    assert_eq!(taken["contact"], left.story["contacts"]["jane"]["contact"]);
    // What was given up is free.
    let given_up =
        json!({"name": "Eve", "email": "nora.field@old.test", "mobile": "+12025550181", "clients": [left.text("/contacts/ray/client")]});
    staff.post("/api/contacts", given_up).await.is(201);

    let jane = format!("/api/contacts/{}", left.text("/contacts/jane/contact"));
    staff.patch(&jane, json!({"email": "jane@roe.test"})).await.is(200);
    for holder in ["kept", "by_link"] {
        left.holding(holder).get("/api/session").await.is_problem(401, "session-needed");
    }
    left.stage.browser().open_with(left.text("/links/unopened"), Jane::GATE).await.is_problem(410, "link-gone");
    let told = left.stage.sent_to(Jane::EMAIL).await.pop().expect("a mail to the old address");
    assert!(moment(&told["at"]) >= moment(&left.story["recorded_at"]), "{told}");
    staff.post(&format!("{jane}/invitations"), json!({})).await.is(201);
    left.stage.browser().open_with(&left.stage.link_for("jane@roe.test").await, Jane::GATE).await.is(201);
}

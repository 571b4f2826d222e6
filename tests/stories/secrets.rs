//! Secrets stand nowhere but where they must: a whole story is played, then everything that is kept, answered and logged is searched.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};

use crate::{
    log_export::made,
    stage::{Answer, Browser, Jane, Stage, logged},
};

/// The digits that are planted; each is one that nothing else here is made of.
const SSN: &str = "917-62-8053";
const LAST_FOUR: &str = "8053";
const OTHER_SSN: &str = "917625928";
const PIN: &str = "60417385";
const WRONG_GATE: &str = "5926";
const PASSWORD: &str = "correct-horse-battery";
const TYPED: &str = " Jane.DOE@Client.Test\u{a0}";

/// Everything that people type, hold or are sent, by what it is.
struct Planted(BTreeMap<&'static str, Vec<String>>);

impl Planted {
    fn plant(&mut self, what: &'static str, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 4, "{what}");
        self.0.entry(what).or_default().push(secret);
    }

    /// What of this stands in `text`: short secrets as a word of their own, long ones anywhere.
    fn found_in(&self, text: &str) -> Vec<String> {
        let is_word = |c: char| c.is_ascii_alphanumeric();
        let stands = |secret: &str| {
            text.match_indices(secret).any(|(at, _)| {
                let before = text[..at].chars().next_back().is_some_and(is_word);
                let after = text[at + secret.len()..].chars().next().is_some_and(is_word);
                secret.len() > 8 || (!before && !after)
            })
        };
        let all = self.0.iter().flat_map(|(what, secrets)| secrets.iter().map(move |secret| (what, secret)));
        all.filter(|(_, secret)| stands(secret)).map(|(what, secret)| format!("{what}: {secret}")).collect()
    }
}

/// Every text that stands in a raw item: names of attributes, and values whatever their type.
fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, into)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            into.push(name.clone());
            texts(value, into);
        }),
        Value::Number(number) => into.push(number.to_string()),
        Value::Null | Value::Bool(_) => {}
    }
}

fn files_in(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_in(&path));
        } else {
            found.push((entry.file_name().to_string_lossy().into_owned(), fs::read(&path).expect("a file")));
        }
    }
    found
}

/// A story with every kind of secret in it; answers with all that was planted and all that was answered.
async fn play(stage: &Stage) -> (Planted, Vec<Answer>) {
    let mut planted = Planted(BTreeMap::new());
    for (what, secret) in [
        ("SSN", SSN),
        ("SSN", "917628053"),
        ("SSN", OTHER_SSN),
        ("gate", LAST_FOUR),
        ("gate", PIN),
        ("wrong gate", WRONG_GATE),
        ("password", PASSWORD),
    ] {
        planted.plant(what, secret);
    }
    let secrets: Value = serde_json::from_slice(&fs::read(stage.data.path().join("secrets.json")).expect("a file")).expect("JSON");
    for secret in secrets.as_object().expect("an object").values() {
        for version in secret["versions"].as_object().expect("versions").values() {
            planted.plant("key", version["value"].as_str().expect("a text"));
        }
    }

    let owner = stage.owner().await;
    planted.plant("code", stage.code_for("owner@demo.test").await);
    planted.plant("session", owner.cookie("__Host-postern-staff").expect("a session"));
    let jane = json!({"name": "Jane Doe", "email": TYPED, "mobile": Jane::MOBILE, "gates": [{"kind": "ssn_last4", "digits": SSN}]});
    let jane = owner.post("/api/contacts", jane).await.is(201);
    let jane = format!("/api/contacts/{}", jane["contact"].as_str().expect("an id"));
    owner
        .patch(&jane, json!({"gates": [{"kind": "ssn_last4", "digits": SSN}, {"kind": "pin", "digits": PIN, "label": "Joe"}]}))
        .await
        .is(200);
    owner.post("/api/contacts", json!({"name": "Eve", "gates": [{"kind": "pin", "digits": SSN}]})).await.names("gates[0]");

    let browser = stage.browser();
    browser.ask(TYPED, PASSWORD).await.names("gate");
    browser.ask(TYPED, OTHER_SSN).await.is(202);
    browser.ask(TYPED, WRONG_GATE).await.is(202);
    let asked = browser.ask(TYPED, SSN).await.is(202);
    planted.plant("code", stage.code_for(Jane::MOBILE).await);
    stage.advance(30).await;
    browser.ask_again(&asked, json!({"channel": "email"})).await.is(202);
    let code = stage.code_for(Jane::EMAIL).await;
    browser.answer(&asked, &format!("{:06}", (code.parse::<u32>().expect("digits") + 1) % 1_000_000)).await.is(401);
    browser.answer(&asked, &code).await.is(201);
    planted.plant("session", browser.cookie("__Host-postern").expect("a session"));

    let mailed = stage.browser();
    let asked = mailed.ask_by_email(TYPED, PIN).await.is(202);
    let code = stage.code_for(Jane::EMAIL).await;
    planted.plant("code", code.clone());
    mailed.answer(&asked, &code).await.is(201);

    owner.post(&format!("{jane}/invitations"), json!({})).await.is(201);
    let link = stage.link_for(Jane::EMAIL).await;
    planted.plant("link", link.clone());
    let opened = stage.browser();
    opened.post("/api/links/redemption", json!({"token": link, "gate": WRONG_GATE})).await.is_problem(403, "gate-rejected");
    opened.post("/api/links/redemption", json!({"token": link, "gate": SSN})).await.is(201);
    planted.plant("session", opened.cookie("__Host-postern").expect("a session"));
    let again = stage.browser();
    again.post("/api/links/redemption", json!({"token": link})).await.is(202);
    planted.plant("code", stage.code_for(Jane::MOBILE).await);
    again.post("/api/firms/demo/links", json!({"email": TYPED})).await.is(202);
    planted.plant("link", stage.link_for(Jane::EMAIL).await);
    let file = json!({"name": "w2.pdf", "size": 10, "content_type": "application/pdf", "sha256": "0".repeat(64)});
    opened.post("/api/documents", file).await.is(201);

    let exports = ["/api/access-log/export?format=csv", "/api/access-log/export?format=json"];
    for path in ["/api/contacts?limit=100", &jane, "/api/access-log?limit=100", "/api/session", "/api/staff", exports[0], exports[1]] {
        owner.get(path).await.is(200);
    }
    opened.get("/api/session").await.is(200);
    opened.get("/api/documents").await.is(200);
    stage.settle().await;
    let heard = [&owner, &browser, &mailed, &opened, &again].into_iter().flat_map(Browser::heard).collect();
    (planted, heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_stand_nowhere_but_where_they_must() {
    let stage = Stage::new().await;
    let (planted, heard) = play(&stage).await;
    assert_eq!(planted.found_in("8053 x8053 917-62-8053"), ["SSN: 917-62-8053", "gate: 8053"], "the search itself finds what is there");

    let tables = stage.lab.get("/_local/tables").await.is(200);
    for (table, rows) in tables.as_object().expect("tables") {
        for row in rows.as_array().expect("items") {
            let mut all = Vec::new();
            texts(row, &mut all);
            let found: Vec<_> = all.iter().flat_map(|text| planted.found_in(text)).collect();
            assert!(found.is_empty(), "{table}: {found:?} in {row}");
        }
    }
    assert!(heard.len() > 20, "what is answered is kept");
    for answer in &heard {
        let found = planted.found_in(&answer.text);
        assert!(found.is_empty(), "{found:?} in {}", answer.text);
        for (name, value) in answer.headers.iter().filter(|(name, _)| *name != "set-cookie") {
            let found = planted.found_in(value.to_str().expect("text"));
            assert!(found.is_empty(), "{found:?} in {name}: {value:?}");
        }
    }
    // What is too long to be answered at once is made by another function, into a file.
    stage.fill_log(2_100).await;
    let export = stage.owner().await.get("/api/access-log/export?format=csv").await.is(202)["export"].as_str().expect("an id").to_owned();
    let file = made(&stage, &stage.owner().await, &export).await;
    assert!(file.lines().count() > 2_100, "all of it is there");
    assert_eq!(planted.found_in(&file), [""; 0], "the file of an export");
    let sent = stage.lab.get("/_local/outbox").await.is(200);
    for message in sent.as_array().expect("a list") {
        let found = planted.found_in(&message.to_string());
        let found: Vec<_> = found.iter().filter(|what| !what.starts_with("code: ") && !what.starts_with("link: ")).collect();
        assert!(found.is_empty(), "{found:?} in {message}");
    }
    tracing::info!("the story is over");
    let log = logged();
    assert!(log.contains("the story is over"), "what is logged is kept");
    let found: Vec<_> = log.lines().flat_map(|line| planted.found_in(line)).collect();
    assert!(found.is_empty(), "{found:?} in the log");

    // What a deleted row or a stream once held is still in the file; what was sent is kept apart, as in the mailboxes of people.
    let kept = files_in(stage.data.path());
    assert!(kept.iter().any(|(name, _)| name == "dynamodb.sqlite"));
    for (name, bytes) in kept.into_iter().filter(|(name, _)| !["outbox.jsonl", "secrets.json"].contains(&name.as_str())) {
        let text = String::from_utf8_lossy(&bytes);
        let long =
            Planted(planted.0.iter().map(|(what, all)| (*what, all.iter().filter(|secret| secret.len() > 8).cloned().collect())).collect());
        assert_eq!(long.found_in(&text), [""; 0], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_stand_in_directory_and_roster_alone_and_seeds_until_they_are_sent() {
    let stage = Stage::new().await;
    play(&stage).await;
    let tables = stage.lab.get("/_local/tables").await.is(200);
    let raw = |table: &str| tables[table].to_string().to_lowercase();
    assert!(raw("DirectoryTable").contains(Jane::EMAIL));
    for table in ["AccessTable", "AccessLogTable", "ChainTable", "OutboxTable", "WorkTable"] {
        for address in [Jane::EMAIL, "jane.doe", "owner@demo.test", Jane::MOBILE, "2025550173"] {
            assert!(!raw(table).contains(address), "{address} in {table}");
        }
    }
    // From where and by what someone came stands with what they hold, for as long as that lasts; what lasts longer has it sealed.
    for table in ["AccessLogTable", "ChainTable", "OutboxTable", "WorkTable", "DirectoryTable", "RosterTable"] {
        for place in ["198.", "storybook", "olive owner", "jane doe"] {
            let named = matches!((table, place), ("DirectoryTable", "olive owner" | "jane doe") | ("RosterTable", "jane doe"));
            assert_eq!(raw(table).contains(place), named, "{place} in {table}");
        }
    }
    let rows = tables["OutboxTable"].as_array().expect("items");
    let links = rows.iter().filter(|row| ["invitation", "fresh_link"].contains(&row["kind"]["S"].as_str().unwrap_or_default()));
    assert_eq!(links.count(), 2);
    for row in rows.iter().filter(|row| ["codes", "rest"].contains(&row["line"]["S"].as_str().unwrap_or_default())) {
        assert_eq!((&row["done"]["BOOL"], row.get("seed")), (&json!(true), None), "{row}");
    }
    // The log says who it was, to those who may read it.
    let owner = stage.owner().await;
    let page = owner.get("/api/access-log?limit=100&outcome=ssn-mismatch").await.is(200);
    assert_eq!(page["items"][0]["email"], TYPED);
    let found = logged().lines().filter(|line| line.to_lowercase().contains("jane.doe")).count();
    assert_eq!(found, 0, "addresses are not logged");
}

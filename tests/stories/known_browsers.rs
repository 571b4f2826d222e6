//! Browsers in which someone signed in before: limits of their own, a list of them, and ways to end them.

use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage};

const KNOWN: &str = "__Host-postern-known";

async fn devices(browser: &Browser) -> Vec<Value> {
    browser.get("/api/devices").await.is(200)["items"].as_array().expect("a list").clone()
}

/// What a stranger can do in Jane's name: five wrong gates, and as many requests as are answered.
async fn besieged(stage: &Stage) {
    for gate in 1000..1010 {
        stage.browser().ask(Jane::EMAIL, &gate.to_string()).await;
    }
}

async fn gets_in(stage: &Stage, browser: &Browser) -> bool {
    let before = stage.sent_to(Jane::MOBILE).await.len();
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await;
    if asked.status != 202 || stage.sent_to(Jane::MOBILE).await.len() == before {
        return false;
    }
    browser.answer(&asked.json, &stage.code_for(Jane::MOBILE).await).await.is(201);
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_shut_out_a_browser_in_which_the_owner_signed_in_before() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let known = stage.jane_signed_in().await;
    known.delete("/api/session").await.is(204);
    besieged(&stage).await;
    assert!(!gets_in(&stage, &stage.browser()).await, "anywhere else nobody gets in");
    for turn in 0..4 {
        assert!(gets_in(&stage, &known).await, "turn {turn}");
        known.delete("/api/session").await.is(204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_browser_has_limits_too_and_they_are_its_own() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (first, second) = (stage.jane_signed_in().await, stage.jane_signed_in().await);
    for gate in 1000..1005 {
        first.ask(Jane::EMAIL, &gate.to_string()).await.is(202);
    }
    let portal = || async { owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200)["portal"].clone() };
    assert!(portal().await["locked_until"].is_string(), "staff see it");
    assert_eq!(portal().await["last_failure"]["outcome"], "ssn-mismatch");
    assert!(!gets_in(&stage, &first).await);
    assert!(gets_in(&stage, &second).await && gets_in(&stage, &stage.browser()).await);
    owner.delete(&format!("/api/contacts/{}/lock", jane.id())).await.is(204);
    assert!(gets_in(&stage, &first).await, "an unlock is for all of them");
    for _ in 0..4 {
        first.ask(Jane::EMAIL, "0000").await;
    }
    first.ask(Jane::EMAIL, Jane::GATE).await.is_problem(429, "too-many-requests");
    second.ask(Jane::EMAIL, Jane::GATE).await.is(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_a_browser_known_lets_nobody_in_and_is_of_one_person() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let known = stage.jane_signed_in().await.cookie(KNOWN).expect("a cookie");
    let thief = stage.browser();
    thief.set_cookie(KNOWN, &known);
    thief.get("/api/session").await.is_problem(401, "session-needed");
    thief.set_cookie("__Host-postern", known.get(8..).expect("a token"));
    thief.get("/api/session").await.is_problem(401, "session-needed");
    // For anyone else it is a browser like any other.
    for request in 0..11 {
        let asked = thief.ask("millers@example.com", "0000").await;
        assert_eq!(asked.status, if request < 10 { 202 } else { 429 });
    }
    let rows = stage.lab.get("/_local/tables").await.is(200).to_string();
    assert!(!rows.contains(known.get(8..).expect("a token")), "it is kept by hash");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_their_browsers_and_signs_out_of_one_or_of_all() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (phone, laptop) = (stage.jane_signed_in().await, stage.jane_signed_in().await);
    let seen = devices(&laptop).await;
    let current: Vec<_> = seen.iter().map(|device| device["current"] == true).collect();
    assert_eq!(current, [true, false], "{seen:?}");
    assert_eq!(seen[1]["browser"], "Storybook/1.0");
    let of_phone = format!("/api/devices/{}", seen[1]["device"].as_str().expect("an id"));
    laptop.delete(&of_phone).await.is(204);
    phone.get("/api/session").await.is_problem(401, "session-needed");
    laptop.delete(&of_phone).await.is_problem(404, "not-found");
    assert_eq!(devices(&laptop).await.len(), 1);
    // Signing in again in one browser is no other browser.
    assert!(gets_in(&stage, &laptop).await);
    assert_eq!(devices(&laptop).await[0]["device"], seen[0]["device"]);
    assert_eq!(devices(&laptop).await.len(), 1);

    assert!(gets_in(&stage, &phone).await);
    let forgotten = phone.cookie(KNOWN).expect("a cookie");
    laptop.delete("/api/devices").await.is(204);
    for browser in [&phone, &laptop] {
        browser.get("/api/session").await.is_problem(401, "session-needed");
    }
    besieged(&stage).await;
    phone.set_cookie(KNOWN, &forgotten);
    assert!(!gets_in(&stage, &phone).await, "it is known no more");
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    for text in ["A browser signed out by Jane Doe", "All browsers signed out by Jane Doe"] {
        assert_eq!(log.iter().filter(|logged| *logged == text).count(), 1, "{text}: {log:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_lost_its_session_leaves_none_behind_that_nobody_sees() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let (laptop, thief) = (stage.jane_signed_in().await, stage.browser());
    thief.set_cookie("__Host-postern", &laptop.cookie("__Host-postern").expect("a session"));
    thief.get("/api/session").await.is(200);
    // As when a browser is closed that was not to be kept.
    laptop.set_cookie("__Host-postern", "");
    assert!(gets_in(&stage, &laptop).await);
    thief.get("/api/session").await.is_problem(401, "session-needed");
    assert_eq!(devices(&laptop).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_sign_a_contact_out_of_all_browsers() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (phone, laptop) = (stage.jane_signed_in().await, stage.jane_signed_in().await);
    owner.delete(&format!("/api/contacts/{}/sessions", jane.id())).await.is(204);
    for browser in [&phone, &laptop] {
        browser.get("/api/session").await.is_problem(401, "session-needed");
    }
    let log = stage.log(&owner, &format!("&contact={}&outcome=sessions-ended", jane.id())).await;
    assert_eq!(log, ["All browsers signed out by Olive Owner"]);
    assert_eq!(devices(&owner).await.len(), 1, "staff are still in");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_signed_in_in_more_than_twenty_browsers() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let mut browsers = Vec::new();
    for _ in 0..22 {
        // By email: one phone gets fewer texts.
        let browser = stage.browser();
        let asked = browser.ask_by_email(Jane::EMAIL, Jane::GATE).await.is(202);
        browser.answer(&asked, &stage.code_for(Jane::EMAIL).await).await.is(201);
        browsers.push(browser);
        stage.settle().await;
        stage.advance(6 * 60).await;
        owner.delete(&format!("/api/contacts/{}/lock", jane.id())).await.is(204);
    }
    let newest = browsers.pop().expect("a browser");
    assert_eq!(devices(&newest).await.len(), 9, "of those that were used within the hour");
    let tables = stage.lab.get("/_local/tables").await.is(200);
    let is_of_hers = |row: &&Value| row["pk"]["S"] == json!(format!("DEVICES#demo#{}", jane.id()));
    let row = tables["AccessTable"].as_array().expect("rows").iter().find(is_of_hers).expect("her browsers");
    assert_eq!(row["devices"]["N"], "20");
    assert_eq!(row.as_object().expect("a row").keys().filter(|name| name.starts_with("device-")).count(), 20);
}

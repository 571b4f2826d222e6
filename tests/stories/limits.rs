//! Locks and limits: silent ones, and the one that everyone is told of.

use jiff::{Timestamp, Unit};
use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage};

async fn locked_until(owner: &Browser, jane: &Jane) -> Value {
    owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200)["portal"]["locked_until"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn five_different_wrong_gates_lock_silently_for_a_quarter_of_an_hour() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    let open = browser.ask("nobody@client.test", Jane::GATE).await;
    for gate in ["1000", "1001", "1001", "10-01", "1002", "1003"] {
        browser.ask(Jane::EMAIL, gate).await.is(202);
    }
    assert_eq!(locked_until(&owner, &jane).await, Value::Null, "the same mistake of one browser counts once");
    browser.ask(Jane::EMAIL, "1004").await.is(202);
    let until = locked_until(&owner, &jane).await;
    let until: Timestamp = until.as_str().expect("a time").parse().expect("RFC 3339");

    let refused = browser.ask(Jane::EMAIL, Jane::GATE).await;
    assert_eq!(refused.but_for_ids(), open.but_for_ids());
    assert!(stage.sent_to(Jane::MOBILE).await.is_empty());
    let text = format!("Too many attempts: access locked until {}", until.round(Unit::Second).expect("a time"));
    let log = stage.log(&owner, &format!("&contact={}&outcome=locked", jane.id())).await;
    assert_eq!(log, [text.as_str()]);
    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert_eq!(seen["portal"]["last_failure"]["message"], text);
    let listed = owner.get("/api/contacts?limit=100").await.is(200);
    let listed = listed["items"].as_array().expect("a list").iter().find(|contact| contact["contact"] == jane.id()).expect("she is listed");
    assert_eq!(listed["portal"]["locked_until"], seen["portal"]["locked_until"]);

    stage.advance(15 * 60).await;
    assert_eq!(locked_until(&owner, &jane).await, Value::Null);
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    browser.answer(&asked, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_during_a_lock_do_not_extend_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    for gate in 1000..1005 {
        browser.ask(Jane::EMAIL, &gate.to_string()).await.is(202);
    }
    let until = locked_until(&owner, &jane).await;
    assert!(until.is_string());
    stage.advance(600).await;
    for gate in 1005..1010 {
        browser.ask(Jane::EMAIL, &gate.to_string()).await.is(202);
    }
    assert_eq!(locked_until(&owner, &jane).await, until);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_wrong_gate_counts_once_from_whichever_browser_and_a_right_one_forgets_what_came_before() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    for gate in ["0000", "0000", "0000", "0000", "0000", "1111", "2222", "3333"] {
        stage.browser().ask(Jane::EMAIL, gate).await.is(202);
    }
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    stage.advance(15 * 60).await;
    for gate in ["4444", "0000", "1111", "2222"] {
        stage.browser().ask(Jane::EMAIL, gate).await.is(202);
    }
    assert_eq!(locked_until(&owner, &jane).await, Value::Null);
    stage.browser().ask(Jane::EMAIL, "3333").await.is(202);
    assert!(locked_until(&owner, &jane).await.is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_on_its_way_before_the_lock_does_not_open_during_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    for gate in 1000..1005 {
        stage.browser().ask(Jane::EMAIL, &gate.to_string()).await.is(202);
    }
    browser.answer(&asked, &code).await.is_problem(401, "code-rejected");
    browser.get("/api/session").await.is_problem(401, "session-needed");
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert!(log.iter().any(|text| text.starts_with("Too many attempts: access locked until ")), "{log:?}");
    assert!(!log.contains(&"Client Access Authenticate Success".to_owned()), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_eleventh_request_in_a_quarter_of_an_hour_is_refused_for_known_and_unknown_alike() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let mut refusals = Vec::new();
    for email in [Jane::EMAIL, "nobody@client.test"] {
        for request in 0..10 {
            let gate = if request % 2 == 0 { Jane::GATE } else { "0000" };
            stage.browser().ask(email, gate).await.is(202);
        }
        for _ in 0..3 {
            let refused = stage.browser().ask(email, Jane::GATE).await;
            let wait: u64 = refused.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
            assert!((800..=900).contains(&wait), "{wait}");
            let (status, mut headers, text) = refused.but_for_ids();
            headers.remove("retry-after");
            refusals.push((status, headers, text));
            refused.is_problem(429, "too-many-requests");
        }
        let log = stage.log(&owner, &format!("&email={email}&outcome=too-many-requests")).await;
        assert_eq!(log, ["Code request refused: too many requests"], "one for each window");
    }
    assert!(refusals.windows(2).all(|pair| pair[0] == pair[1]), "{refusals:?}");
    stage.advance(900).await;
    for email in [Jane::EMAIL, "nobody@client.test"] {
        stage.browser().ask(email, Jane::GATE).await.is(202);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_five_codes_in_an_hour_no_more_go_out_and_only_mailbox_and_log_are_told() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let mut answers = Vec::new();
    for _ in 0..7 {
        let answer = stage.browser().ask(Jane::EMAIL, Jane::GATE).await;
        answers.push(answer.but_for_ids());
        answer.is(202);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), 5);
    assert_eq!(stage.sent_to(Jane::EMAIL).await.len(), 1);
    let log = stage.log(&owner, &format!("&contact={}&outcome=too-many-messages", jane.id())).await;
    assert_eq!(log, ["Code not sent: too many messages"; 2]);
    stage.advance(3600).await;
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_person_does_does_not_count_against_another() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let browser = stage.browser();
    for _ in 0..11 {
        browser.ask("nobody@client.test", "0000").await;
    }
    for gate in 1000..1005 {
        browser.ask("somebody@client.test", &gate.to_string()).await.is(202);
    }
    for _ in 0..11 {
        browser.post("/api/firms/demo/staff/challenges", json!({"email": Jane::EMAIL})).await;
    }
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    browser.answer(&asked, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_unlock_a_contact_who_can_try_again_at_once() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (browser, lock) = (stage.browser(), format!("/api/contacts/{}/lock", jane.id()));
    owner.delete(&lock).await.is(204);
    for gate in 1000..1005 {
        browser.ask(Jane::EMAIL, &gate.to_string()).await.is(202);
    }
    assert!(locked_until(&owner, &jane).await.is_string());
    owner.delete(&lock).await.is(204);
    assert_eq!(locked_until(&owner, &jane).await, Value::Null);
    stage.jane_signed_in().await;
    // What everyone is told of goes on being counted, so that a stranger learns nothing from it.
    for _ in 0..4 {
        browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    }
    browser.ask(Jane::EMAIL, Jane::GATE).await.is_problem(429, "too-many-requests");
    let log = stage.log(&owner, &format!("&contact={}&outcome=access-unlocked", jane.id())).await;
    assert_eq!(log, ["Access unlocked by Olive Owner"], "where nothing was ever counted there is nothing to tell");
}

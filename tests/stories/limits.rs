//! Locks and limits: silent ones, and the one that everyone is told of.

use jiff::{Timestamp, Unit};
use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage, at_once};

async fn locked_until(owner: &Browser, jane: &Jane) -> Value {
    owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200)["portal"]["locked_until"].clone()
}

/// Until when each record of `outcome` locked, the first first.
async fn locking(owner: &Browser, outcome: &str) -> Vec<String> {
    let log = owner.get(&format!("/api/access-log?outcome={outcome}")).await.is(200);
    log["items"].as_array().expect("a list").iter().rev().map(|record| record["locks_until"].to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn five_different_wrong_gates_lock_silently_for_a_minute() {
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

    assert_eq!(
        locking(&owner, "ssn-mismatch").await,
        ["null", "null", "null", "null", "null", "null", &*format!("\"{until}\"")],
        "the log says which one locked"
    );

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

    stage.advance(60).await;
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
    stage.advance(30).await;
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
        browser.elsewhere().ask("nobody@client.test", "0000").await;
    }
    for gate in 1000..1005 {
        browser.elsewhere().ask("somebody@client.test", &gate.to_string()).await.is(202);
    }
    for _ in 0..11 {
        browser.elsewhere().post("/api/firms/demo/staff/challenges", json!({"email": Jane::EMAIL})).await;
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

/// A guess that is not the code that was sent last.
async fn wrong_code(stage: &Stage) -> String {
    let code: u32 = stage.code_for(Jane::MOBILE).await.parse().expect("digits");
    format!("{:06}", (code + 1) % 1_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_wrong_codes_over_several_challenges_lock_and_the_mailbox_is_told() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    let mut last = None;
    for _ in 0..2 {
        let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
        let wrong = wrong_code(&stage).await;
        assert_eq!(locked_until(&owner, &jane).await, Value::Null);
        for _ in 0..5 {
            browser.answer(&asked, &wrong).await.is_problem(401, "code-rejected");
        }
        last = Some(asked);
    }
    let until = locked_until(&owner, &jane).await;
    assert!(until.is_string());
    let mut locking = locking(&owner, "code-mismatch").await;
    assert_eq!(locking.pop(), Some(until.to_string()), "the log says which one locked");
    assert!(locking.iter().all(|locks| locks == "null"), "{locking:?}");
    let before = stage.sent_to(Jane::MOBILE).await.len();
    browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), before);
    let told = stage.sent_to(Jane::EMAIL).await;
    assert!(told.last().expect("a mail")["subject"].as_str().expect("text").contains("your sign-in is paused"), "{told:?}");
    browser.answer(&last.expect("a challenge"), "123456").await.is_problem(401, "code-rejected");
    stage.advance(60).await;
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    browser.answer(&asked, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_wrong_codes_in_a_row_close_the_code_path_until_staff_reopen_it_and_the_mailbox_has_a_way_in() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let path = format!("/api/contacts/{}", jane.id());
    let code_path = |staff: Browser| {
        let path = path.clone();
        async move { staff.get(&path).await.is(200)["portal"]["code_path"].clone() }
    };
    let (mut staff, mut guesses) = (owner, 0);
    while code_path(staff.clone()).await == "open" {
        let browser = stage.browser();
        let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
        let wrong = wrong_code(&stage).await;
        for _ in 0..5 {
            browser.answer(&asked, &wrong).await.is_problem(401, "code-rejected");
            guesses += 1;
        }
        assert!(guesses < 150, "it is never closed");
        stage.settle().await;
        // Locks are over by then, and ten codes a day go out.
        stage.advance(150 * 60).await;
        staff = stage.owner().await;
    }
    // A day later her phone takes texts again.
    stage.settle().await;
    stage.advance(24 * 60 * 60).await;
    staff = stage.owner().await;
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let told = stage.sent_to(Jane::EMAIL).await;
    assert!(told.last().expect("a mail")["subject"].as_str().expect("text").contains("signing in with a code is closed"), "{told:?}");
    let before = stage.sent_to(Jane::MOBILE).await.len();
    let browser = stage.browser();
    let asked = browser.open(&stage.link_for(Jane::EMAIL).await).await.is(202);
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), before + 1);
    browser.answer(&asked, &stage.code_for(Jane::MOBILE).await).await.is(201);

    staff.delete(&format!("{path}/lock")).await.is(204);
    assert_eq!(code_path(staff.clone()).await, "closed", "an unlock does not open it");
    staff.send(http::Method::PUT, &format!("{path}/code-path"), "", &[]).await.is(204);
    assert_eq!(code_path(staff.clone()).await, "open");
    stage.jane_signed_in().await;
    let log = stage.log(&staff, &format!("&contact={}", jane.id())).await;
    for text in ["Code not sent: sign-in by code is closed until staff reopen it", "Sign-in by code reopened by Olive Owner"] {
        assert!(log.iter().any(|logged| logged == text), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_address_ten_requests_are_answered_at_once_and_then_one_each_two_minutes() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let browser = stage.browser();
    let ask = |number: usize| browser.ask(if number.is_multiple_of(3) { Jane::EMAIL } else { "nobody@client.test" }, Jane::GATE);
    for number in 0..10 {
        ask(number).await.is(202);
    }
    for headers in [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9")] {
        let body = json!({"email": Jane::EMAIL, "gate": Jane::GATE}).to_string();
        let json = ("content-type", "application/json");
        let refused = browser.send(http::Method::POST, "/api/firms/demo/challenges", body, &[json, headers]).await;
        let wait: u64 = refused.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
        assert!((100..=120).contains(&wait), "{wait}");
        refused.is_problem(429, "too-many-requests");
    }
    browser.post("/api/firms/demo/links", json!({"email": Jane::EMAIL})).await.is_problem(429, "too-many-requests");
    let staff = json!({"email": "owner@demo.test"});
    browser.post("/api/firms/demo/staff/challenges", staff).await.is(202);
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    stage.advance(120).await;
    browser.ask("somebody@client.test", "0000").await.is(202);
    browser.ask("somebody@client.test", "0000").await.is_problem(429, "too-many-requests");
    for _ in 0..70 {
        browser.ask("somebody@client.test", "0000").await.is_problem(429, "too-many-requests");
    }
    stage.advance(3600).await;
    for _ in 0..10 {
        browser.ask("elsebody@client.test", "0000").await.is(202);
    }
    browser.ask("elsebody@client.test", "0000").await.is_problem(429, "too-many-requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_of_one_address_at_once_ten_are_answered() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let ask = |number: i32| {
        let browser = browser.clone();
        async move { browser.ask(&format!("nobody-{number}@client.test"), "0000").await.status }
    };
    let answered = at_once((0..40).map(ask)).await;
    assert_eq!(answered.iter().filter(|status| **status == 202).count(), 10, "{answered:?}");
    assert!(answered.iter().all(|status| [202, 429, 503].contains(status)), "{answered:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_network_six_hundred_requests_an_hour_are_answered() {
    let stage = Stage::new().await;
    let ask = |number: usize| {
        let browser = stage.browser().at(format!("203.0.113.{}", number / 8));
        async move { browser.ask(&format!("nobody-{number}@client.test"), "0000").await.status }
    };
    // In the same clock hour.
    let now: Timestamp = stage.lab.post("/_local/clock", json!({"advance_seconds": 0})).await.is(200)["now"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("RFC 3339");
    let minute = now.as_second() / 60 % 60;
    stage.advance(if minute > 50 { 11 * 60 } else { 0 }).await;
    let mut answers = Vec::new();
    for batch in (0..610).collect::<Vec<_>>().chunks(61) {
        answers.extend(at_once(batch.iter().map(|number| ask(*number))).await);
    }
    let count = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((count(202), count(429)), (600, 10), "{answers:?}");
}

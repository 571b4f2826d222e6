//! What a code can do, how long, and how often.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stage::{Answer, Browser, Jane, Stage};

/// Six digits that are not `code`.
fn other_than(code: &str, by: u32) -> String {
    format!("{:06}", (code.parse::<u32>().expect("digits") + by) % 1_000_000)
}

async fn asked(stage: &Stage) -> (Browser, Value, String) {
    let browser = stage.browser();
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    (browser, asked, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_again_sends_the_same_code_three_times_and_half_a_minute_apart() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (browser, asked, code) = asked(&stage).await;
    let hasty = browser.ask_again(&asked, json!({})).await;
    let wait: u64 = hasty.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=30).contains(&wait), "{wait}");
    hasty.is_problem(429, "too-many-requests");
    for (how, to, left) in
        [(json!({"channel": "email"}), Jane::EMAIL, 2), (json!({}), Jane::EMAIL, 1), (json!({"channel": "sms"}), Jane::MOBILE, 0)]
    {
        stage.advance(30).await;
        let before = stage.sent_to(to).await.len();
        assert_eq!(browser.ask_again(&asked, how).await.is(202), json!({"resend_in": 30, "left": left}));
        assert_eq!(stage.sent_to(to).await.len(), before + 1);
        assert_eq!(stage.code_for(to).await, code);
    }
    stage.advance(30).await;
    let fourth = browser.ask_again(&asked, json!({})).await;
    assert!(fourth.headers.contains_key("retry-after"));
    fourth.is_problem(429, "too-many-requests");
    browser.answer(&asked, &code).await.is(201);
    assert_eq!(browser.get("/api/session").await.is(200)["assurance"], "email", "as sure as the weakest way that the code went");
    let log = stage.log(&owner, &format!("&contact={}&outcome=code-requested-again", jane.id())).await;
    assert_eq!(log, ["Security code requested again"; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_again_looks_alike_for_a_challenge_whose_code_never_went_out() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let browser = stage.browser();
    let real = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let decoy = browser.ask("nobody@client.test", Jane::GATE).await.is(202);
    for pause in [0, 30, 30, 30, 30] {
        stage.advance(pause).await;
        let (real, decoy) = (browser.ask_again(&real, json!({})).await, browser.ask_again(&decoy, json!({})).await);
        let but_for_the_wait = |answer: &Answer| {
            let (status, mut headers, text) = answer.but_for_ids();
            headers.remove("retry-after");
            (status, headers, text)
        };
        assert_eq!(but_for_the_wait(&real), but_for_the_wait(&decoy));
    }
    assert!(stage.sent_to("nobody@client.test").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_lives_ten_minutes_from_when_it_was_asked_for() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let (browser, challenge, code) = asked(&stage).await;
    // The clock runs on beside what is advanced: some seconds are left for the story itself.
    stage.advance(590).await;
    browser.answer(&challenge, &code).await.is(201);
    let (browser, challenge, code) = asked(&stage).await;
    stage.advance(570).await;
    browser.ask_again(&challenge, json!({})).await.is(202);
    stage.advance(30).await;
    browser.answer(&challenge, &code).await.is_problem(401, "code-rejected");
    browser.ask_again(&challenge, json!({})).await.is_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_five_wrong_guesses_the_right_one_is_refused_too() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (browser, challenge, code) = asked(&stage).await;
    for guess in 1..=5 {
        browser.answer(&challenge, &other_than(&code, guess)).await.is_problem(401, "code-rejected");
    }
    browser.answer(&challenge, &code).await.is_problem(401, "code-rejected");
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log[..5], ["The security code did not match"; 5], "what comes after the fifth is not written down");
    assert_eq!(log[5], "Security code sent by SMS");
    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert_eq!(seen["portal"]["last_failure"]["outcome"], "code-mismatch");
    assert_eq!(seen["portal"]["last_access_at"], Value::Null, "only a sign-in that succeeds sets it");

    let (browser, challenge, code) = asked(&stage).await;
    for guess in 1..=4 {
        browser.answer(&challenge, &other_than(&code, guess)).await.is_problem(401, "code-rejected");
    }
    browser.answer(&challenge, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_of_a_code_is_the_same_bytes() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let mut refusals = Vec::new();

    let (browser, used, code) = asked(&stage).await;
    refusals.push(("wrong", browser.answer(&used, &other_than(&code, 1)).await));
    browser.answer(&used, &code).await.is(201);
    refusals.push(("used", stage.browser().answer(&used, &code).await));

    let (browser, exhausted, code) = asked(&stage).await;
    for guess in 1..=5 {
        browser.answer(&exhausted, &other_than(&code, guess)).await.is(401);
    }
    refusals.push(("exhausted", browser.answer(&exhausted, &code).await));

    let decoy = browser.ask("nobody@client.test", Jane::GATE).await.is(202);
    refusals.push(("decoy", browser.answer(&decoy, &code).await));
    refusals.push(("unknown", browser.answer(&json!({"challenge": "0123456789abcdef0123456789abcdef"}), &code).await));

    let (browser, expired, code) = asked(&stage).await;
    stage.advance(600).await;
    refusals.push(("expired", browser.answer(&expired, &code).await));

    let (locked, challenge, code) = asked(&stage).await;
    for gate in 1000..1005 {
        stage.browser().ask(Jane::EMAIL, &gate.to_string()).await.is(202);
    }
    refusals.push(("locked", locked.answer(&challenge, &code).await));

    let (_, first) = &refusals[0];
    first.clone().is_problem(401, "code-rejected");
    assert!(!first.headers.contains_key("set-cookie"));
    for (name, refusal) in &refusals {
        assert_eq!(refusal.but_for_ids(), first.but_for_ids(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_challenges_without_a_code_do_not_count_against_the_person() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    let decoy = browser.ask(Jane::EMAIL, "0000").await.is(202);
    for guess in 0..8 {
        browser.answer(&decoy, &format!("{guess:06}")).await.is_problem(401, "code-rejected");
    }
    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert_eq!(seen["portal"]["last_failure"]["outcome"], "ssn-mismatch");
    assert_eq!(seen["portal"]["locked_until"], Value::Null);
    let (browser, challenge, code) = asked(&stage).await;
    browser.answer(&challenge, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_opted_out_gets_its_code_by_email_and_the_log_tells() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let stopped = json!({"name": "Stu Stop", "email": "stu@client.test", "mobile": "+14254147167", "gates": [{"kind": "ssn_last4", "digits": "8642"}]});
    let stu = owner.post("/api/contacts", stopped).await.is(201);
    let browser = stage.browser();
    let asked = browser.ask("stu@client.test", "8642").await.is(202);
    let code = stage.code_for("stu@client.test").await;
    browser.answer(&asked, &code).await.is(201);
    assert_eq!(browser.get("/api/session").await.is(200)["assurance"], "email");
    stage.settle().await;
    let page = owner.get(&format!("/api/access-log?contact={}", stu["contact"].as_str().expect("an id"))).await.is(200);
    let told: Vec<_> = page["items"].as_array().expect("a list").iter().map(|r| (&r["message"], &r["channel"], &r["delivery"])).collect();
    assert_eq!(
        told[1..4],
        [
            (&json!("Security code sent by email"), &json!("email"), &json!("accepted")),
            (&json!("SMS not sent: phone opted out (STOP)"), &json!("sms"), &json!("failed")),
            (&json!("Security code requested"), &json!("sms"), &Value::Null),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_leaves_no_failure_behind() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (browser, challenge, code) = asked(&stage).await;
    browser.answer(&challenge, &code).await.is(201);
    for _ in 0..3 {
        stage.browser().answer(&challenge, &code).await.is_problem(401, "code-rejected");
    }
    assert_eq!(stage.log(&owner, &format!("&contact={}", jane.id())).await[0], "Client Access Authenticate Success");
    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert_eq!(seen["portal"]["last_failure"], Value::Null, "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_too_late_is_written_down_once_however_often_they_come() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let clock = &stage.postern.surroundings.clock;
    let began = clock.now();
    let (browser, challenge, code) = asked(&stage).await;
    // The last seconds pass by themselves: the clock that is put forward also forgets what is over for a second.
    stage.advance(595 - clock.now().duration_since(began).as_secs()).await;
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    for _ in 0..5 {
        browser.answer(&challenge, &code).await.is_problem(401, "code-rejected");
    }
    let log = stage.log(&owner, &format!("&contact={}&outcome=code-expired", jane.id())).await;
    assert_eq!(log, ["The security code has expired"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_says_when_its_code_was_asked_for_and_until_when_it_works() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let (browser, challenge, _) = asked(&stage).await;
    let texts = |messages: Vec<Value>| messages.last().expect("a message")["text"].as_str().expect("a text").to_owned();
    let first = texts(stage.sent_to(Jane::MOBILE).await);
    let asked_at = first.split_once(", asked ").and_then(|(_, rest)| rest.split_once(". Lasts")).expect("a time").0.to_owned();
    assert!(asked_at.ends_with(" EST") || asked_at.ends_with(" EDT"), "{asked_at}");
    stage.advance(9 * 60).await;
    browser.ask_again(&challenge, json!({})).await.is(202);
    assert_eq!(texts(stage.sent_to(Jane::MOBILE).await), first, "a message that comes later says the same");
    stage.advance(30).await;
    browser.ask_again(&challenge, json!({"channel": "email"})).await.is(202);
    let mail = texts(stage.sent_to(Jane::EMAIL).await);
    assert!(mail.contains(&format!("You asked for it at {asked_at}")) && mail.contains("It works until "), "{mail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_costs_the_same_whether_one_went_out_or_not() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let mut costs = Vec::new();
    for gate in [Jane::GATE, "0000"] {
        let browser = stage.browser();
        let asked = browser.ask(Jane::EMAIL, gate).await.is(202);
        stage.settle().await;
        // Calls that begin together are seen to overlap.
        stage.postern.aws.calls.pace(Duration::from_millis(60));
        for guess in 0..8 {
            stage.lab.get("/_local/calls").await.is(200);
            // None of these is her code but by a chance of one in a million each.
            browser.answer(&asked, &format!("{guess:06}")).await.is_problem(401, "code-rejected");
            let cost = stage.lab.get("/_local/calls").await.is(200)["verify-code"].clone();
            costs.push((guess, cost["calls"].clone(), cost["sequence"].clone(), cost["rru"].clone(), cost["wru"].clone()));
        }
        stage.postern.aws.calls.pace(Duration::ZERO);
    }
    let (real, decoy) = costs.split_at(8);
    assert_eq!(real, decoy);
}

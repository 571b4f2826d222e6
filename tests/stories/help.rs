//! Asking the firm for help: it is told once an hour, by mail and in the log, and whoever asks learns nothing.

use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage, at_once};

const HELP: &str = "/api/firms/demo/help";
const OFFICE: &str = "office@demo.test";

async fn calls(stage: &Stage) -> Vec<Value> {
    stage.settle().await;
    stage.sent_to(OFFICE).await
}

async fn asked(browser: &Browser, body: Value) {
    assert_eq!(browser.post(HELP, body).await.is(202), Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_firm_is_told_who_cannot_get_in_how_to_reach_them_and_what_went_wrong() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    let challenge = browser.ask(Jane::EMAIL, "1111").await.is(202)["challenge"].take();
    asked(&browser, json!({"challenge": challenge, "message": "Call me.\n<a href=\"https://evil.example\">here</a> https://evil.example"}))
        .await;
    let mails = calls(&stage).await;
    let [mail] = mails.as_slice() else { panic!("one mail: {mails:?}") };
    let (text, html) = (mail["text"].as_str().expect("text"), mail["html"].as_str().expect("HTML"));
    for told in ["Jane Doe cannot get in", Jane::EMAIL, Jane::MOBILE, "The last 4 Digits of the SSN did not match", "Call me. <a href"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(text.contains(&format!("/demo/staff/contacts/{}", jane.id())), "{text}");
    assert!(!html.contains("href=\"https://evil.example") && html.contains("evil.example"), "{html}");
    let log = owner.get(&format!("/api/access-log?contact={}", jane.id())).await.is(200);
    let outcomes: Vec<_> = log["items"].as_array().expect("a list").iter().map(|record| &record["outcome"]).collect();
    assert!(outcomes.contains(&&json!("help-requested")) && outcomes.contains(&&json!("help-sent")), "{outcomes:?}");
    let attempts: std::collections::BTreeSet<_> = log["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|record| ["ssn-mismatch", "help-requested", "help-sent"].contains(&record["outcome"].as_str().unwrap_or_default()))
        .map(|record| record["attempt"].to_string())
        .collect();
    assert_eq!(attempts.len(), 1, "all is one attempt");
}

#[tokio::test(flavor = "multi_thread")]
async fn once_an_hour_and_what_is_repeated_costs_nothing_more() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    let records = async || stage.log(&owner, "&outcome=help-requested").await.len();
    for (body, mails) in [
        (json!({"email": Jane::EMAIL}), 1),
        (json!({"email": " JANE.doe@client.test"}), 1),
        // Whoever has her link is not silenced by who knows her email.
        (json!({"token": token}), 2),
        (json!({"token": token}), 2),
    ] {
        asked(&stage.browser(), body).await;
        assert_eq!((calls(&stage).await.len(), records().await), (mails, mails));
    }
    stage.advance(3500).await;
    asked(&stage.browser(), json!({"token": token})).await;
    assert_eq!(calls(&stage).await.len(), 2);
    stage.advance(200).await;
    asked(&stage.browser(), json!({"token": token})).await;
    assert_eq!(calls(&stage).await.len(), 3);
    let owner = stage.owner().await;
    assert_eq!(stage.log(&owner, "&outcome=help-requested").await.len(), 3);
    // Unlocking them opens no way to tell the firm more often.
    owner.delete(&format!("/api/contacts/{}/lock", jane.id())).await.is(204);
    asked(&stage.browser(), json!({"token": token})).await;
    assert_eq!(calls(&stage).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_only_an_email_silences_neither_their_own_browser_nor_a_code_of_theirs() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let (own, stranger) = (stage.browser(), stage.browser());
    let asked_for = own.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    own.answer(&asked_for, &stage.code_for(Jane::MOBILE).await).await.is(201);
    let wrong = stranger.ask(Jane::EMAIL, "1111").await.is(202)["challenge"].take();
    let right = stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202)["challenge"].take();
    asked(&stranger, json!({"email": Jane::EMAIL, "message": "Never mind, all is fine."})).await;
    asked(&stranger, json!({"challenge": wrong})).await;
    assert_eq!(calls(&stage).await.len(), 1);
    asked(&own, json!({"email": Jane::EMAIL, "message": "The deadline is today."})).await;
    let mails = calls(&stage).await;
    assert!(mails.len() == 2 && mails[1]["text"].as_str().expect("text").contains("The deadline is today."), "{mails:?}");
    // It is one person, by whatever shows that it is she.
    asked(&stage.browser(), json!({"challenge": right})).await;
    assert_eq!(calls(&stage).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_is_mailed_so_many_calls_an_hour_and_the_rest_stand_in_the_log() {
    // Well within an hour, by which it is counted.
    let start = "2026-03-02T10:10:00Z".parse().expect("a time");
    let stage = Stage::at(Some(start), tempfile::tempdir().expect("a folder")).await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let strangers: Vec<_> = (0..8).map(|number| format!("stranger-{number}@client.test")).collect();
    at_once(strangers.iter().map(|email| {
        let (browser, body) = (stage.browser(), json!({"email": email}));
        async move { asked(&browser, body).await }
    }))
    .await;
    let mails = calls(&stage).await;
    let is_last = |mail: &&Value| mail["text"].as_str().is_some_and(|text| text.contains("no other mail comes"));
    assert_eq!((mails.len(), mails.iter().filter(is_last).count()), (5, 1));
    assert_eq!(stage.log(&owner, "&outcome=help-requested").await.len(), 8);
    assert_eq!(stage.log(&owner, "&outcome=help-held").await.len(), 3);
    // Contacts are counted apart, and the next hour begins anew.
    asked(&stage.browser(), json!({"email": Jane::EMAIL})).await;
    let mails = calls(&stage).await;
    assert!(mails.len() == 6 && mails[5]["text"].as_str().is_some_and(|text| text.contains(jane.id())), "{mails:?}");
    stage.advance(3600).await;
    asked(&stage.browser(), json!({"email": "one-more@client.test"})).await;
    assert_eq!(calls(&stage).await.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_told_of_as_such_and_what_names_nobody_does_nothing() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    asked(&stage.browser(), json!({"email": "stranger@client.test"})).await;
    let mails = calls(&stage).await;
    assert_eq!(mails.len(), 1);
    let text = mails[0]["text"].as_str().expect("text");
    assert!(text.contains("stranger@client.test, which none of your contacts has") && !text.contains("staff/contacts"), "{text}");
    let lost = "0192f0c4a1b27000800000000000abcd.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.demo";
    for body in [json!({"token": "A".repeat(43)}), json!({"token": "x"}), json!({"challenge": lost})] {
        asked(&stage.browser(), body).await;
    }
    assert_eq!(calls(&stage).await.len(), 1);
    assert_eq!(stage.log(&owner, "&outcome=help-requested").await.len(), 1);
    for body in [json!({}), json!({"email": "a@x.com", "token": "x"}), json!({"message": "x"})] {
        stage.browser().post(HELP, body).await.names("email");
    }
    stage.browser().post(HELP, json!({"email": "a@x.com", "message": "x".repeat(501)})).await.names("message");
    stage.browser().post("/api/firms/nobody/help", json!({"email": "a@x.com"})).await.is_problem(404, "not-found");
}

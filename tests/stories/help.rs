//! Asking the firm for help: it is told once an hour, by mail and in the log, and whoever asks learns nothing.

use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage};

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
    for (body, mails) in [(json!({"email": Jane::EMAIL}), 1), (json!({"token": token}), 1), (json!({"email": " JANE.doe@client.test"}), 1)]
    {
        asked(&stage.browser(), body).await;
        assert_eq!((calls(&stage).await.len(), records().await), (mails, mails));
    }
    stage.advance(3500).await;
    asked(&stage.browser(), json!({"token": token})).await;
    assert_eq!(calls(&stage).await.len(), 1);
    stage.advance(200).await;
    asked(&stage.browser(), json!({"token": token})).await;
    assert_eq!(calls(&stage).await.len(), 2);
    let owner = stage.owner().await;
    assert_eq!(stage.log(&owner, "&outcome=help-requested").await.len(), 2);
    // Unlocking them opens no way to tell the firm more often.
    owner.delete(&format!("/api/contacts/{}/lock", jane.id())).await.is(204);
    asked(&stage.browser(), json!({"token": token})).await;
    assert_eq!(calls(&stage).await.len(), 2);
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

//! The caller learns nothing; the mailbox on file is told the truth.

use serde_json::json;

use crate::stage::{Jane, Stage};

async fn mails(stage: &Stage, to: &str) -> Vec<String> {
    stage.sent_to(to).await.iter().map(|mail| mail["text"].as_str().expect("a text").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_is_the_same_for_everyone_and_the_owner_of_the_mailbox_learns_why() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    for (name, email, mobile) in [("Lou Locked", "lou@client.test", "+12025550163"), ("Wim Wrong", "wim@client.test", "+12025550164")] {
        let contact = json!({"name": name, "email": email, "mobile": mobile, "gates": [{"kind": "ssn_last4", "digits": "4321"}]});
        owner.post("/api/contacts", contact).await.is(201);
    }
    owner.post("/api/contacts", json!({"name": "Una Unready", "email": "una@client.test"})).await.is(201);
    for gate in 1000..1005 {
        stage.browser().ask("lou@client.test", &gate.to_string()).await.is(202);
    }
    stage.settle().await;

    let right = stage.browser().ask(Jane::EMAIL, Jane::GATE).await;
    assert_eq!(right.status, 202);
    for (email, gate) in [
        ("wim@client.test", "0000"),
        ("nobody@client.test", "4321"),
        ("lou@client.test", "4321"),
        ("una@client.test", "4321"),
        ("una@client.test", "0000"),
    ] {
        let answer = stage.browser().ask(email, gate).await;
        assert_eq!(answer.but_for_ids(), right.but_for_ids(), "{email}");
    }
    for mobile in ["+12025550163", "+12025550164"] {
        assert!(stage.sent_to(mobile).await.is_empty());
    }
    assert!(stage.sent_to("nobody@client.test").await.is_empty());
    assert!(mails(&stage, "wim@client.test").await[0].contains("The last four (or PIN) did not match what we have for you."));
    let unready = mails(&stage, "una@client.test").await;
    assert_eq!(unready.len(), 1, "one for both requests");
    assert!(unready[0].contains("Your access is not set up yet.") && unready[0].contains("(252) 555-0142"), "{}", unready[0]);
    assert!(mails(&stage, Jane::EMAIL).await.is_empty());
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), 1);

    let log = stage.log(&owner, "&email=una@client.test").await;
    assert_eq!(log.iter().filter(|text| *text == "Contact is not set up for portal access: missing gate, mobile").count(), 2);
    assert_eq!(log.iter().filter(|text| *text == "Told by email why no code was sent").count(), 1);
    assert_eq!(stage.log(&owner, "&email=nobody@client.test").await, ["No contact was found with this email"]);
    assert_eq!(stage.log(&owner, "&email=wim@client.test&outcome=ssn-mismatch").await, ["The last 4 Digits of the SSN did not match"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_mails_rest_half_an_hour_and_are_three_a_day() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let browser = stage.browser();
    let mut count = Vec::new();
    for pause in [0, 0, 1700, 100, 1700, 100, 1800, 20 * 3600, 5 * 3600] {
        stage.advance(pause).await;
        browser.ask(Jane::EMAIL, "0000").await.is(202);
        count.push(mails(&stage, Jane::EMAIL).await.len());
    }
    assert_eq!(count, [1, 1, 1, 2, 2, 3, 3, 3, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_about_a_pause_carries_a_link_that_passes_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    browser.ask(Jane::EMAIL, "0000").await.is(202);
    stage.advance(16 * 60).await;
    for gate in 1000..1005 {
        browser.ask(Jane::EMAIL, &gate.to_string()).await.is(202);
    }
    stage.advance(14 * 60).await;
    browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let mails = mails(&stage, Jane::EMAIL).await;
    assert_eq!(mails.len(), 2);
    assert!(mails[1].contains("Your sign-in is paused until") && mails[1].contains("/demo/link#"), "{}", mails[1]);
    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert!(seen["portal"]["locked_until"].is_string(), "{seen}");

    let token = stage.link_for(Jane::EMAIL).await;
    let going_on = browser.post("/api/links/redemption", json!({ "token": token })).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    browser.answer(&going_on, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_and_strangers_get_the_same_answer_on_the_page_of_the_staff() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let ask = |email: &'static str| {
        let browser = stage.browser();
        async move { browser.post("/api/firms/demo/staff/challenges", json!({ "email": email })).await }
    };
    let known = ask("owner@demo.test").await;
    assert_eq!(known.status, 202);
    for email in ["nobody@demo.test", Jane::EMAIL] {
        assert_eq!(ask(email).await.but_for_ids(), known.but_for_ids(), "{email}");
        assert!(stage.sent_to(email).await.is_empty(), "a client is no one on the staff");
    }
    ask("no address").await.names("email");
    let client = stage.browser().ask(Jane::EMAIL, Jane::GATE).await;
    assert_eq!(client.but_for_ids(), known.but_for_ids());
}

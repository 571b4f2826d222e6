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
async fn the_third_mail_of_a_day_leads_in_until_there_may_be_another() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    for _ in 0..3 {
        stage.browser().ask(Jane::EMAIL, "0000").await.is(202);
        stage.settle().await;
        stage.advance(30 * 60).await;
    }
    // What she mistypes herself from then on is told no more today; the mail that she has leads in.
    stage.advance(22 * 60 * 60).await;
    stage.browser().ask(Jane::EMAIL, "4312").await.is(202);
    assert_eq!(mails(&stage, Jane::EMAIL).await.len(), 3);
    comes_in_by_the_mail(&stage, Jane::EMAIL, Jane::MOBILE).await;
}

/// Follows the newest link to `to`, which leads to a code alone, and comes in with it.
async fn comes_in_by_the_mail(stage: &Stage, to: &str, by: &str) {
    comes_in_by(stage, &stage.link_for(to).await, by).await;
}

async fn comes_in_by(stage: &Stage, token: &str, by: &str) {
    let browser = stage.browser();
    let body = json!({"token": token, "gate": Jane::GATE});
    let asked = browser.post("/api/links/redemption", body).await.is(202);
    browser.answer(&asked, &stage.code_for(by).await).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_locked_out_is_told_at_once_with_a_way_in_that_passes_the_lock() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    for gate in 1000..1005 {
        browser.ask(Jane::EMAIL, &gate.to_string()).await.is(202);
    }
    let mails = mails(&stage, Jane::EMAIL).await;
    assert_eq!(mails.len(), 2, "of the first mistake, and of the lock at the moment when it begins");
    assert!(mails[1].contains("Your sign-in is paused until"), "{}", mails[1]);
    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert!(seen["portal"]["locked_until"].is_string(), "{seen}");
    comes_in_by_the_mail(&stage, Jane::EMAIL, Jane::MOBILE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_mistypes_can_go_on_from_the_mail_for_an_hour() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    stage.browser().ask(Jane::EMAIL, "0000").await.is(202);
    comes_in_by_the_mail(&stage, Jane::EMAIL, Jane::MOBILE).await;
    let token = stage.link_for(Jane::EMAIL).await;
    stage.advance(3600).await;
    stage.browser().open(&token).await.is_problem(410, "link-gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_codes_in_anothers_name_leaves_them_a_way_in() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    for _ in 0..7 {
        stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    }
    let mails = mails(&stage, Jane::EMAIL).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains("Too many codes were asked for with your email address."), "{}", mails[0]);
    let way_in = stage.link_for(Jane::EMAIL).await;
    // Until the page refuses: neither that nor what fresh links use up is in the way of who holds a link.
    for _ in 0..4 {
        stage.browser().ask(Jane::EMAIL, "0000").await;
        stage.browser().post("/api/firms/demo/links", json!({"email": Jane::EMAIL})).await.is(202);
    }
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is_problem(429, "too-many-requests");
    // Her phone had its five texts of this hour: the code comes to the mailbox.
    comes_in_by(&stage, &way_in, Jane::EMAIL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_fresh_links_takes_no_code_from_their_owner() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    for _ in 0..12 {
        stage.browser().post("/api/firms/demo/links", json!({"email": Jane::EMAIL})).await.is(202);
    }
    stage.jane_signed_in().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_whose_codes_someone_else_asked_for_have_a_way_in() {
    let stage = Stage::new().await;
    for _ in 0..2 {
        for _ in 0..10 {
            stage.browser().post("/api/firms/demo/staff/challenges", json!({"email": "owner@demo.test"})).await.is(202);
        }
        stage.advance(15 * 60).await;
    }
    let told = mails(&stage, "owner@demo.test").await.into_iter().filter(|mail| mail.contains("Too many codes were asked for"));
    assert_eq!(told.count(), 1);
    comes_in_by_the_mail(&stage, "owner@demo.test", "owner@demo.test").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_have_a_way_in_all_day_whatever_a_stranger_asks_for_in_their_name() {
    let stage = Stage::new().await;
    let ask = || async { stage.browser().post("/api/firms/demo/staff/challenges", json!({"email": "owner@demo.test"})).await.is(202) };
    for minutes in [15, 47, 15, 46, 15, 62] {
        for _ in 0..if minutes == 15 { 10 } else { 1 } {
            ask().await;
        }
        stage.settle().await;
        stage.advance(minutes * 60).await;
    }
    let told = mails(&stage, "owner@demo.test").await.into_iter().filter(|mail| mail.contains("Too many codes were asked for"));
    assert_eq!(told.count(), 3);
    for _ in 0..20 {
        ask().await;
        stage.settle().await;
        stage.advance(60 * 60).await;
    }
    comes_in_by_the_mail(&stage, "owner@demo.test", "owner@demo.test").await;
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

//! Links: they say who, and let nobody in by themselves.

use ring::rand::{SecureRandom, SystemRandom};
use serde_json::json;

use crate::stage::{Answer, Browser, Jane, Stage};

const WRONG: [&str; 6] = ["1000", "1001", "1002", "1003", "1004", "1005"];

async fn fresh(browser: &Browser, body: serde_json::Value) -> Answer {
    browser.post("/api/firms/demo/links", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_opens_a_link_once_and_then_it_takes_a_code() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    let first = stage.browser();
    let opened = first.open_with(&token, " 43-21 ").await;
    let cookie = opened.headers["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("__Host-postern=") && !cookie.contains("Max-Age"), "{cookie}");
    assert_eq!(opened.is(201), json!({"next": "portal"}));
    let session = first.get("/api/session").await.is(200);
    assert_eq!((&session["assurance"], &session["contact"]["contact"]), (&json!("link"), &json!(jane.id())));
    assert!(stage.sent_to(Jane::MOBILE).await.is_empty());

    let second = stage.browser();
    let asked = second.open_with(&token, Jane::GATE).await.is(202);
    let mut members: Vec<_> = asked.as_object().expect("an object").keys().collect();
    members.sort_unstable();
    assert_eq!(members, ["challenge", "expires_in", "next", "resend_in", "sent_to"]);
    assert_eq!((&asked["next"], &asked["sent_to"]), (&json!("code"), &json!("***0173")));
    second.get("/api/session").await.is_problem(401, "session-needed");
    let code = stage.code_for(Jane::MOBILE).await;
    second.answer(&asked, &code).await.is(201);
    assert_eq!(second.get("/api/session").await.is(200)["assurance"], "sms");

    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert!(seen["portal"]["last_access_at"].is_string(), "{seen}");
    let mut log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    let before = log.split_off(log.len() - 3);
    assert_eq!(before, ["Portal invite sent", "Portal invite requested by Olive Owner", "Contact created by Olive Owner"]);
    let opening = log.split_off(log.len() - 2);
    assert!(
        opening.contains(&"Magic link opened".to_owned()) && opening.contains(&"Client Access Authenticate Success".to_owned()),
        "{opening:?}"
    );
    assert_eq!(log, ["Client Access Authenticate Success", "Security code sent by SMS", "Security code requested"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_gate_a_link_sends_a_code_as_often_as_needed_and_stays_unused() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    for turn in 1..=2 {
        let browser = stage.browser();
        let asked = browser.open(&token).await.is(202);
        assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), turn);
        let code = stage.code_for(Jane::MOBILE).await;
        browser.answer(&asked, &code).await.is(201);
    }
    // A code went by another way: the first use of the gate is still to come.
    let kept = stage.browser();
    let opened = kept.post("/api/links/redemption", json!({"token": token, "gate": "000004321", "keep": true})).await;
    assert!(opened.headers["set-cookie"].to_str().expect("text").contains("Max-Age=2592000"), "{opened:?}");
    opened.is(201);
    let log = stage.log(&owner, &format!("&contact={}&outcome=link-opened", jane.id())).await;
    assert_eq!(log, ["Magic link opened"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_couple_the_log_names_who_opened_the_link() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let millers = owner.get("/api/contacts?q=miller").await.is(200)["items"][0]["contact"].as_str().expect("an id").to_owned();
    owner.post(&format!("/api/contacts/{millers}/invitations"), json!({})).await.is(201);
    let token = stage.link_for("millers@example.com").await;
    stage.browser().open_with(&token, "2222").await.is(201);
    let page = owner.get(&format!("/api/access-log?contact={millers}&outcome=signed-in")).await.is(200);
    assert_eq!(page["items"][0]["gate"], "Robin");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_gates_close_that_way_and_lock_the_sign_in_page_but_not_the_link() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    let browser = stage.browser();
    for wrong in &WRONG[..5] {
        browser.open_with(&token, wrong).await.is_problem(403, "gate-rejected");
    }
    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert!(seen["portal"]["locked_until"].is_string(), "{seen}");
    assert_eq!(seen["portal"]["last_failure"]["message"], "The last four did not match on a link");
    assert!(seen["portal"]["last_access_at"].is_null(), "{seen}");
    // The right gate comes too late, and only asks for a code, which no lock holds up.
    let asked = browser.open_with(&token, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    // The sign-in page is locked, and says nothing of it.
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), 1);
    let wrong = if code == "123456" { "654321" } else { "123456" };
    browser.answer(&asked, wrong).await.is_problem(401, "code-rejected");
    browser.answer(&asked, &code).await.is(201);
    assert_eq!(browser.get("/api/session").await.is(200)["assurance"], "sms");
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log.iter().filter(|text| *text == "The last four did not match on a link").count(), 5, "{log:?}");
    assert!(log.iter().any(|text| text.starts_with("Too many attempts: access locked until ")), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_about_a_pause_carries_a_link_that_passes_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    for wrong in &WRONG[..5] {
        stage.browser().open_with(&token, wrong).await.is_problem(403, "gate-rejected");
    }
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let mail = stage.sent_to(Jane::EMAIL).await.pop().expect("a mail");
    assert_eq!(mail["subject"], "Demo & Daughters CPA: your sign-in is paused");
    let passes = stage.link_for(Jane::EMAIL).await;
    assert_ne!(passes, token);
    let browser = stage.browser();
    let asked = browser.open_with(&passes, Jane::GATE).await.is(202);
    browser.answer(&asked, &stage.code_for(Jane::MOBILE).await).await.is(201);
    assert_eq!(browser.get("/api/session").await.is(200)["contact"]["contact"], jane.id());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_gate_is_a_format_error_that_counts_for_nothing() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    for typed in ["Hunter2!", "\u{ff14}\u{ff13}\u{ff12}\u{ff11}", "43a21", "432", "4321432143", "", "Hunter2!"] {
        let answer = stage.browser().open_with(&token, typed).await;
        assert!(typed.is_empty() || !answer.text.contains(typed), "{}", answer.text);
        let refused = answer.is_problem(400, "invalid-request");
        assert!(refused["fields"]["gate"].is_string(), "{refused}");
    }
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log.iter().filter(|text| *text == "Browser autofill suspected in the last-4 field").count(), 1, "{log:?}");
    stage.browser().open_with(&token, Jane::GATE).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_alone_opens_for_a_day_and_a_code_for_seven() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    stage.advance(24 * 3600 - 60).await;
    // A wrong one within the day counts, and does not end it.
    stage.browser().open_with(&token, WRONG[0]).await.is_problem(403, "gate-rejected");
    stage.advance(60).await;
    let asked = stage.browser().open_with(&token, Jane::GATE).await.is(202);
    assert_eq!(asked["next"], "code");
    stage.advance(6 * 24 * 3600 - 60).await;
    let browser = stage.browser();
    let asked = browser.open(&token).await.is(202);
    stage.advance(60).await;
    stage.browser().open(&token).await.is_problem(410, "link-gone");
    // The code that it sent while it lived still opens.
    let code = stage.code_for(Jane::MOBILE).await;
    browser.answer(&asked, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_malformed_revoked_and_expired_links_are_gone_alike() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let bob = json!({"name": "Bob", "email": "bob@x.com", "mobile": "2025550191", "gates": [{"kind": "pin", "digits": "4821"}]});
    let bob = owner.post("/api/contacts", bob).await.is(201)["contact"].as_str().expect("an id").to_owned();
    owner.post(&format!("/api/contacts/{bob}/invitations"), json!({})).await.is(201);
    let expired = stage.link_for("bob@x.com").await;
    let revoked = stage.invited(&owner, &jane).await;
    let cut_short = revoked[..revoked.len() - 3].to_owned();
    // It is revoked by another email, and stays so when the first one comes back.
    for email in ["jane@roe.test", Jane::EMAIL] {
        owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"email": email})).await.is(200);
    }
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).expect("randomness");
    let unknown = postern_domain::keys::Token::of(bytes).reveal().to_owned();
    let before = stage.browser().open(&unknown).await.but_for_ids();
    assert_eq!((before.0, before.2.contains("/problems/link-gone")), (410, true));
    for token in [&cut_short, "", "x", "%00", "\u{0}", "../..", &"A".repeat(60_000), &format!("{unknown}="), &revoked] {
        assert_eq!(stage.browser().open(token).await.but_for_ids(), before, "{token:.80}");
        assert_eq!(stage.browser().open_with(token, Jane::GATE).await.but_for_ids(), before, "{token:.80}");
    }
    stage.advance(7 * 24 * 3600).await;
    for token in [&expired, &revoked, &unknown] {
        assert_eq!(stage.browser().open(token).await.but_for_ids(), before);
        assert_eq!(stage.browser().open_with(token, "4821").await.but_for_ids(), before);
    }
    let owner = stage.owner().await;
    assert_eq!(stage.log(&owner, &format!("&contact={bob}")).await[0], "Magic link expired");
    assert!(stage.sent_to("+12025550191").await.is_empty() && stage.sent_to(Jane::MOBILE).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_mail_kills_no_older_link_and_other_gates_kill_all() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let older = stage.invited(&owner, &jane).await;
    let newer = stage.invited(&owner, &jane).await;
    fresh(&stage.browser(), json!({"email": Jane::EMAIL})).await.is(202);
    let newest = stage.link_for(Jane::EMAIL).await;
    for token in [&older, &newest, &newer] {
        stage.browser().open_with(token, Jane::GATE).await.is(201);
    }
    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"name": "Jane Roe", "mobile": "2025550174"})).await.is(200);
    stage.browser().open(&older).await.is(202);
    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"gates": [{"kind": "pin", "digits": "4821"}]})).await.is(200);
    for token in [&older, &newest, &newer] {
        stage.browser().open_with(token, "4821").await.is_problem(410, "link-gone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_link_goes_to_the_address_on_file_and_the_answer_is_alike_for_all() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let old = stage.invited(&owner, &jane).await;
    stage.advance(7 * 24 * 3600).await;
    let known = fresh(&stage.browser(), json!({"email": " Jane.Doe@Client.test\u{a0}"})).await;
    assert_eq!((known.status, known.text.as_str()), (202, ""));
    let sent = stage.sent_to(Jane::EMAIL).await;
    assert_eq!((sent.len(), &sent[1]["subject"]), (2, &json!("Demo & Daughters CPA: your fresh link")));
    let first = stage.link_for(Jane::EMAIL).await;
    let unknown = "A".repeat(43);
    for body in [json!({"email": "nobody@client.test"}), json!({"token": unknown}), json!({"token": "x"}), json!({"token": old})] {
        assert_eq!(fresh(&stage.browser(), body.clone()).await.but_for_ids(), known.but_for_ids(), "{body}");
    }
    assert_eq!(stage.sent_to(Jane::EMAIL).await.len(), 3);
    assert!(stage.sent_to("nobody@client.test").await.is_empty());
    for token in [first, stage.link_for(Jane::EMAIL).await] {
        stage.browser().open_with(&token, Jane::GATE).await.is(201);
    }
    // A link that went to another address asks for nothing any more; at another firm it is nobody's.
    let owner = stage.owner().await;
    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"email": "jane@roe.test"})).await.is(200);
    stage.owner_of_another_firm().await;
    stage.browser().post("/api/firms/elm/links", json!({"token": old})).await.is(202);
    fresh(&stage.browser(), json!({"token": old})).await.is(202);
    assert!(stage.sent_to("jane@roe.test").await.is_empty());
    let log = stage.log(&owner, "&outcome=no-contact").await;
    assert_eq!(log, ["No contact was found with this email"]);
    for (firm, body, status) in
        [("demo", json!({}), 400), ("demo", json!({"email": "a@x.com", "token": "x"}), 400), ("nobody", json!({"email": "a@x.com"}), 404)]
    {
        assert_eq!(stage.browser().post(&format!("/api/firms/{firm}/links"), body).await.status, status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_of_fresh_links_are_silent() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let known = fresh(&stage.browser(), json!({"email": Jane::EMAIL})).await.but_for_ids();
    for _ in 0..14 {
        assert_eq!(fresh(&stage.browser(), json!({"email": Jane::EMAIL})).await.but_for_ids(), known);
    }
    assert_eq!(stage.sent_to(Jane::EMAIL).await.len(), 3);
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log.iter().filter(|text| *text == "Fresh link sent").count(), 3, "{log:?}");
    stage.advance(3600).await;
    for _ in 0..4 {
        assert_eq!(fresh(&stage.browser(), json!({"email": Jane::EMAIL})).await.but_for_ids(), known);
    }
    stage.settle().await;
    stage.advance(3600).await;
    assert_eq!(fresh(&stage.browser(), json!({"email": Jane::EMAIL})).await.but_for_ids(), known);
    assert_eq!(stage.sent_to(Jane::EMAIL).await.len(), 6, "six a day");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_link_is_written_down_once_however_often_it_is_opened() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    stage.advance(7 * 24 * 3600).await;
    for _ in 0..5 {
        stage.browser().open(&token).await.is_problem(410, "link-gone");
    }
    let owner = stage.owner().await;
    let log = stage.log(&owner, &format!("&contact={}&outcome=link-expired", jane.id())).await;
    assert_eq!(log, ["Magic link expired"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_gates_on_links_never_extend_a_lock_and_the_right_one_ends_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    let portal = || async { owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200)["portal"].clone() };
    for gate in 1000..1005 {
        stage.browser().ask(Jane::EMAIL, &gate.to_string()).await.is(202);
    }
    let locked_until = portal().await["locked_until"].clone();
    assert!(locked_until.is_string());
    for wrong in &WRONG[..4] {
        stage.browser().open_with(&token, wrong).await.is_problem(403, "gate-rejected");
    }
    assert_eq!(portal().await["locked_until"], locked_until);
    stage.browser().open_with(&token, Jane::GATE).await.is(201);
    assert!(portal().await["locked_until"].is_null());
    stage.jane_signed_in().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_gates_a_day_are_tried_on_all_links_of_a_person_together() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    for _ in 0..2 {
        let token = stage.invited(&owner, &jane).await;
        for wrong in &WRONG[..5] {
            stage.browser().open_with(&token, wrong).await.is_problem(403, "gate-rejected");
        }
    }
    let token = stage.invited(&owner, &jane).await;
    let browser = stage.browser();
    let asked = browser.open_with(&token, Jane::GATE).await.is(202);
    browser.answer(&asked, &stage.code_for(Jane::MOBILE).await).await.is(201);
    owner.delete(&format!("/api/contacts/{}/lock", jane.id())).await.is(204);
    stage.browser().open_with(&token, Jane::GATE).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_who_lacks_something_comes_in_by_no_way() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"mobile": null})).await.is(200);
    let preview = stage.browser().post("/api/links/preview", json!({"token": token})).await.is(200);
    assert_eq!(preview["gate"], false);
    let browser = stage.browser();
    browser.open_with(&token, Jane::GATE).await.is(202);
    browser.get("/api/session").await.is_problem(401, "session-needed");
    fresh(&stage.browser(), json!({"email": Jane::EMAIL})).await.is(202);
    let subjects: Vec<_> = stage.sent_to(Jane::EMAIL).await.iter().map(|mail| mail["subject"].clone()).collect();
    let told: Vec<_> = subjects.iter().filter(|subject| *subject == "Demo & Daughters CPA: your access is not set up yet").collect();
    assert_eq!((told.len(), subjects.len()), (1, 3), "beside the invitation and the news of the change: {subjects:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_on_a_link_is_found_by_the_email_too() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    stage.browser().open_with(&token, WRONG[0]).await.is_problem(403, "gate-rejected");
    stage.browser().open_with(&token, Jane::GATE).await.is(201);
    let log = stage.log(&owner, &format!("&email={}", Jane::EMAIL)).await;
    for text in ["Magic link opened", "The last four did not match on a link", "Client Access Authenticate Success"] {
        assert!(log.iter().any(|logged| logged == text), "{text}: {log:?}");
    }
}

//! What a firm decides about signing in, and what is decided for one contact alone.

use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Paper, Stage, at_once};

const LINK_ONLY: &str = "Code not sent: this firm admits by link only";

/// Changes settings of the demo firm, at the version that stands.
async fn decide(owner: &Browser, mut settings: Value) -> Value {
    settings["version"] = owner.get("/api/settings").await.is(200)["version"].clone();
    owner.patch("/api/settings", settings).await.is(200)
}

async fn decide_for(owner: &Browser, jane: &Jane, overrides: Value) {
    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({ "overrides": overrides })).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_links_alone_lead_in_whoever_asks_for_a_code_is_mailed_a_link_and_nobody_else_can_tell() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    decide(&owner, json!({"access_mode": "link_only"})).await;
    assert_eq!(stage.browser().get("/api/firms/demo").await.is(200)["sign_in"]["access_mode"], "link_only");

    let unknown = stage.browser().ask("nobody@client.test", Jane::GATE).await;
    let known = stage.browser().ask(Jane::EMAIL, Jane::GATE).await;
    assert_eq!(known.but_for_ids(), unknown.but_for_ids());
    assert!(stage.sent_to(Jane::MOBILE).await.is_empty());
    let mails = stage.sent_to(Jane::EMAIL).await;
    assert!(mails[0]["text"].as_str().expect("a text").contains("You come in by a link, not by the sign-in page."), "{}", mails[0]);

    let browser = stage.browser();
    let asked = browser.open(&stage.link_for(Jane::EMAIL).await).await.is(202);
    browser.answer(&asked, &stage.code_for(Jane::MOBILE).await).await.is(201);
    browser.get("/api/documents").await.is(200);
    assert_eq!(stage.log(&owner, &format!("&contact={}&outcome=link-only", jane.id())).await, [LINK_ONLY]);

    let invited = stage.browser();
    invited.open_with(&stage.invited(&owner, &jane).await, Jane::GATE).await.is(201);
    stage.browser().post("/api/firms/demo/links", json!({"email": Jane::EMAIL})).await.is(202);
    stage.browser().open(&stage.link_for(Jane::EMAIL).await).await.is(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_contact_can_be_admitted_by_links_alone_and_one_by_both() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    decide_for(&owner, &jane, json!({"access_mode": "link_only"})).await;
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    assert!(stage.sent_to(Jane::MOBILE).await.is_empty());

    decide(&owner, json!({"access_mode": "link_only"})).await;
    decide_for(&owner, &jane, json!({"access_mode": "link_and_login"})).await;
    stage.jane_signed_in().await;
    decide_for(&owner, &jane, json!({"access_mode": null})).await;
    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert_eq!(seen["overrides"], json!({"access_mode": null, "code_channel": null, "identity_check": null}));
    let mails = stage.sent_to(Jane::EMAIL).await.len();
    stage.advance(31 * 60).await;
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    assert_eq!(stage.sent_to(Jane::EMAIL).await.len(), mails + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_asked_for_before_opens_only_what_is_open_by_now() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (firm, own) = (json!({"access_mode": "link_only"}), json!({"access_mode": "link_and_login"}));
    for (for_firm, for_jane) in [(Some(firm), None), (None, Some(own.clone()))] {
        let browser = stage.browser();
        let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
        let code = stage.code_for(Jane::MOBILE).await;
        match (for_firm, for_jane) {
            (Some(settings), _) => drop(decide(&owner, settings).await),
            (_, overrides) => decide_for(&owner, &jane, overrides.expect("one of both")).await,
        }
        browser.answer(&asked, &code).await.is_problem(401, "code-rejected");
        browser.get("/api/session").await.is(401);
        decide(&owner, json!({"access_mode": "link_and_login"})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stricter_mode_signs_out_whom_it_concerns_with_their_next_request() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let ann = json!({"name": "Ann", "email": "ann@client.test", "gates": [{"kind": "pin", "digits": "4821"}], "mobile": "+12025550199",
        "overrides": {"access_mode": "link_and_login"}});
    owner.post("/api/contacts", ann).await.is(201);
    let hers = stage.browser();
    let asked = hers.ask("ann@client.test", "4821").await.is(202);
    hers.answer(&asked, &stage.code_for("+12025550199").await).await.is(201);
    let janes = stage.jane_signed_in().await;

    decide(&owner, json!({"link_days": 3})).await;
    decide(&owner, json!({"access_mode": "link_only"})).await;
    janes.get("/api/session").await.is(200);
    decide(&owner, json!({"access_mode": "link_and_login_2fa", "end_sessions": true})).await;
    janes.post("/api/documents", Paper::pdf("W-2.pdf").announcement()).await.is_problem(401, "session-needed");
    janes.get("/api/session").await.is_problem(401, "session-needed");
    hers.get("/api/session").await.is(200);
    owner.get("/api/session").await.is(200);

    decide(&owner, json!({"access_mode": "link_and_login"})).await;
    stage.jane_signed_in().await.get("/api/session").await.is(200);
    decide(&owner, json!({"session_days": 29, "end_sessions": true})).await;
    hers.get("/api/session").await.is_problem(401, "session-needed");
    let log = stage.log(&owner, "&outcome=settings-tightened").await;
    let text = |changes: &str| format!("Settings changed and clients signed out by Olive Owner: {changes}");
    assert_eq!(log, [text("session_days from 30 to 29"), text("access_mode from link_only to link_and_login_2fa")]);
    let log = owner.get("/api/access-log?outcome=settings-changed").await.is(200);
    let changes = &log["items"].as_array().expect("records").last().expect("the first")["values"]["changes"];
    assert_eq!(*changes, json!([{"setting": "link_days", "before": "7", "after": "3"}]));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_of_settings_at_once_one_is_told_to_look_again() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let answers = at_once((1..=8).map(|days| {
        let owner = owner.elsewhere();
        async move { owner.patch("/api/settings", json!({"version": 0, "link_days": days + 10})).await }
    }))
    .await;
    let (changed, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((changed.len(), refused.len()), (1, 7));
    for answer in refused {
        answer.is_problem(409, "settings-changed");
    }
    assert_eq!(owner.get("/api/settings").await.is(200)["link_days"], changed[0].json["link_days"]);
    assert_eq!(stage.log(&owner, "&outcome=settings-changed").await.len(), 1);
    owner.patch("/api/settings", json!({"version": 1, "link_days": changed[0].json["link_days"]})).await.is(200);
    assert_eq!(stage.log(&owner, "&outcome=settings-changed").await.len(), 1, "nothing changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_bounds_is_refused_in_words_beside_its_name() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    for (name, value, words) in [
        ("session_days", json!(0), "Choose a whole number from 1 to 30."),
        ("session_days", json!(31), "Choose a whole number from 1 to 30."),
        ("link_days", json!(31), "Choose a whole number from 1 to 30."),
        ("lockout_after", json!(2), "Choose a whole number from 3 to 5."),
        ("lockout_after", json!(6), "Choose a whole number from 3 to 5."),
    ] {
        let refused = owner.patch("/api/settings", json!({"version": 0, name: value})).await.is_problem(400, "invalid-request");
        assert_eq!(refused["fields"][name], words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_links_and_locks_last_as_the_firm_says() {
    const DAY: i64 = 24 * 60 * 60;
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    decide(&owner, json!({"session_days": 2, "link_days": 1, "lockout_after": 3})).await;
    let token = stage.invited(&owner, &jane).await;
    let browser = stage.browser();
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let (path, code) =
        (format!("/api/challenges/{}/session", asked["challenge"].as_str().expect("an id")), stage.code_for(Jane::MOBILE).await);
    browser.post(&path, json!({"code": code, "keep": true})).await.is(201);
    stage.settle().await;
    stage.advance(DAY).await;
    stage.browser().open(&token).await.is_problem(410, "link-gone");
    browser.get("/api/session").await.is(200);
    stage.advance(DAY).await;
    browser.get("/api/session").await.is(401);

    for gate in ["1000", "1001", "1002"] {
        stage.browser().ask(Jane::EMAIL, gate).await.is(202);
    }
    let owner = stage.owner().await;
    assert!(owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200)["portal"]["locked_until"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_codes_go_by_text_alone_no_mailbox_is_a_way_in() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    decide(&owner, json!({"code_channel": "sms_only"})).await;
    let asked = stage.browser().ask_by_email(Jane::EMAIL, Jane::GATE).await.is(202);
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), 1, "a wish for mail is not granted");
    stage.advance(30).await;
    stage.browser().ask_again(&asked, json!({"channel": "email"})).await.is(202);
    assert_eq!((stage.sent_to(Jane::MOBILE).await.len(), stage.sent_to(Jane::EMAIL).await.len()), (2, 0));
    let token = stage.invited(&owner, &jane).await;
    assert_eq!(stage.browser().post("/api/links/preview", json!({ "token": token })).await.is(200)["gate"], false);
    stage.browser().open_with(&token, Jane::GATE).await.is(202);
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), 3);

    let bare = json!({"name": "Bo", "email": "bo@client.test", "gates": [{"kind": "pin", "digits": "4821"}]});
    decide(&owner, json!({"require_mobile": false})).await;
    assert_eq!(owner.post("/api/contacts", bare).await.is(201)["portal"]["missing"], json!(["mobile"]));
}

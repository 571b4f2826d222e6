//! Two-factor authentication, as people meet it: setting it up, coming in with it, and losing it.

use http::Method;
use serde_json::{Value, json};
use totp_rs::Totp;

use crate::{
    staff::close_to_codes,
    stage::{Answer, Browser, Jane, Stage, at_once, link_token, logged},
};

const CLIENT: &str = "__Host-postern";

/// Someone's authenticator app.
#[derive(Clone)]
pub struct App(Totp);

impl App {
    /// Sets one up for whoever is signed in in `browser`, up to its confirmation.
    pub async fn enrolled(browser: &Browser) -> Self {
        let enrolled = browser.post("/api/second-factor", json!({})).await.is(201);
        assert!(enrolled["qr_svg"].as_str().expect("a picture").contains("<svg"), "{enrolled}");
        Self(Totp::from_url(enrolled["otpauth_uri"].as_str().expect("an address")).expect("apps read it"))
    }

    /// The same and confirms it; answers with the recovery codes too.
    pub async fn confirmed(stage: &Stage, browser: &Browser) -> (Self, Vec<String>) {
        let app = Self::enrolled(browser).await;
        let codes = browser.post("/api/second-factor/confirmation", json!({"code": app.code(stage, 0)})).await.is(200);
        let codes: Vec<_> =
            codes["recovery_codes"].as_array().expect("codes").iter().map(|code| code.as_str().expect("text").to_owned()).collect();
        assert_eq!(codes.len(), 10);
        (app, codes)
    }

    /// What it shows so many steps of half a minute from now.
    pub fn code(&self, stage: &Stage, steps: i64) -> String {
        let second = stage.postern.surroundings.clock.now().as_second() + 30 * steps;
        self.0.generate(second.unsigned_abs()).to_string()
    }

    /// Six digits that it shows at no time near now.
    pub fn wrong(&self, stage: &Stage) -> String {
        let near: Vec<_> = (-3..=3).map(|steps| self.code(stage, steps)).collect();
        ["000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777"]
            .into_iter()
            .find(|code| !near.contains(&(*code).to_owned()))
            .expect("one of eight is wrong")
            .to_owned()
    }
}

/// Gives a second factor.
pub async fn give(browser: &Browser, code: &str) -> Answer {
    browser.post("/api/session/second-factor", json!({ "code": code })).await
}

/// Jane asks for a code in a new browser, answers it, and is led to `next`.
pub async fn jane_comes(stage: &Stage, next: &str) -> Browser {
    let browser = stage.browser();
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    assert_eq!(browser.answer(&asked, &code).await.is(201), json!({ "next": next }));
    browser
}

/// Whoever is signed in proves anew who they are by a code to `to`.
async fn renew(stage: &Stage, browser: &Browser, to: &str) -> Answer {
    let asked = browser.post("/api/session/challenges", json!({})).await.is(202);
    browser.answer(&asked, &stage.code_for(to).await).await
}

async fn decide(owner: &Browser, mut settings: Value) {
    settings["version"] = owner.get("/api/settings").await.is(200)["version"].clone();
    owner.patch("/api/settings", settings).await.is(200);
}

/// Staff take away the second factor of whoever has this path.
pub async fn reset(owner: &Browser, path: &str, reason: &str) -> Answer {
    owner.send(Method::DELETE, path, json!({ "reason": reason }).to_string(), &[("content-type", "application/json")]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_sets_an_app_up_and_comes_in_with_it_from_then_on() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    assert_eq!(browser.get("/api/session").await.is(200)["second_factor"], "none");
    let before = browser.cookie(CLIENT).expect("a session");
    let (app, recovery_codes) = App::confirmed(&stage, &browser).await;
    let session = browser.get("/api/session").await.is(200);
    assert_eq!((&session["second_factor"], &session["assurance"]), (&json!("totp"), &json!("totp")));
    let stale = stage.browser();
    stale.set_cookie(CLIENT, &before);
    stale.get("/api/session").await.is_problem(401, "session-needed");
    let mails = stage.sent_to(Jane::EMAIL).await;
    assert!(mails.last().expect("she is told")["text"].as_str().expect("a text").contains("was switched on for you"), "{mails:?}");

    // The code that confirmed it is used; a wrong one and a used one are the same to whoever tries.
    let coming = jane_comes(&stage, "second-factor").await;
    let partial = coming.cookie(CLIENT).expect("a session");
    for path in ["/api/session", "/api/documents", "/api/devices"] {
        coming.get(path).await.is_problem(403, "second-factor-needed");
    }
    coming.post("/api/session/challenges", json!({})).await.is_problem(403, "second-factor-needed");
    coming.post("/api/second-factor", json!({})).await.is_problem(403, "second-factor-needed");
    let (used, wrong) = (give(&coming, &app.code(&stage, 0)).await, give(&coming, &app.wrong(&stage)).await);
    assert_eq!(used.but_for_ids(), wrong.but_for_ids());
    wrong.is_problem(401, "code-rejected");
    assert_eq!(give(&coming, &app.code(&stage, 1)).await.is(201), json!({"next": "portal"}));
    assert_eq!(coming.get("/api/session").await.is(200)["assurance"], "totp");
    let half = stage.browser();
    half.set_cookie(CLIENT, &partial);
    half.get("/api/session").await.is_problem(401, "session-needed");

    // On the day on which the phone is gone, a code from paper lets in once.
    stage.advance(60).await;
    let coming = jane_comes(&stage, "second-factor").await;
    give(&coming, &recovery_codes[3].to_lowercase()).await.is(201);
    let told = stage.sent_to(Jane::EMAIL).await;
    let used = told.last().expect("a mail");
    assert!(used["text"].as_str().expect("a text").contains("9 are left"), "{used}");
    let coming = jane_comes(&stage, "second-factor").await;
    give(&coming, &recovery_codes[3]).await.is_problem(401, "code-rejected");

    let shown = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert_eq!(shown["portal"]["second_factor"], "totp");
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    for (text, times) in [
        ("Setting up of two-factor authentication begun", 1),
        ("Two-factor authentication switched on", 1),
        ("Second factor asked for", 3),
        ("The second factor did not match", 3),
        ("Recovery code used: 9 left", 1),
        ("Client Access Authenticate Success", 3),
        ("News of two-factor authentication told by email", 2),
    ] {
        assert_eq!(log.iter().filter(|line| *line == text).count(), times, "{text}: {log:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_use_one_code_at_once_one_comes_in() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let (app, _) = App::confirmed(&stage, &stage.jane_signed_in().await).await;
    let mut coming = Vec::new();
    for _ in 0..4 {
        coming.push(jane_comes(&stage, "second-factor").await);
    }
    let code = app.code(&stage, 1);
    let acts = coming.into_iter().map(|browser| {
        let code = code.clone();
        async move { give(&browser, &code).await.status }
    });
    let mut answers = at_once(acts.collect::<Vec<_>>()).await;
    answers.sort_unstable();
    assert_eq!(answers, [201, 401, 401, 401]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sets_it_up_between_asking_and_answering_has_to_give_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    stage.advance(31).await;
    let other = stage.browser();
    let asked = other.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    App::confirmed(&stage, &browser).await;
    other.answer(&asked, &code).await.is_problem(401, "code-rejected");
    jane_comes(&stage, "second-factor").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_of_a_link_is_no_way_round_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (app, _) = App::confirmed(&stage, &stage.jane_signed_in().await).await;
    let link = stage.invited(&owner, &jane).await;
    let browser = stage.browser();
    assert_eq!(browser.open_with(&link, Jane::GATE).await.is(201), json!({"next": "second-factor"}));
    browser.get("/api/session").await.is_problem(403, "second-factor-needed");
    give(&browser, &app.code(&stage, 1)).await.is(201);
    assert_eq!(browser.get("/api/session").await.is(200)["assurance"], "totp");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_lacks_it_ends_after_ten_minutes_and_the_wish_to_be_kept_is_remembered() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let (app, _) = App::confirmed(&stage, &stage.jane_signed_in().await).await;
    let browser = stage.browser();
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    let challenge = asked["challenge"].as_str().expect("a challenge");
    let opened = browser.post(&format!("/api/challenges/{challenge}/session"), json!({"code": code, "keep": true})).await;
    let cookies = |answer: &Answer| {
        answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    let set = cookies(&opened);
    assert!(set.len() == 1 && !set[0].contains("Max-Age"), "neither kept nor known yet: {set:?}");
    opened.is(201);
    let late = browser.clone();
    let given = give(&browser, &app.code(&stage, 1)).await;
    assert!(cookies(&given)[0].contains("Max-Age=2592000"), "{:?}", cookies(&given));
    given.is(201);
    late.get("/api/session").await.is(200);

    stage.settle().await;
    let coming = jane_comes(&stage, "second-factor").await;
    stage.settle().await;
    stage.advance(10 * 60).await;
    give(&coming, &app.code(&stage, 0)).await.is_problem(401, "session-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_lock_it_and_a_recovery_code_passes() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (app, recovery_codes) = App::confirmed(&stage, &stage.jane_signed_in().await).await;
    let coming = jane_comes(&stage, "second-factor").await;
    for _ in 0..8 {
        give(&coming, &app.wrong(&stage)).await.is_problem(401, "code-rejected");
    }
    give(&coming, &app.code(&stage, 1)).await.is_problem(401, "code-rejected");
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    let count = |start: &str| log.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!(
        (count("The second factor did not match"), count("Too many wrong codes: second factor locked until")),
        (4, 1),
        "what comes during the lock leaves nothing: {log:?}"
    );
    give(&coming, &recovery_codes[0]).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_firm_asks_for_it_nobody_is_in_before_it_is_set_up_and_nobody_switches_it_off() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    decide(&owner, json!({"access_mode": "link_and_login_2fa"})).await;
    let browser = jane_comes(&stage, "enrol-second-factor").await;
    browser.get("/api/session").await.is_problem(403, "second-factor-needed");
    give(&browser, "123456").await.is_problem(403, "second-factor-needed");
    let app = App::enrolled(&browser).await;
    // Another sitting of the same person ends as the factor is there: it does not come in by setting up one of its own.
    let rival = jane_comes(&stage, "enrol-second-factor").await;
    browser.post("/api/second-factor/confirmation", json!({"code": app.wrong(&stage)})).await.is_problem(401, "code-rejected");
    browser.post("/api/second-factor/confirmation", json!({"code": app.code(&stage, 0)})).await.is(200);
    let session = browser.get("/api/session").await.is(200);
    assert_eq!((&session["assurance"], &session["second_factor_required"]), (&json!("totp"), &json!(true)));
    rival.post("/api/second-factor", json!({})).await.is_problem(401, "session-needed");
    browser.delete("/api/second-factor").await.is_problem(409, "second-factor-required");

    // It can be replaced.
    let (other, _) = App::confirmed(&stage, &browser).await;
    let coming = jane_comes(&stage, "second-factor").await;
    give(&coming, &app.code(&stage, 1)).await.is_problem(401, "code-rejected");
    give(&coming, &other.code(&stage, 1)).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_it_takes_a_fresh_proof_by_code_or_by_factor() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    stage.settle().await;
    stage.advance(10 * 60).await;
    browser.post("/api/second-factor", json!({})).await.is_problem(403, "step-up-needed");
    let before = browser.get("/api/session").await.is(200);
    let devices = browser.get("/api/devices").await.is(200)["items"].as_array().map(Vec::len);

    // The code opens in this session alone.
    let asked = browser.post("/api/session/challenges", json!({})).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    stage.browser().answer(&asked, &code).await.is_problem(401, "code-rejected");
    let old = browser.cookie(CLIENT).expect("a session");
    browser.answer(&asked, &code).await.is(201);
    assert_ne!(browser.cookie(CLIENT).as_ref(), Some(&old));
    let stale = stage.browser();
    stale.set_cookie(CLIENT, &old);
    stale.get("/api/session").await.is_problem(401, "session-needed");
    let after = browser.get("/api/session").await.is(200);
    assert_eq!(after["expires_at"], before["expires_at"], "nobody is in for longer by that");
    assert_eq!(browser.get("/api/devices").await.is(200)["items"].as_array().map(Vec::len), devices, "it is the same browser");

    let (app, _) = App::confirmed(&stage, &browser).await;
    stage.settle().await;
    stage.advance(10 * 60).await;
    browser.delete("/api/second-factor").await.is_problem(403, "step-up-needed");
    give(&browser, &app.code(&stage, 0)).await.is(201);
    browser.delete("/api/second-factor").await.is(204);
    assert_eq!(browser.get("/api/session").await.is(200)["second_factor"], "none");
    browser.delete("/api/second-factor").await.is(204);
    let mails = stage.sent_to(Jane::EMAIL).await;
    assert!(mails.last().expect("she is told")["text"].as_str().expect("a text").contains("was switched off for you"), "{mails:?}");
    jane_comes(&stage, "portal").await;
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    for text in ["Identity confirmed by security code", "Second factor accepted", "Two-factor authentication switched off"] {
        assert_eq!(log.iter().filter(|line| *line == text).count(), 1, "{text}: {log:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_of_it_ends_every_other_session_and_whatever_would_open_one() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let (browser, thief) = (stage.jane_signed_in().await, stage.jane_signed_in().await);
    let (app, _) = App::confirmed(&stage, &browser).await;
    thief.get("/api/session").await.is_problem(401, "session-needed");
    thief.post("/api/session/challenges", json!({})).await.is_problem(401, "session-needed");
    thief.post("/api/second-factor", json!({})).await.is_problem(401, "session-needed");

    // Another app in its place.
    let (other, half) = (jane_comes(&stage, "second-factor").await, jane_comes(&stage, "second-factor").await);
    give(&other, &app.code(&stage, 1)).await.is(201);
    let (app, _) = App::confirmed(&stage, &browser).await;
    other.get("/api/session").await.is_problem(401, "session-needed");
    give(&half, &app.code(&stage, 1)).await.is_problem(401, "session-needed");

    // None: the session in which that is done goes on.
    stage.settle().await;
    stage.advance(60).await;
    let other = jane_comes(&stage, "second-factor").await;
    give(&other, &app.code(&stage, 0)).await.is(201);
    browser.delete("/api/second-factor").await.is(204);
    other.get("/api/session").await.is_problem(401, "session-needed");
    let session = browser.get("/api/session").await.is(200);
    assert_eq!(session["second_factor"], "none");
    assert_eq!(browser.get("/api/devices").await.is(200)["items"].as_array().map(Vec::len), Some(1), "what ended is listed no more");
    browser.get("/api/documents").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_mailbox_nor_phone_takes_it_away_or_puts_another_in_its_place() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    let (app, recovery_codes) = App::confirmed(&stage, &browser).await;
    stage.settle().await;
    stage.advance(10 * 60).await;
    // As fresh as any, but no proof of the factor.
    renew(&stage, &browser, Jane::MOBILE).await.is(201);
    browser.post("/api/second-factor", json!({})).await.is_problem(403, "step-up-needed");
    browser.delete("/api/second-factor").await.is_problem(403, "step-up-needed");
    give(&browser, &app.code(&stage, 0)).await.is(201);
    browser.post("/api/second-factor", json!({})).await.is(201);
    stage.settle().await;
    stage.advance(10 * 60).await;
    renew(&stage, &browser, Jane::MOBILE).await.is(201);
    browser.delete("/api/second-factor").await.is_problem(403, "step-up-needed");
    give(&browser, &recovery_codes[0]).await.is(201);
    browser.delete("/api/second-factor").await.is(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_handed_out_is_confirmed_within_ten_minutes_or_handed_out_anew() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    let app = App::enrolled(&browser).await;
    stage.settle().await;
    stage.advance(10 * 60).await;
    let confirm = |code| browser.post("/api/second-factor/confirmation", json!({ "code": code }));
    confirm(app.code(&stage, 0)).await.is_problem(401, "code-rejected");
    renew(&stage, &browser, Jane::MOBILE).await.is(201);
    confirm(app.code(&stage, 0)).await.is_problem(401, "code-rejected");
    App::confirmed(&stage, &browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_links_alone_lead_in_whoever_is_in_still_proves_who_they_are_by_a_code() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    decide(&owner, json!({"access_mode": "link_only"})).await;
    let browser = stage.browser();
    browser.open_with(&stage.invited(&owner, &jane).await, Jane::GATE).await.is(201);
    browser.post("/api/second-factor", json!({})).await.is_problem(403, "step-up-needed");
    renew(&stage, &browser, Jane::MOBILE).await.is(201);
    App::confirmed(&stage, &browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_reset_it_with_a_reason_and_she_is_told_and_signed_out() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    let (app, recovery_codes) = App::confirmed(&stage, &browser).await;
    let half = jane_comes(&stage, "second-factor").await;
    let link = stage.invited(&owner, &jane).await;
    let path = format!("/api/contacts/{}/second-factor", jane.id());
    reset(&owner, &path, "").await.names("reason");
    owner.delete(&path).await.is_problem(400, "invalid-request");
    reset(&owner, &path, "Lost her phone; called back on file").await.is(204);
    reset(&owner, &path, "Once more").await.is(204);

    browser.get("/api/session").await.is_problem(401, "session-needed");
    for code in [&app.code(&stage, 1), &recovery_codes[0]] {
        give(&half, code).await.is_problem(401, "session-needed");
    }
    stage.browser().open_with(&link, Jane::GATE).await.is_problem(410, "link-gone");
    let mails = stage.sent_to(Jane::EMAIL).await;
    let text = mails.last().expect("she is told")["text"].as_str().expect("a text");
    assert!(text.contains("Olive Owner of Demo & Daughters CPA reset your two-factor authentication"), "{text}");
    assert!(!text.contains("called back"), "the reason is the firm's own: {text}");
    let texts = stage.sent_to(Jane::MOBILE).await;
    let text = texts.last().expect("on her phone too")["text"].as_str().expect("a text");
    assert_eq!(text, "Demo & Daughters CPA: we reset your two-factor authentication. You did not ask for it? Call (252) 555-0142.");
    let page = owner.get(&format!("/api/access-log?contact={}&outcome=second-factor-reset", jane.id())).await.is(200);
    let records = page["items"].as_array().expect("a list");
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0]["message"], "Two-factor authentication reset by Olive Owner");
    assert_eq!(records[0]["values"]["reason"], "Lost her phone; called back on file");

    let again = jane_comes(&stage, "portal").await;
    App::confirmed(&stage, &again).await;
    let shown = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert_eq!(shown["portal"]["second_factor"], "totp");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_change_at_the_same_time_takes_nobodys_factor_away() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    let app = App::enrolled(&browser).await;
    let confirming = {
        let (browser, code) = (browser.clone(), app.code(&stage, 0));
        tokio::spawn(async move { browser.post("/api/second-factor/confirmation", json!({ "code": code })).await.status })
    };
    for name in ["Jane A. Doe", "Jane B. Doe", "Jane C. Doe", "Jane Doe"] {
        owner.patch(&format!("/api/contacts/{}", jane.id()), json!({ "name": name })).await.is(200);
    }
    assert_eq!(confirming.await.expect("it ends"), 200);
    assert_eq!(owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200)["portal"]["second_factor"], "totp");
    // A new address asks for it too.
    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"email": "jane@elsewhere.test"})).await.is(200);
    let other = stage.browser();
    let asked = other.ask("jane@elsewhere.test", Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    assert_eq!(other.answer(&asked, &code).await.is(201), json!({"next": "second-factor"}));
}

/// A firm whose staff need a second factor, as every firm's do, with the link of its owner.
async fn strict_firm(stage: &Stage) -> Value {
    let event = json!({"firm": "strict", "name": "Strict CPA", "phone": "(252) 555-0142", "contact_address": "office@strict.test",
        "owner": {"name": "Sue Strict", "email": "sue@strict.test"}});
    stage.worker("create-firm")(event).await.expect("it is made")
}

async fn sue_comes(stage: &Stage) -> Browser {
    let browser = stage.browser();
    let asked = browser.post("/api/firms/strict/staff/challenges", json!({"email": "sue@strict.test"})).await.is(202);
    let code = stage.code_for("sue@strict.test").await;
    assert_eq!(browser.answer(&asked, &code).await.is(201), json!({"next": "second-factor"}));
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_need_it_and_a_sole_owner_who_lost_it_is_let_in_by_whoever_deploys() {
    let stage = Stage::new().await;
    let link = strict_firm(&stage).await["owner_link"].as_str().expect("a link").to_owned();
    let owner = stage.browser();
    assert_eq!(owner.open(link_token(&link)).await.is(201), json!({"next": "enrol-second-factor"}));
    owner.get("/api/contacts").await.is_problem(403, "second-factor-needed");
    let (app, _) = App::confirmed(&stage, &owner).await;
    let session = owner.get("/api/session").await.is(200);
    assert_eq!((&session["assurance"], &session["second_factor_required"]), (&json!("totp"), &json!(true)));
    owner.delete("/api/second-factor").await.is_problem(409, "second-factor-required");
    let own = format!("/api/staff/{}/second-factor", session["staff"]["staff"].as_str().expect("an id"));
    reset(&owner, &own, "Lost it").await.is_problem(409, "second-factor-required");
    let again = sue_comes(&stage).await;
    give(&again, &app.code(&stage, 1)).await.is(201);

    let link = strict_firm(&stage).await["owner_link"].as_str().expect("a link").to_owned();
    again.get("/api/session").await.is_problem(401, "session-needed");
    let mails = stage.sent_to("sue@strict.test").await;
    let text = mails.last().expect("she is told")["text"].as_str().expect("a text");
    assert!(text.contains("reset your two-factor authentication"), "{text}");
    let owner = stage.browser();
    assert_eq!(owner.open(link_token(&link)).await.is(201), json!({"next": "enrol-second-factor"}));
    App::confirmed(&stage, &owner).await;
    let log = stage.log(&owner, "").await;
    assert!(log.contains(&"Two-factor authentication reset by whoever runs the portal".to_owned()), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sole_owner_whom_a_stranger_shut_out_comes_by_the_mail_and_their_factor_reopens_what_was_closed() {
    let stage = Stage::new().await;
    let link = strict_firm(&stage).await["owner_link"].as_str().expect("a link").to_owned();
    let owner = stage.browser();
    owner.open(link_token(&link)).await.is(201);
    let (app, _) = App::confirmed(&stage, &owner).await;
    close_to_codes(&stage, "strict", "sue@strict.test").await;

    let back = stage.browser();
    let asked = back.open(&stage.link_for("sue@strict.test").await).await.is(202);
    let code = stage.code_for("sue@strict.test").await;
    assert_eq!(back.answer(&asked, &code).await.is(201), json!({"next": "second-factor"}));
    give(&back, &app.code(&stage, 0)).await.is(201);
    let listed = back.get("/api/staff").await.is(200)["items"][0].clone();
    assert_eq!((&listed["code_path"], &listed["second_factor"]), (&json!("open"), &json!("totp")));
    let log = stage.log(&back, "").await;
    assert!(log.contains(&"Sign-in by code reopened by Sue Strict".to_owned()), "{log:?}");
    sue_comes(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seeds_and_recovery_codes_stand_nowhere_in_the_clear() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    let enrolled = browser.post("/api/second-factor", json!({})).await.is(201);
    let uri = enrolled["otpauth_uri"].as_str().expect("an address");
    let seed = uri.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).expect("a seed").to_owned();
    let app = App(Totp::from_url(uri).expect("apps read it"));
    let codes = browser.post("/api/second-factor/confirmation", json!({"code": app.code(&stage, 0)})).await.is(200);
    stage.settle().await;
    let tables = stage.lab.get("/_local/tables").await.is(200).to_string();
    let sent = stage.lab.get("/_local/outbox").await.is(200).to_string();
    let mut secrets = vec![seed];
    secrets.extend(codes["recovery_codes"].as_array().expect("codes").iter().map(|code| code.as_str().expect("text").to_owned()));
    let mut texts = vec![tables, sent, logged()];
    for format in ["csv", "json"] {
        texts.push(owner.get(&format!("/api/access-log/export?format={format}")).await.text);
    }
    for text in texts {
        for secret in &secrets {
            assert!(!text.contains(secret) && !text.contains(&secret.replace('-', "")));
        }
    }
}

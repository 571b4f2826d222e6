//! Signing in with a code.

use serde_json::json;

use crate::stage::{Jane, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_gets_in_with_email_gate_and_the_code_from_a_text_message() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    let asked = browser.ask(" Jane.Doe@Client.test\u{a0}", "43-21").await.is(202);
    assert_eq!((&asked["expires_in"], &asked["resend_in"]), (&json!(600), &json!(30)));
    let code = stage.code_for(Jane::MOBILE).await;
    let opened = browser.answer(&asked, &format!(" {} {}", &code[..3], &code[3..])).await;
    let cookie = opened.headers["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("__Host-postern=") && cookie.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/"), "{cookie}");
    assert_eq!(opened.is(201), json!({"next": "portal"}));

    let session = browser.get("/api/session").await.is(200);
    assert_eq!(session["contact"]["contact"], jane.id());
    assert_eq!((&session["audience"], &session["assurance"]), (&json!("client"), &json!("sms")));
    assert_eq!(session["clients"], jane.contact["clients"]);
    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert!(seen["portal"]["last_access_at"].is_string(), "{seen}");
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(
        log,
        ["Client Access Authenticate Success", "Security code sent by SMS", "Security code requested", "Contact created by Olive Owner"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_comes_by_email_on_wish() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    let asked = browser.ask_by_email(Jane::EMAIL, Jane::GATE).await.is(202);
    let mail = stage.sent_to(Jane::EMAIL).await.pop().expect("a mail");
    assert_eq!(mail["channel"], "email");
    assert!(stage.sent_to(Jane::MOBILE).await.is_empty());
    let code = stage.code_for(Jane::EMAIL).await;
    browser.answer(&asked, &code).await.is(201);
    assert_eq!(browser.get("/api/session").await.is(200)["assurance"], "email");
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log[..3], ["Client Access Authenticate Success", "Security code sent by email", "Security code requested"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_anew_by_email_is_open_at_once_and_both_codes_work() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let browser = stage.browser();
    let by_sms = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let texted = stage.code_for(Jane::MOBILE).await;
    let by_email = browser.ask_by_email(Jane::EMAIL, Jane::GATE).await.is(202);
    let mailed = stage.code_for(Jane::EMAIL).await;
    browser.answer(&by_email, &mailed).await.is(201);
    browser.answer(&by_sms, &texted).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn spelling_of_email_and_gate_does_not_matter() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    for (email, gate) in [
        ("\u{200b}JANE.DOE@CLIENT.TEST", " 43-21 "),
        (" jane.doe@client.test\u{2003}", "123-45-4321"),
        ("jane.doe@Client.Test", "12-3454321"),
        ("Jane.Doe@client.test\u{feff}", "\u{200b}4 3 2 1"),
        ("jane.doe@client.test\t", "123454321"),
    ] {
        stage.browser().ask(email, gate).await.is(202);
    }
    let log = stage.log(&owner, &format!("&email={}&outcome=code-requested", Jane::EMAIL)).await;
    assert_eq!(log.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_seen_and_what_people_write_around_digits_does_not_matter() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    for (email, gate) in [
        ("\u{202a}jane.doe@client.test\u{202c}", "123.45.4321"),
        ("\u{200e}jane.doe@client.test", "XXX-XX-4321"),
        ("jane.\u{ad}doe@client.test", "#4321"),
        ("jane.doe@client.test", "\u{200e}4321"),
    ] {
        stage.browser().ask(email, gate).await.is(202);
    }
    let log = stage.log(&owner, &format!("&email={}&outcome=code-requested", Jane::EMAIL)).await;
    assert_eq!(log.len(), 4);
    let blamed = stage.log(&owner, "&outcome=autofill-suspected").await;
    assert_eq!(blamed, Vec::<String>::new(), "what has digits in it as people write them is no saved password");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_read_however_it_is_pasted() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    for paste in [
        |code: &str| format!("\u{202a}{code}\u{202c}"),
        |code: &str| format!("{code}."),
        |code: &str| format!("{} {}\u{a0}", &code[..3], &code[3..]),
        |code: &str| format!("My code is {code}, thanks"),
    ] {
        let browser = stage.browser();
        let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
        let code = stage.code_for(Jane::MOBILE).await;
        let other = if code == "000000" { "111111" } else { "000000" };
        browser.answer(&asked, &format!("{code} or {other}")).await.names("code");
        browser.answer(&asked, &paste(&code)).await.is(201);
        stage.advance(3600).await;
    }
    let browser = stage.browser();
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let text = stage.sent_to(Jane::MOBILE).await.pop().expect("a text message")["text"].as_str().expect("words").to_owned();
    assert!(text.contains(": code ") && text.contains('#'), "{text}");
    browser.answer(&asked, &text).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_in_an_email_is_named() {
    let stage = Stage::new().await;
    for (email, named) in
        [("tim.o’connor@example.com", "a curly apostrophe (’)"), ("a b@example.com", "a space"), ("tim@127.0.0.1", "name@example.com")]
    {
        let refused = stage.browser().ask(email, "1234").await.is_problem(400, "invalid-request");
        assert!(refused["fields"]["email"].as_str().is_some_and(|words| words.contains(named)), "{refused}");
    }
    for email in ["tim.o'connor@example.com", "ann@my_company.com", "ann@ab--cd.com"] {
        stage.browser().ask(email, "1234").await.is(202);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_opens_where_there_is_no_ssn_and_a_wrong_one_is_named_so() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let pin =
        json!({"name": "Pia Pin", "email": "pia@client.test", "mobile": "+12025550161", "gates": [{"kind": "pin", "digits": "6041 7385"}]});
    owner.post("/api/contacts", pin).await.is(201);
    let browser = stage.browser();
    browser.ask("pia@client.test", "7385").await.is(202);
    let asked = browser.ask("pia@client.test", "6041-7385").await.is(202);
    let code = stage.code_for("+12025550161").await;
    browser.answer(&asked, &code).await.is(201);
    let log = stage.log(&owner, "&email=pia@client.test&outcome=pin-mismatch").await;
    assert_eq!(log, ["The PIN did not match"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn either_gate_of_a_couple_opens_and_the_log_names_which() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let couple = json!({"name": "Kim and Ray Lo", "email": "lo@client.test", "mobile": "+12025550162", "gates": [
        {"kind": "ssn_last4", "digits": "1234", "label": "Kim"}, {"kind": "pin", "digits": "567890", "label": "Ray"}]});
    owner.post("/api/contacts", couple).await.is(201);
    for (gate, outcome, label) in
        [("1234", "code-requested", json!("Kim")), ("567890", "code-requested", json!("Ray")), ("9999", "ssn-mismatch", json!(null))]
    {
        let browser = stage.browser();
        let asked = browser.ask("lo@client.test", gate).await.is(202);
        let newest = owner.get(&format!("/api/access-log?email=lo@client.test&outcome={outcome}")).await.is(200)["items"][0].clone();
        assert_eq!((&newest["gate"], &newest["outcome"]), (&label, &json!(outcome)), "{newest}");
        if !label.is_null() {
            stage.settle().await;
            let code = stage.code_for("+12025550162").await;
            browser.answer(&asked, &code).await.is(201);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_understood_is_named_and_is_no_attempt() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let browser = stage.browser();
    let challenges = "/api/firms/demo/challenges";
    for gate in ["", "   ", "123", "1234567890", &"1".repeat(65)] {
        browser.ask(Jane::EMAIL, gate).await.names("gate");
    }
    for email in ["", "jane.doe", "@client.test", "jane.doe@client", "a b@client.test", &format!("{}@client.test", "x".repeat(320))] {
        browser.ask(email, Jane::GATE).await.names("email");
    }
    browser.post(challenges, json!({"email": Jane::EMAIL})).await.names("gate");
    browser.post(challenges, json!({"email": "nobody@client.test"})).await.names("gate");
    browser.post(challenges, json!({"gate": Jane::GATE})).await.names("email");
    browser.post(challenges, json!({"email": Jane::EMAIL, "gate": Jane::GATE, "channel": "pigeon"})).await.names("channel");
    assert_eq!(stage.log(&owner, &format!("&email={}", Jane::EMAIL)).await, [""; 0]);

    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    for malformed in ["", "12345", "1234567", "12345a", "１２３４５６", "+12345", "123456 or 654321"] {
        browser.answer(&asked, malformed).await.names("code");
    }
    browser.answer(&asked, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_password_in_the_gate_field_is_recorded_and_not_counted() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.browser();
    for password in 0..12 {
        let refused = browser.elsewhere().ask(Jane::EMAIL, &format!("Hunter{password}!")).await;
        assert!(!refused.text.contains("Hunter"), "{}", refused.text);
        refused.names("gate");
    }
    let log = stage.log(&owner, &format!("&contact={}&outcome=autofill-suspected", jane.id())).await;
    assert_eq!(log, ["Browser autofill suspected in the last-4 field"], "once in each window");
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    browser.answer(&asked, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_email_or_gate_ends_challenges_and_sessions() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let path = format!("/api/contacts/{}", jane.id());
    let (mut email, mut gate) = (Jane::EMAIL.to_owned(), Jane::GATE);
    for change in [json!({"gates": [{"kind": "pin", "digits": "271828"}]}), json!({"email": "jane@new.test"})] {
        let (inside, waiting) = (stage.browser(), stage.browser());
        let asked = inside.ask(&email, gate).await.is(202);
        let code = stage.code_for(Jane::MOBILE).await;
        inside.answer(&asked, &code).await.is(201);
        inside.get("/api/session").await.is(200);
        let asked = waiting.ask(&email, gate).await.is(202);
        let code = stage.code_for(Jane::MOBILE).await;

        owner.patch(&path, json!({"name": "Jane D. Doe"})).await.is(200);
        inside.get("/api/session").await.is(200);
        owner.patch(&path, change.clone()).await.is(200);
        inside.get("/api/session").await.is_problem(401, "session-needed");
        waiting.answer(&asked, &code).await.is_problem(401, "code-rejected");
        email = change["email"].as_str().unwrap_or(&email).to_owned();
        gate = "271828";
    }
    assert!(stage.sent_to(Jane::EMAIL).await.iter().any(|mail| mail["subject"].as_str().is_some_and(|s| s.contains("changed"))));
    let browser = stage.browser();
    let asked = browser.ask(&email, gate).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    browser.answer(&asked, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_mobile_ends_codes_that_were_texted_and_nothing_else() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let inside = stage.jane_signed_in().await;
    let (texted, mailed, both) = (stage.browser(), stage.browser(), stage.browser());
    let by_sms = texted.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let sms_code = stage.code_for(Jane::MOBILE).await;
    let by_email = mailed.ask_by_email(Jane::EMAIL, Jane::GATE).await.is(202);
    let email_code = stage.code_for(Jane::EMAIL).await;
    let by_both = both.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    stage.advance(30).await;
    both.ask_again(&by_both, json!({"channel": "email"})).await.is(202);
    let both_code = stage.code_for(Jane::EMAIL).await;

    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"mobile": "(202) 555-0174"})).await.is(200);
    inside.get("/api/session").await.is(200);
    texted.answer(&by_sms, &sms_code).await.is_problem(401, "code-rejected");
    both.answer(&by_both, &both_code).await.is_problem(401, "code-rejected");
    mailed.answer(&by_email, &email_code).await.is(201);
}

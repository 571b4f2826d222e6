//! Why someone cannot get in: a verdict with what to do about it, as it is true at each moment.

use serde_json::{Value, json};

use crate::{
    stage::{Browser, Jane, Stage},
    two_factor::{App, give, jane_comes, reset},
};

/// The diagnosis of Jane once all is written down.
async fn diagnosed(stage: &Stage, staff: &Browser, jane: &Jane) -> Value {
    stage.settle().await;
    staff.get(&format!("/api/contacts/{}/diagnosis", jane.id())).await.is(200)
}

fn is(found: &Value, verdict: &str, action: &str, evidence: &[&str]) {
    let shown: Vec<_> = found["evidence"].as_array().expect("a list").iter().map(|record| &record["outcome"]).collect();
    assert_eq!((&found["verdict"], &found["action"], json!(shown)), (&json!(verdict), &json!(action), json!(evidence)), "{found}");
    assert!(found["sentence"].as_str().is_some_and(|text| text.ends_with('.')), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verdict_follows_what_happens_until_they_got_in() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    is(&diagnosed(&stage, &owner, &jane).await, "not-invited", "invite", &[]);
    stage.invited(&owner, &jane).await;
    is(&diagnosed(&stage, &owner, &jane).await, "never-tried", "invite", &["invite-sent"]);

    let browser = stage.browser();
    browser.ask("stranger@client.test", "1111").await.is(202);
    is(&diagnosed(&stage, &owner, &jane).await, "never-tried", "invite", &["invite-sent"]);
    let typed = Jane::EMAIL.replacen('a', "aa", 1);
    browser.ask(&typed, Jane::GATE).await.is(202);
    let near = diagnosed(&stage, &owner, &jane).await;
    is(&near, "near-email", "none", &["no-contact"]);
    assert!(near["sentence"].as_str().expect("words").contains(&typed) && near["values"]["email"] == json!(typed), "{near}");
    // However much else happens meanwhile.
    stage.fill_log(1_200).await;
    is(&diagnosed(&stage, &owner, &jane).await, "near-email", "none", &["no-contact"]);

    for (tries, verdict, action) in [(1, "wrong-digits", "edit"), (2, "wrong-digits", "edit"), (3, "saved-password", "send-by-email")] {
        browser.ask(Jane::EMAIL, "1111").await.is(202);
        is(&diagnosed(&stage, &owner, &jane).await, verdict, action, &vec!["ssn-mismatch"; tries]);
    }
    for gate in ["2222", "3333", "4444", "5555"] {
        browser.ask(Jane::EMAIL, gate).await.is(202);
    }
    let locked = diagnosed(&stage, &owner, &jane).await;
    is(&locked, "locked", "unlock", &["ssn-mismatch"; 7]);
    assert_eq!((&locked["values"]["tries"], &locked["values"]["one_browser"]), (&json!(7), &json!(true)));
    owner.delete(&format!("/api/contacts/{}/lock", jane.id())).await.is(204);

    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    is(&diagnosed(&stage, &owner, &jane).await, "in-progress", "none", &["code-requested"]);
    let code = stage.code_for(Jane::MOBILE).await;
    browser.answer(&asked, &code).await.is(201);
    is(&diagnosed(&stage, &owner, &jane).await, "nothing-to-do", "none", &["signed-in"]);

    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"gates": null})).await.is(200);
    let missing = diagnosed(&stage, &owner, &jane).await;
    is(&missing, "not-set-up", "edit", &[]);
    assert_eq!(missing["values"], json!({"missing": ["gate"]}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_nobody_used_and_a_phone_that_answered_stop_are_told() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    stage.settle().await;
    stage.advance(601).await;
    let found = diagnosed(&stage, &owner, &jane).await;
    assert!(["not-delivered", "nothing-to-do"].contains(&found["verdict"].as_str().expect("a name")), "{found}");
    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"mobile": "+14254147167"})).await.is(200);
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    stage.settle().await;
    stage.advance(601).await;
    let found = diagnosed(&stage, &owner, &jane).await;
    is(&found, "not-delivered", "send-by-email", &["sms-opted-out"]);
    assert!(found["advice"].as_str().expect("words").contains("START"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_at_the_second_factor_is_told_so_until_it_is_mended() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (app, _) = App::confirmed(&stage, &stage.jane_signed_in().await).await;
    jane_comes(&stage, "second-factor").await;
    is(&diagnosed(&stage, &owner, &jane).await, "in-progress", "none", &["second-factor-awaited"]);
    stage.advance(601).await;
    let awaited = diagnosed(&stage, &owner, &jane).await;
    is(&awaited, "second-factor", "reset-second-factor", &["second-factor-awaited"]);
    assert_eq!(awaited["values"]["why"], "awaited", "{awaited}");

    let browser = jane_comes(&stage, "second-factor").await;
    let mut evidence = Vec::new();
    for tries in 1..=5 {
        give(&browser, &app.wrong(&stage)).await.is_problem(401, "code-rejected");
        let found = diagnosed(&stage, &owner, &jane).await;
        evidence.insert(0, if tries == 5 { "second-factor-locked" } else { "second-factor-mismatch" });
        is(&found, "second-factor", "reset-second-factor", &evidence);
        let why = if tries == 5 { "locked" } else { "wrong" };
        assert_eq!((&found["values"]["why"], &found["values"]["tries"]), (&json!(why), &json!(tries)), "{found}");
    }

    let owner = stage.owner().await;
    let path = format!("/api/contacts/{}", jane.id());
    reset(&owner, &format!("{path}/second-factor"), "Lost her phone; called back on file").await.is(204);
    let mended = diagnosed(&stage, &owner, &jane).await;
    is(&mended, "nothing-to-do", "none", &["second-factor-awaited"]);
    assert_eq!(mended["values"]["why"], "mended", "{mended}");

    owner.patch(&path, json!({"overrides": {"access_mode": "link_and_login_2fa"}})).await.is(200);
    jane_comes(&stage, "enrol-second-factor").await;
    stage.settle().await;
    stage.advance(601).await;
    let setup = diagnosed(&stage, &owner, &jane).await;
    is(&setup, "second-factor", "none", &["second-factor-setup-awaited"]);
    assert_eq!(setup["values"]["why"], "setup-awaited", "{setup}");
    stage.owner().await.patch(&path, json!({"overrides": {"access_mode": null}})).await.is(200);
    assert_eq!(diagnosed(&stage, &owner, &jane).await["values"]["why"], "mended");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_one_of_another_firm_learns_of_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let path = format!("/api/contacts/{}/diagnosis", jane.id());
    stage.owner_of_another_firm().await.get(&path).await.is_problem(404, "not-found");
}

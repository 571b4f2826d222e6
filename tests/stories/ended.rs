//! Ended sessions stay ended, whoever ended them and by what, and so does what was begun to open one.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::{
    stage::{Answer, Browser, Jane, Stage},
    two_factor::{App, give},
};

const CLIENT: &str = "__Host-postern";
/// What a colleague types who takes a second factor away.
const REASON: &str = r#"{"reason": "Lost it; called back on file"}"#;

/// Changes settings of the demo firm, at the version that stands.
async fn decide(owner: &Browser, mut settings: Value) {
    settings["version"] = owner.get("/api/settings").await.is(200)["version"].clone();
    owner.patch("/api/settings", settings).await.is(200);
}

async fn decide_for(owner: &Browser, jane: &Jane, overrides: Value) -> Answer {
    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({ "overrides": overrides })).await
}

async fn end_all_of(owner: &Browser, jane: &Jane) {
    owner.delete(&format!("/api/contacts/{}/sessions", jane.id())).await.is(204);
}

/// Makes the next transaction of `function` slow.
async fn slow(stage: &Stage, function: &str) {
    stage.fault(json!({"service": "dynamodb", "operation": "TransactWriteItems", "mode": "slow", "nth": 1, "function": function})).await;
}

/// Lets what is slow get as far as its transaction, which then waits for two seconds.
async fn begun(stage: &Stage) {
    let reached = async {
        while stage.postern.aws.faults.any_waits() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), reached).await.expect("it comes to its transaction");
}

async fn is_over(browser: &Browser) {
    browser.get("/api/session").await.is_problem(401, "session-needed");
}

/// Jane asks for a code in a new browser; and the code.
async fn asked(stage: &Stage) -> (Browser, Value, String) {
    let browser = stage.browser();
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    (browser, asked, stage.code_for(Jane::MOBILE).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_stricter_setting_signed_out_stays_so_whatever_is_decided_for_her_alone() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    decide(&owner, json!({"access_mode": "link_and_login_2fa", "end_sessions": true})).await;
    is_over(&browser).await;
    for own in ["link_and_login_2fa", "link_and_login", "link_only"] {
        decide_for(&owner, &jane, json!({ "access_mode": own })).await.is(200);
        is_over(&browser).await;
        browser.get("/api/documents").await.is_problem(401, "session-needed");
    }
    decide_for(&owner, &jane, json!({ "access_mode": "link_and_login" })).await.is(200);
    let anew = stage.jane_signed_in().await;
    decide_for(&owner, &jane, json!({ "access_mode": "link_only" })).await.is(200);
    anew.get("/api/session").await.is(200);
    decide_for(&owner, &jane, json!({ "access_mode": null })).await.is(200);
    is_over(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_clients_are_signed_out_where_nothing_else_changes_and_it_is_written_down() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    decide(&owner, json!({"access_mode": "link_only"})).await;
    decide_for(&owner, &jane, json!({"access_mode": "link_and_login"})).await.is(200);
    for settings in [json!({"end_sessions": true}), json!({"access_mode": "link_only", "end_sessions": true})] {
        let browser = stage.jane_signed_in().await;
        decide(&owner, json!({"link_days": 3})).await;
        decide(&owner, json!({"link_days": 4})).await;
        browser.get("/api/session").await.is(200);
        decide(&owner, settings).await;
        is_over(&browser).await;
    }
    owner.get("/api/session").await.is(200);
    let log = stage.log(&owner, "&outcome=clients-signed-out").await;
    assert_eq!(log, ["All clients signed out by Olive Owner"; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_began_to_come_in_before_a_stricter_setting_does_not_come_in_by_that() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    decide(&owner, json!({"identity_check": "none"})).await;
    let (browser, challenge, code) = asked(&stage).await;
    decide(&owner, json!({"identity_check": "ssn_last4", "end_sessions": true})).await;
    browser.answer(&challenge, &code).await.is_problem(401, "code-rejected");
    is_over(&browser).await;

    // At the very moment at which it changes: whoever is in by the settings of before is out with their next request.
    let (browser, challenge, code) = asked(&stage).await;
    stage.settle().await;
    slow(&stage, "update-settings").await;
    let deciding = {
        let owner = owner.clone();
        tokio::spawn(async move { decide(&owner, json!({"access_mode": "link_and_login_2fa", "end_sessions": true})).await })
    };
    begun(&stage).await;
    browser.answer(&challenge, &code).await;
    deciding.await.expect("it is decided");
    stage.mend().await;
    is_over(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_in_yet_is_signed_out_too_by_staff_and_by_herself() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    decide(&owner, json!({"access_mode": "link_and_login_2fa"})).await;
    let (half, challenge, code) = asked(&stage).await;
    half.answer(&challenge, &code).await.is(201);
    let link = stage.invited(&owner, &jane).await;
    stage.advance(30).await;
    let (late, late_challenge, late_code) = asked(&stage).await;
    end_all_of(&owner, &jane).await;
    half.post("/api/second-factor", json!({})).await.is_problem(401, "session-needed");
    late.answer(&late_challenge, &late_code).await.is_problem(401, "code-rejected");
    let log = stage.log(&owner, &format!("&contact={}&outcome=sessions-ended", jane.id())).await;
    assert_eq!(log, ["All browsers signed out by Olive Owner"], "no browser is listed, and it is written down");

    // What leads in anew goes on, and whoever is half in can go.
    let other = stage.browser();
    other.open_with(&link, Jane::GATE).await.is(201);
    let token = other.cookie(CLIENT).expect("a session");
    other.delete("/api/session").await.is(204);
    assert_eq!(other.cookie(CLIENT), None);
    other.set_cookie(CLIENT, &token);
    other.post("/api/second-factor", json!({})).await.is_problem(401, "session-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_change_at_the_same_time_brings_no_session_back() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    stage.settle().await;
    slow(&stage, "update-contact").await;
    let changing = {
        let (owner, path) = (owner.clone(), format!("/api/contacts/{}", jane.id()));
        tokio::spawn(async move { owner.patch(&path, json!({"name": "Jane B. Doe"})).await.status })
    };
    begun(&stage).await;
    end_all_of(&owner, &jane).await;
    assert_eq!(changing.await.expect("it ends"), 200);
    is_over(&browser).await;
    // Nor is she kept out by it.
    stage.jane_signed_in().await.get("/api/session").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_loosens_a_way_in_takes_a_fresh_proof() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    stage.settle().await;
    stage.advance(10 * 60).await;
    owner.patch("/api/settings", json!({"version": 0, "identity_check": "none"})).await.is_problem(403, "step-up-needed");
    decide_for(&owner, &jane, json!({"identity_check": "none"})).await.is_problem(403, "step-up-needed");
    let path = format!("/api/contacts/{}/second-factor", jane.id());
    let json = [("content-type", "application/json")];
    owner.send(Method::DELETE, &path, REASON, &json).await.is_problem(403, "step-up-needed");
    // What else is written of a contact takes none, nor does an exception that is there already.
    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"name": "Jane B. Doe", "overrides": null})).await.is(200);
    let challenge = owner.post("/api/session/challenges", json!({})).await.is(202);
    owner.answer(&challenge, &stage.code_for("owner@demo.test").await).await.is(201);
    owner.send(Method::DELETE, &path, REASON, &json).await.is(204);
    decide_for(&owner, &jane, json!({"identity_check": "none"})).await.is(200);
    decide(&owner, json!({"identity_check": "none"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_becomes_an_owner_at_that_moment_is_reset_by_owners_alone() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let vic = stage.colleague(&owner, "vic", "staff").await;
    stage.colleague(&owner, "ada", "admin").await;
    let (vics, ada) = (stage.staff("vic@demo.test").await, stage.staff("ada@demo.test").await);
    let app = App::confirmed(&stage, &vics).await.0;
    stage.settle().await;
    slow(&stage, "reset-staff-second-factor").await;
    let resetting = {
        let (ada, path) = (ada.clone(), format!("/api/staff/{vic}/second-factor"));
        tokio::spawn(async move { ada.send(Method::DELETE, &path, REASON, &[("content-type", "application/json")]).await })
    };
    begun(&stage).await;
    owner.patch(&format!("/api/staff/{vic}"), json!({"role": "owner"})).await.is(200);
    resetting.await.expect("it ends").is_problem(403, "not-allowed");
    let again = stage.browser();
    let asked = again.post("/api/firms/demo/staff/challenges", json!({"email": "vic@demo.test"})).await.is(202);
    assert_eq!(again.answer(&asked, &stage.code_for("vic@demo.test").await).await.is(201), json!({"next": "second-factor"}));
    give(&again, &app.code(&stage, 1)).await.is(201);
}

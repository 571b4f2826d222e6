//! Sessions: whose they are, how long they stand, and what they may see.

use http::Method;
use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage};

const CLIENT_COOKIE: &str = "__Host-postern";

async fn jane_kept(stage: &Stage) -> Browser {
    let browser = stage.browser();
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    let path = format!("/api/challenges/{}/session", asked["challenge"].as_str().expect("a challenge"));
    let opened = browser.post(&path, json!({"code": code, "keep": true})).await;
    let cookie = opened.headers["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.contains("; Max-Age=2592000"), "{cookie}");
    opened.is(201);
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_get_in_with_a_code_by_email() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let asked = browser.post("/api/firms/demo/staff/challenges", json!({"email": " Owner@Demo.test "})).await.is(202);
    assert_eq!((&asked["expires_in"], &asked["resend_in"]), (&json!(600), &json!(30)));
    let code = stage.code_for("owner@demo.test").await;
    let opened = browser.answer(&asked, &code).await;
    let cookie = opened.headers["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("__Host-postern-staff=") && cookie.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/"), "{cookie}");
    opened.is(201);
    let session = browser.get("/api/session").await.is(200);
    assert_eq!((&session["audience"], &session["assurance"], &session["clients"]), (&json!("staff"), &json!("email"), &json!([])));
    assert_eq!((&session["firm"], &session["staff"]["name"]), (&json!("demo"), &json!("Olive Owner")));
    assert_eq!(session.get("contact"), None);
    assert_eq!(stage.log(&browser, "&outcome=staff-signed-in").await, ["Staff sign-in success"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_and_a_staff_session_stand_side_by_side_in_one_browser() {
    let stage = Stage::new().await;
    let browser = stage.owner().await;
    stage.jane(&browser).await;
    assert_eq!(browser.get("/api/session").await.is(200)["audience"], "staff", "the one cookie that is there decides");
    let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    browser.answer(&asked, &code).await.is(201);
    browser.get("/api/session").await.is_problem(400, "audience-needed");
    browser.send(Method::DELETE, "/api/session", "", &[]).await.is_problem(400, "audience-needed");
    browser.send(Method::GET, "/api/session", "", &[("postern-audience", "owner")]).await.is_problem(400, "audience-needed");
    for audience in ["client", "staff"] {
        assert_eq!(browser.acting_as(audience).get("/api/session").await.is(200)["audience"], audience);
    }
    browser.get("/api/contacts").await.is(200);
    browser.acting_as("client").delete("/api/session").await.is(204);
    assert_eq!(browser.get("/api/session").await.is(200)["audience"], "staff");
    browser.acting_as("client").get("/api/session").await.is_problem(401, "session-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_itself_and_not_only_the_cookie() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (browser, other) = (stage.jane_signed_in().await, stage.jane_signed_in().await);
    let token = browser.cookie(CLIENT_COOKIE).expect("a session");
    let closed = browser.delete("/api/session").await;
    let cookie = closed.headers["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("__Host-postern=;") && cookie.contains("; Max-Age=0"), "{cookie}");
    closed.is(204);
    assert_eq!(browser.cookie(CLIENT_COOKIE), None);
    browser.set_cookie(CLIENT_COOKIE, &token);
    browser.get("/api/session").await.is_problem(401, "session-needed");
    browser.delete("/api/session").await.is_problem(401, "session-needed");
    other.get("/api/session").await.is(200);
    assert_eq!(stage.log(&owner, &format!("&contact={}&outcome=signed-out", jane.id())).await, ["Signed out"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_again_ends_the_session_that_the_browser_held() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let link = stage.invited(&owner, &jane).await;
    let (browser, other) = (stage.jane_signed_in().await, stage.jane_signed_in().await);
    for again in ["a code", "a link"] {
        let before = browser.cookie(CLIENT_COOKIE).expect("a session");
        if again == "a link" {
            browser.open_with(&link, Jane::GATE).await.is(201);
        } else {
            let asked = browser.ask(Jane::EMAIL, Jane::GATE).await.is(202);
            browser.answer(&asked, &stage.code_for(Jane::MOBILE).await).await.is(201);
        }
        let thief = stage.browser();
        thief.set_cookie(CLIENT_COOKIE, &before);
        thief.get("/api/session").await.is_problem(401, "session-needed");
        browser.get("/api/session").await.is(200);
    }
    other.get("/api/session").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_rests_an_hour_at_most_and_lasts_a_day_at_most() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let resting = stage.jane_signed_in().await;
    for _ in 0..3 {
        stage.advance(58 * 60).await;
        resting.get("/api/session").await.is(200);
    }
    stage.advance(60 * 60).await;
    resting.get("/api/session").await.is_problem(401, "session-needed");

    let busy = stage.jane_signed_in().await;
    for _ in 0..28 {
        stage.advance(50 * 60).await;
        busy.get("/api/session").await.is(200);
    }
    stage.advance(40 * 60).await;
    busy.get("/api/session").await.is_problem(401, "session-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_browser_stays_signed_in_for_thirty_days_without_being_used() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let kept = jane_kept(&stage).await;
    stage.advance(29 * 86_400 + 86_000).await;
    let session = kept.get("/api/session").await.is(200);
    assert_eq!(session["contact"]["email"], Jane::EMAIL);
    stage.advance(400).await;
    kept.get("/api/session").await.is_problem(401, "session-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_cannot_keep_a_browser() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let asked = browser.post("/api/firms/demo/staff/challenges", json!({"email": "owner@demo.test"})).await.is(202);
    let code = stage.code_for("owner@demo.test").await;
    let path = format!("/api/challenges/{}/session", asked["challenge"].as_str().expect("a challenge"));
    let opened = browser.post(&path, json!({"code": code, "keep": true})).await;
    assert!(!opened.headers["set-cookie"].to_str().expect("text").contains("Max-Age"));
    opened.is(201);
    stage.advance(60 * 60).await;
    browser.get("/api/session").await.is_problem(401, "session-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_sites_change_nothing() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let browser = stage.jane_signed_in().await;
    let own = stage.postern.url.as_str();
    for headers in [
        vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        vec![("sec-fetch-site", "same-site"), ("origin", own)],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("origin", "https://evil.example"), ("host", "localhost")],
    ] {
        browser.send(Method::DELETE, "/api/session", "", &headers).await.is_problem(403, "cross-site");
        let body = json!({"email": Jane::EMAIL, "gate": Jane::GATE}).to_string();
        let headers: Vec<_> = headers.into_iter().chain([("content-type", "application/json")]).collect();
        browser.send(Method::POST, "/api/firms/demo/challenges", body, &headers).await.is_problem(403, "cross-site");
    }
    // What is read in someone's name may be written down, as a download is.
    browser.send(Method::GET, "/api/session", "", &[("sec-fetch-site", "cross-site")]).await.is_problem(403, "cross-site");
    browser.send(Method::GET, "/api/firms/demo", "", &[("sec-fetch-site", "cross-site")]).await.is(200);
    browser.send(Method::GET, "/api/session", "", &[("sec-fetch-site", "none")]).await.is(200);
    browser.send(Method::DELETE, "/api/session", "", &[("sec-fetch-site", "same-origin"), ("origin", own)]).await.is(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_never_sees_the_things_of_another() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let inside = stage.jane_signed_in().await;
    let file = json!({"name": "w2.pdf", "size": 10, "content_type": "application/pdf", "sha256": "0".repeat(64)});
    let document = inside.post("/api/documents", file.clone()).await.is(201)["document"].clone();
    let document = format!("/api/documents/{}", document.as_str().expect("an id"));

    let other = stage.owner_of_another_firm().await;
    assert_eq!(other.get("/api/session").await.is(200)["firm"], "elm");
    let contact = format!("/api/contacts/{}", jane.id());
    other.get(&contact).await.is_problem(404, "not-found");
    other.patch(&contact, json!({"name": "Taken Over"})).await.is_problem(404, "not-found");
    other.post(&format!("{contact}/invitations"), json!({})).await.is_problem(404, "not-found");
    other.get(&format!("{document}/download")).await.is_problem(404, "not-found");
    other.post(&format!("{document}/completion"), json!({})).await.is_problem(404, "not-found");
    other.post("/api/contacts", json!({"name": "Eve", "clients": [jane.client()]})).await.names("clients");
    let mut theirs = file;
    theirs["client"] = json!(jane.client());
    other.post("/api/documents", theirs).await.names("client");
    assert_eq!(other.get("/api/contacts").await.is(200)["items"], json!([]));
    assert_eq!(other.get(&format!("/api/documents?client={}", jane.client())).await.is(200)["items"], json!([]));
    assert_eq!(other.get(&format!("/api/access-log?contact={}", jane.id())).await.is(200)["items"], json!([]));
    let newest = owner.get("/api/access-log?limit=1").await.is(200)["items"][0]["record"].clone();
    let page = other.get(&format!("/api/access-log?limit=100&cursor={}", newest.as_str().expect("an id"))).await.is(200);
    let messages: Vec<_> = page["items"].as_array().expect("a list").iter().map(|record| record["message"].clone()).collect();
    assert!(
        messages.iter().all(|text| !text.as_str().is_some_and(|text| text.contains("Olive") || text.contains("Client"))),
        "{messages:?}"
    );
    assert_eq!(owner.get(&contact).await.is(200)["name"], "Jane Doe");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_email_and_mobile_in_two_firms_are_two_strangers() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let here = stage.jane(&owner).await;
    let other = stage.owner_of_another_firm().await;
    let there = json!({"name": "J. Doe", "email": Jane::EMAIL, "mobile": Jane::MOBILE, "gates": [{"kind": "pin", "digits": "90210"}]});
    let there = other.post("/api/contacts", there).await.is(201);
    assert_ne!(there["contact"], here.id());

    let inside = stage.jane_signed_in().await;
    let browser = stage.browser();
    browser.post("/api/firms/elm/challenges", json!({"email": Jane::EMAIL, "gate": Jane::GATE})).await.is(202);
    let asked = browser.post("/api/firms/elm/challenges", json!({"email": Jane::EMAIL, "gate": "90210"})).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    browser.answer(&asked, &code).await.is(201);
    let session = browser.get("/api/session").await.is(200);
    assert_eq!((&session["firm"], &session["contact"]["contact"]), (&json!("elm"), &there["contact"]));

    for gate in 1000..1005 {
        stage.browser().post("/api/firms/elm/challenges", json!({"email": Jane::EMAIL, "gate": gate.to_string()})).await.is(202);
    }
    let path = format!("/api/contacts/{}", there["contact"].as_str().expect("an id"));
    assert!(other.get(&path).await.is(200)["portal"]["locked_until"].is_string());
    let seen = owner.get(&format!("/api/contacts/{}", here.id())).await.is(200);
    assert_eq!((&seen["portal"]["locked_until"], &seen["portal"]["last_failure"]), (&Value::Null, &Value::Null));
    other.patch(&path, json!({"email": "jd@elm.test"})).await.is(200);
    browser.get("/api/session").await.is_problem(401, "session-needed");
    inside.get("/api/session").await.is(200);
    stage.jane_signed_in().await;
    stage.browser().post("/api/firms/oak/challenges", json!({"email": Jane::EMAIL, "gate": "4321"})).await.is_problem(404, "not-found");
}

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
    assert_eq!(log, ["Client Access Authenticate Success", "Security code sent by SMS", "Security code requested", "Contact created by Olive Owner"]);
}

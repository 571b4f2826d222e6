//! What is sent is in the language of who reads it: their own on file, else that of the page on which they asked, else the firm's.

use http::Method;
use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Stage};

const ENGLISH: &str = "Do not share it.";
const SPANISH: &str = "No lo comparta.";

/// The newest message to `to`.
async fn newest(stage: &Stage, to: &str) -> String {
    stage.settle().await;
    stage.sent_to(to).await.last().expect("a message")["text"].as_str().expect("a text").to_owned()
}

/// Asks for a code on a page in the language of `accept`.
async fn ask_in(browser: &Browser, accept: &str, body: Value) {
    let headers = [("content-type", "application/json"), ("accept-language", accept)];
    browser.send(Method::POST, "/api/firms/demo/challenges", body.to_string(), &headers).await.is(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_comes_in_the_language_of_the_contact_or_else_of_the_page() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    assert_eq!(jane.contact["language"], Value::Null);
    let asked = json!({"email": Jane::EMAIL, "gate": Jane::GATE});
    let in_english = json!({"email": Jane::EMAIL, "gate": Jane::GATE, "language": "en"});
    for (on_file, accept, body, words) in [
        (Value::Null, "de-DE,de;q=0.9,en;q=0.8", &asked, ENGLISH),
        (Value::Null, "es-MX,es;q=0.9,en;q=0.8", &asked, SPANISH),
        (Value::Null, "es", &in_english, ENGLISH),
        (json!("es"), "en-US", &asked, SPANISH),
        (json!("es"), "en-US", &in_english, SPANISH),
        (json!("en"), "es", &asked, ENGLISH),
    ] {
        let changed = owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"language": on_file})).await.is(200);
        assert_eq!(changed["language"], on_file);
        // Codes asked for before rest.
        stage.advance(15 * 60 + 1).await;
        ask_in(&stage.browser(), accept, body.clone()).await;
        let text = newest(&stage, Jane::MOBILE).await;
        assert!(text.contains(words), "{on_file} {accept}: {text}");
    }
    assert!(stage.log(&owner, "&outcome=contact-updated").await[0].ends_with(": language"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_why_no_code_came_reads_it_in_the_language_of_the_page() {
    let stage = Stage::new().await;
    stage.jane(&stage.owner().await).await;
    ask_in(&stage.browser(), "es-US", json!({"email": Jane::EMAIL, "gate": "0000"})).await;
    let mail = newest(&stage, Jane::EMAIL).await;
    assert!(
        mail.contains("Los últimos cuatro dígitos (o el PIN) no coinciden") && mail.contains("Este correo es para Jane Doe."),
        "{mail}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_firm_sends_is_in_the_language_of_the_contact_and_not_of_who_sends_it() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let invite = format!("/api/contacts/{}/invitations", jane.id());
    let headers = [("content-type", "application/json"), ("accept-language", "es")];
    owner.send(Method::POST, &invite, "{}", &headers).await.is(201);
    assert!(newest(&stage, Jane::EMAIL).await.contains("We have set up a private page for you."));
    owner.patch(&format!("/api/contacts/{}", jane.id()), json!({"language": "es"})).await.is(200);
    stage.advance(301).await;
    owner.post(&invite, json!({})).await.is(201);
    let mail = newest(&stage, Jane::EMAIL).await;
    assert!(mail.contains("Esto es un recordatorio.") && mail.contains("Ver y gestionar tareas:\nhttp"), "{mail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_that_nothing_is_written_in_is_refused_by_name() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    owner.post("/api/contacts", json!({"name": "Jo", "language": "de"})).await.names("language");
    let asked = json!({"email": Jane::EMAIL, "gate": Jane::GATE, "language": "Spanish"});
    stage.browser().post("/api/firms/demo/challenges", asked).await.names("language");
    assert_eq!(stage.browser().get("/api/firms/demo").await.is(200)["language"], "en");
}

//! Invitations: the mail with the link, whom it is refused to, and how often it goes out.

use serde_json::{Value, json};

use crate::stage::{Jane, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_a_mail_with_one_button() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let invited = owner.post(&format!("/api/contacts/{}/invitations", jane.id()), json!({})).await.is(201);
    assert_eq!(invited["sent_to"], Jane::EMAIL);
    let expires_at = invited["expires_at"].as_str().expect("a time");
    let mut members: Vec<_> = invited.as_object().expect("an object").keys().collect();
    members.sort_unstable();
    assert_eq!(members, ["expires_at", "invitation", "sent_to"]);
    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    let invited_at: jiff::Timestamp = seen["portal"]["invited_at"].as_str().expect("a time").parse().expect("a time");
    assert_eq!(expires_at.parse().ok(), Some(invited_at + jiff::SignedDuration::from_hours(7 * 24)));
    assert!(seen["portal"]["last_access_at"].is_null(), "an invitation is no access: {seen}");

    let sent = stage.sent_to(Jane::EMAIL).await;
    assert_eq!(
        (sent.len(), &sent[0]["channel"], &sent[0]["subject"]),
        (1, &json!("email"), &json!("Demo & Daughters CPA invites you to your client portal"))
    );
    let (text, html) = (sent[0]["text"].as_str().expect("a text"), sent[0]["html"].as_str().expect("a page"));
    let token = stage.link_for(Jane::EMAIL).await;
    let link = format!("{}/demo/link#{token}", stage.postern.url);
    assert!(
        text.contains(&format!("View and manage tasks:\n{link}\n")) && text.contains("What to expect") && text.contains("Jane Doe"),
        "{text}"
    );
    assert!(text.contains("Someone else needs access?") && text.contains("(252) 555-0142"), "{text}");
    assert_eq!(html.matches("<a ").count(), 1, "one button: {html}");
    assert!(html.contains(&format!("href=\"{link}\"")) && html.contains("View and manage tasks"), "{html}");
    assert!(!text.contains(Jane::GATE) && !html.contains("<img") && !html.contains("<script"), "{html}");
    assert!(stage.sent_to(Jane::MOBILE).await.is_empty());

    owner.post(&format!("/api/contacts/{}/invitations", jane.id()), json!({"again": true})).await.is(201);
    let sent = stage.sent_to(Jane::EMAIL).await;
    assert_eq!(sent[1]["subject"], "Demo & Daughters CPA: a reminder, your client portal is ready");
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    let (requested, created) = ("Portal invite requested by Olive Owner", "Contact created by Olive Owner");
    assert_eq!(log, ["Portal invite resent", requested, "Portal invite sent", requested, created]);
    let page = owner.get("/api/access-log?outcome=invite-sent").await.is(200);
    assert_eq!((&page["items"][0]["email"], &page["items"][0]["delivery"]), (&json!(Jane::EMAIL), &json!("accepted")));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_set_up_is_not_invited_and_the_log_says_why() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    for (contact, missing, text) in [
        (json!({"name": "No gate", "email": "nogate@x.com", "mobile": "2025550191"}), json!(["gate"]), "gate"),
        (json!({"name": "Name alone"}), json!(["email", "gate", "mobile"]), "email, gate, mobile"),
    ] {
        let contact = owner.post("/api/contacts", contact).await.is(201);
        let id = contact["contact"].as_str().expect("an id");
        let refused = owner.post(&format!("/api/contacts/{id}/invitations"), json!({})).await.is_problem(422, "not-ready");
        assert_eq!(refused["missing"], missing);
        let log = stage.log(&owner, &format!("&contact={id}")).await;
        assert_eq!(log[0], format!("Contact is not set up for portal access: missing {text}"));
        assert_eq!(owner.get(&format!("/api/contacts/{id}")).await.is(200), contact);
    }
    assert!(stage.sent_to("nogate@x.com").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_another_address_by_now_was_not_invited_there_yet() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    stage.invited(&owner, &jane).await;
    let path = format!("/api/contacts/{}", jane.id());
    let corrected = owner.patch(&path, json!({"email": "jane@doe.test"})).await.is(200);
    assert!(corrected["portal"]["invited_at"].is_null(), "{corrected}");
    assert!(owner.get(&path).await.is(200)["portal"]["invited_at"].is_null());
    owner.post(&format!("{path}/invitations"), json!({})).await.is(201);
    let mail = stage.sent_to("jane@doe.test").await.pop().expect("a mail");
    assert_eq!(mail["subject"], "Demo & Daughters CPA invites you to your client portal");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_send_a_contact_twenty_mails_a_day_and_hear_of_the_limit() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let path = format!("/api/contacts/{}/invitations", jane.id());
    owner.post(&path, json!({})).await.is(201);
    for _ in 1..20 {
        owner.post(&path, json!({})).await.is_problem(409, "invited-just-now");
        owner.post(&path, json!({"again": true})).await.is(201);
    }
    let refused = owner.post(&path, json!({})).await;
    let retry_after: i64 = refused.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    refused.is_problem(429, "too-many-requests");
    assert!((86_300..=86_400).contains(&retry_after), "{retry_after}");
    assert_eq!(stage.sent_to(Jane::EMAIL).await.len(), 20);
    // Another contact is not kept waiting for it.
    let page = owner.get("/api/contacts?q=jane%20smith").await.is(200);
    owner.post(&format!("/api/contacts/{}/invitations", page["items"][0]["contact"].as_str().expect("an id")), json!({})).await.is(201);

    stage.advance(retry_after).await;
    stage.owner().await.post(&path, json!({})).await.is(201);
    assert_eq!(stage.sent_to(Jane::EMAIL).await.len(), 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_stands_under_its_hash_and_what_it_grew_from_is_gone() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    let answer = stage.lab.get("/_local/tables").await;
    assert!(!answer.text.contains(&token));
    let tables = answer.is(200);
    let rows = |table: &str, start: &str| -> Vec<Value> {
        let all = tables[table].as_array().expect("rows").iter();
        all.filter(|row| row["pk"]["S"].as_str().is_some_and(|key| key.starts_with(start))).cloned().collect()
    };
    let fingerprint = postern_domain::keys::Token::parse(&token).expect("a token").fingerprint();
    let key = format!("LINK#{fingerprint}");
    let links = rows("AccessTable", &key);
    assert_eq!(links.len(), 1);
    assert_eq!(links[0]["used"], json!({"BOOL": false}));
    let sent: Vec<_> = rows("OutboxTable", "DISPATCH#").into_iter().filter(|row| row["kind"]["S"] == "invitation").collect();
    assert_eq!(sent.len(), 1);
    assert_eq!((&sent[0]["done"], sent[0].get("seed")), (&json!({"BOOL": true}), None), "{}", sent[0]);
    assert!(!sent[0].to_string().contains(Jane::EMAIL), "{}", sent[0]);
}

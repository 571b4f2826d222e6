//! Documents after they were sent: renamed, taken back, restored, and gone for good.

use http::Method;
use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Paper, Stage, at_once};

const DAY: i64 = 86_400;

async fn listed(browser: &Browser, query: &str) -> Vec<Value> {
    browser.get(&format!("/api/documents?limit=100{query}")).await.is(200)["items"].as_array().expect("a list").clone()
}

/// Puts a document back from the bin.
async fn restore(browser: &Browser, document: &str) -> crate::stage::Answer {
    let json = [("content-type", "application/json")];
    browser.send(Method::PUT, &format!("/api/documents/{document}/restoration"), "{}", &json).await
}

/// The versions that storage holds.
fn objects(stage: &Stage) -> usize {
    let bucket = stage.data.path().join("objects/documentsbucket");
    let keys = std::fs::read_dir(bucket).expect("a folder").map(|key| key.expect("a key"));
    keys.filter(|key| !key.file_name().to_string_lossy().starts_with('.')).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_renames_a_document_takes_it_back_and_undoes_that() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let paper = Paper::pdf("scan.pdf");
    let document = client.hand_over(&paper, paper.announcement()).await;
    let path = format!("/api/documents/{document}");

    let renamed = client.patch(&path, json!({"name": " W-2\u{a0}of 2025"})).await.is(200);
    assert_eq!((&renamed["name"], &renamed["document"]), (&json!("W-2 of 2025.pdf"), &json!(document)));
    for name in [json!(""), json!(null), json!(".."), json!("a".repeat(300))] {
        client.patch(&path, json!({ "name": name })).await.names("name");
    }
    let with_slash = client.patch(&path, json!({"name": "Rent 12/31\\2025"})).await.is(200);
    assert_eq!(with_slash["name"], "Rent 12-31-2025.pdf");
    client.patch(&path, json!({"name": "W-2 of 2025"})).await.is(200);
    client.delete(&path).await.is(204);
    client.delete(&path).await.is(204);
    // In the bin it is listed only if it is asked for, and neither opens nor takes another name.
    assert_eq!((listed(&client, "").await, listed(&owner, &format!("&client={}", jane.client())).await), (Vec::new(), Vec::new()));
    let binned = listed(&client, "&state=deleted").await;
    assert_eq!((&binned[0]["name"], binned.len()), (&json!("W-2 of 2025.pdf"), 1));
    assert!(binned[0]["deleted_at"].is_string() && binned[0]["ends_at"].is_string(), "{binned:?}");
    // What she took back is none of the firm's business any more.
    assert_eq!(listed(&owner, &format!("&client={}&state=deleted", jane.client())).await, Vec::<Value>::new());
    restore(&owner, &document).await.is_problem(404, "not-found");
    for browser in [&client, &owner] {
        browser.get(&format!("{path}/download")).await.is_problem(404, "not-found");
        browser.patch(&path, json!({"name": "a.pdf"})).await.is_problem(404, "not-found");
    }
    let restored = restore(&client, &document).await.is(200);
    assert_eq!((&restored, restored.get("ends_at")), (&renamed, None));
    assert_eq!(restore(&client, &document).await.is(200), renamed);
    assert_eq!(listed(&client, "&state=ready").await, [renamed]);
    client.get(&format!("{path}/download")).await.is(200);

    let log = stage.log(&owner, &format!("&contact={}&client={}", jane.id(), jane.client())).await;
    assert_eq!(
        log,
        [
            "Document downloaded by Jane Doe: W-2 of 2025.pdf",
            "Document restored by Jane Doe: W-2 of 2025.pdf",
            "Document deleted by Jane Doe: W-2 of 2025.pdf",
            "Document renamed by Jane Doe: Rent 12-31-2025.pdf is now W-2 of 2025.pdf",
            "Document renamed by Jane Doe: W-2 of 2025.pdf is now Rent 12-31-2025.pdf",
            "Document renamed by Jane Doe: scan.pdf is now W-2 of 2025.pdf",
            "Document sent by Jane Doe: scan.pdf",
            "Upload started: scan.pdf",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_firm_has_opened_or_another_sent_a_client_cannot_take_back_but_staff_can() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let (own, shared) = (Paper::pdf("W-2.pdf"), Paper::pdf("Return.pdf"));
    let document = client.hand_over(&own, own.announcement()).await;
    let of_firm = owner.hand_over(&shared, shared.announcement_for(jane.client())).await;
    let (path, path_of_firm) = (format!("/api/documents/{document}"), format!("/api/documents/{of_firm}"));

    // Their own side opens it as often as it likes.
    client.get(&format!("{path}/download")).await.is(200);
    assert_eq!(listed(&client, "").await[1]["seen"], json!([]));
    owner.get(&format!("{path}/download")).await.is(200);
    owner.get(&format!("{path}/download")).await.is(200);
    client.get(&format!("{path_of_firm}/download")).await.is(200);
    let all = listed(&client, "").await;
    assert_eq!((&all[1]["seen"][0]["name"], &all[0]["seen"][0]["name"]), (&json!("Olive Owner"), &json!("Jane Doe")));
    assert_eq!((&all[0]["seen"][0]["who"], all[1]["seen"].as_array().map(Vec::len)), (&json!({"contact": jane.id()}), Some(1)));

    client.delete(&path).await.is_problem(409, "document-opened");
    client.delete(&path_of_firm).await.is_problem(403, "not-yours");
    client.patch(&path_of_firm, json!({"name": "mine.pdf"})).await.is_problem(403, "not-yours");
    client.patch(&path, json!({"name": "W-2 of 2025.pdf"})).await.is(200);
    owner.delete(&path).await.is(204);
    owner.delete(&path_of_firm).await.is(204);
    // What staff put into the bin is theirs to take out.
    assert_eq!((listed(&client, "").await, listed(&client, "&state=deleted").await), (Vec::new(), Vec::new()));
    restore(&client, &document).await.is_problem(404, "not-found");
    client.delete(&path).await.is_problem(404, "not-found");
    assert_eq!(listed(&owner, &format!("&client={}&state=deleted", jane.client())).await.len(), 2);
    restore(&owner, &document).await.is(200);
    assert_eq!(listed(&client, "").await[0]["name"], "W-2 of 2025.pdf");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_taking_back_and_opening_at_once_one_is_first() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    for _ in 0..6 {
        let paper = Paper::pdf("W-2.pdf");
        let document = client.hand_over(&paper, paper.announcement()).await;
        let path = format!("/api/documents/{document}");
        let acts = [(client.clone(), Method::DELETE, path.clone()), (owner.clone(), Method::GET, format!("{path}/download"))];
        let answers = at_once(acts.map(|(browser, method, path)| async move { browser.send(method, &path, "", &[]).await.status })).await;
        assert!(matches!(answers[..], [204, 404] | [409, 200]), "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_bin_refused_or_never_sent_goes_for_good_with_its_bytes() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let kept = client.hand_over(&Paper::pdf("kept.pdf"), Paper::pdf("kept.pdf").announcement()).await;
    let deleted = client.hand_over(&Paper::pdf("deleted.pdf"), Paper::pdf("deleted.pdf").announcement()).await;
    let program = Paper { name: "program.pdf", content_type: "application/pdf", bytes: b"MZ\x90\0\x03\0\0\0\x04\0".to_vec() };
    let refused = client.post("/api/documents", program.announcement()).await.is(201);
    client.put(&refused, &program.bytes).await.is(200);
    assert_eq!(client.complete(&refused).await.is(200)["state"], "refused");
    let (never, late) = (Paper::pdf("never.pdf"), Paper::pdf("late.pdf"));
    client.post("/api/documents", never.announcement()).await.is(201);
    let late_begun = client.post("/api/documents", late.announcement()).await.is(201);
    client.put(&late_begun, &late.bytes).await.is(200);
    client.delete(&format!("/api/documents/{deleted}")).await.is(204);
    assert_eq!(objects(&stage), 4);

    // After a day nothing is waited for any more.
    stage.advance(DAY).await;
    let client = stage.jane_signed_in().await;
    client.complete(&late_begun).await.is_problem(404, "not-found");
    stage.advance(2 * 3600).await;
    stage.settle().await;
    assert_eq!(objects(&stage), 3);
    // Until the last instant what was deleted can be had again.
    stage.advance(29 * DAY - 3 * 3600).await;
    stage.settle().await;
    assert_eq!(objects(&stage), 3);
    let client = stage.jane_signed_in().await;
    restore(&client, &deleted).await.is(200);
    client.delete(&format!("/api/documents/{deleted}")).await.is(204);
    stage.advance(30 * DAY).await;
    let client = stage.jane_signed_in().await;
    restore(&client, &deleted).await.is_problem(404, "not-found");
    stage.advance(2 * 3600).await;
    stage.settle().await;
    assert_eq!(objects(&stage), 1);
    let owner = stage.owner().await;
    let left = listed(&owner, &format!("&client={}", jane.client())).await;
    assert_eq!((&left[0]["document"], left.len()), (&json!(kept), 1));
    assert_eq!(listed(&owner, &format!("&client={}&state=deleted", jane.client())).await, Vec::<Value>::new());
    let path = format!("/api/documents/{kept}/download");
    let url = owner.get(&path).await.is(200)["url"].as_str().expect("an address").to_owned();
    assert_eq!(owner.send(Method::GET, &url, "", &[]).await.status, 200);
    let mut log = stage.log(&owner, &format!("&contact={}&outcome=document-erased", jane.id())).await;
    log.sort();
    assert_eq!(log, ["Document erased for good: deleted.pdf", "Document erased for good: program.pdf"]);
    let mut log = stage.log(&owner, &format!("&client={}&outcome=upload-given-up", jane.client())).await;
    log.sort();
    assert_eq!(log, ["Upload never finished: late.pdf", "Upload never finished: never.pdf"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_firm_sends_is_told_to_each_contact_of_the_client_by_one_plain_mail() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let bob = json!({"name": "Bob", "email": "bob@client.test", "gates": [{"kind": "pin", "digits": "4821"}], "clients": [jane.client()]});
    owner.post("/api/contacts", bob).await.is(201);
    let (told, bob) = (Jane::EMAIL, "bob@client.test");
    let mails = || async {
        stage.settle().await;
        let all = stage.lab.get("/_local/outbox").await.is(200);
        let new =
            all.as_array().expect("a list").iter().filter(|mail| mail["subject"].as_str().is_some_and(|s| s.contains("new documents")));
        new.map(|mail| mail["to"].as_str().expect("an address").to_owned()).collect::<Vec<_>>()
    };
    for number in 0..10 {
        let paper = Paper { bytes: format!("%PDF-1.7\n% {number}\n").into_bytes(), ..Paper::pdf("Return.pdf") };
        owner.hand_over(&paper, paper.announcement_for(jane.client())).await;
        stage.advance(20).await;
    }
    assert_eq!(mails().await, Vec::<String>::new(), "others may still join");
    stage.advance(3 * 60).await;
    let mut sent = mails().await;
    sent.sort();
    assert_eq!(sent, [bob, told]);
    let mail = stage.sent_to(told).await.pop().expect("a mail");
    let text = mail["text"].as_str().expect("a text");
    assert!(text.contains("new documents from") && text.contains("for Jane Doe") && !text.contains("Return"), "{text}");
    // Its button leads in.
    let token = stage.link_for(told).await;
    let client = stage.browser();
    client.open_with(&token, Jane::GATE).await.is(201);
    assert_eq!(listed(&client, "").await.len(), 10);

    // What the client sends is no news to the client; what the firm sends later is news again.
    client.hand_over(&Paper::pdf("W-2.pdf"), Paper::pdf("W-2.pdf").announcement()).await;
    stage.advance(10 * 60).await;
    assert_eq!(mails().await.len(), 2);
    let owner = stage.owner().await;
    owner.hand_over(&Paper::pdf("Letter.pdf"), Paper::pdf("Letter.pdf").announcement_for(jane.client())).await;
    stage.advance(7 * 60).await;
    assert_eq!(mails().await.len(), 4);
    let log = stage.log(&owner, &format!("&client={}&contact={}&outcome=document-notice-sent", jane.client(), jane.id())).await;
    assert_eq!(log, ["Told by email of new documents", "Told by email of new documents"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_firm_takes_back_at_once_is_told_to_nobody() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let paper = Paper::pdf("Someone else's.pdf");
    let document = owner.hand_over(&paper, paper.announcement_for(jane.client())).await;
    owner.delete(&format!("/api/documents/{document}")).await.is(204);
    for _ in 0..7 {
        stage.advance(60).await;
        stage.settle().await;
    }
    assert!(stage.sent_to(Jane::EMAIL).await.is_empty());
}

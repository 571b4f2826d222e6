//! What documents hold: judged by their content, whatever they are called and declared to be.

use http::Method;
use serde_json::{Value, json};

use crate::stage::{Browser, Paper, Stage};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n";
const WEBP: &[u8] = b"RIFF\x24\0\0\0WEBPVP8 \0\0\0\0";
const AVIF: &[u8] = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0";

/// Sends a file, and answers what became of it and how it is listed.
async fn sent(client: &Browser, name: &'static str, content_type: &'static str, bytes: &[u8]) -> (Value, Value) {
    let paper = Paper { name, content_type, bytes: bytes.to_vec() };
    let begun = client.post("/api/documents", paper.announcement()).await.is(201);
    client.put(&begun, bytes).await.is(200);
    let completed = client.complete(&begun).await.is(200);
    let listed = client.get("/api/documents?limit=1").await.is(200)["items"][0].clone();
    assert_eq!(listed["document"], begun["document"]);
    (completed, listed)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_content_decides_what_a_document_is() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let wide: Vec<u8> = "name,amount\r\nJosé,12\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, content_type, bytes, kind) in [
        ("W-2.pdf", "application/pdf; charset=binary", PDF, "pdf"),
        ("W-2", "application/pdf; charset=binary", PDF, "pdf"),
        ("W-2", "image/*", PDF, "pdf"),
        ("W-2", "pdf", PDF, "pdf"),
        ("W-2", "text/html\r\nx-evil: 1", PDF, "pdf"),
        ("W-2", "", PDF, "pdf"),
        ("photo.jpg", "image/jpeg", WEBP, "webp"),
        ("photo.jpg", "image/jpeg", AVIF, "avif"),
        ("photo.png", "image/png", GIF, "gif"),
        ("Receipt - amazon.com", "", PDF, "pdf"),
        ("maps.csv", "text/csv", b"name,map\r\nus,\"<iframe src='x'></iframe>\"\r\n", "csv"),
        ("notes.txt", "text/plain", b"The form says <body> twice.\n", "txt"),
        ("wide.csv", "text/csv", &wide, "csv"),
    ] {
        let (completed, listed) = sent(&client, name, content_type, bytes).await;
        let found = (&completed["state"], &listed["kind"], &listed["name"]);
        assert_eq!(found, (&json!("ready"), &json!(kind), &json!(name)), "{name} as {content_type:?}");
    }
    // What is called like a program is saved as what it is.
    let document = client.get("/api/documents").await.is(200)["items"].as_array().expect("a list").clone();
    let receipt = document.iter().find(|document| document["name"] == "Receipt - amazon.com").expect("it is listed");
    let download = client.get(&format!("/api/documents/{}/download", receipt["document"].as_str().expect("an id"))).await.is(200);
    let fetched = client.send(Method::GET, download["url"].as_str().expect("an address"), "", &[]).await;
    let name = fetched.headers["content-disposition"].to_str().expect("text");
    assert!(name.contains("filename=\"Receipt - amazon.com.pdf\""), "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_type_need_not_be_said() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let paper = Paper::pdf("W-2.pdf");
    let mut announcement = paper.announcement();
    announcement.as_object_mut().expect("an object").remove("content_type");
    client.hand_over(&paper, announcement).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_are_told_that_a_pdf_asks_for_a_password() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    // So long that its trailer does not stand in its first bytes.
    let filler = "% nothing\n".repeat(20_000);
    let locked = format!("%PDF-1.7\n{filler}trailer << /Root 1 0 R /Encrypt 5 0 R >>\n%%EOF\n");
    for (name, bytes, is_locked) in [("locked.pdf", locked.as_bytes(), true), ("open.pdf", PDF, false)] {
        let (completed, own) = sent(&client, name, "application/pdf", bytes).await;
        let seen = owner.get(&format!("/api/documents?client={}&limit=1", jane.client())).await.is(200)["items"][0].clone();
        for told in [&completed, &own, &seen] {
            assert_eq!((&told["locked_with_password"], &told["state"]), (&json!(is_locked), &json!("ready")), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_file_says_why_to_both_sides_and_can_be_removed() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let of_client = format!("/api/documents?client={}", jane.client());
    for (name, bytes, reason, words) in [
        ("W-2.pdf", b"MZ\x90\0\x03\0\0\0\x04\0".as_slice(), "program", "is a program"),
        ("Statement.pdf", b"Not a PDF at all.", "mismatch", "not the kind that its name says"),
        ("page.txt", b"<html><script>alert(1)</script></html>", "markup", "is a web page"),
        ("run.sh", b"echo hello\n", "program", "is a program"),
    ] {
        let (completed, own) = sent(&client, name, "", bytes).await;
        let seen = owner.get(&of_client).await.is(200)["items"][0].clone();
        assert_eq!(own, seen);
        for told in [&completed, &own] {
            assert_eq!((&told["state"], &told["reason"]), (&json!("refused"), &json!(reason)), "{name}");
            assert!(told["words"].as_str().is_some_and(|text| text.contains(words)), "{told}");
        }
        client.delete(&format!("/api/documents/{}", own["document"].as_str().expect("an id"))).await.is(204);
        assert_eq!(client.get("/api/documents").await.is(200)["items"], json!([]));
        assert_eq!(owner.get(&of_client).await.is(200)["items"], json!([]));
    }
}

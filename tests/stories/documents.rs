//! Handing a document over: announced, sent to storage, completed.

use http::Method;
use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Paper, Stage};

async fn listed(browser: &Browser, query: &str) -> Vec<Value> {
    browser.get(&format!("/api/documents{query}")).await.is(200)["items"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_hands_a_document_over_and_staff_get_the_same_bytes() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let paper = Paper::pdf("2025 W-2 Erkl\u{e4}rung.pdf");
    let begun = client.post("/api/documents", paper.announcement()).await.is(201);
    let document = begun["document"].as_str().expect("an id");
    let headers: Vec<_> = begun["upload"]["headers"].as_object().expect("headers").keys().collect();
    assert_eq!(headers, ["content-type", "if-none-match", "x-amz-checksum-sha256"]);
    assert_eq!(begun["upload"]["expires_in"], 300);
    let upload = begun["upload"]["url"].as_str().expect("an address");
    assert!(upload.starts_with(&format!("{}/", stage.postern.aws.url)) && !upload.contains("W-2"), "{upload}");
    // Nothing is there before it is sent, and nobody sees it.
    client.complete(&begun).await.is_problem(409, "upload-incomplete");
    assert!(listed(&client, "").await.is_empty());

    client.put(&begun, &paper.bytes).await.is(200);
    // After an answer that was lost, sending again tells that it is there.
    assert_eq!(client.put(&begun, &paper.bytes).await.status, 412);
    let completed = client.complete(&begun).await.is(200);
    assert_eq!(completed, json!({"document": document, "state": "ready", "locked_with_password": false}));
    assert_eq!(client.complete(&begun).await.is(200), completed);
    assert_eq!(client.put(&begun, &paper.bytes).await.status, 412);

    let own = listed(&client, "").await;
    let seen = listed(&owner, &format!("?client={}", jane.client())).await;
    assert_eq!(own, seen);
    let created_at = &own[0]["created_at"];
    assert_eq!(
        own,
        [json!({"document": document, "client": jane.client(), "name": paper.name, "size": paper.bytes.len(), "kind": "pdf",
            "locked_with_password": false, "state": "ready", "by": {"contact": jane.id()}, "seen": [], "created_at": created_at})]
    );
    let download = owner.get(&format!("/api/documents/{document}/download")).await.is(200);
    assert_eq!(download["expires_in"], 60);
    let fetched = owner.send(Method::GET, download["url"].as_str().expect("an address"), "", &[]).await;
    assert_eq!((fetched.status, fetched.bytes.as_ref()), (200, paper.bytes.as_slice()));
    let name = "attachment; filename=\"2025 W-2 Erkl_rung.pdf\"; filename*=UTF-8''2025%20W-2%20Erkl%C3%A4rung.pdf";
    assert_eq!(fetched.headers["content-disposition"], name);
    assert_eq!(
        (&fetched.headers["content-type"], &fetched.headers["cache-control"]),
        (&"application/pdf".parse().expect("a type"), &"no-store".parse().expect("a rule"))
    );

    let log = stage.log(&owner, "").await;
    let of_it: Vec<_> = log.iter().filter(|text| text.contains(paper.name)).map(String::as_str).collect();
    let (uploaded, ready, downloaded) = ("Upload started", "Document sent by Jane Doe", "Document downloaded by Olive Owner");
    assert_eq!(of_it, [downloaded, ready, uploaded].map(|text| format!("{text}: {}", paper.name)));
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_takes_only_the_bytes_that_were_announced() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let paper = Paper::pdf("W-2.pdf");
    let begun = client.post("/api/documents", paper.announcement()).await.is(201);
    let mut other = paper.bytes.clone();
    other[10] ^= 1;
    let longer = [paper.bytes.as_slice(), b"\n"].concat();
    let digest = ring::digest::digest(&ring::digest::SHA256, &other);
    let checksum = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, digest);
    for (what, refused) in [
        ("other bytes", client.put(&begun, &other).await),
        ("more bytes", client.put(&begun, &longer).await),
        ("fewer bytes", client.put(&begun, &paper.bytes[1..]).await),
        ("no bytes", client.put(&begun, b"").await),
        ("another type", client.put_with(&begun, &paper.bytes, &[("content-type", "text/html")]).await),
        ("other bytes with their checksum", client.put_with(&begun, &other, &[("x-amz-checksum-sha256", checksum.as_str())]).await),
        ("another condition", client.put_with(&begun, &paper.bytes, &[("if-none-match", "\"x\"")]).await),
    ] {
        assert!(matches!(refused.status, 400 | 403), "{what}: {refused:?}");
    }
    let url = begun["upload"]["url"].as_str().expect("an address");
    let headers = begun["upload"]["headers"].as_object().expect("headers").iter();
    let headers: Vec<_> = headers.map(|(name, value)| (name.as_str(), value.as_str().expect("text"))).collect();
    let without_condition: Vec<_> = headers.iter().copied().filter(|(name, _)| *name != "if-none-match").collect();
    assert_eq!(client.send(Method::PUT, url, paper.bytes.clone(), &without_condition).await.status, 403);
    let elsewhere = url.replacen('?', "x?", 1);
    assert_eq!(client.send(Method::PUT, &elsewhere, paper.bytes.clone(), &headers).await.status, 403);
    let bare = url.split('?').next().expect("an address");
    for (method, url) in [(Method::PUT, bare), (Method::GET, bare), (Method::GET, url), (Method::DELETE, url)] {
        let refused = client.send(method.clone(), url, paper.bytes.clone(), &headers).await;
        assert!((400..500).contains(&refused.status), "{method}: {refused:?}");
    }
    client.complete(&begun).await.is_problem(409, "upload-incomplete");
    client.put(&begun, &paper.bytes).await.is(200);
    assert_eq!(client.complete(&begun).await.is(200)["state"], "ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_the_bytes_of_what_was_refused() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let paper = Paper { name: "W-2.pdf", content_type: "application/pdf", bytes: b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec() };
    let begun = client.post("/api/documents", paper.announcement()).await.is(201);
    client.put(&begun, &paper.bytes).await.is(200);
    let refused = client.complete(&begun).await.is(200);
    assert_eq!((&refused["state"], &client.complete(&begun).await.is(200)), (&json!("refused"), &refused));
    for browser in [&client, &owner] {
        let path = format!("/api/documents/{}/download", begun["document"].as_str().expect("an id"));
        browser.get(&path).await.is_problem(404, "not-found");
    }
    let log = stage.log(&owner, "&outcome=document-refused").await;
    assert!(log[0].starts_with("Document of Jane Doe refused: W-2.pdf: This file "), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_never_be_accepted_is_refused_before_it_is_sent() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let good = Paper::pdf("W-2.pdf").announcement();
    let most = 100 * 1024 * 1024;
    for (member, value) in [
        ("size", json!(0)),
        ("size", json!(most + 1)),
        ("size", json!(-1)),
        ("size", json!(1.5)),
        ("name", json!("setup.exe")),
        ("name", json!("W-2.pdf.EXE ")),
        ("name", json!("invoice\u{202e}fdp.exe")),
        ("name", json!("run.bat.")),
        ("name", json!("..")),
        ("name", json!("")),
        ("name", json!("a".repeat(256))),
        ("content_type", json!(7)),
        ("sha256", json!("0".repeat(63))),
        ("sha256", json!("g".repeat(64))),
        ("client", json!("0123456789abcdef0123456789abcdef")),
    ] {
        let mut announcement = good.clone();
        announcement[member] = value;
        let refused = client.post("/api/documents", announcement.clone()).await.is_problem(400, "invalid-request");
        assert!(refused["fields"][member].as_str().is_some_and(|words| !words.is_empty()), "{announcement}: {refused}");
    }
    let mut largest = good;
    largest["size"] = json!(most);
    client.post("/api/documents", largest).await.is(201);
    assert_eq!(stage.log(&owner, "&outcome=upload-started").await, ["Upload started: W-2.pdf"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_cleaned_and_never_comes_near_a_key() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    for (sent, shown) in [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Jane\\W-2.txt", "W-2.txt"),
        ("..\\..\\..hidden.txt", "hidden.txt"),
        ("a\u{0}b\r\nx: \"1\";.txt", "ab x: \"1\";.txt"),
        ("\u{202e}txt.notes\u{200b}.txt. . ", "txt.notes.txt"),
        ("%2e%2e%2fnotes.txt", "%2e%2e%2fnotes.txt"),
    ] {
        let paper = Paper { name: sent, content_type: "text/plain", bytes: b"Notes.".to_vec() };
        let document = client.hand_over(&paper, paper.announcement()).await;
        let own = listed(&client, "").await;
        assert_eq!((&own[0]["name"], &own[0]["document"]), (&json!(shown), &json!(document)));
        let download = client.get(&format!("/api/documents/{document}/download")).await.is(200);
        let fetched = client.send(Method::GET, download["url"].as_str().expect("an address"), "", &[]).await;
        let header = fetched.headers["content-disposition"].to_str().expect("one line of ASCII");
        assert!(header.starts_with("attachment; filename=\"") && fetched.bytes == paper.bytes, "{header}");
    }
    let kept = stage.data.path().join("objects");
    assert!(std::fs::read_dir(&kept).expect("a folder").count() > 0);
    assert!(!stage.data.path().join("etc").exists() && !stage.data.path().join("passwd.txt").exists());
    assert_eq!(listed(&owner, &format!("?client={}&limit=100", jane.client())).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_lets_pages_of_the_product_in_and_no_others() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let paper = Paper::pdf("W-2.pdf");
    let begun = client.post("/api/documents", paper.announcement()).await.is(201);
    let url = begun["upload"]["url"].as_str().expect("an address");
    let names = "content-type,if-none-match,x-amz-checksum-sha256";
    let own = stage.postern.url.clone();
    for (origin, method, allowed) in [
        (own.as_str(), "PUT", true),
        (own.as_str(), "GET", false),
        (own.as_str(), "DELETE", false),
        ("https://evil.example", "PUT", false),
        ("null", "PUT", false),
    ] {
        let headers = [("origin", origin), ("access-control-request-method", method), ("access-control-request-headers", names)];
        let preflight = client.send(Method::OPTIONS, url, "", &headers).await;
        assert_eq!(preflight.status == 200, allowed, "{origin} {method}: {preflight:?}");
        let admitted = preflight.headers.get("access-control-allow-origin").map(|value| value.to_str().expect("text"));
        assert_eq!(admitted, allowed.then_some(origin), "{origin} {method}");
        if allowed {
            let admitted = preflight.headers["access-control-allow-headers"].to_str().expect("text");
            assert_eq!(admitted.split(',').map(str::trim).collect::<Vec<_>>(), names.split(',').collect::<Vec<_>>());
        }
    }
    let put = client.put_with(&begun, &paper.bytes, &[("origin", own.as_str())]).await;
    assert_eq!((put.status, put.headers["access-control-allow-origin"].to_str().expect("text")), (200, own.as_str()));
    assert!(put.headers.get("access-control-allow-credentials").is_none());
    assert_eq!(
        listed(&stage.jane_signed_in().await, &format!("?limit=1&cursor={}", begun["document"].as_str().expect("an id"))).await,
        Vec::<Value>::new()
    );
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_mailed_to_the_client_who_sent_the_documents_and_names_each() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let mut sent = Vec::new();
    for name in ["W-2.pdf", "1099.pdf"] {
        let paper = Paper { bytes: format!("%PDF-1.7\n% {name}\n").into_bytes(), ..Paper::pdf(name) };
        sent.push(client.hand_over(&paper, paper.announcement()).await);
    }
    let shared = owner.hand_over(&Paper::pdf("Return.pdf"), Paper::pdf("Return.pdf").announcement_for(jane.client())).await;
    let ask = |documents: serde_json::Value| client.post("/api/receipts", json!({ "documents": documents }));
    assert_eq!(ask(json!([sent[0], sent[1], sent[0]])).await.is(202), json!({"sent_to": Jane::EMAIL}));
    let mail = stage.sent_to(Jane::EMAIL).await.pop().expect("a mail");
    let text = mail["text"].as_str().expect("a text");
    assert!(text.contains("For Jane Doe\n\n1. W-2.pdf, sent at ") && text.contains("\n2. 1099.pdf, sent at "), "{text}");

    // Only of what they sent themselves, and a bounded number of times.
    ask(json!([shared])).await.is_problem(404, "not-found");
    ask(json!([])).await.names("documents");
    ask(json!(vec![format!("{:064x}", 1); 1])).await.is_problem(404, "not-found");
    for _ in 1..20 {
        ask(json!([sent[0]])).await.is(202);
    }
    ask(json!([sent[0]])).await.is_problem(429, "too-many-requests");
    assert_eq!(stage.sent_to(Jane::EMAIL).await.len(), 20);
    let log = stage.log(&owner, &format!("&contact={}&outcome=receipt-requested", jane.id())).await;
    assert_eq!((log.len(), log[0].as_str()), (20, "Receipt requested by Jane Doe"));

    // What was taken back before the mail went is not in it.
    client.delete(&format!("/api/documents/{}", sent[1])).await.is(204);
    ask(json!([sent[1]])).await.is_problem(404, "not-found");
}

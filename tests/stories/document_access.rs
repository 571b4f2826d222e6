//! Whose documents are whose: clients see their own, staff their firm's, and no one another's.

use serde_json::{Value, json};

use crate::stage::{Browser, Jane, Paper, Stage};

/// The names of the documents on every page that `query` leads to.
async fn names(browser: &Browser, query: &str) -> Vec<String> {
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = browser.get(&format!("/api/documents?{query}&cursor={cursor}")).await.is(200);
        names
            .extend(page["items"].as_array().expect("a list").iter().map(|document| document["name"].as_str().expect("a name").to_owned()));
        match page["cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return names,
        }
    }
}

/// Adds a contact that acts for `clients` and signs it in by a link.
async fn signed_in(stage: &Stage, staff: &Browser, name: &str, clients: &Value) -> (Value, Browser) {
    let email = format!("{name}@x.com");
    let new = json!({"name": name, "email": email, "mobile": Jane::MOBILE, "share_mobile": true,
        "gates": [{"kind": "pin", "digits": "4821"}], "clients": clients});
    let contact = staff.post("/api/contacts", new).await.is(201);
    staff.post(&format!("/api/contacts/{}/invitations", contact["contact"].as_str().expect("an id")), json!({})).await.is(201);
    let token = stage.link_for(&email).await;
    let browser = stage.browser();
    browser.open_with(&token, "4821").await.is(201);
    (contact, browser)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acts_for_several_clients_says_for_which_and_sees_all() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (bob, bobs) = signed_in(&stage, &owner, "bob", &json!([])).await;
    let (first, second) = (jane.client(), bob["clients"][0]["client"].as_str().expect("an id"));
    let (_, book) = signed_in(&stage, &owner, "book", &json!([first, second])).await;

    let refused = book.post("/api/documents", Paper::pdf("W-2.pdf").announcement()).await.is_problem(400, "invalid-request");
    assert_eq!(refused["fields"]["client"], "Say for which client this document is.");
    for (client, name) in [(first, "1.pdf"), (second, "2.pdf"), (first, "3.pdf"), (second, "4.pdf")] {
        let paper = Paper::pdf(name);
        book.hand_over(&paper, paper.announcement_for(client)).await;
    }
    for limit in [1, 2, 50] {
        assert_eq!(names(&book, &format!("limit={limit}")).await, ["3.pdf", "1.pdf", "4.pdf", "2.pdf"], "{limit}");
        assert_eq!(names(&book, &format!("limit={limit}&client={second}")).await, ["4.pdf", "2.pdf"], "{limit}");
        assert_eq!(names(&owner, &format!("limit={limit}&client={first}")).await, ["3.pdf", "1.pdf"], "{limit}");
    }
    // Each client's other contacts see what was handed over for it, and no more.
    assert_eq!(names(&bobs, "").await, ["4.pdf", "2.pdf"]);
    let refused = owner.get("/api/documents").await.is_problem(400, "invalid-request");
    assert!(refused["fields"]["client"].is_string(), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_hand_a_document_to_a_client_by_name() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let paper = Paper::pdf("Return 2025.pdf");
    let refused = owner.post("/api/documents", paper.announcement()).await.is_problem(400, "invalid-request");
    assert!(refused["fields"]["client"].is_string(), "{refused}");
    let unknown = paper.announcement_for("0123456789abcdef0123456789abcdef");
    let refused = owner.post("/api/documents", unknown).await.is_problem(400, "invalid-request");
    assert_eq!(refused["fields"]["client"], "There is no such client.");
    let document = owner.hand_over(&paper, paper.announcement_for(jane.client())).await;
    let seen = client.get("/api/documents").await.is(200)["items"].clone();
    assert_eq!((&seen[0]["document"], &seen[0]["name"]), (&json!(document), &json!(paper.name)));
    assert!(seen[0]["by"]["staff"].is_string(), "{seen}");
    let download = client.get(&format!("/api/documents/{document}/download")).await.is(200);
    let fetched = stage.browser().send(http::Method::GET, download["url"].as_str().expect("an address"), "", &[]).await;
    assert_eq!(fetched.bytes, paper.bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_document_is_not_found_wherever_it_is_asked_for() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let ready = client.hand_over(&Paper::pdf("W-2.pdf"), Paper::pdf("W-2.pdf").announcement()).await;
    let awaited =
        client.post("/api/documents", Paper::pdf("1099.pdf").announcement()).await.is(201)["document"].as_str().expect("an id").to_owned();
    let (_, bobs) = signed_in(&stage, &owner, "bob", &json!([])).await;
    let other = stage.owner_of_another_firm().await;
    let (_, fays) = signed_in(&stage, &other, "fay", &json!([])).await;
    let unknown = "0123456789abcdef".repeat(4);
    let missing = bobs.get(&format!("/api/documents/{unknown}/download")).await;
    missing.clone().is_problem(404, "not-found");
    for stranger in [&bobs, &fays, &other] {
        for document in [&ready, &awaited, &unknown] {
            for answer in [
                stranger.get(&format!("/api/documents/{document}/download")).await,
                stranger.post(&format!("/api/documents/{document}/completion"), json!({})).await,
            ] {
                assert_eq!((answer.status, &answer.text), (404, &missing.text));
            }
        }
        let refused =
            stranger.post("/api/documents", Paper::pdf("x.pdf").announcement_for(jane.client())).await.is_problem(400, "invalid-request");
        assert_eq!(refused["fields"]["client"], "There is no such client.");
    }
    for stranger in [&bobs, &fays] {
        stranger.get(&format!("/api/documents?client={}", jane.client())).await.is_problem(404, "not-found");
        stranger.get(&format!("/api/documents?cursor={ready}")).await.is_problem(400, "invalid-request");
        assert_eq!(names(stranger, "").await, Vec::<String>::new());
    }
    assert_eq!(names(&other, &format!("client={}", jane.client())).await, Vec::<String>::new());
    // Staff of the firm complete no upload that is a client's, and get nothing that has not arrived.
    owner.post(&format!("/api/documents/{awaited}/completion"), json!({})).await.is_problem(404, "not-found");
    owner.get(&format!("/api/documents/{awaited}/download")).await.is_problem(404, "not-found");
    // Without a session nobody learns what there is.
    for document in [&ready, &unknown] {
        stage.browser().get(&format!("/api/documents/{document}/download")).await.is_problem(401, "session-needed");
    }
    assert_eq!(stage.log(&owner, "&outcome=document-downloaded").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_no_longer_acts_for_a_client_loses_its_documents_at_once() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (bob, bobs) = signed_in(&stage, &owner, "bob", &json!([jane.client()])).await;
    let paper = Paper::pdf("W-2.pdf");
    let document = bobs.hand_over(&paper, paper.announcement()).await;
    let begun = bobs.post("/api/documents", Paper::pdf("1099.pdf").announcement()).await.is(201);
    let own = owner.post("/api/contacts", json!({"name": "Bob's own"})).await.is(201)["clients"][0]["client"].clone();
    owner.patch(&format!("/api/contacts/{}", bob["contact"].as_str().expect("an id")), json!({"clients": [own]})).await.is(200);
    bobs.get(&format!("/api/documents/{document}/download")).await.is_problem(404, "not-found");
    bobs.get(&format!("/api/documents?client={}", jane.client())).await.is_problem(404, "not-found");
    bobs.complete(&begun).await.is_problem(404, "not-found");
    bobs.post("/api/documents", paper.announcement_for(jane.client())).await.names("client");
    assert_eq!(names(&owner, &format!("client={}", jane.client())).await, ["W-2.pdf"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn for_whom_someone_acts_is_judged_as_it_is_now_and_ends_no_session() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let (bob, bobs) = signed_in(&stage, &owner, "bob", &json!([])).await;
    let (first, second) = (bob["clients"][0]["client"].as_str().expect("an id"), jane.client());
    let acts_for = |clients: Value| {
        let path = format!("/api/contacts/{}", bob["contact"].as_str().expect("an id"));
        let owner = &owner;
        async move { owner.patch(&path, json!({ "clients": clients })).await.is(200) }
    };
    let shown = || async { bobs.get("/api/session").await.is(200)["clients"].as_array().expect("a list").len() };
    let paper = |name| Paper::pdf(name);
    bobs.hand_over(&paper("1.pdf"), paper("1.pdf").announcement()).await;

    // One client more: it can be named, it is listed, and nothing is sent to either unless one is named.
    acts_for(json!([first, second])).await;
    bobs.hand_over(&paper("2.pdf"), paper("2.pdf").announcement_for(second)).await;
    let refused = bobs.post("/api/documents", paper("3.pdf").announcement()).await.is_problem(400, "invalid-request");
    assert_eq!(refused["fields"]["client"], "Say for which client this document is.");
    let mut all = names(&bobs, "").await;
    all.sort();
    assert_eq!((all, shown().await), (vec!["1.pdf".to_owned(), "2.pdf".to_owned()], 2));

    // Another client instead: what is sent without a name goes to that one, never to the former.
    acts_for(json!([second])).await;
    bobs.hand_over(&paper("4.pdf"), paper("4.pdf").announcement()).await;
    bobs.post("/api/documents", paper("5.pdf").announcement_for(first)).await.names("client");
    bobs.get(&format!("/api/documents?client={first}")).await.is_problem(404, "not-found");
    assert_eq!((names(&bobs, "").await, shown().await), (vec!["4.pdf".to_owned(), "2.pdf".to_owned()], 1));
    assert_eq!(names(&owner, &format!("client={first}")).await, ["1.pdf"]);
    assert_eq!(names(&owner, &format!("client={second}")).await, ["4.pdf", "2.pdf"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_papers_is_written_down_under_their_client_and_the_contact_that_sent_them() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let client = stage.jane_signed_in().await;
    let (sent, shared) = (Paper::pdf("W-2.pdf"), Paper::pdf("Return.pdf"));
    let own = client.hand_over(&sent, sent.announcement()).await;
    owner.get(&format!("/api/documents/{own}/download")).await.is(200);
    let from_firm = owner.hand_over(&shared, shared.announcement_for(jane.client())).await;
    client.get(&format!("/api/documents/{from_firm}/download")).await.is(200);

    stage.settle().await;
    let records = |query: String| {
        let owner = &owner;
        async move {
            let page = owner.get(&format!("/api/access-log?limit=100{query}")).await.is(200);
            let items = page["items"].as_array().expect("a list").clone();
            items
                .into_iter()
                .map(|record| [&record["message"], &record["client"], &record["contact"]].map(Value::clone))
                .collect::<Vec<_>>()
        }
    };
    let (of, by, nobody) = (json!(jane.client()), json!(jane.id()), Value::Null);
    let record = |text: &str, contact: &Value| [json!(text), of.clone(), contact.clone()];
    let of_client = [
        record("Document downloaded by Jane Doe: Return.pdf", &by),
        record("Document sent by Olive Owner: Return.pdf", &nobody),
        record("Upload started: Return.pdf", &nobody),
        record("Document downloaded by Olive Owner: W-2.pdf", &by),
        record("Document sent by Jane Doe: W-2.pdf", &by),
        record("Upload started: W-2.pdf", &by),
    ];
    assert_eq!(records(format!("&client={}", jane.client())).await, of_client);
    let story = records(format!("&contact={}", jane.id())).await;
    assert!(of_client.iter().filter(|record| record[2] == by).all(|record| story.contains(record)), "{story:?}");
    assert_eq!(records(format!("&client={}", jane.id())).await, Vec::<[Value; 3]>::new());
}

//! Many at once: each limit holds, each thing happens once, nothing is lost.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::stage::{Answer, Jane, Stage, at_once};

/// How often each status was answered.
fn statuses(answers: &[Answer]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer.status).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_right_codes_at_once_one_opens() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let asked = stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    let answers = at_once((0..64).map(|_| {
        let (browser, asked, code) = (stage.browser(), asked.clone(), code.clone());
        async move { browser.answer(&asked, &code).await }
    }))
    .await;
    assert_eq!(statuses(&answers), [(201, 1), (401, 63)].into());
    assert_eq!(answers.iter().filter(|answer| answer.headers.contains_key("set-cookie")).count(), 1);
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log.iter().filter(|text| *text == "Client Access Authenticate Success").count(), 1);
    assert_eq!(log[0], "Client Access Authenticate Success", "after a success nothing went wrong: {log:?}");
    let tables = stage.lab.get("/_local/tables").await.is(200);
    let sessions = tables["AccessTable"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|row| row["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("SESSION#")));
    assert_eq!(sessions.count(), 2, "hers and the owner's");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_wrong_codes_at_once_five_are_compared() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let asked = stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let code = stage.code_for(Jane::MOBILE).await;
    let right: u32 = code.parse().expect("digits");
    let answers = at_once((1..=50).map(|guess| {
        let (browser, asked) = (stage.browser(), asked.clone());
        async move { browser.answer(&asked, &format!("{:06}", (right + guess) % 1_000_000)).await }
    }))
    .await;
    assert_eq!(statuses(&answers), [(401, 50)].into());
    assert!(answers.windows(2).all(|pair| pair[0].but_for_ids() == pair[1].but_for_ids()));
    stage.browser().answer(&asked, &code).await.is_problem(401, "code-rejected");
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log.iter().filter(|text| *text == "The security code did not match").count(), 5);
    assert_eq!(log.iter().filter(|text| *text == "The security code has expired").count(), 0, "nothing more is written");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_gates_on_a_link_at_once_five_are_compared() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    let answers = at_once((0..60).map(|guess| {
        let (browser, token) = (stage.browser(), token.clone());
        let gate = if guess == 59 { Jane::GATE.to_owned() } else { format!("{guess:04}") };
        async move { browser.open_with(&token, &gate).await }
    }))
    .await;
    let opened = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 403).count();
    assert!(opened + refused <= 5, "{:?}", statuses(&answers));
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log.iter().filter(|text| *text == "The last four did not match on a link").count(), refused, "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_contacts_with_one_email_at_once_one_is_kept_and_the_others_are_told_who() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let answers = at_once((0..20).map(|writer| {
        let owner = owner.clone();
        async move { owner.post("/api/contacts", json!({"name": format!("Writer {writer}"), "email": "one@client.test"})).await }
    }))
    .await;
    assert_eq!(statuses(&answers), [(201, 1), (409, 19)].into());
    let kept = answers.iter().find(|answer| answer.status == 201).expect("one is kept").json["contact"].clone();
    for refused in answers.into_iter().filter(|answer| answer.status == 409) {
        assert_eq!(refused.is_problem(409, "email-taken")["contact"], kept);
    }
    let listed = owner.get("/api/contacts?q=Writer&limit=100").await.is(200);
    assert_eq!(listed["items"].as_array().expect("a list").len(), 1, "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_contacts_with_one_mobile_at_once_one_is_kept() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let answers = at_once((0..20).map(|writer| {
        let owner = owner.clone();
        async move { owner.post("/api/contacts", json!({"name": format!("Writer {writer}"), "mobile": "+12025550190"})).await }
    }))
    .await;
    assert_eq!(statuses(&answers), [(201, 1), (409, 19)].into());
    let kept = answers.iter().find(|answer| answer.status == 201).expect("one is kept").json["contact"].clone();
    for refused in answers.into_iter().filter(|answer| answer.status == 409) {
        assert_eq!(refused.is_problem(409, "mobile-taken")["contact"], kept);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_different_members_at_once_lose_nothing() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let path = format!("/api/contacts/{}", jane.id());
    for (round, writers) in [2, 2, 2, 5, 5, 5].into_iter().enumerate() {
        let mobile = format!("+1202555013{round}");
        let email = format!("jane{round}@client.test");
        let patches = [
            json!({"name": format!("Jane {round}")}),
            json!({"mobile": mobile}),
            json!({"email": email}),
            json!({"gates": [{"kind": "pin", "digits": format!("777{round}")}]}),
            json!({"share_mobile": round % 2 == 1}),
        ];
        let answers = at_once(patches.iter().take(writers).cloned().map(|patch| {
            let (owner, path) = (owner.clone(), path.clone());
            async move { owner.patch(&path, patch).await }
        }))
        .await;
        assert_eq!(statuses(&answers), [(200, writers)].into(), "round {round}");
        let seen = owner.get(&path).await.is(200);
        for patch in patches.iter().take(writers) {
            for (member, value) in patch.as_object().expect("an object").iter().filter(|(member, _)| *member != "gates") {
                assert_eq!(&seen[member], value, "round {round}");
            }
        }
        if writers == 5 {
            assert_eq!(seen["gates"], json!([{"kind": "pin", "label": null}]));
            let browser = stage.browser();
            let asked = browser.ask(&email, &format!("777{round}")).await.is(202);
            let code = stage.code_for(&mobile).await;
            browser.answer(&asked, &code).await.is(201);
        }
    }
    stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    let log = stage.log(&owner, &format!("&email={}&outcome=no-contact", Jane::EMAIL)).await;
    assert_eq!(log.len(), 1, "the old email is free");
    let freed = owner.post("/api/contacts", json!({"name": "New", "email": Jane::EMAIL, "mobile": Jane::MOBILE})).await;
    assert_eq!(freed.status, 201, "{}", freed.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_four_browsers_with_one_link_one_gets_in_by_the_gate() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    owner.post(&format!("/api/contacts/{}/invitations", jane.id()), json!({})).await.is(201);
    let token = stage.link_for(Jane::EMAIL).await;
    let answers = at_once((0..24).map(|_| {
        let (browser, token) = (stage.browser(), token.clone());
        async move { browser.post("/api/links/redemption", json!({"token": token, "gate": Jane::GATE})).await }
    }))
    .await;
    let counts = statuses(&answers);
    assert_eq!(counts.get(&201), Some(&1), "{counts:?}");
    assert_eq!(counts, [(201, 1), (202, 10), (429, 13)].into());
    assert_eq!(answers.iter().filter(|answer| answer.headers.contains_key("set-cookie")).count(), 1);
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log.iter().filter(|text| *text == "Magic link opened").count(), 1, "{log:?}");
    assert_eq!(log.iter().filter(|text| *text == "Client Access Authenticate Success").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_five_wrong_gates_at_once_on_a_link_that_nobody_opened_yet_each_counts() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let token = stage.invited(&owner, &jane).await;
    let answers = at_once((0..5).map(|number| {
        let (browser, token) = (stage.browser(), token.clone());
        async move { browser.open_with(&token, &format!("000{number}")).await }
    }))
    .await;
    assert_eq!(statuses(&answers), [(403, 5)].into());
    assert!(stage.sent_to(Jane::MOBILE).await.is_empty());
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log.iter().filter(|text| *text == "The last four did not match on a link").count(), 5, "{log:?}");
    assert_eq!(log.iter().filter(|text| *text == "Magic link opened").count(), 1, "{log:?}");
    let seen = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert!(seen["portal"]["locked_until"].is_string(), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_thirty_requests_for_a_code_at_once_ten_are_taken() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    for (email, texts) in [(Jane::EMAIL, 5), ("nobody@client.test", 0)] {
        let answers = at_once((0..30).map(|_| {
            let browser = stage.browser();
            async move { browser.ask(email, Jane::GATE).await }
        }))
        .await;
        assert_eq!(statuses(&answers), [(202, 10), (429, 20)].into(), "{email}");
        let log = stage.log(&owner, &format!("&email={email}&outcome=too-many-requests")).await;
        assert_eq!(log.len(), 1, "{email}");
        if texts > 0 {
            assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), texts);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_wrong_gates_at_once_none_is_lost_and_the_lock_holds() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    let jane = stage.jane(&owner).await;
    let answers = at_once((0..8).map(|guess| {
        let browser = stage.browser();
        async move { browser.ask(Jane::EMAIL, &format!("100{guess}")).await }
    }))
    .await;
    assert_eq!(statuses(&answers), [(202, 8)].into());
    let log = stage.log(&owner, &format!("&contact={}", jane.id())).await;
    assert_eq!(log.iter().filter(|text| *text == "The last 4 Digits of the SSN did not match").count(), 5);
    assert_eq!(log.iter().filter(|text| text.starts_with("Too many attempts: access locked until ")).count(), 3);
    assert_eq!(stage.sent_to(Jane::EMAIL).await.len(), 2, "of the first mistake, and of the lock");
    let seen: Value = owner.get(&format!("/api/contacts/{}", jane.id())).await.is(200);
    assert!(seen["portal"]["locked_until"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_wishes_at_once_to_send_a_code_again_one_is_granted() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let asked = stage.browser().ask(Jane::EMAIL, Jane::GATE).await.is(202);
    stage.settle().await;
    stage.advance(30).await;
    let answers = at_once((0..12).map(|_| {
        let (browser, asked) = (stage.browser(), asked.clone());
        async move { browser.ask_again(&asked, json!({})).await }
    }))
    .await;
    assert_eq!(statuses(&answers), [(202, 1), (429, 11)].into());
    assert_eq!(stage.sent_to(Jane::MOBILE).await.len(), 2);
}

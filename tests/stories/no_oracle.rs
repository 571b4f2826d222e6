//! What a stranger can tell of an email by asking for codes: nothing. Answers are the same bytes, and what they cost is the same calls of the same
//! capacity.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use crate::stage::{Jane, Stage};

/// Requests of each kind: two more than are answered.
const REQUESTS: usize = 12;

/// What can be true of whoever has an email, and what is asked with it.
async fn kinds(stage: &Stage) -> Vec<(&'static str, &'static str, &'static str)> {
    let owner = stage.owner().await;
    stage.jane(&owner).await;
    let contact = |name: &str, email: &str, gates: Value| json!({"name": name, "email": email, "gates": gates});
    let gates = json!([{"kind": "ssn_last4", "digits": Jane::GATE}]);
    for (name, email, gates) in [
        ("Mismatch", "mismatch@client.test", gates.clone()),
        ("Locked", "locked@client.test", gates.clone()),
        ("By mail alone", "mail@client.test", gates.clone()),
        ("Unready", "unready@client.test", json!([])),
        ("By links alone", "links@client.test", gates.clone()),
    ] {
        let mut contact = contact(name, email, gates);
        if !["mail@client.test", "unready@client.test"].contains(&email) {
            contact["mobile"] = format!("+1202555{:04}", 180 + email.len()).into();
        }
        if email == "links@client.test" {
            contact["overrides"] = json!({"access_mode": "link_only"});
        }
        owner.post("/api/contacts", contact).await.is(201);
    }
    for gate in 1000..1005 {
        stage.browser().ask("locked@client.test", &gate.to_string()).await.is(202);
    }
    // The lock is the longest there is, and what was asked for is forgotten by now.
    for _ in 0..4 {
        stage.advance(31 * 60).await;
        for gate in 2000..2003 {
            stage.browser().ask("locked@client.test", &gate.to_string()).await.is(202);
        }
    }
    stage.settle().await;
    stage.advance(16 * 60).await;
    vec![
        ("known", Jane::EMAIL, Jane::GATE),
        ("unknown", "nobody@client.test", Jane::GATE),
        ("wrong gate", "mismatch@client.test", "9999"),
        ("locked", "locked@client.test", Jane::GATE),
        ("without a mobile", "mail@client.test", Jane::GATE),
        ("by links alone", "links@client.test", Jane::GATE),
        ("not set up", "unready@client.test", Jane::GATE),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn twelve_requests_for_a_code_tell_nothing_and_cost_the_same_whoever_has_the_email() {
    let stage = Stage::new().await;
    let mut told = BTreeMap::new();
    let mut sent = Vec::new();
    for (what, email, gate) in kinds(&stage).await {
        let mut seen = Vec::new();
        for _ in 0..REQUESTS {
            let browser = stage.browser();
            stage.settle().await;
            stage.postern.aws.calls.take();
            stage.postern.aws.calls.pace(Duration::from_millis(60));
            let answer = browser.ask(email, gate).await;
            stage.postern.aws.calls.pace(Duration::ZERO);
            let cost = stage.postern.aws.calls.take_summary().remove("request-code").expect("it was called");
            let (status, mut headers, text) = answer.but_for_ids();
            // The clock goes on between requests.
            let wait = headers.get_mut("retry-after").map(|wait| std::mem::replace(wait, "…".to_owned()));
            assert!(wait.is_none_or(|wait| (880..=900).contains(&wait.parse::<u32>().expect("seconds"))));
            let shape = text.len() + answer.json["challenge"].as_str().map_or(0, str::len);
            seen.push((status, headers, shape, cost.calls, cost.sequence, cost.rru.to_string(), cost.wru.to_string()));
        }
        sent.push((what, stage.sent_to(email).await.len()));
        told.insert(what, seen);
    }
    for (what, seen) in &told {
        for (request, (seen, known)) in seen.iter().zip(&told["known"]).enumerate() {
            assert_eq!(seen, known, "{what}, request {request}");
        }
    }
    assert!(sent.iter().any(|(what, mails)| *what == "wrong gate" && *mails > 0), "the mailbox is told: {sent:?}");
}

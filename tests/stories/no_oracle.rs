//! What a stranger can tell of an email by asking for codes: nothing. Answers are the same bytes, and what they cost is the same calls of the same
//! capacity.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use http::Method;
use postern_local::aws::Call;
use serde_json::{Value, json};

use crate::{
    delivery::OPTED_OUT,
    stage::{Jane, Stage},
};

/// Requests of each kind: two more than are answered.
const REQUESTS: usize = 12;

/// The request of each kind that comes to functions which were just started: it fetches the keys.
const COLD: usize = 3;

/// Those of which it is seen which calls wait for which: the first, the one that fetches keys, and the last, which is refused.
const IN_TURN: [usize; 3] = [0, COLD, REQUESTS - 1];

/// Each call of those takes at least so long, so that those that begin together overlap however busy the machine is.
const PACE: Duration = Duration::from_millis(200);

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
        ("Opted out", "stop@client.test", gates.clone()),
    ] {
        let mut contact = contact(name, email, gates);
        if !["mail@client.test", "unready@client.test"].contains(&email) {
            contact["mobile"] = format!("+1202555{:04}", 180 + email.len()).into();
        }
        if email == "stop@client.test" {
            contact["mobile"] = OPTED_OUT.into();
        }
        if email == "links@client.test" {
            contact["overrides"] = json!({"access_mode": "link_only"});
        }
        owner.post("/api/contacts", contact).await.is(201);
    }
    stage.browser().ask("stop@client.test", Jane::GATE).await.is(202);
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
        ("opted out", "stop@client.test", Jane::GATE),
        ("not set up", "unready@client.test", Jane::GATE),
    ]
}

/// What each call of `function` did to what, and what it cost: those at once side by side, one step after the other; all side by side if not `in_turn`.
fn steps(calls: Vec<Call>, function: &str, in_turn: bool) -> Vec<Vec<String>> {
    let mut calls: Vec<_> = calls.into_iter().filter(|call| call.function == function).collect();
    calls.sort_by_key(|call| call.start);
    let (mut steps, mut over): (Vec<Vec<String>>, Option<Instant>) = (Vec::new(), None);
    for Call { operation, permissions, rru, wru, start, end, .. } in calls {
        if over.is_none_or(|over| in_turn && over <= start) {
            steps.push(Vec::new());
            over = Some(end);
        }
        over = over.min(Some(end));
        let needed: Vec<_> = permissions.into_iter().map(|needed| format!("{} {}", needed.action, needed.resource)).collect();
        let step = steps.last_mut().expect("one has begun");
        step.push(format!("{operation} [{}] {rru} RRU {wru} WRU", needed.join(", ")));
        step.sort();
    }
    steps
}

#[tokio::test(flavor = "multi_thread")]
async fn twelve_requests_for_a_code_tell_nothing_and_cost_the_same_whoever_has_the_email() {
    let mut stage = Stage::new().await;
    let mut told = BTreeMap::new();
    let mut sent = Vec::new();
    let kinds = kinds(&stage).await;
    // Whether keys were rotated is asked once in a while, whoever comes then.
    stage.browser().ask("first@client.test", Jane::GATE).await.is(202);
    for (what, email, gate) in kinds {
        let mut seen = Vec::new();
        for request in 0..REQUESTS {
            if request == COLD {
                stage = stage.restarted().await;
            }
            let browser = stage.browser();
            stage.settle().await;
            stage.postern.aws.calls.take();
            let in_turn = IN_TURN.contains(&request);
            stage.postern.aws.calls.pace(if in_turn { PACE } else { Duration::ZERO });
            let answer = browser.ask(email, gate).await;
            stage.postern.aws.calls.pace(Duration::ZERO);
            let cost = steps(stage.postern.aws.calls.take(), "request-code", in_turn);
            let keys = cost.iter().flatten().filter(|call| call.starts_with("GetSecretValue")).count();
            assert_eq!(keys > 0, request == COLD, "{what}, request {request}: {cost:#?}");
            let (status, mut headers, text) = answer.but_for_ids();
            // The clock goes on between requests.
            let wait = headers.get_mut("retry-after").map(|wait| std::mem::replace(wait, "…".to_owned()));
            assert!(wait.is_none_or(|wait| (840..=900).contains(&wait.parse::<u32>().expect("seconds"))));
            let shape = text.len() + answer.json["challenge"].as_str().map_or(0, str::len);
            seen.push((status, headers, shape, cost));
        }
        sent.push((what, stage.sent_to(email).await.len()));
        told.insert(what, seen);
    }
    for (what, seen) in &told {
        for (request, (seen, known)) in seen.iter().zip(&told["known"]).enumerate() {
            assert_eq!(seen, known, "{what}, request {request}");
        }
    }
    for (kind, reaches) in [("wrong gate", true), ("opted out", true), ("unknown", false)] {
        assert!(sent.iter().any(|(what, mails)| *what == kind && (*mails > 0) == reaches), "the mailbox is told: {sent:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_help_tells_nothing_and_costs_the_same_whoever_has_the_email() {
    let stage = Stage::new().await;
    let mut told = BTreeMap::new();
    let kinds = kinds(&stage).await;
    // The first request of all fetches keys.
    stage.browser().post("/api/firms/demo/help", json!({"email": "first@client.test"})).await.is(202);
    for (what, email, _) in kinds {
        let mut seen = Vec::new();
        // Sizes at which a row could tell by its own what it holds.
        for message in ["", "Please call.", &"\u{1f600}".repeat(500)] {
            stage.settle().await;
            stage.advance(3600).await;
            stage.settle().await;
            for _ in 0..2 {
                let browser = stage.browser();
                stage.settle().await;
                stage.postern.aws.calls.take();
                let answer = browser.post("/api/firms/demo/help", json!({"email": email, "message": message})).await;
                let cost = stage.postern.aws.calls.take_summary().remove("ask-for-help").expect("it was called");
                let (status, headers, text) = answer.but_for_ids();
                seen.push((status, headers, text, cost.calls, cost.rru.to_string(), cost.wru.to_string()));
            }
        }
        told.insert(what, seen);
    }
    for (what, seen) in &told {
        assert_eq!(seen, &told["known"], "{what}");
    }
    let first = &told["known"][0];
    assert!(told["known"].iter().step_by(2).all(|seen| seen == first), "and whatever they write");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_long_no_row_outgrows_what_it_is_filled_up_to() {
    let stage = Stage::new().await;
    let owner = stage.owner().await;
    // The longest of everything that a row may have of whoever has the email, in letters of as many bytes as there are.
    let email = |local: &str| format!("{local:x<64}@{}.test", ["x".repeat(61), "y".repeat(61), "z".repeat(60)].join("."));
    let gates = json!([{"kind": "ssn_last4", "digits": Jane::GATE, "label": "\u{1f600}".repeat(60)}]);
    let long = json!({"name": "\u{1f600}".repeat(120), "email": email("known"), "mobile": "+12025550142", "gates": gates});
    owner.post("/api/contacts", long).await.is(201);
    let mut costs = BTreeMap::new();
    // A stranger chooses the description of their browser, to find one with which another byte costs more.
    for length in [0, 100, 200, 256, 300, 2000] {
        for described in ["a", "\"", "\u{e9}", "\u{1f600}"] {
            for local in ["known", "unknown"] {
                stage.settle().await;
                stage.advance(3 * 3600).await;
                stage.settle().await;
                stage.postern.aws.calls.take();
                let asked = json!({"email": email(local), "gate": Jane::GATE}).to_string();
                let headers = [("content-type", "application/json"), ("user-agent", &*described.repeat(length))];
                stage.browser().send(Method::POST, "/api/firms/demo/challenges", asked, &headers).await.is(202);
                let cost = stage.postern.aws.calls.take_summary().remove("request-code").expect("it was called");
                costs.entry(cost.wru.to_string()).or_insert_with(Vec::new).push(format!("{length} of {described:?}, {local}"));
            }
        }
    }
    assert_eq!(costs.len(), 1, "{costs:#?}");
}

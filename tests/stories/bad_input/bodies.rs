use serde_json::{Map, Value, json};

use super::{CANARY, Route, answers, routes, routes_with_bodies};
use crate::stage::{Answer, Stage};

const LIMIT: usize = 64 * 1024;

/// That the one member that is wrong is `member`, or something in it.
#[track_caller]
fn names(answer: &Answer, member: &str, sent: &str) {
    let fields = answer.clone().is_problem(400, "invalid-request")["fields"].as_object().cloned().expect("fields");
    let within = |name: &String| name == member || name.strip_prefix(member).is_some_and(|rest| rest.starts_with(['.', '[']));
    assert!(fields.len() == 1 && fields.keys().all(within), "{member} is wrong in {sent:.300}: {fields:?}");
    let words = fields.values().next().and_then(Value::as_str).expect("words");
    assert!((5..400).contains(&words.len()), "{words}");
}

/// The good body of a route with one member replaced.
fn with(good: &Map<String, Value>, member: &str, value: Value) -> String {
    let mut body = good.clone();
    body.insert(member.to_owned(), value);
    Value::Object(body).to_string()
}

fn members(route: &Route) -> Map<String, Value> {
    route.good_body().as_object().cloned().expect("an object")
}

/// Whether the document says that a member may be null.
fn may_be_null(route: &Route, member: &str) -> bool {
    let schema = &route.body.as_ref().expect("a body")["properties"][member];
    let null = json!("null");
    schema["type"] == null
        || schema["type"].as_array().is_some_and(|types| types.contains(&null))
        || schema["anyOf"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind["type"] == null))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_object_is_refused_by_every_route() {
    let stage = Stage::new().await;
    let deep = |open: &str, depth: usize| open.repeat(depth).into_bytes();
    let bodies: Vec<Vec<u8>> = [
        &b"{"[..],
        b"}",
        b"[]",
        b"[{}]",
        b"\"x\"",
        b"1",
        b"null",
        b"true",
        b"{} {}",
        b"{}x",
        b"\0",
        b"{}\0",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b"\xc3\x28",
        b"{\"\xff\": 1}",
        b"{'name': 'x'}",
        b"{\"name\"}",
        b"{\"a\": \"\xed\xa0\x80\"}",
        b"{,}",
        b"NaN",
        b"//",
        b"a=b",
        b"<x/>",
    ]
    .into_iter()
    .map(<[u8]>::to_vec)
    .chain([deep("[", 5_000), deep("{\"a\":", 5_000), deep("[", 60_000), format!("\"{CANARY}\"").into_bytes()])
    .collect();
    for route in routes_with_bodies(&stage).await {
        for body in &bodies {
            let answer = route.send(body.clone()).await;
            let sent = String::from_utf8_lossy(body);
            let fields = answer.is_problem(400, "invalid-request")["fields"].as_object().cloned().expect("fields");
            assert_eq!(fields.len(), 1, "{}: {sent:.100}", route.name);
        }
        // The values of the members in their order are not the members.
        let values: Vec<Value> = members(&route).into_iter().map(|(_, value)| value).collect();
        names(&route.send(json!(values).to_string()).await, "body", &route.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_held_to_their_names_and_types() {
    let stage = Stage::new().await;
    for route in routes_with_bodies(&stage).await {
        let good = members(&route);
        let schema = route.body.clone().expect("a schema");
        let known = schema["properties"].as_object().cloned().unwrap_or_default();
        assert_eq!(schema["additionalProperties"], false, "{}", route.name);
        names(&route.send(with(&good, &"x".repeat(60_000), json!(1))).await, "body", "a name that is long");
        for unknown in ["nobody", "__proto__", "Email", "", "firm"] {
            let sent = with(&good, unknown, json!(CANARY));
            names(&route.send(sent.clone()).await, unknown, &sent);
        }
        for (member, value) in &good {
            assert!(known.contains_key(member), "{}: {member}", route.name);
            let rest = Value::Object(good.clone()).to_string();
            let twice = format!("{{{}:{value},{}", json!(member), &rest[1..]);
            names(&route.send(twice.clone()).await, member, &twice);

            let wrong = match value {
                Value::String(_) => [json!(8417), json!(true), json!({"a": CANARY}), json!([CANARY])],
                Value::Number(_) => [json!(CANARY), json!(true), json!({"a": CANARY}), json!([1])],
                Value::Bool(_) => [json!(CANARY), json!(1), json!({"a": CANARY}), json!([true])],
                _ => [json!(CANARY), json!(1), json!({"a": CANARY}), json!([[CANARY]])],
            };
            for wrong in wrong {
                let sent = with(&good, member, wrong);
                names(&route.send(sent.clone()).await, member, &sent);
            }
            // What may be null is understood, whatever follows from it.
            let sent = with(&good, member, Value::Null);
            let answer = route.send(sent.clone()).await;
            if !may_be_null(&route, member) {
                names(&answer, member, &sent);
            }
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            let required = required.as_str().expect("a name");
            let mut body = good.clone();
            body.remove(required);
            let sent = Value::Object(body).to_string();
            names(&route.send(sent.clone()).await, required, &sent);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_bounded_and_digits_are_ascii() {
    let stage = Stage::new().await;
    for route in routes_with_bodies(&stage).await {
        let good = members(&route);
        for (member, value) in &good {
            let Some(text) = value.as_str() else { continue };
            // What a browser says of a file's kind counts for nothing: its content decides.
            if member == "content_type" {
                continue;
            }
            // What is no token of ours is gone like any other; and of a file's name what cannot be seen is taken away.
            let (token, name) =
                (member == "token", ["create-upload", "rename-document"].contains(&route.name.as_str()) && member == "name");
            for bad in ["8".repeat(60_000), "\u{1f4a3}".repeat(15_000), format!("{text}\0"), format!("\u{202e}\0{CANARY}\r\nx: y")] {
                // Of what is pasted as a code, the one number of six digits is read.
                if (name || (member == "code" && bad.starts_with(text))) && bad.len() < 1_000 {
                    continue;
                }
                let sent = with(&good, member, json!(bad));
                let answer = route.send(sent.clone()).await;
                if token {
                    answer.is_problem(410, "link-gone");
                } else {
                    names(&answer, member, &sent);
                }
            }
            if member == "code" || member == "gate" {
                for digits in [
                    "\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}\u{ff16}",
                    "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}",
                    "1234e1",
                    "+12345",
                    "0x1234",
                    "12.345",
                    "\u{b9}\u{b2}\u{b3}\u{2074}\u{2075}\u{2076}",
                    "",
                    "   ",
                    "-",
                ] {
                    // A gate is read with whatever separates its digits.
                    if member == "gate" && digits == "12.345" {
                        continue;
                    }
                    let sent = with(&good, member, json!(digits));
                    names(&route.send(sent.clone()).await, member, &sent);
                }
            }
        }
        if good.contains_key("gates") {
            let gate = |change: Value| {
                let mut gate = json!({"kind": "ssn_last4", "digits": "4821", "label": "Ann"});
                for (member, value) in change.as_object().expect("an object") {
                    gate[member] = value.clone();
                }
                gate
            };
            for bad in [
                gate(json!({"digits": "\u{ff14}\u{ff18}\u{ff12}\u{ff11}"})),
                gate(json!({"digits": 4821})),
                gate(json!({"digits": "48\u{0}21"})),
                gate(json!({"digits": "412638805".repeat(20)})),
                gate(json!({"digits": CANARY})),
                gate(json!({"kind": CANARY})),
                gate(json!({"label": CANARY.repeat(3)})),
                gate(json!({"label": "a\u{0}b"})),
                gate(json!({"full": CANARY})),
                json!({"digits": "4821"}),
                json!(["pin", "4821", null]),
            ] {
                let sent = with(&good, "gates", json!([bad]));
                names(&route.send(sent.clone()).await, "gates[0]", &sent);
            }
            // Only where one is known to stand can its digits stay, or nothing come in its place.
            let wanting = if route.name == "create-contact" { "gates[0]" } else { "version" };
            for bad in [json!({"kind": "pin"}), json!({"kind": "pin", "digits": null}), json!(null)] {
                let sent = with(&good, "gates", json!([bad]));
                names(&route.send(sent.clone()).await, wanting, &sent);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_json_of_at_most_64_kib() {
    let stage = Stage::new().await;
    for route in routes_with_bodies(&stage).await {
        let good = Value::Object(members(&route)).to_string();
        let padded = |size: usize| format!("{good}{}", " ".repeat(size - good.len()));
        for size in [LIMIT + 1, 65 * 1024, 1024 * 1024] {
            route.send(padded(size)).await.is_problem(413, "body-too-large");
        }
        route.send("{".repeat(LIMIT + 1)).await.is_problem(413, "body-too-large");
        let fits = route.send(padded(LIMIT)).await;
        assert!(![400, 413, 415].contains(&fits.status), "{}: {fits:?}", route.name);

        for kind in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonx",
            "json",
            "application/problem+json",
        ] {
            if good != "{}" {
                route.send_as(good.clone(), kind).await.is_problem(415, "json-needed");
            }
            route.send_as("{}", kind).await.is_problem(415, "json-needed");
            // Nothing at all is the empty object, whatever it is called.
            let (none, empty) = (route.send_as("", kind).await, route.send("{}").await);
            // What is understood may have been asked for too often.
            if [none.status, empty.status].contains(&429) {
                continue;
            }
            assert_eq!((none.status, &none.json["fields"]), (empty.status, &empty.json["fields"]), "{}", route.name);
        }
        for kind in ["application/json; charset=utf-8", "Application/JSON", " application/json ;x=y"] {
            let answer = route.send_as(good.clone(), kind).await;
            assert!(![400, 415].contains(&answer.status), "{} {kind}: {answer:?}", route.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_session_learns_nothing_of_what_was_sent() {
    let stage = Stage::new().await;
    let (routes, stranger) = (routes(&stage).await, stage.browser());
    for token in ["", "x", &"A".repeat(43)] {
        for cookie in ["__Host-postern", "__Host-postern-staff"] {
            stranger.set_cookie(cookie, token);
        }
        for route in routes.iter().filter(|route| !route.open_to_anyone) {
            for (body, audience) in [("{", "client"), ("{\"nobody\": 1}", "staff"), ("", "client"), (&"x".repeat(LIMIT), "staff")] {
                let headers = [("content-type", "application/json"), ("postern-audience", audience)];
                let answer = stranger.send(route.method.clone(), &route.path(), body.to_owned(), &headers).await;
                answers::hold(&answer);
                // Who is signed out already is signed out.
                assert!(answer.status == 401 || route.name == "sign-out", "{}: {answer:?}", route.name);
            }
        }
    }
}

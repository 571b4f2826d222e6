//! The events of `events/`, each brought to its function as Lambda does.

use axum::Router;
use base64::{Engine, prelude::BASE64_STANDARD};
use postern_aws::{Aws, Misconfigured, Reachable as _};
use postern_http::{adapted, answer};
use postern_local::{Worker, routers, workers};
use serde_json::{Value, json};

use crate::stage::{Fixture, Scene, Stage, folders, logged};

/// What a function is to its events.
enum Function {
    /// It answers requests of API Gateway.
    Routed(Router),
    /// It answers whatever else calls it.
    Worker(Worker),
}

impl Function {
    /// The function of this name as its `main` makes it.
    fn named(name: &str, aws: &Aws) -> Result<Self, Misconfigured> {
        if let Some(worker) = workers(aws)?.remove(name) {
            return Ok(Self::Worker(worker));
        }
        Ok(Self::Routed(match name {
            web::NAME => web::router(&web::Reach::reach(aws)?),
            operation => routers(aws)?.remove(operation).expect("infra/local/src/functions.rs lists it"),
        }))
    }

    /// What becomes of `event`: a status, or a word.
    async fn outcome(&self, event: &Value) -> (String, Value) {
        match self {
            Self::Routed(router) => {
                let answer = serde_json::to_value(answer(adapted(router.clone()), event.clone()).await).expect("JSON");
                for header in ["strict-transport-security", "content-security-policy", "x-content-type-options", "postern-request-id"] {
                    assert!(answer["headers"][header].is_string(), "{header} is missing: {answer}");
                }
                let body = answer["body"].as_str().and_then(|body| serde_json::from_str(body).ok());
                (answer["statusCode"].to_string(), body.unwrap_or_default())
            }
            Self::Worker(worker) => match worker(event.clone()).await {
                Ok(answer) if answer["batchItemFailures"].as_array().is_some_and(|failures| !failures.is_empty()) => {
                    ("again".to_owned(), answer)
                }
                Ok(answer) => ("done".to_owned(), answer),
                Err(error) => ("refused".to_owned(), error.into()),
            },
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_has_the_outcome_that_its_name_says() {
    let stage = Stage::new().await;
    let mut wrong = Vec::new();
    for fixture in Fixture::all() {
        let scene = Scene::new(&stage);
        let event = fixture.event(&scene).await;
        let function = Function::named(&fixture.function, &stage.postern.surroundings).expect("its settings are there");
        let (outcome, answer) = function.outcome(&event).await;
        if outcome != fixture.outcome {
            wrong.push(format!("events/{}/{}-{}.json: {outcome} {answer}", fixture.function, fixture.name, fixture.outcome));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The events of `functions` that go well, each with its function.
async fn good_events(stage: &Stage, functions: &[&str]) -> Vec<(Function, Value)> {
    let mut events = Vec::new();
    for fixture in Fixture::all().into_iter().filter(|fixture| fixture.is_good() && functions.contains(&fixture.function.as_str())) {
        let event = fixture.event(&Scene::new(stage)).await;
        events.push((Function::named(&fixture.function, &stage.postern.surroundings).expect("its settings are there"), event));
    }
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_no_request_can_have_sent_is_refused() {
    let stage = Stage::new().await;
    for (function, good) in good_events(&stage, &["request-code", "show-contact", "list-contacts", "web"]).await {
        for (pointer, odd, member) in [
            ("/rawQueryString", json!("q=a b"), "query"),
            ("/rawQueryString", json!("q=\u{0}"), "query"),
            ("/rawPath", json!("no path"), "query"),
            ("/headers/accept", json!("a\u{0}b"), "request"),
            ("/headers/accept", json!("a\nb"), "request"),
            ("/requestContext/http/method", json!("GET /"), "request"),
        ] {
            let mut event = good.clone();
            event["rawQueryString"] = json!("");
            *event.pointer_mut(pointer).expect("it is there") = odd.clone();
            let (status, problem) = function.outcome(&event).await;
            assert_eq!(
                (status.as_str(), problem["type"].as_str()),
                ("400", Some("/problems/invalid-request")),
                "{pointer} {odd}: {problem}"
            );
            assert!(problem["fields"][member].is_string(), "{pointer} {odd}: {problem}");
        }
        let mut event = good.clone();
        (event["body"], event["isBase64Encoded"]) = (json!("{}"), json!(true));
        let (status, problem) = function.outcome(&event).await;
        assert!(status == "400" && problem["fields"]["body"].is_string(), "{status} {problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_however_odd_is_left_without_an_answer() {
    let stage = Stage::new().await;
    for (function, good) in good_events(&stage, &["request-code", "web"]).await {
        let members =
            ["/rawPath", "/rawQueryString", "/cookies", "/headers", "/body", "/isBase64Encoded", "/version", "/queryStringParameters"];
        let context = ["", "/domainName", "/http", "/http/method", "/http/sourceIp", "/requestId", "/stage", "/timeEpoch"];
        let pointers = members.map(str::to_owned).into_iter().chain(context.map(|member| format!("/requestContext{member}")));
        for pointer in pointers {
            for odd in [
                json!(null),
                json!(-1),
                json!(true),
                json!(""),
                json!("\u{0}\u{1f4a3} %"),
                json!("//"),
                json!("http://[x"),
                json!([[1]]),
                json!({"\n": "é"}),
            ] {
                let mut event = good.clone();
                let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
                event.pointer_mut(parent).expect("it is there")[member] = odd.clone();
                let Function::Routed(router) = &function else { unreachable!("they answer requests") };
                let answer = answer(adapted(router.clone()), event).await;
                assert!((200..500).contains(&answer.status_code), "{pointer} {odd}: {answer:?}");
            }
        }
        let Function::Routed(router) = &function else { unreachable!("they answer requests") };
        for odd in [json!(null), json!([]), json!("x"), json!({}), json!({"Records": []})] {
            assert_eq!(answer(adapted(router.clone()), odd.clone()).await.status_code, 400, "{odd}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_of_others_spoil_none_of_ours_and_bodies_may_come_as_base64() {
    let stage = Stage::new().await;
    for (function, mut event) in good_events(&stage, &["show-session", "list-contacts"]).await {
        event["cookies"].as_array_mut().expect("a session").extend([json!("theme=\u{e9}"), json!("x=\u{0}"), json!("=; ;")]);
        event["cookies"].as_array_mut().expect("a session").rotate_right(1);
        let (status, answer) = function.outcome(&event).await;
        assert_eq!(status, "200", "{answer}");
    }
    for (function, mut event) in good_events(&stage, &["request-code"]).await {
        event["body"] = json!(BASE64_STANDARD.encode(event["body"].as_str().expect("a body")));
        event["isBase64Encoded"] = json!(true);
        let (status, answer) = function.outcome(&event).await;
        assert_eq!(status, "202", "{answer}");
    }
}

#[test]
fn every_function_has_an_event_that_goes_well_and_one_that_does_not() {
    let (functions, fixtures) = (folders("functions"), Fixture::all());
    let mut lines = Vec::new();
    for name in &functions {
        let own: Vec<_> = fixtures.iter().filter(|fixture| fixture.function == *name).collect();
        let missing = [
            (!own.iter().any(|fixture| fixture.is_good()), "an event whose name begins with `good` is missing in events/"),
            (own.iter().all(|fixture| fixture.is_good()), "an event that is refused is missing in events/"),
        ];
        lines.extend(missing.into_iter().filter(|(wrong, _)| *wrong).map(|(_, text)| format!("{name}: {text}")));
    }
    lines.extend(
        folders("events").into_iter().filter(|name| !functions.contains(name)).map(|name| format!("{name}: there is no such function")),
    );
    assert!(lines.is_empty(), "\n{}", lines.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_given_up_goes_out_when_its_event_comes_again_and_only_once() {
    let stage = Stage::new().await;
    let scene = Scene::new(&stage);
    let good = Fixture::all().into_iter().find(|fixture| fixture.function == deliver::NAME && fixture.is_good()).expect("an event");
    let event = good.event(&scene).await;
    let mobile = scene.thing("mobile").await;
    assert!(stage.sent_to(&mobile).await.is_empty(), "it was given up");
    let deliver = stage.worker(deliver::NAME);
    for _ in 0..3 {
        assert_eq!(deliver(event.clone()).await, Ok(Value::Null));
    }
    assert_eq!(stage.sent_to(&mobile).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_cannot_be_read_is_reported_and_not_forgotten() {
    let stage = Stage::new().await;
    let scene = Scene::new(&stage);
    let good = Fixture::all().into_iter().find(|fixture| fixture.function == deliver::NAME && fixture.is_good()).expect("an event");
    let event = good.event(&scene).await;
    let rows = scene.rows().await;
    let waiting = rows.iter().find(|(table, row)| table == "OutboxTable" && row["line"]["S"] == "codes").expect("a message").1.clone();
    let deliver = stage.worker(deliver::NAME);
    stage.edit("OutboxTable", &waiting, json!({"kind": {"S": "carrier_pigeon"}})).await;
    deliver(event).await.expect("each message fails by itself");
    let dispatch = waiting["dispatch"]["S"].as_str().expect("an id");
    assert!(logged().lines().any(|line| line.contains("ERROR") && line.contains(dispatch)), "whoever deploys is told");
    // Whoever understands it sends it.
    stage.edit("OutboxTable", &waiting, json!({"kind": waiting["kind"]})).await;
    stage.advance(60).await;
    stage.settle().await;
    assert_eq!(stage.sent_to(&scene.thing("mobile").await).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_no_message_does_not_keep_the_one_behind_it() {
    let stage = Stage::new().await;
    let scene = Scene::new(&stage);
    let poison = Fixture::all().into_iter().find(|fixture| fixture.name.starts_with("poison")).expect("an event");
    let event = poison.event(&scene).await;
    let deliver = stage.worker(deliver::NAME);
    deliver(event).await.expect("each message fails by itself");
    assert_eq!(stage.sent_to(&scene.thing("mobile").await).await.len(), 1);
}

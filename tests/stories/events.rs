//! The events of `events/`, each brought to its function as Lambda does.

use axum::Router;
use http_body_util::BodyExt;
use postern_aws::{Aws, Misconfigured, Reachable as _};
use postern_http::adapted;
use postern_local::{Worker, routers, workers};
use serde_json::{Value, json};
use tower::ServiceExt;

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
                let request = lambda_http::request::from_str(&event.to_string()).expect("an event of API Gateway");
                let answer = adapted(router.clone()).oneshot(request.map(axum::body::Body::new)).await.expect("an answer");
                let (parts, body) = answer.into_parts();
                for header in ["strict-transport-security", "content-security-policy", "x-content-type-options", "postern-request-id"] {
                    assert!(parts.headers.contains_key(header), "{header} is missing: {parts:?}");
                }
                let bytes = body.collect().await.expect("a body").to_bytes();
                (parts.status.as_u16().to_string(), serde_json::from_slice(&bytes).unwrap_or_default())
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

//! Calls to AWS that go wrong: what is asked for happens whole or not at all, the answer says which, and once all is well again
//! the same person just asks again.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::stage::{Answer, Ask, Fixture, Scene, Stage};

/// Functions that let someone in or change something: their calls go wrong in more ways than those of the others.
const HOT: [&str; 8] =
    ["request-code", "verify-code", "open-link", "create-contact", "update-contact", "invite", "create-upload", "complete-upload"];

/// How a call goes wrong, and whether it does so until it is mended.
fn ways(function: &str, call: &str) -> &'static [(&'static str, bool)] {
    let writes = ["Put", "Update", "Transact"].iter().any(|kind| call.contains(kind));
    match (writes, HOT.contains(&function)) {
        (true, true) => &[
            ("throttle", true),
            ("error", true),
            ("timeout_before", true),
            ("timeout_after", true),
            ("conflict", true),
            ("timeout_after", false),
            ("conflict", false),
        ],
        (true, false) => &[("error", true), ("timeout_after", true)],
        (false, true) => &[("error", true), ("timeout_before", true), ("throttle", false)],
        (false, false) => &[("error", true)],
    }
}

/// Instances that are played on at once.
const AT_ONCE: usize = 6;

/// How many rows there are of each kind, by what matters of them.
type Rows = BTreeMap<String, i64>;

/// A request that is ready to be sent, in a scene of its own.
struct Trial<'a> {
    scene: Scene<'a>,
    ask: Ask,
    before: Rows,
}

impl<'a> Trial<'a> {
    async fn new(stage: &'a Stage, fixture: &Fixture) -> Self {
        let scene = Scene::new(stage);
        let ask = fixture.ask(&scene).await;
        stage.settle().await;
        let before = rows(&scene).await;
        Self { scene, ask, before }
    }

    /// What is different from before, once all that was caused has been done; nobody is in who used nothing up.
    async fn change(&self) -> Rows {
        self.scene.stage.settle().await;
        let mut change = rows(&self.scene).await;
        assert!(!is_open_door(&change), "{change:?}");
        for (kind, count) in &self.before {
            *change.entry(kind.clone()).or_default() -= count;
        }
        change.retain(|_, count| *count != 0);
        change
    }
}

async fn rows(scene: &Scene<'_>) -> Rows {
    let mut rows = Rows::new();
    for (table, row) in scene.rows().await {
        let start = |key: &str| row[key]["S"].as_str().and_then(|key| key.split('#').next()).unwrap_or_default().to_owned();
        let sort = if table == "AccessLogTable" { String::new() } else { start("sk") };
        let told = ["outcome", "spent", "done", "used", "state"].map(|name| match &row[name] {
            Value::Null => String::new(),
            value => format!(" {name} {}", value["S"].as_str().map_or_else(|| value["BOOL"].to_string(), str::to_owned)),
        });
        *rows.entry(format!("{table} {} {sort}{}", start("pk"), told.concat())).or_default() += 1;
    }
    rows
}

/// Someone is in who used nothing up.
fn is_open_door(rows: &Rows) -> bool {
    let count = |wanted: &[&str]| {
        rows.iter().filter(|(kind, _)| wanted.iter().all(|part| kind.contains(part))).map(|(_, count)| count).sum::<i64>()
    };
    count(&["AccessTable SESSION"]) > count(&["AccessTable CHALLENGE", "spent true"]) + count(&["AccessTable LINK", "used true"])
}

/// What the same request may be answered when it was carried out before and only its answer was lost.
fn repeated(function: &str) -> Option<u16> {
    Some(match function {
        "create-contact" => 409,
        "verify-code" | "sign-out" => 401,
        "resend-code" => 429,
        "open-link" => 202,
        _ => return None,
    })
}

fn is_clean_refusal(answer: &Answer) -> bool {
    answer.status == 503
        && answer.headers.contains_key("retry-after")
        && !answer.headers.contains_key("set-cookie")
        && answer.json["type"] == "/problems/unavailable"
}

async fn break_calls(stage: &Stage, function: &str, call: &str, mode: &str, nth: u32) {
    let (service, operation) = call.split_once(':').expect("a service and its operation");
    stage.fault(json!({"service": service, "operation": operation, "mode": mode, "nth": nth, "function": function})).await;
}

/// Plays `fixture` while one `call` goes wrong, `always` or once, and says what is not as it should be.
async fn play(stage: &Stage, fixture: &Fixture, clean: &Rows, (call, mode, always): (&str, &str, bool)) -> Vec<String> {
    let expected = fixture.status().expect("a request");
    let trial = Trial::new(stage, fixture).await;
    break_calls(stage, &fixture.function, call, mode, u32::from(!always)).await;
    let answer = trial.ask.send().await;
    stage.mend().await;
    let change = trial.change().await;
    let done = change == *clean;
    let mut wrong = Vec::new();
    if answer.status == expected {
        wrong.extend((!done).then(|| format!("{expected}, but {change:?} in place of {clean:?}")));
    } else if always && is_clean_refusal(&answer) {
        wrong.extend((!done && !change.is_empty()).then(|| format!("half of it was done: {change:?} of {clean:?}")));
        let again = trial.ask.send().await;
        let after = trial.change().await;
        let fine =
            if done { [Some(expected), repeated(&fixture.function)].contains(&Some(again.status)) } else { again.status == expected };
        wrong.extend((!fine).then(|| format!("asked again: {} {}", again.status, again.text)));
        wrong.extend((!done && after != *clean).then(|| format!("asked again: {after:?} in place of {clean:?}")));
        if ["request-code", "verify-code", "open-link"].contains(&fixture.function.as_str()) {
            trial.scene.sign_in().await.get("/api/session").await.is(200);
        }
    } else {
        wrong.push(format!("{} {}", answer.status, answer.text));
    }
    let often = if always { "always" } else { "once" };
    wrong.into_iter().map(|text| format!("{}: {call} {mode} {often}: {text}", fixture.title())).collect()
}

/// Plays `fixture` on an instance of its own while each of its calls goes wrong.
async fn withstand(fixture: Fixture) -> Vec<String> {
    let (stage, expected) = (Stage::new().await, fixture.status().expect("a request"));
    let mut wrong = Vec::new();
    // Its keys are not known yet, and cannot be had.
    let trial = Trial::new(&stage, &fixture).await;
    break_calls(&stage, &fixture.function, "secretsmanager:GetSecretValue", "error", 0).await;
    let answer = trial.ask.send().await;
    stage.mend().await;
    if answer.status != expected {
        let change = trial.change().await;
        let refused = is_clean_refusal(&answer) && change.is_empty();
        wrong.extend((!refused).then(|| format!("{}: without keys: {} {} {change:?}", fixture.title(), answer.status, answer.text)));
        let again = trial.ask.send().await;
        wrong.extend((again.status != expected).then(|| format!("{}: with keys again: {} {}", fixture.title(), again.status, again.text)));
    }
    let trial = Trial::new(&stage, &fixture).await;
    stage.postern.aws.calls.take();
    trial.ask.send().await.is(expected);
    let clean = trial.change().await;
    let own = stage.postern.aws.calls.take_summary().remove(&fixture.function).unwrap_or_default();
    for call in own.calls.keys() {
        for (mode, always) in ways(&fixture.function, call) {
            wrong.extend(play(&stage, &fixture, &clean, (call, mode, *always)).await);
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_a_request_is_carried_out_whole_or_refused_and_can_be_sent_again() {
    let (turns, mut playing) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for fixture in Fixture::good_requests().into_iter().filter(|fixture| fixture.function != web::NAME) {
        let turns = turns.clone();
        playing.spawn(async move {
            let _turn = turns.acquire().await.expect("turns are given out");
            withstand(fixture).await
        });
    }
    let wrong = playing.join_all().await.concat();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_slow_is_done_once() {
    let mut playing = JoinSet::new();
    for fixture in Fixture::good_requests() {
        if ["request-code", "verify-code", "create-contact"].contains(&fixture.function.as_str()) {
            playing.spawn(async move {
                let stage = Stage::new().await;
                let trial = Trial::new(&stage, &fixture).await;
                trial.ask.send().await.is(fixture.status().expect("a request"));
                let clean = trial.change().await;
                play(&stage, &fixture, &clean, ("dynamodb:TransactWriteItems", "slow", false)).await
            });
        }
    }
    let wrong = playing.join_all().await.concat();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

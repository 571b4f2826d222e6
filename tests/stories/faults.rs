//! Calls to AWS that go wrong: what is asked for happens whole or not at all, the answer says which, and once all is well again
//! the same person just asks again.

use std::{collections::BTreeMap, sync::Arc};

use postern_http::{Access, Described};
use postern_local::operations;
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::stage::{Answer, Ask, Fixture, Scene, Stage};

/// Whether a call changes something.
fn writes(call: &str) -> bool {
    ["Put", "Update", "Transact"].iter().any(|kind| call.contains(kind))
}

/// How a function's process ends at each call of an operation that changes something.
const KILLS: [&str; 2] = ["killed_before", "killed_after"];

/// How a call goes wrong, and whether it does so until it is mended: in more ways where the operation changes something.
fn ways(call: &str, changes: bool) -> &'static [(&'static str, bool)] {
    match (writes(call), changes) {
        (true, _) => &[
            ("throttle", true),
            ("error", true),
            ("timeout_before", true),
            ("timeout_after", true),
            ("conflict", true),
            ("timeout_after", false),
            ("conflict", false),
            ("slow", false),
        ],
        (false, true) => &[("error", true), ("timeout_before", true), ("throttle", false)],
        (false, false) => &[("error", true)],
    }
}

/// Instances that are played on at once in each part of the suite.
const AT_ONCE: usize = 3;

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

    /// What is different from before, once all that was caused has been done; what must always be true of the tables still is.
    async fn change(&self) -> Rows {
        self.scene.stage.settle().await;
        let mut change = rows(&self.scene).await;
        let unsound = self.scene.unsound().await;
        assert!(unsound.is_empty(), "{unsound:#?}");
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
        // A gate that is tried stays counted, whatever becomes of it.
        if row["pk"]["S"].as_str().is_some_and(|key| key.starts_with("LINKGATES#")) {
            continue;
        }
        let start = |key: &str| row[key]["S"].as_str().and_then(|key| key.split('#').next()).unwrap_or_default().to_owned();
        let sort = if ["AccessLogTable", "ChainTable"].contains(&table.as_str()) { String::new() } else { start("sk") };
        let told = ["outcome", "spent", "done", "used", "state"].map(|name| match &row[name] {
            Value::Null => String::new(),
            value => format!(" {name} {}", value["S"].as_str().map_or_else(|| value["BOOL"].to_string(), str::to_owned)),
        });
        *rows.entry(format!("{table} {} {sort}{}", start("pk"), told.concat())).or_default() += 1;
    }
    rows
}

fn is_clean_refusal(answer: &Answer) -> bool {
    answer.status == 503
        && answer.headers.contains_key("retry-after")
        && !answer.headers.contains_key("set-cookie")
        && answer.json["type"] == "/problems/unavailable"
}

/// Whether those who are not in yet send it.
fn is_open_to_anyone(fixture: &Fixture) -> bool {
    operations().iter().any(|Described { operation, .. }| operation.name == fixture.function && operation.access == Access::Anyone)
}

async fn break_calls(stage: &Stage, function: &str, call: &str, mode: &str, nth: u32) {
    let (service, operation) = call.split_once(':').expect("a service and its operation");
    stage.fault(json!({"service": service, "operation": operation, "mode": mode, "nth": nth, "function": function})).await;
}

/// How a request goes when nothing goes wrong.
struct Clean {
    status: u16,
    change: Rows,
    /// What the same request is answered once it was carried out.
    repeated: u16,
}

/// Plays `fixture` while the `nth` of a kind of `call` goes wrong, or each (0), and says what is not as it should be.
async fn play(stage: &Stage, fixture: &Fixture, clean: &Clean, (call, mode, nth): (&str, &str, u32)) -> Vec<String> {
    let trial = Trial::new(stage, fixture).await;
    break_calls(stage, &fixture.function, call, mode, nth).await;
    let answer = trial.ask.send().await;
    stage.mend().await;
    let change = trial.change().await;
    let done = change == clean.change;
    let mut wrong = Vec::new();
    if answer.status == clean.status {
        wrong.extend((!done).then(|| format!("{}, but {change:?} in place of {:?}", clean.status, clean.change)));
    } else if (nth == 0 && is_clean_refusal(&answer)) || (KILLS.contains(&mode) && answer.is_of_a_process_that_ended()) {
        wrong.extend((!done && !change.is_empty()).then(|| format!("half of it was done: {change:?} of {:?}", clean.change)));
        let again = trial.ask.send().await;
        let after = trial.change().await;
        let fine = again.status == if done { clean.repeated } else { clean.status };
        wrong.extend((!fine).then(|| format!("asked again: {} {}", again.status, again.text)));
        wrong.extend((!done && after != clean.change).then(|| format!("asked again: {after:?} in place of {:?}", clean.change)));
        if is_open_to_anyone(fixture) {
            trial.scene.sign_in().await.get("/api/session").await.is(200);
        }
    } else {
        wrong.push(format!("{} {}", answer.status, answer.text));
    }
    let which = if nth == 0 { "always".to_owned() } else { format!("at number {nth}") };
    wrong.into_iter().map(|text| format!("{}: {call} {mode} {which}: {text}", fixture.title())).collect()
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
    let change = trial.change().await;
    let own = stage.postern.aws.calls.take_summary().remove(&fixture.function).unwrap_or_default();
    let repeated = trial.ask.send().await.status;
    assert!(repeated < 500, "{}, asked again: {repeated}", fixture.title());
    let clean = Clean { status: expected, change, repeated };
    let changes = own.calls.keys().any(|call| writes(call));
    for (call, count) in &own.calls {
        for (mode, always) in ways(call, changes) {
            wrong.extend(play(&stage, &fixture, &clean, (call, mode, u32::from(!always))).await);
        }
        for nth in 1..=if changes { u32::try_from(*count).expect("few") } else { 0 } {
            for mode in KILLS {
                wrong.extend(play(&stage, &fixture, &clean, (call, mode, nth)).await);
            }
        }
    }
    wrong
}

/// Plays a part of the suite: every request belongs to one, by its place among all.
async fn play_part(part: &str) {
    let (turns, mut playing) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    let requests = Fixture::good_requests().into_iter().filter(|fixture| fixture.function != web::NAME);
    for (fixture, _) in requests.zip(PARTS.into_iter().cycle()).filter(|(_, own)| *own == part) {
        let turns = turns.clone();
        playing.spawn(async move {
            let _turn = turns.acquire().await.expect("turns are given out");
            withstand(fixture).await
        });
    }
    let wrong = playing.join_all().await.concat();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The parts of the suite, which run side by side, and alone.
macro_rules! parts {
    ($($part:ident),*) => {
        const PARTS: [&str; [$(stringify!($part)),*].len()] = [$(stringify!($part)),*];

        mod whatever_goes_wrong_a_request_is_carried_out_whole_or_refused_and_can_be_sent_again {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $part() {
                    super::play_part(stringify!($part)).await;
                }
            )*
        }
    };
}

parts!(first_part, second_part, third_part, fourth_part);

#[tokio::test(flavor = "multi_thread")]
async fn what_must_be_true_of_the_tables_is_found_where_it_is_not() {
    let stage = Stage::new().await;
    let scene = Scene::new(&stage);
    scene.sign_in().await;
    stage.settle().await;
    assert_eq!(scene.unsound().await, [""; 0]);
    for (table, kind, change, found) in [
        ("AccessLogTable", "\"outcome\":{\"S\":\"signed-in\"}", json!({"outcome": {"S": "code-mismatch"}}), "no record says"),
        ("OutboxTable", "\"line\":{\"S\":\"codes\"}", json!({"done": {"BOOL": false}}), "a message or an export is lost"),
        ("ChainTable", "CHAIN#", json!({"record": {"S": "another"}}), "has no place"),
        ("AccessTable", "CHALLENGE#", json!({"spent": {"BOOL": false}}), "are in by"),
    ] {
        let rows = scene.rows().await.into_iter().filter(|(own, row)| own == table && row.to_string().contains(kind));
        for (_, row) in rows {
            stage.edit(table, &row, change.clone()).await;
        }
        let unsound = scene.unsound().await;
        assert!(unsound.iter().any(|text| text.contains(found)), "{table}: {unsound:#?}");
    }
}

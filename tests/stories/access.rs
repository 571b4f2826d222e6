//! Who may call: every operation, called by every kind of caller.

use std::sync::Arc;

use postern_domain::{Audience, keys::Token, role::Role};
use postern_http::{Access, Operation};
use postern_local::{operations, session_of};
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::stage::{Answer, Fixture, Scene, Stage};

const CLIENT: &str = "__Host-postern";
const STAFF: &str = "__Host-postern-staff";
/// How someone is refused who holds no session that counts.
const NOBODY: (u16, &str) = (401, "session-needed");

/// Instances that are played on at once.
const AT_ONCE: usize = 4;

/// An operation with a request that goes well when the right one sends it.
struct Trial {
    operation: Operation,
    fixture: Fixture,
}

/// Every operation, taken from the list of operations, with the request that fits staff (or clients) best.
fn trials(audience: Audience) -> Vec<Trial> {
    let good = Fixture::good_requests();
    let trial = |operation: Operation| {
        let own: Vec<_> = good.iter().filter(|fixture| fixture.function == operation.name).collect();
        let fits = own.iter().find(|fixture| fixture.is_sent_by(audience)).or(own.first());
        let fixture = fits.unwrap_or_else(|| panic!("{} has an event that goes well", operation.name));
        Trial { fixture: (**fixture).clone(), operation }
    };
    operations().into_iter().map(|described| trial(described.operation)).collect()
}

impl Trial {
    /// Makes all that the request speaks of, and answers with the session of the scene's person of `audience`: cookie, token and raw row.
    async fn ready(&self, scene: &Scene<'_>, audience: Audience) -> (&'static str, String, Value) {
        // What the request speaks of may have put another session in the place of the first.
        self.fixture.ask(scene).await;
        let (cookie, token) = self.token(scene, audience).await;
        let row = session_row(scene, &token).await;
        (cookie, token, row)
    }

    /// The session token of the scene's person of `audience`, as fresh as the operation asks for, with its cookie.
    async fn token(&self, scene: &Scene<'_>, audience: Audience) -> (&'static str, String) {
        let (cookie, thing) = session_of(audience, self.operation.fresh.is_some());
        (cookie, scene.thing(thing).await)
    }

    /// Sends the request of `scene` with these cookies alone, and answers with what came, and whether anything of the firm changed.
    async fn send(&self, scene: &Scene<'_>, cookies: &[(&str, &str)]) -> (Answer, bool) {
        let ask = self.fixture.ask(scene).await.with_cookies(cookies);
        scene.stage.settle().await;
        let before = scene.rows().await;
        let answer = ask.send().await;
        scene.stage.settle().await;
        (answer, before != scene.rows().await)
    }

    /// That a caller is refused as `name`, and nothing happens.
    async fn is_refused(&self, who: &str, scene: &Scene<'_>, cookies: &[(&str, &str)], (status, name): (u16, &str)) -> Vec<String> {
        let (answer, changed) = self.send(scene, cookies).await;
        let problem = answer.json["type"].as_str().unwrap_or_default().to_owned();
        let fine = (answer.status, problem.as_str()) == (status, format!("/problems/{name}").as_str()) && !changed;
        let wrong = format!(
            "{} by {who}: {} {problem}, {} changed; expected {status} {name}",
            self.operation.name,
            answer.status,
            if changed { "something" } else { "nothing" }
        );
        (!fine).then_some(wrong).into_iter().collect()
    }

    /// That a caller is let in: whatever becomes of the request, it is not a matter of who sends it.
    async fn is_let_in(&self, who: &str, scene: &Scene<'_>, cookies: &[(&str, &str)]) -> Vec<String> {
        let (answer, _) = self.send(scene, cookies).await;
        let fine = ![401, 403, 503].contains(&answer.status) || self.fixture.status() == Some(answer.status);
        (!fine).then(|| format!("{} by {who}: {} {}", self.operation.name, answer.status, answer.text)).into_iter().collect()
    }
}

/// The row of the session that `token` opens.
async fn session_row(scene: &Scene<'_>, token: &str) -> Value {
    let key = format!("SESSION#{}", Token::parse(token).expect("a token").fingerprint());
    let rows = scene.rows().await.into_iter().map(|(_, row)| row);
    rows.into_iter().find(|row| row["pk"]["S"] == key).expect("someone is signed in")
}

/// Nobody calls, or nobody that the operation is for.
async fn play_strangers(stage: &Stage, trial: &Trial) -> Vec<String> {
    let (scene, nonsense) = (Scene::new(stage), "A".repeat(43));
    let ended = [(CLIENT, nonsense.as_str()), (STAFF, nonsense.as_str())];
    if trial.operation.access == Access::Anyone {
        let stranger = trial.is_let_in("a stranger", &scene, &[]).await;
        return [stranger, trial.is_let_in("someone with ended sessions", &Scene::new(stage), &ended).await].concat();
    }
    let mut wrong = trial.is_refused("a stranger", &scene, &[], NOBODY).await;
    for cookie in ended {
        wrong.extend(trial.is_refused("someone with an ended session", &scene, &[cookie], NOBODY).await);
    }
    wrong
}

/// Someone of `audience` calls.
async fn play(stage: &Stage, trial: &Trial, audience: Audience) -> Vec<String> {
    let (operation, mut wrong) = (&trial.operation, Vec::new());
    let (scene, who) = (Scene::new(stage), audience.name());
    let (cookie, own, session) = trial.ready(&scene, audience).await;
    if !operation.access.is_open_to(audience) {
        wrong.extend(trial.is_refused(who, &scene, &[(cookie, &own)], NOBODY).await);
        let other = if cookie == CLIENT { STAFF } else { CLIENT };
        wrong.extend(trial.is_refused(&format!("a {who} with the other's cookie"), &scene, &[(other, &own)], NOBODY).await);
        return wrong;
    }
    for (stage_name, open) in [("second_factor", Access::SecondFactor), ("enrolment", Access::Enrolment)] {
        stage.edit("AccessTable", &session, json!({"stage": {"S": stage_name}})).await;
        let partial = (403, "second-factor-needed");
        if ![open, Access::Session].contains(&operation.access) {
            wrong.extend(trial.is_refused(&format!("a {who} who is at {stage_name}"), &scene, &[(cookie, &own)], partial).await);
        }
    }
    stage.edit("AccessTable", &session, json!({"stage": {"S": "full"}})).await;

    // Another firm's own people: what the request speaks of is not theirs.
    let (cookie, theirs) = trial.token(&Scene::new(stage), audience).await;
    let (answer, changed) = trial.send(&scene, &[(cookie, &theirs)]).await;
    let names_something = operation.path.contains('{');
    let fine = !changed && !answer.text.contains(scene.firm.as_str()) && (!names_something || answer.status == 404);
    wrong.extend((!fine).then(|| format!("{} by {who} of another firm: {} {}", operation.name, answer.status, answer.text)));

    // Who changed since: the session has ended, and all that goes on to be possible is to end it.
    let scene = Scene::new(stage);
    let (cookie, own, session) = trial.ready(&scene, audience).await;
    stage.edit("DirectoryTable", &scene.person_row(&session).await, json!({"epoch": {"N": "1"}})).await;
    if operation.name != "sign-out" {
        wrong.extend(trial.is_refused(&format!("a {who} of an earlier epoch"), &scene, &[(cookie, &own)], NOBODY).await);
    }

    let roles = if audience == Audience::Staff { Role::ALL.map(Some).to_vec() } else { vec![None] };
    for role in roles {
        let scene = Scene::new(stage);
        let (cookie, own, session) = trial.ready(&scene, audience).await;
        if let Some(role) = role {
            let name = serde_json::to_value(role).expect("a role has a name");
            let person = scene.person_row(&session).await;
            for (table, row) in [("AccessTable", &session), ("DirectoryTable", &person)] {
                stage.edit(table, row, json!({ "role": {"S": name} })).await;
            }
        }
        let may = role.is_none_or(|role| operation.access.right().is_none_or(|right| role.may(right)));
        let who = role.map_or_else(|| who.to_owned(), |role| format!("{role:?}"));
        wrong.extend(if may {
            trial.is_let_in(&who, &scene, &[(cookie, &own)]).await
        } else {
            trial.is_refused(&who, &scene, &[(cookie, &own)], (403, "not-allowed")).await
        });
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_open_to_those_it_declares_and_to_nobody_else() {
    let (turns, mut playing) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for (client, staff) in trials(Audience::Client).into_iter().zip(trials(Audience::Staff)) {
        let turns = turns.clone();
        playing.spawn(async move {
            let _turn = turns.acquire().await.expect("turns are given out");
            let stage = Stage::new().await;
            let mut wrong = play_strangers(&stage, &client).await;
            if client.operation.access != Access::Anyone {
                wrong.extend(play(&stage, &client, Audience::Client).await);
                wrong.extend(play(&stage, &staff, Audience::Staff).await);
            }
            wrong
        });
    }
    let wrong = playing.join_all().await.concat();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_is_looked_at_before_what_is_asked() {
    let stage = Stage::new().await;
    for Trial { operation, .. } in trials(Audience::Staff).into_iter().filter(|trial| trial.operation.access != Access::Anyone) {
        let path: Vec<_> = operation.path.split('/').map(|part| if part.starts_with('{') { "no-id" } else { part }).collect();
        let (path, browser) = (path.join("/"), stage.browser());
        let json = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
        // No session, no id, no body: the session is asked for first.
        let answer = browser.send(operation.method.clone(), &path, "{", &json).await;
        answer.is_problem(401, "session-needed");
        if operation.method.is_safe() {
            continue;
        }
        // Another site: that is refused before a session is looked for, and after the form of the request.
        let elsewhere = [("content-type", "application/json"), ("sec-fetch-site", "cross-site")];
        browser.send(operation.method.clone(), &path, "{}", &elsewhere).await.is_problem(403, "cross-site");
        if operation.takes_body() {
            let text = [("content-type", "text/plain"), ("sec-fetch-site", "cross-site")];
            browser.send(operation.method.clone(), &path, "{}", &text).await.is_problem(415, "json-needed");
            browser.send(operation.method.clone(), &path, "x".repeat(65 * 1024), &elsewhere).await.is_problem(413, "body-too-large");
        }
    }
}

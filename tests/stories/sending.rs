//! Messages while the services that send them fail.

use std::collections::BTreeSet;

use serde_json::json;
use tokio::task::JoinSet;

use crate::stage::{Fixture, Jane, Scene, Stage, logged};

/// Calls that go wrong before one goes well: more than the tries at once make. A text message would go by mail by then.
const WRONG_CALLS: usize = 4;
const WRONG_TEXTS: usize = 2;

/// Minutes for which what failed is waited for.
const PATIENCE: usize = 40;

/// A request that sends a message, to whom it goes, and what the log says then.
const SENDERS: [(&str, &str, &str); 2] = [("request-code", "mobile", "code-sent-sms"), ("invite", "email", "invite-sent")];

fn good(function: &str) -> Fixture {
    Fixture::good_requests().into_iter().find(|fixture| fixture.function == function).expect("an event")
}

async fn break_calls(stage: &Stage, call: &str, mode: &str, nth: u32) {
    let (service, operation) = call.split_once(':').expect("a service and its operation");
    stage.fault(json!({"service": service, "operation": operation, "mode": mode, "nth": nth, "function": "deliver"})).await;
}

/// Has a message sent while `call` goes wrong for a while, and says what is not as it should be.
async fn send(stage: &Stage, (function, to, outcome): (&str, &str, &str), call: &str, mode: &str) -> Option<String> {
    let scene = Scene::new(stage);
    let ask = good(function).ask(&scene).await;
    stage.settle().await;
    for _ in 0..if call == "sns:Publish" { WRONG_TEXTS } else { WRONG_CALLS } {
        break_calls(stage, call, mode, 1).await;
    }
    let answer = ask.send().await;
    stage.settle().await;
    for _ in 0..PATIENCE {
        let rows = scene.rows().await;
        if !rows.iter().any(|(table, row)| table == "OutboxTable" && row["done"]["BOOL"] == false) {
            break;
        }
        stage.advance(60).await;
        stage.settle().await;
    }
    let sent = stage.sent_to(&scene.thing(to).await).await;
    stage.mend().await;
    let texts: BTreeSet<_> = sent.iter().map(|message| message["text"].to_string()).collect();
    let rows = scene.rows().await;
    let told = rows.iter().filter(|(table, row)| table == "AccessLogTable" && row["outcome"]["S"] == outcome).count();
    let waiting = rows.iter().filter(|(table, row)| table == "OutboxTable" && row["done"]["BOOL"] == false).count();
    // Only a message that was sent when that was not answered for, or not written down by who ended, goes out again, in the same words.
    let may_repeat = match mode {
        "timeout_after" | "killed_after" => ["ses:SendEmail", "sns:Publish"].contains(&call),
        "killed_before" => call == "dynamodb:TransactWriteItems",
        _ => false,
    };
    let fine = answer.status < 300 && texts.len() == 1 && (sent.len() == 1 || may_repeat) && told == 1 && waiting == 0;
    (!fine).then(|| {
        format!("{function}: {call} {mode}: {} {} sent in {} words, {told} told, {waiting} waiting", answer.status, sent.len(), texts.len())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_once_what_failed_works_again() {
    let mut playing = JoinSet::new();
    for sender in SENDERS {
        for mode in ["throttle", "error", "timeout_before", "timeout_after", "conflict", "killed_before", "killed_after"] {
            playing.spawn(async move {
                let stage = Stage::new().await;
                let mut wrong = Vec::from_iter(send(&stage, sender, "secretsmanager:GetSecretValue", mode).await);
                stage.postern.aws.calls.take();
                let ask = good(sender.0).ask(&Scene::new(&stage)).await;
                stage.settle().await;
                stage.postern.aws.calls.take();
                ask.send().await;
                stage.settle().await;
                let calls = stage.postern.aws.calls.take_summary().remove("deliver").expect("it was called").calls;
                for call in calls.keys() {
                    wrong.extend(send(&stage, sender, call, mode).await);
                }
                wrong
            });
        }
    }
    let wrong = playing.join_all().await.concat();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_cannot_be_sent_for_long_is_given_up_and_staff_and_whoever_deploys_are_told() {
    let stage = Stage::new().await;
    let scene = Scene::new(&stage);
    let (staff, dispatch) = (scene.staff().await, scene.thing("dispatch").await);
    assert!(stage.sent_to(&scene.thing("mobile").await).await.is_empty());
    assert!(logged().lines().any(|line| line.contains("WARN") && line.contains(&dispatch)), "a warning about {dispatch}");
    stage.advance(600).await;
    stage.settle().await;
    assert!(stage.sent_to(&scene.thing("mobile").await).await.is_empty());
    assert!(logged().lines().any(|line| line.contains("ERROR") && line.contains(&dispatch)), "an error about {dispatch}");
    let log = staff.get("/api/access-log?outcome=message-given-up").await.is(200);
    assert_eq!(log["items"][0]["message"], "Message given up: the text message service did not take it in time");
    scene.sign_in().await.get("/api/session").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_no_carrier_takes_goes_by_mail() {
    let stage = Stage::new().await;
    let scene = Scene::new(&stage);
    scene.thing("contact").await;
    break_calls(&stage, "sns:Publish", "throttle", 0).await;
    let asked = good("request-code").ask(&scene).await.send().await.is(202);
    stage.settle().await;
    let code = stage.code_for(&scene.thing("email").await).await;
    stage.browser().answer(&asked, &code).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_out_goes_out_once_however_long_it_cannot_be_written_down() {
    let stage = Stage::new().await;
    let scene = Scene::new(&stage);
    let ask = good("invite").ask(&scene).await;
    stage.settle().await;
    break_calls(&stage, "dynamodb:TransactWriteItems", "error", 0).await;
    ask.send().await.is(201);
    // No lease may end under a worker that is still at it.
    stage.settle().await;
    let email = scene.thing("email").await;
    for _ in 0..8 {
        stage.advance(10 * 60).await;
        stage.settle().await;
    }
    assert_eq!(stage.sent_to(&email).await.len(), 1);
    stage.mend().await;
    stage.advance(16 * 60).await;
    assert_eq!(stage.sent_to(&email).await.len(), 1);
    let told = scene.rows().await.into_iter().filter(|(table, row)| table == "AccessLogTable" && row["outcome"]["S"] == "invite-sent");
    assert_eq!(told.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hour_of_a_way_in_begins_when_its_mail_goes_out() {
    let stage = Stage::new().await;
    stage.jane(&stage.owner().await).await;
    break_calls(&stage, "ses:SendEmail", "throttle", 0).await;
    stage.browser().ask(Jane::EMAIL, "0000").await.is(202);
    for _ in 0..50 {
        stage.advance(60).await;
        stage.settle().await;
    }
    stage.mend().await;
    for _ in 0..9 {
        stage.advance(60).await;
        stage.settle().await;
    }
    let token = stage.link_for(Jane::EMAIL).await;
    stage.advance(50 * 60).await;
    stage.browser().open(&token).await.is(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_with_a_message_loses_it_to_nobody() {
    let stage = Stage::new().await;
    let scene = Scene::new(&stage);
    let (dispatch, mobile) = (scene.thing("dispatch").await, scene.thing("mobile").await);
    let rows = scene.rows().await;
    let row =
        rows.iter().find(|(table, row)| table == "OutboxTable" && row["dispatch"]["S"] == dispatch.as_str()).expect("it waits").1.clone();
    let a_moment_ahead = (row["created_at"]["N"].as_str().expect("a time").parse::<i64>().expect("a number") + 90_000).to_string();
    stage.edit("OutboxTable", &row, json!({"leased_until": {"N": a_moment_ahead}, "leased_by": {"S": "whoever died"}})).await;
    for (minute, sent) in [(1, 0), (2, 1)] {
        stage.advance(60).await;
        stage.settle().await;
        assert_eq!(stage.sent_to(&mobile).await.len(), sent, "after minute {minute}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_takes_no_mail_is_told_to_staff() {
    let stage = Stage::new().await;
    let staff = Scene::new(&stage).staff().await;
    let contact = json!({"name": "Lee Park", "email": "suppressionlist@simulator.amazonses.com", "mobile": "+12025550174",
        "gates": [{"kind": "pin", "digits": "482913"}]});
    let contact = staff.post("/api/contacts", contact).await.is(201)["contact"].as_str().expect("an id").to_owned();
    staff.post(&format!("/api/contacts/{contact}/invitations"), json!({})).await.is(201);
    stage.settle().await;
    let log = staff.get(&format!("/api/access-log?contact={contact}")).await.is(200);
    let told = (&log["items"][0]["message"], &log["items"][0]["delivery"]);
    assert_eq!(told, (&json!("Email not accepted by the mail service"), &json!("failed")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_whose_name_fills_more_than_a_header_is_heard_all_the_same() {
    let stage = Stage::new().await;
    let name = "Účetní kancelář Příbramská & synové ".repeat(3);
    let firm = json!({"firm": "long", "name": name, "phone": "(252) 555-0142", "contact_address": "office@long.test",
        "owner": {"name": "Otto", "email": "otto@long.test"}});
    stage.worker(create_firm::NAME)(firm).await.expect("it is set up");
    stage.browser().post("/api/firms/long/staff/challenges", json!({"email": "otto@long.test"})).await.is(202);
    let mail = stage.sent_to("otto@long.test").await.pop().expect("a mail");
    assert!(mail["subject"].as_str().is_some_and(|subject| subject.contains(name.trim())), "it is shortened in the header alone: {mail}");
    let firm = stage.browser().get("/api/firms/long").await.is(200);
    assert_eq!((&firm["name"], &firm["tel"]), (&json!(name.trim()), &json!("tel:+12525550142")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_in_no_time_zone_is_told_the_nearest() {
    let stage = Stage::new().await;
    for (time_zone, near) in [("America/NewYork", "America/New_York"), ("Eastern", "US/Eastern")] {
        let firm = json!({"firm": "odd", "name": "Odd", "phone": "911", "contact_address": "office@odd.test", "time_zone": time_zone,
            "owner": {"name": "Otto", "email": "otto@odd.test"}});
        let told = stage.worker(create_firm::NAME)(firm).await.expect_err("there is no such time zone");
        assert!(told.contains(near), "{told}");
    }
}

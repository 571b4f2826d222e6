//! What mailboxes and carriers report of messages: it comes back into the log and to the contact, and nothing is called delivered before.

use std::io::Write as _;

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::stage::{Browser, Fixture, Jane, Scene, Stage, at_once, logged};

const BOUNCES: &str = "bounce@simulator.amazonses.com";
/// The number whose owner has opted out.
pub const OPTED_OUT: &str = "+14254147167";

/// A contact and its owner's office.
struct Office<'a> {
    stage: &'a Stage,
    staff: Browser,
    contact: String,
}

impl<'a> Office<'a> {
    async fn with(stage: &'a Stage, email: &str, mobile: &str) -> Self {
        let staff = stage.owner().await;
        let new = json!({"name": "Kim Park", "email": email, "mobile": mobile, "gates": [{"kind": "pin", "digits": "482913"}]});
        let contact = staff.post("/api/contacts", new).await.is(201)["contact"].as_str().expect("an id").to_owned();
        Self { stage, staff, contact }
    }

    async fn invite(&self) -> String {
        let path = format!("/api/contacts/{}/invitations", self.contact);
        self.staff.post(&path, json!({"again": true})).await.is(201);
        self.records("").await[0]["message_id"].as_str().expect("it went out").to_owned()
    }

    /// What keeps messages from the contact: `{email, mobile}`.
    async fn troubles(&self) -> Value {
        self.stage.settle().await;
        let mut troubles = self.staff.get(&format!("/api/contacts/{}", self.contact)).await.is(200)["portal"]["troubles"].take();
        for way in ["email", "mobile"] {
            assert!(troubles[way].is_null() || troubles[way]["at"].is_string(), "{troubles}");
            troubles[way] = troubles[way]["kind"].take();
        }
        troubles
    }

    async fn records(&self, query: &str) -> Vec<Value> {
        self.stage.settle().await;
        let page = self.staff.get(&format!("/api/access-log?limit=100&contact={}{query}", self.contact)).await.is(200);
        page["items"].as_array().expect("a list").clone()
    }

    async fn outcomes(&self) -> Vec<String> {
        self.records("").await.iter().map(|record| record["outcome"].as_str().expect("a name").to_owned()).collect()
    }

    /// How the code goes that the contact asks for: `sms` or `email`, or what became of it.
    async fn way_of_code(&self, email: &str, channel: Option<&str>) -> String {
        let asked = json!({"email": email, "gate": "482913", "channel": channel});
        self.stage.browser().post("/api/firms/demo/challenges", asked).await.is(202);
        let newest = self.records("").await;
        let sent = newest.iter().find(|record| record["outcome"].as_str().is_some_and(|outcome| outcome.starts_with("code-sent")));
        sent.expect("a code went out")["channel"].as_str().expect("a channel").to_owned()
    }
}

/// What EventBridge brings of a mail.
fn mail(kind: &str, part: &Value, message: &str, to: &str) -> Value {
    let event_type = match kind {
        "Email Delivered" => "Delivery",
        "Email Bounced" => "Bounce",
        "Email Complaint Received" => "Complaint",
        _ => "Reject",
    };
    let tags = json!({"ses:configuration-set": ["ConfigurationSet"], "message": [message]});
    let detail =
        json!({"eventType": event_type, "mail": {"destination": [to], "messageId": "0100", "tags": tags}, event_type.to_lowercase(): part});
    json!({"version": "0", "id": "12a18625", "detail-type": kind, "source": "aws.ses", "account": "000000000000", "region": "us-east-1",
        "time": "2026-03-02T10:44:02Z", "resources": [], "detail": detail})
}

fn bounce(message: &str, to: &str) -> Value {
    mail("Email Bounced", &json!({"bounceType": "Permanent", "bounceSubType": "General"}), message, to)
}

fn delivery(message: &str, to: &str) -> Value {
    mail("Email Delivered", &json!({"smtpResponse": "250 ok"}), message, to)
}

/// What a log group brings of a text message.
fn text(id: &str, to: &str, status: &str, response: &str) -> Value {
    let group = if status == "SUCCESS" { "" } else { "/Failure" };
    entries(group, &[status_of(id, to, status, response).to_string()])
}

fn status_of(id: &str, to: &str, status: &str, response: &str) -> Value {
    json!({"notification": {"messageId": id, "timestamp": "2026-03-02 10:44:00.558"},
        "delivery": {"destination": to, "providerResponse": response, "dwellTimeMs": 599}, "status": status})
}

fn entries(group: &str, entries: &[String]) -> Value {
    let group = format!("sns/us-east-1/000000000000/DirectPublishToPhoneNumber{group}");
    let entries: Vec<_> = entries.iter().map(|entry| json!({"id": "1", "timestamp": 1, "message": entry})).collect();
    let text = json!({"messageType": "DATA_MESSAGE", "owner": "000000000000", "logGroup": group, "logEvents": entries}).to_string();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text.as_bytes()).expect("it grows");
    json!({"awslogs": {"data": BASE64_STANDARD.encode(packed.finish().expect("it is whole"))}})
}

impl Stage {
    /// Has AWS send an event, and waits for what comes of it.
    async fn happens(&self, event: Value) {
        self.lab.post("/_local/events", event).await.is(204);
        self.settle().await;
    }

    /// What SNS logs of a text message that went out this moment and arrived.
    async fn status_of_now(&self, id: &str, to: &str) -> String {
        let now = self.lab.post("/_local/clock", json!({"advance_seconds": 0})).await.is(200)["now"].as_str().expect("a time").to_owned();
        let mut status = status_of(id, to, "SUCCESS", "");
        status["notification"]["timestamp"] = json!(format!("{} {}", &now[..10], &now[11..19]));
        status.to_string()
    }

    /// What SNS calls the last text message to `to`.
    async fn text_to(&self, to: &str) -> String {
        self.sent_to(to).await.last().expect("a text message")["id"].as_str().expect("an id").to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_bounces_is_told_to_staff_and_codes_go_by_text_until_the_address_is_mended() {
    let stage = Stage::new().await;
    let office = Office::with(&stage, BOUNCES, "+12025550174").await;
    assert_eq!(office.way_of_code(BOUNCES, Some("email")).await, "email");
    assert_eq!(office.outcomes().await[..2], ["email-bounced", "code-sent-email"]);
    let records = office.records("").await;
    assert_eq!(records[0]["message"], "Email bounced");
    assert_eq!([&records[0]["delivery"], &records[1]["delivery"]], ["bounced", "accepted"], "what was written is not changed");
    assert_eq!(records[0]["message_id"], records[1]["message_id"]);
    assert_eq!([&records[0]["email"], &records[0]["channel"]], [BOUNCES, "email"]);
    assert_eq!(office.troubles().await, json!({"email": "bounced", "mobile": null}));

    assert_eq!(office.way_of_code(BOUNCES, Some("email")).await, "sms", "it would not arrive by mail");
    let path = format!("/api/contacts/{}", office.contact);
    office.staff.patch(&path, json!({"email": "kim@example.com"})).await.is(200);
    assert_eq!(office.troubles().await, json!({"email": null, "mobile": null}));
    assert_eq!(office.way_of_code("kim@example.com", Some("email")).await, "email");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_bounced_or_pressed_spam_once_gets_the_next_mail_and_is_well_when_it_arrives() {
    let stage = Stage::new().await;
    let spam = |message: &str, to: &str| mail("Email Complaint Received", &json!({"complaintFeedbackType": "abuse"}), message, to);
    for (email, mobile, trouble, back) in [
        ("kim@example.com", "+12025550174", "bounced", &bounce as &dyn Fn(&str, &str) -> Value),
        ("lou@example.com", "+12025550175", "marked_as_spam", &spam),
    ] {
        let office = Office::with(&stage, email, mobile).await;
        let first = office.invite().await;
        stage.happens(back(&first, email)).await;
        assert_eq!(office.troubles().await["email"], trouble);
        let second = office.invite().await;
        assert_eq!(stage.sent_to(email).await.len(), 2, "{email}");
        stage.happens(delivery(&second, email)).await;
        assert_eq!(office.troubles().await["email"], Value::Null, "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_is_delivered_marked_as_spam_rejected_or_answered_by_a_machine_is_told_as_that() {
    let stage = Stage::new().await;
    for (mailbox, outcomes, trouble) in [
        ("success+1", vec!["email-delivered"], Value::Null),
        ("complaint", vec!["email-delivered", "email-marked-as-spam"], json!("marked_as_spam")),
        ("ooto", vec!["email-delivered", "email-returned"], Value::Null),
    ] {
        let mobile = format!("+1202555{}", 1000 + outcomes.concat().len());
        let office = Office::with(&stage, &format!("{mailbox}@simulator.amazonses.com"), &mobile).await;
        office.invite().await;
        let mut told = office.outcomes().await;
        told.retain(|outcome| outcome.starts_with("email-"));
        told.sort();
        assert_eq!(told, outcomes, "{mailbox}");
        assert_eq!(office.troubles().await["email"], trouble, "{mailbox}");
    }
    let office = Office::with(&stage, "kim@example.com", "+12025550174").await;
    let message = office.invite().await;
    assert_eq!(office.outcomes().await[0], "invite-sent", "nothing is delivered by assumption");
    stage.happens(mail("Email Rejected", &json!({"reason": "Bad content"}), &message, "kim@example.com")).await;
    assert_eq!(office.outcomes().await[0], "email-rejected");
    stage.happens(mail("Email Complaint Received", &json!({"complaintFeedbackType": "not-spam"}), &message, "kim@example.com")).await;
    assert_eq!(office.outcomes().await[0], "email-rejected");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_counts_once_whatever_its_order_and_says_nothing_of_another_address() {
    let stage = Stage::new().await;
    let office = Office::with(&stage, "kim@example.com", "+12025550174").await;
    let (message, kim) = (office.invite().await, "kim@example.com");
    for event in [bounce(&message, kim), delivery(&message, kim), bounce(&message, kim), delivery(&message, kim)] {
        stage.happens(event).await;
    }
    assert_eq!(office.outcomes().await[..3], ["email-delivered", "email-bounced", "invite-sent"]);
    assert_eq!(office.troubles().await["email"], "bounced", "it bounced, whatever came first");
    let at_same_time = (0..8).map(|_| {
        let (deliver, event) = (stage.worker(record_delivery::NAME), mail("Email Rejected", &json!({}), &message, kim));
        async move { deliver(event).await }
    });
    assert!(at_once(at_same_time).await.iter().all(Result::is_ok));
    assert_eq!(office.records("&outcome=email-rejected").await.len(), 1);

    // A message that was made later, and arrived, ends it.
    stage.advance(1).await;
    let later = office.invite().await;
    stage.happens(delivery(&later, "Kim@Example.com")).await;
    assert_eq!(office.troubles().await["email"], Value::Null);

    // Mail to an address that the contact had.
    let path = format!("/api/contacts/{}", office.contact);
    office.staff.patch(&path, json!({"email": "kim.park@example.com"})).await.is(200);
    stage.settle().await;
    stage.happens(bounce(&later, kim)).await;
    assert_eq!((office.outcomes().await[0].as_str(), office.troubles().await["email"].clone()), ("email-bounced", Value::Null));
    assert_eq!(office.records("").await[0]["email"], kim);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_of_no_known_message_or_makes_no_sense_breaks_nothing_and_is_told_to_whoever_deploys() {
    let stage = Stage::new().await;
    let office = Office::with(&stage, "kim@example.com", "+12025550174").await;
    let message = office.invite().await;
    let before = office.outcomes().await;
    let unknown = "0192f0c4a1b27000800000000000abcd";
    stage.happens(bounce(unknown, "kim@example.com")).await;
    stage.happens(text("34d9b400-c6dd-5444-820d-fbeb0f1f54cf", "+12025550174", "SUCCESS", "")).await;
    assert!(logged().lines().any(|line| line.contains("WARN") && line.contains(unknown)), "it is not ours");
    let odd = "0000feed-odd1-id";
    stage.happens(bounce(odd, "kim@example.com")).await;
    stage.happens(mail("Email Bounced", &Value::Null, &message, "kim@example.com")).await;
    stage.happens(entries("", &["no JSON".to_owned()])).await;
    let told = logged();
    let errors = told.lines().filter(|line| line.contains("ERROR") && line.contains("a report of a message cannot be used"));
    assert!(errors.count() >= 3, "{told}");
    for odd in [json!({}), json!([]), json!("x"), json!(null), json!({"awslogs": {"data": "%"}}), json!({"detail": {"eventType": []}})] {
        assert!(stage.worker(record_delivery::NAME)(odd.clone()).await.is_ok(), "{odd}");
    }
    assert_eq!(office.outcomes().await, before);

    // Years later the message is forgotten.
    stage.advance(2 * 365 * 24 * 60 * 60).await;
    stage.settle().await;
    assert!(stage.worker(record_delivery::NAME)(bounce(&message, "kim@example.com")).await.is_ok());
    let staff = stage.owner().await;
    let contact = staff.get(&format!("/api/contacts/{}", office.contact)).await.is(200);
    assert_eq!(contact["portal"]["troubles"]["email"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_no_rule_and_no_filter_takes_is_refused() {
    let stage = Stage::new().await;
    let mut of_another = bounce("0192f0c4a1b27000800000000000abcd", "a@b.test");
    of_another["detail"]["mail"]["tags"]["ses:configuration-set"] = json!(["another-deployment"]);
    for event in [
        of_another,
        mail("Email Opened", &json!({}), "0192f0c4a1b27000800000000000abcd", "a@b.test"),
        entries("/Elsewhere", &[]),
        json!({"awslogs": {"data": "%"}}),
        json!({"source": "aws.ec2"}),
        json!({}),
    ] {
        stage.lab.post("/_local/events", event).await.is(422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_fails_is_told_to_staff_and_codes_go_by_mail_for_a_day() {
    let stage = Stage::new().await;
    let (kim, mobile) = ("kim@example.com", "+12025550174");
    let office = Office::with(&stage, kim, mobile).await;
    assert_eq!(office.way_of_code(kim, None).await, "sms");
    let first = stage.text_to(mobile).await;
    stage.happens(text(&first, mobile, "FAILURE", "Phone is currently unreachable/unavailable")).await;
    let records = office.records("").await;
    assert_eq!([&records[1]["message"], &records[1]["delivery"]], ["SMS delivery failed", "failed"]);
    assert!(records[1]["message_id"] == records[2]["message_id"] && records[2]["delivery"] == "accepted", "{records:?}");
    // The same code comes by mail by itself.
    assert_eq!(records[0]["outcome"], "code-sent-email");
    assert_eq!(stage.code_for(kim).await, stage.code_for(mobile).await);
    assert_eq!(office.troubles().await["mobile"], "failed");
    assert_eq!(office.way_of_code(kim, None).await, "email");
    // Who asks for a text message gets one, and what the carrier says of that counts.
    assert_eq!(office.way_of_code(kim, Some("sms")).await, "sms");
    let second = stage.text_to(mobile).await;
    stage.happens(text(&second, mobile, "SUCCESS", "Message has been accepted by phone carrier")).await;
    assert_eq!(office.records("").await[0]["message"], "SMS delivered to the phone's carrier");
    assert_eq!(office.troubles().await["mobile"], Value::Null);
    assert_eq!(office.way_of_code(kim, None).await, "sms");

    // A code that was used is not sent again.
    stage.advance(60 * 60).await;
    let office = Office { staff: stage.owner().await, ..office };
    let asked = stage.browser().post("/api/firms/demo/challenges", json!({"email": kim, "gate": "482913"})).await.is(202);
    let (code, third) = (stage.code_for(mobile).await, stage.text_to(mobile).await);
    stage.browser().answer(&asked, &code).await.is(201);
    stage.happens(text(&third, mobile, "FAILURE", "Unknown error attempting to reach phone")).await;
    assert_eq!(office.outcomes().await[..2], ["sms-failed", "signed-in"]);
    stage.advance(23 * 60 * 60 + 59 * 60).await;
    let office = Office { staff: stage.owner().await, ..office };
    assert_eq!(office.way_of_code(kim, None).await, "email");
    stage.advance(60).await;
    assert_eq!(office.way_of_code(kim, None).await, "sms", "it may be back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_answered_stop_gets_no_texts_until_it_answers_start() {
    let stage = Stage::new().await;
    let (kim, mobile) = ("kim@example.com", "+12025550174");
    let office = Office::with(&stage, kim, mobile).await;
    assert_eq!(office.way_of_code(kim, None).await, "sms");
    let first = stage.text_to(mobile).await;
    stage.happens(text(&first, mobile, "FAILURE", "Phone number is opted out")).await;
    let records = office.records("").await;
    assert_eq!(records[1]["message"], "SMS not sent: phone opted out (STOP)");
    assert_eq!(records[0]["outcome"], "code-sent-email", "the same code comes by mail by itself");
    assert_eq!(office.way_of_code(kim, None).await, "email");
    assert_eq!(office.troubles().await["mobile"], "opted_out");
    // SNS here says that it takes texts again: found out when a later code is mailed.
    stage.advance(10 * 60).await;
    assert_eq!(office.way_of_code(kim, None).await, "email");
    let told = office.outcomes().await;
    assert!(told.contains(&"texts-resumed".to_owned()), "{told:?}");
    assert_eq!(office.troubles().await["mobile"], Value::Null);
    assert_eq!(office.way_of_code(kim, None).await, "sms");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_sns_refuses_for_its_stop_is_not_tried_again() {
    let stage = Stage::new().await;
    let office = Office::with(&stage, "kim@example.com", OPTED_OUT).await;
    for minutes in [0, 1, 10] {
        stage.settle().await;
        stage.advance(minutes * 60).await;
        assert_eq!(office.way_of_code("kim@example.com", None).await, "email");
        assert_eq!(office.troubles().await["mobile"], "opted_out");
    }
    assert_eq!(office.records("&outcome=sms-opted-out").await.len(), 1);
    let calls = stage.postern.aws.calls.take_summary().remove("deliver").expect("it was called").calls;
    assert_eq!((calls["sns:Publish"], calls["sns:CheckIfPhoneNumberIsOptedOut"]), (1, 1), "asked once, when it may have changed");
    let path = format!("/api/contacts/{}", office.contact);
    office.staff.patch(&path, json!({"mobile": "+12025550174"})).await.is(200);
    assert_eq!(office.troubles().await["mobile"], Value::Null);
    assert_eq!(office.way_of_code("kim@example.com", None).await, "sms");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_tell_what_is_known_of_an_address() {
    let stage = Stage::new().await;
    let staff = stage.owner().await;
    stage.jane(&staff).await;
    let office = Office::with(&stage, BOUNCES, OPTED_OUT).await;
    office.way_of_code(BOUNCES, Some("email")).await;
    office.way_of_code(BOUNCES, Some("sms")).await;
    assert_eq!(office.troubles().await, json!({"email": "bounced", "mobile": "opted_out"}));
    let mut seen = Vec::new();
    for (email, gate) in [(BOUNCES, "482913"), (BOUNCES, "4829"), (Jane::EMAIL, Jane::GATE), ("nobody@example.com", "4321")] {
        stage.settle().await;
        stage.postern.aws.calls.take();
        let answer = stage.browser().ask(email, gate).await;
        let mut body = answer.is(202);
        body["challenge"] = Value::Null;
        // The sender comes after the answer.
        let account = stage.postern.aws.calls.take_summary().remove("request-code").expect("it was called");
        seen.push((body, account.calls, account.rru));
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_change_and_what_comes_back_at_that_moment_lose_nothing_of_each_other() {
    let stage = Stage::new().await;
    for round in 0..6 {
        let email = format!("kim-{round}@example.com");
        let office = Office::with(&stage, &email, &format!("+1202555013{round}")).await;
        let message = office.invite().await;
        let (worker, event) = (stage.worker(record_delivery::NAME), bounce(&message, &email));
        let (staff, path) = (office.staff.clone(), format!("/api/contacts/{}", office.contact));
        let acts: Vec<std::pin::Pin<Box<dyn Future<Output = bool> + Send>>> = vec![
            Box::pin(async move { worker(event).await.is_ok() }),
            Box::pin(async move { staff.patch(&path, json!({"name": "Kim B. Park"})).await.status == 200 }),
        ];
        assert_eq!(at_once(acts).await, [true, true]);
        let contact = office.staff.get(&format!("/api/contacts/{}", office.contact)).await.is(200);
        assert_eq!(contact["name"], "Kim B. Park");
        assert_eq!(office.troubles().await["email"], "bounced");
        assert_eq!(office.way_of_code(&email, Some("email")).await, "sms", "asking for a code knows it too");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_written_down_once_the_store_works_again() {
    let stage = Stage::new().await;
    let good = Fixture::all().into_iter().filter(|fixture| fixture.function == record_delivery::NAME && fixture.is_good());
    for fixture in good {
        let scene = Scene::new(&stage);
        let event = fixture.event(&scene).await;
        let worker = stage.worker(record_delivery::NAME);
        for call in ["GetItem", "TransactWriteItems"] {
            for mode in ["throttle", "error", "timeout_before", "timeout_after"] {
                stage
                    .fault(json!({"service": "dynamodb", "operation": call, "mode": mode, "nth": 0, "function": record_delivery::NAME}))
                    .await;
                assert!(worker(event.clone()).await.is_err(), "{} {call} {mode}", fixture.name);
                stage.mend().await;
            }
        }
        for _ in 0..2 {
            assert!(worker(event.clone()).await.is_ok(), "{}", fixture.name);
        }
        let is_report = |outcome: &str| ["email-", "sms-"].iter().any(|start| outcome.starts_with(start));
        let rows = scene.rows().await;
        let told =
            rows.iter().filter(|(table, row)| table == "AccessLogTable" && is_report(row["outcome"]["S"].as_str().unwrap_or_default()));
        assert_eq!(told.count(), 1, "{}", fixture.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_is_quicker_than_our_own_record_is_waited_for() {
    let stage = Stage::new().await;
    let (kim, mobile) = ("kim@example.com", "+12025550174");
    let office = Office::with(&stage, kim, mobile).await;
    stage.settle().await;
    // What deliver writes down comes two seconds late.
    stage.fault(json!({"service": "dynamodb", "operation": "TransactWriteItems", "mode": "slow", "nth": 1, "function": "deliver"})).await;
    stage.browser().post("/api/firms/demo/challenges", json!({"email": kim, "gate": "482913"})).await.is(202);
    let mut id = None;
    while id.is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let outbox = stage.lab.get("/_local/outbox").await.is(200);
        id = outbox.as_array().and_then(|all| all.iter().find(|message| message["to"] == mobile)).map(|message| message["id"].clone());
    }
    let status = stage.status_of_now(id.expect("it was sent").as_str().expect("an id"), mobile).await;
    stage.happens(entries("", &[status])).await;
    assert_eq!(office.outcomes().await[..2], ["sms-delivered", "code-sent-sms"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_others_in_the_account_keep_our_reports_waiting_for_seconds_however_many_come() {
    let stage = Stage::new().await;
    let (kim, mobile) = ("kim@example.com", "+12025550174");
    let office = Office::with(&stage, kim, mobile).await;
    assert_eq!(office.way_of_code(kim, None).await, "sms");
    let mut told = Vec::new();
    for other in 0..6 {
        told.push(stage.status_of_now(&format!("0000000{other}-c6dd-5444-820d-fbeb0f1f54cf"), "+12025550199").await);
    }
    told.push(stage.status_of_now(&stage.text_to(mobile).await, mobile).await);
    let begun = std::time::Instant::now();
    stage.happens(entries("", &told)).await;
    assert!(begun.elapsed().as_secs() < 20, "AWS lets it run for 29: {:?}", begun.elapsed());
    assert_eq!(office.outcomes().await[0], "sms-delivered");
}

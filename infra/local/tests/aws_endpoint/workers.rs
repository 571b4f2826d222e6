//! Workers as the template has them called.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_sesv2::types::MessageTag;
use futures::future::BoxFuture;
use jiff::Timestamp;
use postern_domain::Clock;
use postern_local::{
    Worker,
    aws::{Endpoint, template},
    drive,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{fault, item, mail, options, s3, sdk};

const TEMPLATE: &str = include_str!("workers.yaml");
/// 2027-01-15T08:00:00.500Z.
const START: i64 = 1_800_000_000_500;
const MINUTE: i64 = 60_000;

/// What a worker does with an event, beside being seen.
type Work = fn(&'static str, aws_types::SdkConfig) -> BoxFuture<'static, Result<Value, String>>;

/// An endpoint under a clock that stands still, and what its workers were told.
struct Stage {
    endpoint: Endpoint,
    sdk: aws_types::SdkConfig,
    now: Arc<AtomicI64>,
    seen: Arc<Mutex<Vec<(&'static str, Value)>>>,
    _data: tempfile::TempDir,
}

impl Stage {
    async fn set(work: Work) -> Self {
        let data = tempfile::tempdir().expect("there is room for a folder");
        let now = Arc::new(AtomicI64::new(START));
        let (read, seen) = (now.clone(), Arc::new(Mutex::new(Vec::new())));
        let clock = Clock::new(move || Timestamp::from_millisecond(read.load(Ordering::SeqCst)).expect("a valid time"));
        let options = postern_local::aws::Options { clock, template: TEMPLATE, ..options(data.path()) };
        let endpoint = Endpoint::start(options).await.expect("the endpoint starts");
        let stage = Self { sdk: sdk(&endpoint), endpoint, now, seen, _data: data };
        let template = template::to_json(TEMPLATE).expect("the template is YAML");
        drive(&template, &stage.endpoint.drivers, |name| stage.worker(name, work)).expect("all can be followed");
        stage
    }

    fn worker(&self, name: &str, work: Work) -> Option<Worker> {
        let name = ["sweep", "look-at", "file-rows"].into_iter().find(|known| *known == name)?;
        let (seen, sdk) = (self.seen.clone(), self.sdk.clone());
        Some(Arc::new(move |event| {
            let (seen, work) = (seen.clone(), work(name, sdk.clone()));
            Box::pin(async move {
                let answer = work.await;
                seen.lock().expect("no holder panics").push((name, event));
                answer
            })
        }))
    }

    /// Puts the clock forward, settles, and answers what the workers were told since this was last asked.
    async fn after(&self, millis: i64) -> Vec<(&'static str, Value)> {
        self.now.fetch_add(millis, Ordering::SeqCst);
        self.endpoint.drivers.settled().await;
        std::mem::take(&mut self.seen.lock().expect("no holder panics"))
    }

    async fn put(&self, bucket: &str, key: &str, only_new: bool) -> bool {
        let put = s3(&self.sdk).put_object().bucket(bucket).key(key).set_if_none_match(only_new.then(|| "*".to_owned()));
        put.body(ByteStream::from_static(b"hello")).send().await.is_ok()
    }
}

fn nothing(_: &'static str, _: aws_types::SdkConfig) -> BoxFuture<'static, Result<Value, String>> {
    Box::pin(async { Ok(Value::Null) })
}

#[tokio::test]
async fn a_schedule_calls_when_its_period_is_over_and_not_a_millisecond_before() {
    let stage = Stage::set(nothing).await;
    assert_eq!(stage.after(2 * MINUTE - 1).await, []);
    let mut called = stage.after(1).await;
    let id = called[0].1["id"].take();
    assert_eq!(id.as_str().map(str::len), Some(36));
    let event = json!({
        "version": "0",
        "id": null,
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": "2027-01-15T08:02:00Z",
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:000000000000:rule/Often"],
        "detail": {},
    });
    assert_eq!(called, [("sweep", event)]);
    assert_eq!(stage.after(0).await, []);

    // Three are missed at once: one call makes up for them, and the next is when it would have been anyway.
    let called = stage.after(6 * MINUTE + 5).await;
    assert_eq!(called.iter().map(|(_, event)| &event["time"]).collect::<Vec<_>>(), ["2027-01-15T08:08:00Z"]);
    assert_eq!(stage.after(2 * MINUTE - 6).await, []);
    assert_eq!(stage.after(1).await.len(), 1);

    let called = stage.after(24 * 60 * MINUTE).await;
    assert_eq!(called.len(), 2);
    assert!(called.contains(&("sweep", json!({ "all": true }))), "{called:?}");
}

#[tokio::test]
async fn a_schedule_calls_though_nobody_waits_for_it() {
    let stage = Stage::set(nothing).await;
    stage.now.fetch_add(2 * MINUTE, Ordering::SeqCst);
    let called = async {
        while stage.seen.lock().expect("no holder panics").is_empty() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), called).await.expect("it calls");
    assert_eq!(stage.after(0).await.len(), 1);
}

#[tokio::test]
async fn an_object_that_is_put_is_told_of_and_one_that_is_refused_is_not() {
    let slow: Work = |_, _| {
        Box::pin(async {
            sleep(Duration::from_millis(100)).await;
            Ok(Value::Null)
        })
    };
    let stage = Stage::set(slow).await;
    assert!(stage.put("inbox", "in/a b", true).await);
    let mut called = stage.after(0).await;
    let [(_, event)] = called.as_mut_slice() else { panic!("{called:?}") };
    for (pointer, length) in [("/id", 36), ("/detail/request-id", 16), ("/detail/object/version-id", 33), ("/detail/object/sequencer", 8)] {
        let taken = event.pointer_mut(pointer).expect("it is there").take();
        assert_eq!(taken.as_str().map(str::len), Some(length), "{pointer}");
    }
    let event = json!({
        "version": "0",
        "id": null,
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "000000000000",
        "time": "2027-01-15T08:00:00Z",
        "region": "us-east-1",
        "resources": ["arn:aws:s3:::inbox"],
        "detail": {
            "version": "0",
            "bucket": { "name": "inbox" },
            "object": {
                "key": "in/a b",
                "size": 5,
                "etag": "5d41402abc4b2a76b9719d911017c592",
                "version-id": null,
                "sequencer": null,
            },
            "request-id": null,
            "requester": "000000000000",
            "source-ip-address": "127.0.0.1",
            "reason": "PutObject",
        },
    });
    assert_eq!(called, [("look-at", event)]);

    assert!(!stage.put("inbox", "in/a b", true).await);
    fault(&stage.endpoint, json!({ "service": "s3", "operation": "PutObject", "nth": 1, "mode": "throttle" }));
    assert!(!stage.put("inbox", "in/c", false).await);
    assert!(stage.put("inbox", "out/in/a", false).await && stage.put("silent", "in/a", false).await);
    assert_eq!(stage.after(0).await, []);
    assert!(stage.put("inbox", "in/a b", false).await && stage.put("inbox", "in/d", false).await);
    assert_eq!(stage.after(0).await.len(), 2);
}

#[tokio::test]
async fn what_ses_reports_by_the_set_of_a_rule_is_told_of_and_no_other_mail() {
    let stage = Stage::set(nothing).await;
    let ses = aws_sdk_sesv2::Client::new(&stage.sdk);
    let send = |to: &str, set: Option<&str>| {
        let tag = MessageTag::builder().name("message").value("m-1").build().expect("it is a tag");
        mail(&ses, to).set_configuration_set_name(set.map(str::to_owned)).email_tags(tag).send()
    };
    let bounces = "bounce+1@simulator.amazonses.com";
    for (to, set) in [("ann@b.test", Some("Set")), ("success@simulator.amazonses.com", Some("Set")), (bounces, None)] {
        send(to, set).await.expect("it is taken");
    }
    assert_eq!(stage.after(0).await, []);
    assert!(send(bounces, Some("Another")).await.is_err(), "there is no such set");
    send(bounces, Some("Set")).await.expect("it is taken");
    let called = stage.after(0).await;
    let [("look-at", event)] = called.as_slice() else { panic!("{called:?}") };
    assert_eq!((&event["source"], &event["detail-type"]), (&json!("aws.ses"), &json!("Email Bounced")));
    let detail = &event["detail"];
    assert_eq!((&detail["eventType"], &detail["bounce"]["bounceType"]), (&json!("Bounce"), &json!("Permanent")));
    assert_eq!((&detail["mail"]["destination"], &detail["mail"]["tags"]["message"]), (&json!([bounces]), &json!(["m-1"])));
    assert_eq!(detail["mail"]["timestamp"], "2027-01-15T08:00:00.500Z");
}

#[tokio::test]
async fn what_one_worker_leads_to_in_another_is_waited_for() {
    let chain: Work = |name, sdk| {
        Box::pin(async move {
            sleep(Duration::from_millis(20)).await;
            match name {
                "sweep" => {
                    let row = aws_sdk_dynamodb::Client::new(&sdk).put_item().table_name("Rows").set_item(Some(item("row", "s")));
                    row.send().await.map(drop).map_err(|error| error.to_string())?;
                }
                "file-rows" => {
                    let object = s3(&sdk).put_object().bucket("inbox").key("in/filed").body(ByteStream::from_static(b"row"));
                    object.send().await.map(drop).map_err(|error| error.to_string())?;
                }
                _ => {}
            }
            Ok(Value::Null)
        })
    };
    let stage = Stage::set(chain).await;
    let called = stage.after(2 * MINUTE).await;
    assert_eq!(called.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["sweep", "file-rows", "look-at"]);
}

#[tokio::test]
async fn what_would_stay_silent_on_aws_or_is_not_offered_here_is_refused_by_name() {
    let stage = Stage::set(nothing).await;
    let template = template::to_json(TEMPLATE).expect("the template is YAML");
    let schedule = |expression: &str| json!({"ScheduleExpression": expression, "Targets": []});
    for (changed, value, told) in [
        ("/RowsToFile/Properties/FunctionName/Ref", json!("Chain"), "RowsToFile calls Chain, which is no worker."),
        ("/RowsToFile/Properties/FunctionName", json!("chain"), "RowsToFile names no function by !Ref."),
        ("/RowsToFile/Properties/EventSourceArn", json!({"Fn::GetAtt": "Queue.Arn"}), "RowsToFile reads what is no stream of a table."),
        ("/RowsToFile/Properties/EventSourceArn", json!({"Fn::GetAtt": "Still.StreamArn"}), "RowsToFile reads what is no stream"),
        ("/RowsToFile/Properties/StartingPosition", json!("LATEST"), "RowsToFile does not read from TRIM_HORIZON"),
        ("/RowsToFile/Properties/BatchSize", json!("many"), "RowsToFile has no number as BatchSize."),
        (
            "/RowsToFile/Properties/FilterCriteria/Filters/0/Pattern",
            json!("{\"a\":[{\"exists\":true}]}"),
            "a filter that is not offered here",
        ),
        ("/Often/Properties/Targets/0/Arn/Fn::GetAtt", json!("Gone.Arn"), "Often would never call Gone: no AWS::Lambda::Permission"),
        ("/MaySweep/Properties/Principal", json!("s3.amazonaws.com"), "would never call Sweep: no AWS::Lambda::Permission"),
        ("/MaySweep/Properties/FunctionName/Ref", json!("LookAt"), "would never call Sweep"),
        ("/ArrivalsMayLookAt/Properties/SourceArn/Fn::GetAtt", json!("Often.Arn"), "Arrivals would never call LookAt"),
        ("/Often/Properties", schedule("rate(1 minutes)"), "Often is to call at \"rate(1 minutes)\", which is no rate."),
        ("/Often/Properties", schedule("rate(0 minutes)"), "which is no rate."),
        ("/Often/Properties", schedule("rate(2 hour)"), "which is no rate."),
        ("/Often/Properties", schedule("cron(0 3 * * ? *)"), "which is no rate."),
        ("/Often/Properties", json!({"Targets": []}), "Often needs a schedule or a pattern, and not both."),
        ("/Often/Properties", json!({"State": "DISABLED", "Targets": []}), "Often cannot be read: unknown field `State`"),
        ("/Daily/Properties/Targets/0/Input", json!("all"), "Daily has an input for sweep that is not JSON"),
        (
            "/Arrivals/Properties/EventPattern/source",
            json!(["aws.ec2"]),
            "Arrivals waits for something else than Object Created of aws.s3.",
        ),
        ("/Arrivals/Properties/EventPattern/detail", json!({}), "Arrivals names no bucket."),
        ("/Arrivals/Properties/EventPattern/detail/bucket/name/0", json!("inbox"), "Arrivals names a bucket other than by !Ref."),
        ("/Arrivals/Properties/EventPattern/detail/bucket/name/0/Ref", json!("Rows"), "Arrivals names Rows, which is no bucket."),
        ("/Arrivals/Properties/EventPattern/detail/bucket/name/0/Ref", json!("Silent"), "Arrivals would never hear of Silent: its Notif"),
        ("/Arrivals/Properties/EventPattern/detail/object/key/0", json!({"suffix": ".pdf"}), "Arrivals compares in a way that is not"),
        (
            "/Bounced/Properties/EventPattern/detail",
            json!({}),
            "Bounced names no configuration set, and would take the mails of all others",
        ),
        (
            "/Bounced/Properties/EventPattern/detail-type/0",
            json!("Email Rejected"),
            "Bounced would never hear of Email Rejected: no destination on EventBridge of Set says reject.",
        ),
        ("/Bounced/Properties/EventPattern/detail-type/0", json!("Email Opened"), "Bounced waits for Email Opened, which is not offered"),
        ("/SetTells/Properties/EventDestination/Enabled", json!(false), "Bounced would never hear of Email Bounced"),
        ("/SetTells/Properties/ConfigurationSetName/Ref", json!("Another"), "Bounced would never hear of Email Bounced"),
        ("/BouncedMayLookAt/Properties/Principal", json!("ses.amazonaws.com"), "Bounced would never call LookAt"),
        ("/Logged/Properties/DestinationArn", json!("look-at"), "the subscription filter Logged names no function by !GetAtt."),
        ("/Logged/Properties/FilterPattern", json!("ERROR"), "Logged chooses among entries, which is not offered here."),
        ("/Kept/Properties/LogGroupName", json!("elsewhere"), "Logged reads elsewhere or kept/us-east-1, as the case may be."),
        (
            "/LoggedMayLookAt/Properties/Principal",
            json!("events.amazonaws.com"),
            "Logged would never call LookAt: no AWS::Lambda::Permission",
        ),
        (
            "/LoggedMayLookAt/Properties/SourceArn",
            json!("arn:aws:logs:us-east-1:000000000000:log-group:other/*"),
            "lets logs.amazonaws.com do it",
        ),
        ("/Silent/Type", json!("AWS::Scheduler::Schedule"), "Silent is a schedule of its own: write it as an AWS::Events::Rule."),
    ] {
        let mut template = template.clone();
        *template["Resources"].pointer_mut(changed).unwrap_or_else(|| panic!("{changed}")) = value.clone();
        let refused = drive(&template, &stage.endpoint.drivers, |name| stage.worker(name, nothing));
        let refused = refused.expect_err(changed).to_string();
        assert!(refused.contains(told), "{changed} {value}: {refused}");
    }
    let mut template = template::to_json(TEMPLATE).expect("the template is YAML");
    for (more, fine) in [("OneMore", true), ("OneTooMany", false)] {
        template["Resources"][more] = template["Resources"]["RowsToFile"].clone();
        let driven = drive(&template, &stage.endpoint.drivers, |name| stage.worker(name, nothing));
        assert_eq!(driven.as_ref().is_ok(), fine, "{more}: {:?}", driven.err().map(|error| error.to_string()));
    }
}

//! Rules: what calls workers on time, or for objects that are put.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    aws::template::{each, of_type},
    names,
};

use super::pattern::Pattern;

/// A rule that can be followed.
pub(super) struct Rule {
    /// When it calls.
    pub(super) when: When,
    /// The functions that it calls, and what it tells them instead of the event.
    pub(super) targets: Vec<(String, Option<Value>)>,
}

/// When a rule calls.
#[derive(Clone)]
pub(super) enum When {
    /// Each time that so much time is over.
    Every(Duration),
    /// When something of this kind happened.
    Happened(Pattern),
}

/// A rule as it may be written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Written {
    schedule_expression: Option<String>,
    event_pattern: Option<Value>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Target {
    id: String,
    arn: Attribute,
    input: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attribute {
    #[serde(rename = "Fn::GetAtt")]
    path: String,
}

/// The rule `id` of `template`.
pub(super) fn read(template: &Value, id: &str) -> Result<Rule, String> {
    let refused = |why: &str| format!("the rule {id} {why}.");
    let written =
        Written::deserialize(&template["Resources"][id]["Properties"]).map_err(|error| refused(&format!("cannot be read: {error}")))?;
    let when = match (written.schedule_expression, written.event_pattern) {
        (Some(schedule), None) => {
            period(&schedule).map(When::Every).ok_or_else(|| refused(&format!("is to call at {schedule:?}, which is no rate")))?
        }
        (None, Some(pattern)) if pattern["source"] == json!(["aws.ses"]) => {
            When::Happened(mails(template, pattern).map_err(|why| refused(&why))?)
        }
        (None, Some(pattern)) => When::Happened(objects(template, pattern).map_err(|why| refused(&why))?),
        _ => return Err(refused("needs a schedule or a pattern, and not both")),
    };
    let target = |target: Target| {
        let function = target.arn.path.strip_suffix(".Arn").unwrap_or(&target.arn.path).to_owned();
        if !may_call(template, id, &function) {
            return Err(refused(&format!(
                "would never call {function}: no AWS::Lambda::Permission lets events.amazonaws.com do it for this rule"
            )));
        }
        let input = target.input.map(|input| serde_json::from_str(&input)).transpose();
        Ok((function, input.map_err(|error| refused(&format!("has an input for {} that is not JSON: {error}", target.id)))?))
    };
    Ok(Rule { when, targets: written.targets.into_iter().map(target).collect::<Result<_, _>>()? })
}

/// The time between two calls; EventBridge takes a unit only in the number that goes with it.
fn period(schedule: &str) -> Option<Duration> {
    let (number, unit) = schedule.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let number: u64 = number.parse().ok()?;
    let minutes = match (number, unit) {
        (1, "minute") | (2.., "minutes") => 1,
        (1, "hour") | (2.., "hours") => 60,
        (1, "day") | (2.., "days") => 24 * 60,
        _ => return None,
    };
    number.checked_mul(minutes * 60).map(Duration::from_secs)
}

/// What SES calls its events as EventBridge brings them, and in a set's destination.
const OF_MAILS: [(&str, &str); 4] =
    [("Email Delivered", "delivery"), ("Email Bounced", "bounce"), ("Email Complaint Received", "complaint"), ("Email Rejected", "reject")];

/// What `pattern` takes of what SES reports of mails, by configuration sets that tell of it.
fn mails(template: &Value, mut pattern: Value) -> Result<Pattern, String> {
    let kinds: Vec<String> = each(&pattern["detail-type"]).iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let sets = pattern.pointer_mut("/detail/mail/tags/ses:configuration-set").and_then(Value::as_array_mut).filter(|sets| !sets.is_empty());
    for set in sets.ok_or("names no configuration set, and would take the mails of all others in the account")? {
        let id = set["Ref"].as_str().ok_or("names a configuration set other than by !Ref")?.to_owned();
        let destinations = of_type(template, "AWS::SES::ConfigurationSetEventDestination").map(|(_, destination)| destination);
        let told: Vec<&Value> = destinations
            .filter(|destination| destination["ConfigurationSetName"]["Ref"] == id.as_str())
            .map(|destination| &destination["EventDestination"])
            .filter(|destination| destination["Enabled"] == true && destination["EventBridgeDestination"]["EventBusArn"].is_object())
            .flat_map(|destination| each(&destination["MatchingEventTypes"]))
            .collect();
        for kind in &kinds {
            let (_, event) =
                OF_MAILS.iter().find(|(known, _)| known == kind).ok_or_else(|| format!("waits for {kind}, which is not offered here"))?;
            if !told.iter().any(|told| *told == event) {
                return Err(format!("would never hear of {kind}: no destination on EventBridge of {id} says {event}"));
            }
        }
        *set = id.into();
    }
    Pattern::read(&pattern).ok_or_else(|| "compares in a way that is not offered here".to_owned())
}

/// What `pattern` takes of objects that were put into buckets that tell of it.
fn objects(template: &Value, mut pattern: Value) -> Result<Pattern, String> {
    if pattern["source"] != json!(["aws.s3"]) || pattern["detail-type"] != json!(["Object Created"]) {
        return Err("waits for something else than Object Created of aws.s3".to_owned());
    }
    let names = pattern.pointer_mut("/detail/bucket/name").and_then(Value::as_array_mut).filter(|names| !names.is_empty());
    for name in names.ok_or("names no bucket")? {
        let bucket = name["Ref"].as_str().ok_or("names a bucket other than by !Ref")?;
        let resource = &template["Resources"][bucket];
        if resource["Type"] != "AWS::S3::Bucket" {
            return Err(format!("names {bucket}, which is no bucket"));
        }
        if resource["Properties"]["NotificationConfiguration"]["EventBridgeConfiguration"]["EventBridgeEnabled"] != true {
            return Err(format!("would never hear of {bucket}: its NotificationConfiguration does not say EventBridgeEnabled: true"));
        }
        *name = names::bucket(bucket).into();
    }
    Pattern::read(&pattern).ok_or_else(|| "compares in a way that is not offered here".to_owned())
}

/// Whether a permission lets the rule call the function; one that names no source lets every rule.
fn may_call(template: &Value, rule: &str, function: &str) -> bool {
    let attribute = |value: &Value, id: &str| value["Fn::GetAtt"].as_str() == Some(&format!("{id}.Arn"));
    of_type(template, "AWS::Lambda::Permission").any(|(_, permission)| {
        let called = &permission["FunctionName"];
        permission["Principal"] == "events.amazonaws.com"
            && permission["Action"] == "lambda:InvokeFunction"
            && (called["Ref"] == function || attribute(called, function))
            && (permission["SourceArn"].is_null() || attribute(&permission["SourceArn"], rule))
    })
}

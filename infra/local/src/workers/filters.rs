//! Subscription filters: what the entries of a log group call.

use std::io::Read as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::{
    account,
    aws::{like, resolved, template::of_type},
};

/// The function that the subscription filter `id` of `template` calls, and for which log group.
pub(super) fn read(template: &Value, id: &str) -> Result<(String, String), String> {
    let properties = &template["Resources"][id]["Properties"];
    let refused = |why: &str| format!("the subscription filter {id} {why}.");
    let destination = properties["DestinationArn"]["Fn::GetAtt"].as_str().and_then(|path| path.strip_suffix(".Arn"));
    let function = destination.ok_or_else(|| refused("names no function by !GetAtt"))?;
    if properties["FilterPattern"] != "" {
        return Err(refused("chooses among entries, which is not offered here"));
    }
    let group = group(template, &properties["LogGroupName"]).map_err(|why| refused(&why))?;
    if !may_call(template, &group, function) {
        return Err(refused(&format!("would never call {function}: no AWS::Lambda::Permission lets logs.amazonaws.com do it for {group}")));
    }
    Ok((function.to_owned(), group))
}

/// The log group that the event `event` comes from, if it comes from one.
pub(super) fn group_of(event: &Value) -> Option<String> {
    let packed = BASE64_STANDARD.decode(event["awslogs"]["data"].as_str()?).ok()?;
    let mut text = String::new();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut text).ok()?;
    serde_json::from_str::<Value>(&text).ok()?["logGroup"].as_str().map(str::to_owned)
}

/// The name of a log group; where it is made here or not, it is the same.
fn group(template: &Value, value: &Value) -> Result<String, String> {
    if let Some(id) = value["Ref"].as_str() {
        return resolved(template, &template["Resources"][id]["Properties"]["LogGroupName"]);
    }
    let Some([_, made, there]) = value["Fn::If"].as_array().map(Vec::as_slice) else { return resolved(template, value) };
    let (made, there) = (group(template, made)?, group(template, there)?);
    if made == there { Ok(made) } else { Err(format!("reads {made} or {there}, as the case may be")) }
}

/// Whether a permission lets the log group call the function.
fn may_call(template: &Value, group: &str, function: &str) -> bool {
    let source = account::arn("logs", &format!("log-group:{group}:*"));
    of_type(template, "AWS::Lambda::Permission").any(|(_, permission)| {
        permission["Principal"] == "logs.amazonaws.com"
            && permission["Action"] == "lambda:InvokeFunction"
            && permission["FunctionName"]["Ref"] == function
            && resolved(template, &permission["SourceArn"]).is_ok_and(|pattern| like(&pattern, &source))
    })
}

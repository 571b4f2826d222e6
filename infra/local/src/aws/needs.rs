//! What a call needs its caller's role to allow.

use std::collections::BTreeMap;

use hyper::http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{
    calls::Permission,
    mail_rules,
    request::{Service, form_value, query},
};
use crate::account;

/// The configuration set that every identity here has by default, and which a mail that names none is sent with.
const DEFAULT_SET: &str = "default";

/// What the caller of `operation` must be allowed. `body` is all of the call's text, `json` what it is in JSON.
pub(super) fn of(service: Service, operation: &str, parts: &Parts, body: &[u8], json: &Value) -> Vec<Permission> {
    match service {
        Service::DynamoDb => of_tables(operation, json),
        Service::SecretsManager => {
            let id = json["SecretId"].as_str().unwrap_or_default();
            let resource = if id.starts_with("arn:") { id.to_owned() } else { account::arn("secretsmanager", &format!("secret:{id}")) };
            vec![needed(service, operation, resource)]
        }
        Service::Ses => {
            let from = mail_rules::sender(json);
            let context = BTreeMap::from([("ses:FromAddress".to_owned(), from.clone())]);
            let of = |resource: &str| Permission { context: context.clone(), ..needed(service, operation, account::arn("ses", resource)) };
            let set = json["ConfigurationSetName"].as_str().unwrap_or(DEFAULT_SET);
            vec![of(&format!("identity/{from}")), of(&format!("configuration-set/{set}"))]
        }
        // It is of the account: SNS asks for all in it of this region, as its refusals name it.
        Service::Sns if operation == "CheckIfPhoneNumberIsOptedOut" => vec![needed(service, operation, account::arn("sns", "*"))],
        Service::Sns => {
            let form = String::from_utf8_lossy(body);
            let topic = form_value(&form, "TopicArn").or_else(|| form_value(&form, "TargetArn"));
            vec![needed(service, operation, topic.unwrap_or_else(|| "*".to_owned()))]
        }
        Service::S3 => vec![of_object(operation, parts)],
    }
}

/// What it takes to be told that there is no such object: to others storage says that it may not be read.
pub(super) fn to_learn_of_absence(parts: &Parts) -> Permission {
    let (bucket, _) = object(parts);
    needed(Service::S3, "ListBucket", format!("arn:aws:s3:::{bucket}"))
}

fn of_object(operation: &str, parts: &Parts) -> Permission {
    let read = matches!(operation, "GetObject" | "HeadObject");
    let action = match operation {
        _ if read && query(parts, "versionId").is_some() => "GetObjectVersion",
        _ if read => "GetObject",
        // To send a file in parts takes what it takes to send it.
        "CreateMultipartUpload" | "UploadPart" | "CompleteMultipartUpload" => "PutObject",
        "DeleteObject" if query(parts, "versionId").is_some() => "DeleteObjectVersion",
        other => other,
    };
    let (bucket, key) = object(parts);
    needed(Service::S3, action, format!("arn:aws:s3:::{bucket}/{key}"))
}

fn object(parts: &Parts) -> (String, String) {
    let path = percent_decode_str(parts.uri.path()).decode_utf8_lossy().into_owned();
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    (bucket.to_owned(), key.to_owned())
}

fn of_tables(operation: &str, body: &Value) -> Vec<Permission> {
    match operation {
        "TransactWriteItems" | "TransactGetItems" => {
            let items = body["TransactItems"].as_array().into_iter().flatten();
            items.flat_map(|item| item.as_object().into_iter().flatten()).map(|(kind, part)| of_table(transacted(kind), part)).collect()
        }
        "BatchGetItem" | "BatchWriteItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            tables.map(|(table, _)| needed(Service::DynamoDb, operation, account::arn("dynamodb", &format!("table/{table}")))).collect()
        }
        _ => vec![of_table(operation, body)],
    }
}

fn transacted(kind: &str) -> &str {
    match kind {
        "Put" => "PutItem",
        "Update" => "UpdateItem",
        "Delete" => "DeleteItem",
        "Get" => "GetItem",
        "ConditionCheck" => "ConditionCheckItem",
        other => other,
    }
}

fn of_table(action: &str, request: &Value) -> Permission {
    let table = request["TableName"].as_str().unwrap_or_default();
    let index = request["IndexName"].as_str().map(|index| format!("/index/{index}")).unwrap_or_default();
    needed(Service::DynamoDb, action, account::arn("dynamodb", &format!("table/{table}{index}")))
}

fn needed(service: Service, action: &str, resource: String) -> Permission {
    Permission { action: format!("{}:{action}", service.name()), resource, context: BTreeMap::new() }
}

#[cfg(test)]
mod tests {
    use hyper::Request;
    use serde_json::json;

    use super::*;

    fn actions(service: Service, operation: &str, uri: &str, body: &str) -> Vec<String> {
        let (parts, ()) = Request::get(uri).body(()).expect("the request is valid").into_parts();
        let json = serde_json::from_str(body).unwrap_or_default();
        let needed = of(service, operation, &parts, body.as_bytes(), &json);
        needed.into_iter().map(|needed| format!("{} {}", needed.action, needed.resource)).collect()
    }

    #[test]
    fn each_call_needs_what_iam_calls_it() {
        let mail = json!({ "FromEmailAddress": "\"A, b\" <a@b.test>" }).to_string();
        let write = json!({ "TransactItems": [{ "Put": { "TableName": "A" } }, { "ConditionCheck": { "TableName": "B" } }] }).to_string();
        let table = "arn:aws:dynamodb:us-east-1:000000000000:table";
        for (service, operation, uri, body, expected) in [
            (
                Service::DynamoDb,
                "TransactWriteItems",
                "/",
                write.as_str(),
                format!("dynamodb:PutItem {table}/A, dynamodb:ConditionCheckItem {table}/B"),
            ),
            (Service::DynamoDb, "Query", "/", r#"{"TableName": "Log", "IndexName": "by"}"#, format!("dynamodb:Query {table}/Log/index/by")),
            (Service::DynamoDb, "BatchGetItem", "/", r#"{"RequestItems": {"A": {}}}"#, format!("dynamodb:BatchGetItem {table}/A")),
            (Service::S3, "HeadObject", "/b/a%20b/c", "", "s3:GetObject arn:aws:s3:::b/a b/c".to_owned()),
            (Service::S3, "GetObject", "/b/k?versionId=1", "", "s3:GetObjectVersion arn:aws:s3:::b/k".to_owned()),
            (Service::S3, "DeleteObject", "/b/k?versionId=1", "", "s3:DeleteObjectVersion arn:aws:s3:::b/k".to_owned()),
            (Service::S3, "PutObject", "/b/k?x-id=PutObject", "", "s3:PutObject arn:aws:s3:::b/k".to_owned()),
            (Service::S3, "UploadPart", "/b/k?partNumber=1&uploadId=u", "", "s3:PutObject arn:aws:s3:::b/k".to_owned()),
            (
                Service::Ses,
                "SendEmail",
                "/",
                mail.as_str(),
                "ses:SendEmail arn:aws:ses:us-east-1:000000000000:identity/a@b.test, \
                 ses:SendEmail arn:aws:ses:us-east-1:000000000000:configuration-set/default"
                    .to_owned(),
            ),
            (Service::Sns, "Publish", "/", "Action=Publish&PhoneNumber=%2B1", "sns:Publish *".to_owned()),
            (
                Service::Sns,
                "CheckIfPhoneNumberIsOptedOut",
                "/",
                "",
                format!("sns:CheckIfPhoneNumberIsOptedOut {}", account::arn("sns", "*")),
            ),
            (Service::Sns, "Publish", "/", "TopicArn=arn%3Aaws%3Asns%3Ax", "sns:Publish arn:aws:sns:x".to_owned()),
        ] {
            assert_eq!(actions(service, operation, uri, body).join(", "), expected);
        }
    }
}

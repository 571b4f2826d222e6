//! Answers in the wire formats of the services.

use axum::body::Body;
use hyper::{
    Response, StatusCode,
    header::{CONTENT_TYPE, HeaderName},
};
use serde_json::{Value, json};

use super::{faults::Mode, random, request::Service};

/// One answer of a service.
pub(super) struct Answer {
    status: StatusCode,
    content_type: &'static str,
    error: Option<&'static str>,
    body: String,
}

impl Answer {
    /// A success in JSON.
    pub(super) fn json(body: &Value) -> Self {
        Self { status: StatusCode::OK, content_type: "application/x-amz-json-1.1", error: None, body: body.to_string() }
    }

    /// A success in XML.
    pub(super) fn xml(body: String) -> Self {
        Self { status: StatusCode::OK, content_type: "text/xml", error: None, body }
    }

    /// A refusal of one of the services that speak JSON.
    pub(super) fn json_error(status: u16, name: &'static str, message: &str) -> Self {
        Self { error: Some(name), ..Self::json(&json!({ "__type": name, "message": message })).with_status(status) }
    }

    /// A refusal of SNS.
    pub(super) fn sns_error(status: u16, code: &str, message: &str) -> Self {
        let kind = if status < 500 { "Sender" } else { "Receiver" };
        Self::xml(format!(
            "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>{kind}</Type>\
             <Code>{code}</Code><Message>{message}</Message></Error><RequestId>{}</RequestId></ErrorResponse>",
            random::uuid()
        ))
        .with_status(status)
    }

    /// A refusal of S3.
    pub(super) fn s3_error(status: u16, code: &str, message: &str) -> Self {
        Self {
            content_type: "application/xml",
            ..Self::xml(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"))
                .with_status(status)
        }
    }

    /// The refusal of `service` to a caller whose role does not allow a call.
    pub(super) fn access_denied(service: Service, message: &str) -> Self {
        match service {
            Service::DynamoDb => dynamodb_error(400, "AccessDeniedException", message),
            Service::S3 => Self::s3_error(403, "AccessDenied", message),
            Service::Ses => Self::json_error(403, "AccessDeniedException", message),
            Service::Sns => Self::sns_error(403, "AuthorizationError", message),
            Service::SecretsManager => Self::json_error(400, "AccessDeniedException", message),
        }
    }

    /// The refusal of `DynamoDB` to a request that says what cannot be.
    pub(super) fn invalid_for_dynamodb(message: &str) -> Self {
        dynamodb_error(400, "ValidationException", message)
    }

    fn with_status(self, status: u16) -> Self {
        let status = StatusCode::from_u16(status).expect("statuses here are written out and valid");
        Self { status, ..self }
    }

    /// What `service` answers in place of a call that a fault struck; `None` where the call goes ahead.
    pub(super) fn of_fault(mode: Mode, service: Service, operation: &str, body: &Value) -> Option<Self> {
        match mode {
            Mode::Throttle => Some(match service {
                Service::DynamoDb => dynamodb_error(
                    400,
                    "ProvisionedThroughputExceededException",
                    "The level of configured provisioned throughput for the table was exceeded.",
                ),
                Service::S3 => Self::s3_error(503, "SlowDown", "Please reduce your request rate."),
                Service::Ses => Self::json_error(429, "TooManyRequestsException", "Too many requests."),
                Service::Sns => Self::sns_error(400, "Throttling", "Rate exceeded"),
                Service::SecretsManager => Self::json_error(400, "ThrottlingException", "Rate exceeded"),
            }),
            Mode::Conflict => match (service, operation) {
                (Service::DynamoDb, "TransactWriteItems") => Some(transaction_conflict(body)),
                (Service::DynamoDb, "PutItem" | "UpdateItem" | "DeleteItem") => {
                    Some(dynamodb_error(400, "TransactionConflictException", "Transaction is ongoing for the item"))
                }
                (Service::S3, "PutObject") => Some(Self::s3_error(
                    409,
                    "ConditionalRequestConflict",
                    "The conditional request cannot succeed due to a conflicting operation against this resource.",
                )),
                _ => None,
            },
            Mode::Error => Some(match service {
                Service::DynamoDb => dynamodb_error(500, "InternalServerError", "Internal server error"),
                Service::S3 => Self::s3_error(500, "InternalError", "We encountered an internal error."),
                Service::Ses => Self::json_error(500, "InternalServiceErrorException", "Internal error."),
                Service::Sns => Self::sns_error(500, "InternalError", "Internal error"),
                Service::SecretsManager => Self::json_error(500, "InternalServiceError", "Internal error."),
            }),
            Mode::Slow | Mode::TimeoutBefore | Mode::TimeoutAfter | Mode::KilledBefore | Mode::KilledAfter => None,
        }
    }
}

fn dynamodb_error(status: u16, name: &'static str, message: &str) -> Answer {
    let body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": message });
    Answer { content_type: "application/x-amz-json-1.0", ..Answer::json(&body).with_status(status) }
}

fn transaction_conflict(body: &Value) -> Answer {
    let items = body["TransactItems"].as_array().map_or(1, Vec::len).max(1);
    let reasons: Vec<Value> = (0..items)
        .map(|index| match index {
            0 => json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" }),
            _ => json!({ "Code": "None" }),
        })
        .collect();
    let codes: Vec<&str> = reasons.iter().filter_map(|reason| reason["Code"].as_str()).collect();
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            codes.join(", ")
        ),
        "CancellationReasons": reasons,
    });
    Answer { content_type: "application/x-amz-json-1.0", ..Answer::json(&body).with_status(400) }
}

impl From<Answer> for Response<Body> {
    fn from(answer: Answer) -> Self {
        let mut response = Response::builder()
            .status(answer.status)
            .header(CONTENT_TYPE, answer.content_type)
            .header(HeaderName::from_static("x-amzn-requestid"), random::uuid());
        if let Some(name) = answer.error {
            response = response.header(HeaderName::from_static("x-amzn-errortype"), name);
        }
        response.body(Body::from(answer.body)).expect("these headers are valid")
    }
}

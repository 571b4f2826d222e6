//! What a request says of itself: which service it is for, which operation, and which function sent it.

use hyper::{HeaderMap, Method, header::AUTHORIZATION, http::request::Parts};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

/// A service that the endpoint stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// `DynamoDB`.
    DynamoDb,
    /// S3.
    S3,
    /// SES, version 2 of its API.
    Ses,
    /// SNS.
    Sns,
    /// Secrets Manager.
    SecretsManager,
}

impl Service {
    /// The service's name in a credential scope and in an IAM action.
    pub fn name(self) -> &'static str {
        match self {
            Self::DynamoDb => "dynamodb",
            Self::S3 => "s3",
            Self::Ses => "ses",
            Self::Sns => "sns",
            Self::SecretsManager => "secretsmanager",
        }
    }

    /// The service that a request was signed for; S3 for an unsigned one, which only a browser sends.
    pub(super) fn of(parts: &Parts) -> Result<Self, String> {
        match signed_for(parts).as_deref() {
            None | Some("s3") => Ok(Self::S3),
            Some("dynamodb") => Ok(Self::DynamoDb),
            Some("ses") => Ok(Self::Ses),
            Some("sns") => Ok(Self::Sns),
            Some("secretsmanager") => Ok(Self::SecretsManager),
            Some(other) => Err(other.to_owned()),
        }
    }
}

/// The fourth part of the credential scope, `AKID/date/region/SERVICE/aws4_request`.
fn signed_for(parts: &Parts) -> Option<String> {
    credential(parts)?.split('/').nth(3).map(str::to_owned)
}

/// The access key that a request was signed with, or the address that it was sent to.
pub(super) fn access_key(parts: &Parts) -> Option<String> {
    credential(parts)?.split('/').next().map(str::to_owned)
}

fn credential(parts: &Parts) -> Option<String> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match header {
        Some(header) => header.split_once("Credential=")?.1.split(',').next().map(str::to_owned),
        None => query(parts, "X-Amz-Credential"),
    }
}

/// A parameter of the query, decoded.
pub(super) fn query(parts: &Parts, name: &str) -> Option<String> {
    form_value(parts.uri.query()?, name)
}

/// A member of a form, decoded.
pub(super) fn form_value(form: &str, name: &str) -> Option<String> {
    form.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let spaced = value.replace('+', " ");
        (key == name).then(|| percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
    })
}

/// The operation that a request asks for, in the words of the service's API.
pub(super) fn operation(service: Service, parts: &Parts, body: &[u8]) -> String {
    let named = match service {
        Service::DynamoDb | Service::SecretsManager => {
            header(&parts.headers, "x-amz-target").and_then(|target| target.rsplit_once('.')).map(|(_, operation)| operation.to_owned())
        }
        Service::Ses => (parts.method == Method::POST && parts.uri.path() == "/v2/email/outbound-emails").then(|| "SendEmail".to_owned()),
        Service::Sns => std::str::from_utf8(body).ok().and_then(|form| form_value(form, "Action")),
        Service::S3 => query(parts, "x-id").or_else(|| match parts.method {
            Method::POST if query(parts, "uploads").is_some() => Some("CreateMultipartUpload".to_owned()),
            Method::POST if query(parts, "uploadId").is_some() => Some("CompleteMultipartUpload".to_owned()),
            Method::PUT if query(parts, "uploadId").is_some() => Some("UploadPart".to_owned()),
            Method::GET => Some("GetObject".to_owned()),
            Method::HEAD => Some("HeadObject".to_owned()),
            Method::PUT => Some("PutObject".to_owned()),
            Method::DELETE => Some("DeleteObject".to_owned()),
            _ => None,
        }),
    };
    named.unwrap_or_else(|| format!("{} {}", parts.method, parts.uri.path()))
}

/// The function that sent a request, by the application name that its SDK writes into the user agent.
pub(super) fn application(headers: &HeaderMap) -> Option<&str> {
    ["x-amz-user-agent", "user-agent"]
        .into_iter()
        .filter_map(|name| header(headers, name))
        .flat_map(str::split_whitespace)
        .find_map(|part| part.strip_prefix("app/"))
}

/// Whether the request was addressed to this machine by name, so that no foreign page reaches the endpoint by
/// pointing a name of its own at it.
pub(super) fn addressed_to_loopback(headers: &HeaderMap) -> bool {
    header(headers, "host").is_some_and(|host| {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        matches!(name, "localhost" | "127.0.0.1")
    })
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

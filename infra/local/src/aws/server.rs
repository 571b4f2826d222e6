//! What a request is answered: which service it is for, what befalls it, and what is recorded of it.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::{Method, Request, Response, StatusCode, body::Incoming, header::ORIGIN, http::request::Parts};
use s3s::service::S3Service;
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    answer::Answer,
    calls::{Call, Calls, Permission},
    cors::Cors,
    dynamodb::DynamoDb,
    faults::{Faults, Mode},
    key_rules, needs,
    outbox::Outbox,
    request::{self, Service},
    roles::Roles,
    secrets::Secrets,
};

/// The most that a request other than one for an object may hold; `DynamoDB`'s own limit.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// How long a call takes that a fault makes slow.
const SLOW: Duration = Duration::from_secs(2);

/// What requests are answered from.
pub(super) struct Services {
    pub(super) dynamodb: DynamoDb,
    pub(super) s3: S3Service,
    pub(super) roles: Roles,
    pub(super) cors: Cors,
    pub(super) outbox: Outbox,
    pub(super) secrets: Secrets,
    pub(super) calls: Calls,
    pub(super) faults: Faults,
}

/// That a request gets no answer: the connection ends instead.
#[derive(Debug)]
pub(super) struct Failure(Box<dyn Error + Send + Sync>);

impl Failure {
    pub(super) fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Failure {}

/// A request that waits to be carried out.
struct Asked {
    service: Service,
    operation: String,
    parts: Parts,
    content: Content,
}

enum Content {
    /// An object's bytes, not read yet.
    Stream(Incoming),
    /// All of a call's text, and what it is in JSON.
    Text(Bytes, Value),
}

/// An answer and what it consumed.
struct Done {
    response: Response<Body>,
    rru: f64,
    wru: f64,
}

impl From<Response<Body>> for Done {
    fn from(response: Response<Body>) -> Self {
        Self { response, rru: 0.0, wru: 0.0 }
    }
}

impl Services {
    pub(super) async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Failure> {
        let (parts, body) = request.into_parts();
        if !request::addressed_to_loopback(&parts.headers) {
            return Ok(Answer::json_error(403, "AccessDeniedException", "This is reached as localhost only.").into());
        }
        let service = match Service::of(&parts) {
            Ok(service) => service,
            Err(other) => {
                let message = format!("The service {other} is not offered here.");
                return Ok(Answer::json_error(501, "NotImplemented", &message).into());
            }
        };
        if service != Service::S3 && parts.headers.contains_key(ORIGIN) {
            return Ok(Answer::json_error(403, "AccessDeniedException", "Pages reach S3 only.").into());
        }
        if service == Service::S3 && parts.method == Method::OPTIONS {
            return Ok(self.cors.preflight(&parts));
        }
        let content = if service == Service::S3 {
            Content::Stream(body)
        } else {
            let text = Limited::new(body, LARGEST_BODY).collect().await.map_err(Failure::new)?.to_bytes();
            let json = serde_json::from_slice(&text).unwrap_or_default();
            Content::Text(text, json)
        };
        let text: &[u8] = match &content {
            Content::Text(text, _) => text,
            Content::Stream(_) => &[],
        };
        let operation = request::operation(service, &parts, text);
        let asked = Asked { service, operation, parts, content };
        // On a task of its own: a caller that goes away does not undo what it asked for.
        let under_way = self.calls.begin();
        let carried = tokio::spawn(async move {
            let _under_way = under_way;
            self.account(asked).await
        });
        carried.await.map_err(Failure::new)?
    }

    /// Carries a request out, or not, as the faults will have it, and records it.
    async fn account(&self, asked: Asked) -> Result<Response<Body>, Failure> {
        let start = Instant::now();
        let (service, operation) = (asked.service, asked.operation.clone());
        let function = self.caller(&asked.parts);
        let mut permissions = match &asked.content {
            Content::Text(text, json) => needs::of(service, &operation, &asked.parts, text, json),
            Content::Stream(_) => needs::of(service, &operation, &asked.parts, &[], &Value::Null),
        };
        let mode = self.faults.strike(service, &operation, &function);
        let outcome = match permissions.iter().find(|needed| !self.roles.allow(&function, needed)) {
            Some(needed) => Ok(self.deny(service, &asked.parts, &function, needed)),
            None => self.carry_out(asked, mode, &function, &mut permissions).await,
        };
        sleep_until(start + self.calls.least()).await;
        let (rru, wru) = outcome.as_ref().map_or((0.0, 0.0), |done| (done.rru, done.wru));
        if mode.is_some_and(Mode::kills) {
            self.faults.kill(function.clone());
        }
        self.calls.add(Call {
            function,
            service,
            operation,
            permissions,
            rru,
            wru,
            start: start.into_std(),
            end: Instant::now().into_std(),
        });
        match (outcome, mode) {
            (Ok(_), Some(Mode::TimeoutAfter | Mode::KilledAfter)) => Err(Failure::new("a fault kept the answer back")),
            (outcome, _) => outcome.map(|done| done.response),
        }
    }

    /// The function that calls, or whose address is used; `-` for whoever is none.
    fn caller(&self, parts: &Parts) -> String {
        let application = request::application(&parts.headers).map(str::to_owned);
        let signer = || request::access_key(parts).filter(|key| self.roles.know(key));
        application.or_else(signer).unwrap_or_else(|| "-".to_owned())
    }

    fn deny(&self, service: Service, asked: &Parts, function: &str, needed: &Permission) -> Done {
        let Permission { action, resource, .. } = needed;
        let message = format!("{function} is not authorized to perform: {action} on resource: {resource}");
        tracing::error!(message, "a role does not allow a call");
        let mut response = Response::from(Answer::access_denied(service, &message));
        if service == Service::S3 {
            self.cors.admit(asked, &mut response);
        }
        response.into()
    }

    async fn carry_out(
        &self,
        asked: Asked,
        mode: Option<Mode>,
        function: &str,
        permissions: &mut Vec<Permission>,
    ) -> Result<Done, Failure> {
        if let Some(mode) = mode {
            if matches!(mode, Mode::TimeoutBefore | Mode::KilledBefore) {
                return Err(Failure::new("a fault kept the call from being applied"));
            }
            let json = match &asked.content {
                Content::Text(_, json) => json,
                Content::Stream(_) => &Value::Null,
            };
            if let Some(answer) = Answer::of_fault(mode, asked.service, &asked.operation, json) {
                let mut response = Response::from(answer);
                if asked.service == Service::S3 {
                    self.cors.admit(&asked.parts, &mut response);
                }
                return Ok(response.into());
            }
            if mode == Mode::Slow {
                sleep(SLOW).await;
            }
        }
        match asked.content {
            Content::Stream(body) => {
                let parts = asked.parts.clone();
                let done = self.store(asked.parts, body).await?;
                if done.response.status() != StatusCode::NOT_FOUND {
                    return Ok(done);
                }
                let absent = needs::to_learn_of_absence(&parts);
                let may_know = self.roles.allow(function, &absent);
                let done = if may_know { done } else { self.deny(asked.service, &parts, function, &absent) };
                permissions.push(absent);
                Ok(done)
            }
            Content::Text(text, json) => self.call(asked.service, &asked.operation, &asked.parts, text, json).await,
        }
    }

    async fn store(&self, parts: Parts, body: Incoming) -> Result<Done, Failure> {
        let asked = parts.clone();
        let request = Request::from_parts(parts, s3s::Body::from(body));
        let mut response = self.s3.call(request).await.map_err(|error| Failure::new(format!("{error:?}")))?.map(Body::new);
        if asked.headers.contains_key(ORIGIN) {
            self.cors.admit(&asked, &mut response);
        }
        Ok(response.into())
    }

    async fn call(&self, service: Service, operation: &str, parts: &Parts, text: Bytes, json: Value) -> Result<Done, Failure> {
        let answer = match service {
            Service::DynamoDb => {
                if let Some(message) = key_rules::violation(&json) {
                    return Ok(Response::from(Answer::invalid_for_dynamodb(&message)).into());
                }
                let forwarded = self.dynamodb.forward(operation, parts, text, &json).await?;
                return Ok(Done { response: forwarded.response, rru: forwarded.rru, wru: forwarded.wru });
            }
            Service::SecretsManager => self.secrets.answer(operation, &json),
            Service::Ses | Service::Sns | Service::S3 => {
                let (outbox, operation) = (self.outbox.clone(), operation.to_owned());
                let send = move || match service {
                    Service::Ses => outbox.answer_ses(&operation, &json),
                    _ => outbox.answer_sns(&operation, &String::from_utf8_lossy(&text)),
                };
                tokio::task::spawn_blocking(send).await.map_err(Failure::new)?
            }
        };
        Ok(Response::from(answer).into())
    }
}

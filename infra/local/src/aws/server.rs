//! The listener: which service a request is for, what befalls it, and what is recorded of it.

use std::{convert::Infallible, error::Error, fmt, sync::Arc, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::{Method, Request, Response, body::Incoming, header::ORIGIN, http::request::Parts, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use s3s::service::S3Service;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

use super::{
    answer::Answer,
    calls::{Call, Calls},
    capacity,
    cors::Cors,
    dynamodb::DynamoDb,
    faults::{Faults, Mode},
    outbox::Outbox,
    request::{self, Service},
    secrets::Secrets,
};

/// The most that a request other than one for an object may hold; `DynamoDB`'s own limit.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// How long a call takes that a fault makes slow.
const SLOW: Duration = Duration::from_secs(2);

/// What the listener serves.
pub(super) struct Services {
    pub(super) dynamodb: DynamoDb,
    pub(super) s3: S3Service,
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

/// Accepts connections for as long as it is polled; they end with it.
pub(super) async fn serve(listener: TcpListener, services: Arc<Services>) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, most likely: more come free as connections end.
                    tracing::warn!(%error, "a connection was not accepted");
                    sleep(Duration::from_millis(20)).await;
                    continue;
                }
            },
            Some(_) = connections.join_next() => continue,
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "the connection was gone at once");
        }
        let services = services.clone();
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let services = services.clone();
                async move { services.answer(request).await }
            });
            let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

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
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Failure> {
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
            return Ok(self.cors.preflight(&parts.headers));
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
        let carried = tokio::spawn(async move { self.account(asked).await });
        carried.await.map_err(Failure::new)?
    }

    /// Carries a request out, or not, as the faults will have it, and records it.
    async fn account(&self, asked: Asked) -> Result<Response<Body>, Failure> {
        let start = Instant::now();
        let (service, operation) = (asked.service, asked.operation.clone());
        let function = request::function(&asked.parts.headers);
        let permissions = match &asked.content {
            Content::Text(_, json) if service == Service::DynamoDb => capacity::permissions(&operation, json),
            _ => Vec::new(),
        };
        let mode = self.faults.strike(service, &operation, &function);
        let outcome = self.carry_out(asked, mode).await;
        sleep_until(start + self.calls.least()).await;
        let (rru, wru) = outcome.as_ref().map_or((0.0, 0.0), |done| (done.rru, done.wru));
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
            (Ok(_), Some(Mode::TimeoutAfter)) => Err(Failure::new("a fault kept the answer back")),
            (outcome, _) => outcome.map(|done| done.response),
        }
    }

    async fn carry_out(&self, asked: Asked, mode: Option<Mode>) -> Result<Done, Failure> {
        if let Some(mode) = mode {
            if mode == Mode::TimeoutBefore {
                return Err(Failure::new("a fault kept the call from being applied"));
            }
            let json = match &asked.content {
                Content::Text(_, json) => json,
                Content::Stream(_) => &Value::Null,
            };
            if let Some(answer) = Answer::of_fault(mode, asked.service, &asked.operation, json) {
                let mut response = Response::from(answer);
                if asked.service == Service::S3 {
                    self.cors.admit(&asked.parts.headers, &mut response);
                }
                return Ok(response.into());
            }
            if mode == Mode::Slow {
                sleep(SLOW).await;
            }
        }
        match asked.content {
            Content::Stream(body) => self.store(asked.parts, body).await,
            Content::Text(text, json) => self.call(asked.service, &asked.operation, &asked.parts, text, json).await,
        }
    }

    async fn store(&self, parts: Parts, body: Incoming) -> Result<Done, Failure> {
        let asked = parts.headers.clone();
        let request = Request::from_parts(parts, s3s::Body::from(body));
        let mut response = self.s3.call(request).await.map_err(|error| Failure::new(format!("{error:?}")))?.map(Body::new);
        if asked.contains_key(ORIGIN) {
            self.cors.admit(&asked, &mut response);
        }
        Ok(response.into())
    }

    async fn call(&self, service: Service, operation: &str, parts: &Parts, text: Bytes, json: Value) -> Result<Done, Failure> {
        let answer = match service {
            Service::DynamoDb => {
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

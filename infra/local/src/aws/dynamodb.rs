//! `DynamoDB`: the embedded database behind its own listener, which answers as the service does on the wire.

use std::{io, net::TcpListener, thread};

use axum::body::Body;
use bytes::Bytes;
use dynoxide::Database;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    HeaderMap, Request, Response,
    header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING},
    http::request::Parts,
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::sync::{oneshot, watch};

use super::{capacity, server::Failure};

/// The database as the endpoint forwards to it.
pub(super) struct DynamoDb {
    client: Client<HttpConnector, Full<Bytes>>,
    address: String,
    writes: watch::Sender<u64>,
    /// Dropped with this, which ends the listener.
    _stop: oneshot::Sender<()>,
}

/// An answer and what it consumed.
pub(super) struct Forwarded {
    pub(super) response: Response<Body>,
    pub(super) rru: f64,
    pub(super) wru: f64,
}

impl DynamoDb {
    /// Serves `database` to this process, on a thread of its own so that its waits for the disk hold up nothing else;
    /// each write is counted in `writes`.
    pub(super) fn start(database: Database, writes: watch::Sender<u64>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = format!("http://{}/", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("dynamodb".to_owned()).spawn(move || {
            let served = runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).map_err(|e| e.to_string())?;
                let stopped = async move {
                    // Nothing is ever sent: what ends the wait is that the sender is gone.
                    let _ = stopped.await;
                };
                dynoxide::server::serve_with_shutdown(listener, database, stopped).await
            });
            if let Err(error) = served {
                tracing::error!(error, "the embedded DynamoDB ended");
            }
        })?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector), address, writes, _stop: stop })
    }

    /// Sends one call on to the database.
    pub(super) async fn forward(
        &self,
        operation: &str,
        parts: &Parts,
        text: Bytes,
        body: &serde_json::Value,
    ) -> Result<Forwarded, Failure> {
        let asked = capacity::ask(operation, body).map_or(text, Bytes::from);
        let mut request = Request::post(&self.address).body(Full::new(asked)).map_err(Failure::new)?;
        *request.headers_mut() = end_to_end(&parts.headers);
        let (answer, content) = self.client.request(request).await.map_err(Failure::new)?.into_parts();
        let content = content.collect().await.map_err(Failure::new)?.to_bytes();
        let told = serde_json::from_slice(&content).unwrap_or_default();
        let (rru, wru) = capacity::consumed(operation, body, &told);
        if answer.status.is_success() && capacity::is_write(operation) {
            self.writes.send_modify(|count| *count += 1);
        }
        let mut response = Response::new(Body::from(content));
        *response.status_mut() = answer.status;
        *response.headers_mut() = end_to_end(&answer.headers);
        Ok(Forwarded { response, rru, wru })
    }
}

/// The headers that concern more than one connection and still fit a body of another length.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        kept.remove(name);
    }
    kept
}

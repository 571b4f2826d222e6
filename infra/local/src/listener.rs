//! Listening on loopback, and serving connections until the listener goes.

use std::{convert::Infallible, error::Error, io, net::Ipv4Addr, net::SocketAddr, time::Duration};

use axum::body::Body;
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, task::JoinSet, time::sleep};

/// Why a port cannot be listened on, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Something else listens on it.
    #[error("Port {0} is taken: stop the program that uses it, or choose another port.")]
    Taken(u16),
    /// Another reason than that it is taken.
    #[error("Port {port} cannot be listened on: {cause}. Choose another port.")]
    Failed {
        /// The port.
        port: u16,
        /// What the system said.
        cause: io::Error,
    },
}

/// Listens on `port` of this machine alone, and answers under which URL; 0 is any port that is free.
pub(crate) async fn listen(port: u16) -> Result<(TcpListener, SocketAddr), ListenError> {
    let failed = |cause: io::Error| match cause.kind() {
        io::ErrorKind::AddrInUse => ListenError::Taken(port),
        _ => ListenError::Failed { port, cause },
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Accepts connections for as long as it is polled; they end with it.
pub(crate) async fn serve<F, T, E>(listener: TcpListener, answer: F) -> Infallible
where
    F: Fn(Request<Incoming>, SocketAddr) -> T + Clone + Send + 'static,
    T: Future<Output = Result<Response<Body>, E>> + Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let mut connections = JoinSet::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
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
        let answer = answer.clone();
        connections.spawn(async move {
            let service = service_fn(move |request| answer(request, peer));
            let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

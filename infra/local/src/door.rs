//! The way in, where API Gateway stands on AWS: who asks, from where, and for which site.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use hyper::{HeaderMap, StatusCode, header};
use postern_domain::Dice;
use postern_http::{Gateway, Problem, every_answer, refuse_cross_site};

/// In a lab, the address that API Gateway would have reported.
const LAB_SOURCE_IP: &str = "x-lab-source-ip";

/// The largest body that API Gateway takes, in bytes (10 MiB).
const GATEWAY_BODY_BYTES: usize = 10 * 1024 * 1024;

/// The names of this machine.
const LOCAL_NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

/// What tells the operations of each request.
#[derive(Clone)]
pub(crate) struct Door {
    port: u16,
    lab: bool,
    dice: Dice,
}

impl Door {
    pub(crate) fn new(port: u16, lab: bool, dice: Dice) -> Self {
        Self { port, lab, dice }
    }

    /// The request from `peer`, with what the operations are told of it.
    pub(crate) fn admit(&self, mut request: Request<Body>, peer: SocketAddr) -> Request<Body> {
        let headers = request.headers();
        let pretended = headers.get(LAB_SOURCE_IP).filter(|_| self.lab).and_then(|address| address.to_str().ok());
        let gateway = Gateway {
            source_ip: Some(pretended.map_or_else(|| peer.ip().to_string(), str::to_owned)),
            request_id: Some(format!("{:032x}", u128::from_be_bytes(self.dice.bytes()))),
            site: self.site(headers),
        };
        request.extensions_mut().insert(gateway);
        request
    }

    /// The origin of the pages that may change something: the one that was asked for, where it is this server's.
    fn site(&self, headers: &HeaderMap) -> String {
        let own = host(headers).filter(|(_, port)| *port == Some(self.port));
        format!("http://{}:{}", own.map_or(LOCAL_NAMES[0], |(name, _)| name), self.port)
    }
}

/// Keeps pages of other sites from the routes of this server itself, as the entrance of each operation does.
pub(crate) fn only_own_pages(router: Router) -> Router {
    router.layer(middleware::from_fn(async |request: Request, next: Next| {
        refuse_cross_site(&request)?;
        Ok::<_, Problem>(next.run(request).await)
    }))
}

/// Wraps `router` in what holds for every answer, and keeps out who comes by a foreign name.
pub(crate) fn guarded(router: Router) -> Router {
    every_answer(router.layer(middleware::from_fn(whole)).layer(middleware::from_fn(only_by_a_local_name)))
}

/// Takes a body in whole before anything answers, as API Gateway does: who is answered early may still be sending, and would
/// find the connection closed in place of the answer.
async fn whole(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match axum::body::to_bytes(body, GATEWAY_BODY_BYTES).await {
        Ok(body) => next.run(Request::from_parts(parts, body.into())).await,
        Err(_) => Problem::BodyTooLarge.into_response(),
    }
}

/// A foreign page could point a name of its own at this machine, and would then pass for the same site.
async fn only_by_a_local_name(request: Request, next: Next) -> Response {
    if host(request.headers()).is_some() {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "This is reached as localhost only.\n").into_response()
    }
}

/// The local name and the port that a request is addressed to.
fn host(headers: &HeaderMap) -> Option<(&'static str, Option<u16>)> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let (name, port) = match host.split_once(':') {
        Some((name, port)) => (name, Some(port.parse().ok()?)),
        None => (host, None),
    };
    let name = LOCAL_NAMES.into_iter().find(|local| name.eq_ignore_ascii_case(local))?;
    Some((name, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &'static str) -> HeaderMap {
        [(header::HOST, header::HeaderValue::from_static(host))].into_iter().collect()
    }

    #[test]
    fn the_site_is_the_one_asked_for_where_it_is_ours() {
        let door = Door::new(3000, false, Dice::new(|bytes| bytes.fill(1)));
        for (host, site) in [
            ("localhost:3000", "http://localhost:3000"),
            ("LocalHost:3000", "http://localhost:3000"),
            ("127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("127.0.0.1:4000", "http://localhost:3000"),
            ("localhost", "http://localhost:3000"),
            ("evil.example:3000", "http://localhost:3000"),
        ] {
            assert_eq!(door.site(&headers(host)), site, "{host}");
        }
    }

    #[test]
    fn foreign_names_are_told_from_local_ones() {
        for foreign in ["evil.example:3000", "localhost.evil.example", "localhost:x", "evil@localhost:3000", ""] {
            assert_eq!(host(&headers(foreign)), None, "{foreign}");
        }
        assert_eq!(host(&HeaderMap::new()), None);
    }

    #[test]
    fn an_address_is_believed_in_a_lab_alone() {
        let peer: SocketAddr = "127.0.0.1:40000".parse().expect("an address");
        for (lab, address) in [(false, "127.0.0.1"), (true, "203.0.113.7")] {
            let request = Request::builder().header(LAB_SOURCE_IP, "203.0.113.7").body(Body::empty()).expect("a request");
            let admitted = Door::new(3000, lab, Dice::new(|bytes| bytes.fill(1))).admit(request, peer);
            let gateway = admitted.extensions().get::<Gateway>().expect("it was told");
            assert_eq!(gateway.source_ip.as_deref(), Some(address));
        }
    }
}

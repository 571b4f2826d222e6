//! Who calls, as far as the way in tells.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use postern_domain::record::Origin;

/// What API Gateway tells of a request, or the local server in its place.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// The address of the caller; no header is believed about it.
    pub source_ip: Option<String>,
    /// The identifier of the request.
    pub request_id: Option<String>,
    /// The origin that pages of this deployment have.
    pub site: String,
}

/// The caller of an operation.
#[derive(Debug, Clone)]
pub struct Caller {
    /// What goes into the log.
    pub origin: Origin,
}

impl Caller {
    /// By what one browser is told from another, as far as can be without a cookie.
    pub fn browser(&self) -> [&str; 2] {
        [&self.origin.ip, &self.origin.user_agent].map(|part| part.as_deref().unwrap_or_default())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let gateway = parts.extensions.get::<Gateway>();
        let user_agent = parts.headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let origin = Origin {
            ip: gateway.and_then(|gateway| gateway.source_ip.clone()),
            user_agent: user_agent.map(|text| text.chars().filter(|c| !c.is_control()).take(256).collect()),
            request_id: gateway.and_then(|gateway| gateway.request_id.clone()),
        };
        Ok(Self { origin })
    }
}

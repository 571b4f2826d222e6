//! What S3 lets pages of another origin do: those of the one allowed origin may read and write objects.

use axum::body::Body;
use hyper::{
    HeaderMap, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
        ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN, VARY,
    },
};

use super::answer::Answer;

const METHODS: [&str; 3] = ["GET", "PUT", "HEAD"];

/// The rule of the bucket.
pub(super) struct Cors {
    allowed: HeaderValue,
}

impl Cors {
    /// The rule for pages of `origin`; `None` if that is no header value.
    pub(super) fn for_origin(origin: &str) -> Option<Self> {
        Some(Self { allowed: HeaderValue::from_str(origin).ok()? })
    }

    /// Answers a preflight.
    pub(super) fn preflight(&self, request: &HeaderMap) -> Response<Body> {
        let method = request.get(ACCESS_CONTROL_REQUEST_METHOD);
        let method_fits = method.is_some_and(|method| METHODS.iter().any(|fits| method == fits));
        if !method_fits || !self.allows(request) {
            let refusal = Answer::s3_error(403, "AccessForbidden", "CORSResponse: This CORS request is not allowed.");
            return refusal.into();
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::OK;
        self.admit(request, &mut response);
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, PUT, HEAD"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3000"));
        if let Some(asked) = request.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        response
    }

    /// Lets the page that asked read the answer, if it is of the allowed origin.
    pub(super) fn admit(&self, request: &HeaderMap, response: &mut Response<Body>) {
        let headers = response.headers_mut();
        headers.append(VARY, HeaderValue::from_static("Origin, Access-Control-Request-Headers, Access-Control-Request-Method"));
        if self.allows(request) {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.allowed.clone());
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("ETag, x-amz-checksum-sha256, x-amz-version-id"));
        }
    }

    fn allows(&self, request: &HeaderMap) -> bool {
        request.get(ORIGIN) == Some(&self.allowed)
    }
}

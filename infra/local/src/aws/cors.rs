//! What S3 lets pages of another origin do: what the template's rules say, for the pages of this instance.

use std::collections::HashMap;

use axum::body::Body;
use hyper::{
    HeaderMap, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
        ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN, VARY,
    },
    http::request::Parts,
};
use serde_json::Value;

use super::answer::Answer;

/// One rule of a bucket. Which origins it is for is the deployment's own; here the one allowed origin stands for them.
#[derive(Clone)]
pub(super) struct Rule {
    methods: Vec<String>,
    headers: Vec<String>,
    exposed: Vec<String>,
    max_age: Option<u64>,
}

impl Rule {
    /// The rules of a bucket with these properties.
    pub(super) fn of_bucket(properties: &Value) -> Vec<Self> {
        let texts = |list: &Value| list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let rules = properties["CorsConfiguration"]["CorsRules"].as_array().into_iter().flatten();
        let rules = rules.map(|rule| Self {
            methods: texts(&rule["AllowedMethods"]),
            headers: texts(&rule["AllowedHeaders"]),
            exposed: texts(&rule["ExposedHeaders"]),
            max_age: rule["MaxAge"].as_u64(),
        });
        rules.collect()
    }

    fn fits(&self, method: &str, headers: &[String]) -> bool {
        let allows = |header: &String| self.headers.iter().any(|allowed| allowed == "*" || allowed.eq_ignore_ascii_case(header));
        self.methods.iter().any(|allowed| allowed == method) && headers.iter().all(allows)
    }
}

/// The rules of all buckets.
pub(super) struct Cors {
    allowed: HeaderValue,
    rules: HashMap<String, Vec<Rule>>,
}

impl Cors {
    /// The rules of each bucket, for pages of `origin`; `None` if that is no header value.
    pub(super) fn for_origin(origin: &str, rules: HashMap<String, Vec<Rule>>) -> Option<Self> {
        Some(Self { allowed: HeaderValue::from_str(origin).ok()?, rules })
    }

    /// Answers a preflight.
    pub(super) fn preflight(&self, request: &Parts) -> Response<Body> {
        let text = |name| request.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let asked: Vec<String> = text(ACCESS_CONTROL_REQUEST_HEADERS)
            .into_iter()
            .flat_map(|list| list.split(','))
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        let method = text(ACCESS_CONTROL_REQUEST_METHOD).unwrap_or_default();
        let Some(rule) = self.rule(request, method, &asked) else {
            let refusal = Answer::s3_error(403, "AccessForbidden", "CORSResponse: This CORS request is not allowed.");
            return refusal.into();
        };
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::OK;
        self.allow(rule, &mut response);
        let headers = response.headers_mut();
        insert(headers, ACCESS_CONTROL_ALLOW_METHODS, &rule.methods.join(", "));
        insert(headers, ACCESS_CONTROL_ALLOW_HEADERS, &asked.join(", "));
        if let Some(seconds) = rule.max_age {
            insert(headers, ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
        }
        response
    }

    /// Lets the page that asked read the answer, if a rule says so.
    pub(super) fn admit(&self, request: &Parts, response: &mut Response<Body>) {
        let vary = HeaderValue::from_static("Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
        response.headers_mut().append(VARY, vary);
        if let Some(rule) = self.rule(request, request.method.as_str(), &[]) {
            self.allow(rule, response);
        }
    }

    fn allow(&self, rule: &Rule, response: &mut Response<Body>) {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.allowed.clone());
        insert(headers, ACCESS_CONTROL_EXPOSE_HEADERS, &rule.exposed.join(", "));
    }

    /// The rule that lets a page send a request with this method and these headers to the bucket in its path.
    fn rule(&self, request: &Parts, method: &str, headers: &[String]) -> Option<&Rule> {
        let bucket = request.uri.path().split('/').nth(1)?;
        let own = request.headers.get(ORIGIN) == Some(&self.allowed);
        self.rules.get(bucket).filter(|_| own)?.iter().find(|rule| rule.fits(method, headers))
    }
}

fn insert(headers: &mut HeaderMap, name: hyper::header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value)
        && !value.is_empty()
    {
        headers.insert(name, value);
    }
}

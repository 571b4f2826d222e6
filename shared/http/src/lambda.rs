//! The Lambda adapter.

use axum::{
    Router,
    body::Body,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderValue, header};
use lambda_http::{
    LambdaEvent,
    aws_lambda_events::{
        apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse},
        encodings,
    },
    lambda_runtime, service_fn,
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use postern_aws::{Aws, Misconfigured, start_logging};
use serde::Deserialize;
use serde_json::Value;
use tower::ServiceExt;

use crate::{Gateway, Problem, every_answer};

/// What `main` of a function answers.
pub type Start = Result<(), lambda_http::Error>;

/// Serves what `mount` makes of the surroundings of the function `name`, as a Lambda function behind an HTTP API.
///
/// # Errors
/// If a setting is missing, or the Lambda runtime fails.
pub async fn serve(name: &'static str, mount: impl FnOnce(&Aws) -> Result<Router, Misconfigured>) -> Start {
    start_logging();
    let router = adapted(mount(&Aws::from_environment(name)?)?);
    let answer = |event: LambdaEvent<Value>| {
        let router = router.clone();
        async move { Ok::<_, lambda_http::Error>(answer(router, event.payload).await) }
    };
    lambda_runtime::run(service_fn(answer)).await
}

/// `router` for the requests that [`answer`] makes of events.
pub fn adapted(router: Router) -> Router {
    every_answer(router.layer(middleware::from_fn(async |mut request: Request, next: Next| {
        match request.extensions_mut().remove::<Malformed>() {
            Some(Malformed(member, reason)) => Problem::field(member, reason).into_response(),
            None => next.run(request).await,
        }
    })))
}

/// What the adapted `router` answers to an event of API Gateway (HTTP API, format 2.0), whatever that holds.
///
/// `lambda_http` itself makes requests of events, but panics over some of what strangers can send, and forgets all cookies for one that is
/// not ASCII.
pub async fn answer(router: Router, event: Value) -> ApiGatewayV2httpResponse {
    let context = |pointer| event["requestContext"].pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let gateway = Gateway {
        source_ip: context("/http/sourceIp"),
        request_id: context("/requestId"),
        site: format!("https://{}", context("/domainName").unwrap_or_default()),
    };
    let mut request = requested(&event).unwrap_or_else(|malformed| {
        let mut request = Request::default();
        request.extensions_mut().insert(malformed);
        request
    });
    request.extensions_mut().insert(gateway);
    let Ok(answer) = router.oneshot(request).await;
    told(answer).await
}

/// A part of an event that no request can have, and what is wrong with it.
#[derive(Clone, Copy)]
struct Malformed(&'static str, &'static str);

/// What has to be escaped in a path, which comes with its escapes undone.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

/// The request that `event` tells of.
fn requested(event: &Value) -> Result<Request, Malformed> {
    let event = ApiGatewayV2httpRequest::deserialize(event).map_err(|_| Malformed("request", "This is no request that can be read."))?;
    let path = event.raw_path.unwrap_or_default();
    let query = event.raw_query_string.filter(|query| !query.is_empty()).map(|query| format!("?{query}"));
    let uri = format!("{}{}", utf8_percent_encode(&path, ESCAPED), query.unwrap_or_default());
    let body = event.body.unwrap_or_default();
    let body = if event.is_base64_encoded {
        BASE64_STANDARD.decode(body).map_err(|_| Malformed("body", "The body is not the base64 that it is said to be."))?
    } else {
        body.into_bytes()
    };
    let request = Request::builder().method(event.request_context.http.method).uri(uri).body(Body::from(body));
    let mut request = request.map_err(|_| Malformed("query", "Path and query cannot be read."))?;
    *request.headers_mut() = event.headers;
    // One by one, so that what another's holds spoils none of ours.
    for cookie in event.cookies.into_iter().flatten().filter_map(|cookie| HeaderValue::from_bytes(cookie.as_bytes()).ok()) {
        request.headers_mut().append(header::COOKIE, cookie);
    }
    Ok(request)
}

/// `answer` as API Gateway takes it.
async fn told(answer: Response) -> ApiGatewayV2httpResponse {
    let (mut parts, body) = answer.into_parts();
    let mut told = ApiGatewayV2httpResponse::default();
    told.status_code = parts.status.as_u16().into();
    let cookies = parts.headers.get_all(header::SET_COOKIE).into_iter();
    told.cookies = cookies.filter_map(|cookie| cookie.to_str().ok().map(str::to_owned)).collect();
    parts.headers.remove(header::SET_COOKIE);
    told.headers = parts.headers;
    // Answers of ours are in memory: reading them fails as little as writing them did.
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let body = String::from_utf8(body.into()).map_or_else(|error| encodings::Body::Binary(error.into_bytes()), encodings::Body::Text);
    told.is_base64_encoded = matches!(body, encodings::Body::Binary(_));
    told.body = Some(body);
    told
}

/// The router of an operation's crate: `mount!(show_contact, &aws)`.
#[macro_export]
macro_rules! mount {
    ($function:ident, $aws:expr) => {
        $function::OPERATION.mount::<$function::Reach, _, _>($function::handle, $aws)
    };
}

/// The `main` of an operation: `lambda!(show_contact)`.
#[macro_export]
macro_rules! lambda {
    ($function:ident) => {
        fn main() -> $crate::Start {
            let runtime = $crate::tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on($crate::serve($function::OPERATION.name, |aws| $crate::mount!($function, aws)))
        }
    };
}

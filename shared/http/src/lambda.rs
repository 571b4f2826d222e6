//! The Lambda adapter.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
};
use lambda_http::{RequestExt, request::RequestContext};

use crate::{Gateway, every_answer};

/// What `main` of a function answers.
pub type Start = Result<(), lambda_http::Error>;

/// Serves `router` as a Lambda function behind an HTTP API.
///
/// # Errors
/// If the Lambda runtime fails.
pub async fn serve(router: Router) -> Start {
    start_logging();
    lambda_http::run(adapted(router)).await
}

/// `router` for requests that `lambda_http` makes of events.
pub fn adapted(router: Router) -> Router {
    every_answer(router).layer(middleware::from_fn(async |mut request: Request, next: Next| {
        if let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() {
            let gateway = Gateway {
                source_ip: context.http.source_ip.clone(),
                request_id: context.request_id.clone(),
                site: format!("https://{}", context.domain_name.as_deref().unwrap_or_default()),
            };
            request.extensions_mut().insert(gateway);
        }
        next.run(request).await
    }))
}

/// Writes what is logged as JSON lines, for CloudWatch.
pub fn start_logging() {
    tracing_subscriber::fmt().json().with_max_level(tracing::Level::INFO).with_ansi(false).init();
}

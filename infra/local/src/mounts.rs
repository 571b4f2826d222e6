//! Every operation, mounted.

use axum::{
    Json, Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use hyper::{Method, StatusCode, header};
use postern_aws::{Aws, Misconfigured, Reachable as _};
use serde_json::json;
use tower::ServiceExt as _;

use crate::{aws::Faults, functions::routers};

/// All operations and the routes of this server's `own`; whatever else is asked for, by path or by method, goes to the pages,
/// as the API's `$default` route has it.
pub(crate) fn router(aws: &Aws, faults: &Faults, own: Router) -> Result<Router, Misconfigured> {
    let pages = web::router(&web::Reach::reach(&aws.named(web::NAME)?)?);
    let to_pages = {
        let pages = pages.clone();
        move |request: Request| pages.oneshot(request)
    };
    let mounted = routers(aws)?
        .into_iter()
        .map(|(name, router)| router.route_layer(middleware::from_fn_with_state((name, faults.clone()), in_a_process)))
        .fold(own, Router::merge)
        .fallback(to_pages.clone())
        .method_not_allowed_fallback(to_pages);
    // Around the whole: a router names the methods of a route after its own layers.
    Ok(Router::new().fallback_service(mounted).layer(middleware::from_fn_with_state(pages, as_api_gateway)))
}

/// Runs a function as a process that a fault may end; then API Gateway answers in its place.
async fn in_a_process(State((name, faults)): State<(&'static str, Faults)>, request: Request, next: Next) -> Response {
    let ended = || (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({"message": "Internal Server Error"}))).into_response();
    faults.outlive(name, next.run(request)).await.unwrap_or_else(ended)
}

/// To API Gateway `HEAD` is a method like any other, which no operation has; to axum it is a `GET` without a body. And where a method finds
/// nothing, axum would name others, but not all: it knows only those of one operation.
async fn as_api_gateway(State(pages): State<Router>, request: Request, next: Next) -> Response {
    let to_pages = request.method() == Method::HEAD;
    let mut response = if to_pages { pages.oneshot(request).await.into_response() } else { next.run(request).await };
    response.headers_mut().remove(header::ALLOW);
    response
}

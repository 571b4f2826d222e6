//! Every operation, mounted.

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use hyper::Method;
use postern_aws::{Aws, Misconfigured, Reachable as _};
use tower::ServiceExt as _;

use crate::functions::routers;

/// All operations and the routes of this server's `own`; whatever else is asked for, by path or by method, goes to the pages,
/// as the API's `$default` route has it.
pub(crate) fn router(aws: &Aws, own: Router) -> Result<Router, Misconfigured> {
    let pages = web::router(&web::Reach::reach(&aws.named(web::NAME)?)?);
    let to_pages = {
        let pages = pages.clone();
        move |request: Request| pages.oneshot(request)
    };
    Ok(routers(aws)?
        .into_values()
        .fold(own, Router::merge)
        .fallback(to_pages.clone())
        .method_not_allowed_fallback(to_pages)
        .layer(middleware::from_fn_with_state(pages, head_to_pages)))
}

/// To API Gateway `HEAD` is a method like any other, which no operation has; to axum it is a `GET` without a body.
async fn head_to_pages(State(pages): State<Router>, request: Request, next: Next) -> Response {
    if request.method() == Method::HEAD { pages.oneshot(request).await.into_response() } else { next.run(request).await }
}

//! Every operation, mounted.

use std::collections::HashMap;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use hyper::Method;
use postern_http::openapi::Described;
use postern_store::{Aws, Misconfigured};
use tower::ServiceExt as _;

/// Lists the operations once, for all that needs to know them.
macro_rules! mounts {
    ($($operation:ident,)*) => {
        /// How the `OpenAPI` document describes every operation.
        pub fn operations() -> Vec<Described> {
            vec![$($operation::described()),*]
        }

        /// Every operation by its name, as its `main` makes it.
        ///
        /// # Errors
        /// If a setting is missing.
        pub fn routers(aws: &Aws) -> Result<HashMap<&'static str, Router>, Misconfigured> {
            Ok(HashMap::from([$({
                let name = $operation::OPERATION.name;
                (name, $operation::router($operation::Reach::new(&aws.named(name))?))
            }),*]))
        }
    };
}

mounts! {
    complete_upload,
    create_contact,
    create_download,
    create_upload,
    invite,
    list_contacts,
    list_documents,
    open_link,
    preview_link,
    query_access_log,
    request_code,
    request_staff_code,
    resend_code,
    send_fresh_link,
    show_contact,
    show_firm,
    show_session,
    sign_out,
    update_contact,
    verify_code,
}

/// All operations and the routes of this server's `own`; whatever else is asked for, by path or by method, goes to the pages,
/// as the API's `$default` route has it.
pub(crate) fn router(aws: &Aws, own: Router) -> Result<Router, Misconfigured> {
    let pages = web::router(&web::Reach { storage_origin: aws.variable("STORAGE_ORIGIN")? });
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

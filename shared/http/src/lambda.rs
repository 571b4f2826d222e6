//! The Lambda adapter.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
};
use lambda_http::{RequestExt, request::RequestContext};
use postern_aws::{Aws, Misconfigured, start_logging};

use crate::{Gateway, every_answer};

/// What `main` of a function answers.
pub type Start = Result<(), lambda_http::Error>;

/// Serves what `mount` makes of the surroundings of the function `name`, as a Lambda function behind an HTTP API.
///
/// # Errors
/// If a setting is missing, or the Lambda runtime fails.
pub async fn serve(name: &'static str, mount: impl FnOnce(&Aws) -> Result<Router, Misconfigured>) -> Start {
    start_logging();
    let router = mount(&Aws::from_environment(name)?)?;
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

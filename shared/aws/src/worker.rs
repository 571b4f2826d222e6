//! Workers: functions that streams, schedules or people call, and no route.

use lambda_runtime::{LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Aws, Reachable, start_logging};

/// Why a function ended, or an event failed.
pub type Error = lambda_runtime::Error;

/// Serves the worker `name` as a Lambda function: `handle` answers each event.
///
/// # Errors
/// If a setting is missing, or the Lambda runtime fails.
pub async fn work<R, E, A, X, F>(name: &'static str, handle: impl Fn(R, E) -> F) -> Result<(), Error>
where
    R: Reachable + Clone,
    E: DeserializeOwned,
    A: Serialize,
    X: std::error::Error + Send + Sync + 'static,
    F: Future<Output = Result<A, X>>,
{
    start_logging();
    let aws = Aws::from_environment(name)?;
    let (reach, handle, keyring) = (R::reach(&aws)?, &handle, &aws.keyring);
    let answer = |event: LambdaEvent<E>| {
        let answer = handle(reach.clone(), event.payload);
        async move { keyring.beside(answer).await.map_err(Error::from) }
    };
    lambda_runtime::run(service_fn(answer)).await
}

/// The `main` of a worker: `worker!(deliver)`.
#[macro_export]
macro_rules! worker {
    ($function:ident) => {
        fn main() -> Result<(), $crate::Error> {
            let runtime = $crate::tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on($crate::work($function::NAME, $function::handle))
        }
    };
}

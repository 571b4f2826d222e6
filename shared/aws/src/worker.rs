//! Workers: functions that streams, schedules or people call, and no route.

use std::{any::type_name, error::Error as StdError};

use lambda_runtime::{LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Aws, Reachable, start_logging, unavailable::causes};

/// Why a function ended.
pub type Error = lambda_runtime::Error;

/// Why an event failed, as whoever called is told: of what kind it is, and in words what is wrong.
pub use lambda_runtime::Diagnostic as Failure;

/// Serves the worker `name` as a Lambda function: `handle` answers each event.
///
/// # Errors
/// If a setting is missing, or the Lambda runtime fails.
pub async fn work<R, E, A, X, F>(name: &'static str, handle: impl Fn(R, E) -> F) -> Result<(), Error>
where
    R: Reachable + Clone,
    E: DeserializeOwned,
    A: Serialize,
    X: StdError + 'static,
    F: Future<Output = Result<A, X>>,
{
    start_logging();
    let aws = Aws::from_environment(name)?;
    let (reach, handle, keyring) = (R::reach(&aws)?, &handle, &aws.keyring);
    let answer = |event: LambdaEvent<Value>| {
        let reach = reach.clone();
        keyring.beside(answer(event.payload, |event| handle(reach, event)))
    };
    lambda_runtime::run(service_fn(answer)).await
}

/// Answers one event by `handle`. What goes wrong is logged here, once and with its causes.
///
/// # Errors
/// If the event cannot be read, or `handle` fails.
pub async fn answer<E, A, X, F>(event: Value, handle: impl FnOnce(E) -> F) -> Result<A, Failure>
where
    E: DeserializeOwned,
    X: StdError + 'static,
    F: Future<Output = Result<A, X>>,
{
    let event = serde_path_to_error::deserialize(event).map_err(|error| {
        let place = error.path().to_string();
        let place = if place == "." { String::new() } else { format!(" at `{place}`") };
        let error_message = format!("The event cannot be used{place}: {}. Nothing has changed.", error.into_inner());
        tracing::error!(error_message, "an event cannot be read");
        Failure { error_type: "UnusableEvent".to_owned(), error_message }
    })?;
    handle(event).await.map_err(|error| {
        tracing::error!(causes = causes(&error), "an event failed");
        let kind = type_name::<X>().rsplit("::").next().unwrap_or_default();
        Failure { error_type: kind.to_owned(), error_message: error.to_string() }
    })
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

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Deserialize)]
    struct Asked {
        owner: Owner,
    }

    #[derive(Deserialize)]
    struct Owner {
        age: u8,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("Nobody of {0} may be an owner. Choose someone else.")]
    struct TooYoung(u8);

    async fn ask(event: Value) -> Result<u8, (String, String)> {
        let judge = |asked: Asked| async move { if asked.owner.age < 18 { Err(TooYoung(asked.owner.age)) } else { Ok(asked.owner.age) } };
        answer(event, judge).await.map_err(|failure| (failure.error_type, failure.error_message))
    }

    #[tokio::test]
    async fn whoever_calls_learns_what_is_wrong_and_where() {
        assert_eq!(ask(json!({"owner": {"age": 18}})).await, Ok(18));
        let failed = |kind: &str, text: &str| Err((kind.to_owned(), text.to_owned()));
        assert_eq!(ask(json!({"owner": {"age": 17}})).await, failed("TooYoung", "Nobody of 17 may be an owner. Choose someone else."));
        assert_eq!(
            ask(json!({"owner": {"age": "x"}})).await,
            failed(
                "UnusableEvent",
                "The event cannot be used at `owner.age`: invalid type: string \"x\", expected u8. Nothing has changed."
            )
        );
        assert_eq!(
            ask(json!([])).await,
            failed(
                "UnusableEvent",
                "The event cannot be used: invalid length 0, expected struct Asked with 1 element. Nothing has changed."
            )
        );
    }
}

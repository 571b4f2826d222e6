//! `deliver` on Lambda.

use deliver::{NAME, Reach, deliver};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use postern_store::Aws;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    postern_http::start_logging();
    let reach = Reach::new(&Aws::from_environment(NAME)?)?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| Ok::<_, Error>(deliver(&reach, &event.payload).await))).await
}

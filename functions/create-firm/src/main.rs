//! `create-firm` on Lambda.

use create_firm::{NAME, NewFirm, Reach, create_firm};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use postern_store::Aws;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    postern_http::start_logging();
    let reach = Reach::new(&Aws::from_environment(NAME)?)?;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<NewFirm>| create_firm(&reach, event.payload).await.map_err(Error::from))).await
}

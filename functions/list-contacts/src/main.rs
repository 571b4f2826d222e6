//! `list-contacts` on Lambda.

use list_contacts::{OPERATION, Reach, router};
use postern_http::{Start, serve};
use postern_store::Aws;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Start {
    serve(router(Reach::new(&Aws::from_environment(OPERATION.name)?)?)).await
}

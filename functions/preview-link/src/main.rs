//! `preview-link` on Lambda.

use postern_http::{Start, serve};
use postern_store::Aws;
use preview_link::{OPERATION, Reach, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Start {
    serve(router(Reach::new(&Aws::from_environment(OPERATION.name)?)?)).await
}

//! `web` on Lambda.

use postern_http::{Start, serve};
use web::{Reach, router};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::disallowed_methods, reason = "this is the wiring: the one place where the environment is read")]
async fn main() -> Start {
    serve(router(&Reach { storage_origin: std::env::var("STORAGE_ORIGIN")? })).await
}

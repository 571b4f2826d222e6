//! `web` on Lambda.

use postern_http::{Start, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Start {
    serve(web::router()).await
}

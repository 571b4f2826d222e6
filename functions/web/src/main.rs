//! `web` on Lambda.

use postern_aws::Reachable as _;
use postern_http::{Start, serve};
use web::{NAME, Reach, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Start {
    serve(NAME, |aws| Reach::reach(aws).map(|reach| router(&reach))).await
}

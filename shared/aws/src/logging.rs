//! What a function logs.

/// Writes what is logged as JSON lines, for CloudWatch.
pub fn start_logging() {
    tracing_subscriber::fmt().json().with_max_level(tracing::Level::INFO).with_ansi(false).init();
}

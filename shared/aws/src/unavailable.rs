//! What every store has in common when it fails.

use std::error::Error;

/// A store that cannot be used right now, or holds what cannot be understood. Nobody is let in on it.
#[derive(Debug, thiserror::Error)]
#[error("the store could not be used")]
pub struct Unavailable(#[source] Box<dyn Error + Send + Sync>);

impl Unavailable {
    /// Wraps what went wrong.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

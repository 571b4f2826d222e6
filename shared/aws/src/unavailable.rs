//! What every store has in common when it fails.

use std::{error::Error, iter::successors};

use aws_smithy_types::error::ErrorMetadata;

/// The names that services give to a call that the caller's role does not allow.
const DENIED: [&str; 3] = ["AccessDeniedException", "AccessDenied", "AuthorizationError"];

/// A store that cannot be used right now, or holds what cannot be understood. Nobody is let in on it.
#[derive(Debug, thiserror::Error)]
#[error("the store could not be used")]
pub struct Unavailable(#[source] Box<dyn Error + Send + Sync>);

impl Unavailable {
    /// Wraps what went wrong.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }

    /// What AWS says the function's role does not allow, if that is what went wrong.
    pub fn denied(&self) -> Option<&str> {
        let first: &(dyn Error + 'static) = self.0.as_ref();
        let told = successors(Some(first), |error| (*error).source()).find_map(|error| error.downcast_ref::<ErrorMetadata>())?;
        told.code().filter(|code| DENIED.contains(code)).map(|code| told.message().unwrap_or(code))
    }
}

/// An error and all that led to it, in their words.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = successors(Some(error), |error| (*error).source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

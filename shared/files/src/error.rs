//! What can go wrong with storage.

use std::error::Error;

use thiserror::Error;

/// Why storage did not do what it was asked.
#[derive(Debug, Error)]
pub enum FilesError {
    /// Storage could not be reached, refused, or gave an answer that makes no sense; also when an address could not be
    /// signed, for want of credentials or for a lifetime that S3 does not allow.
    #[error("storage did not answer as it should")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// There is no such version of the document.
    #[error("storage has no such version of the document")]
    Missing,
    /// The document has no version that could be pinned: the bucket was set up without versioning.
    #[error("the bucket keeps no versions")]
    Unversioned,
}

impl FilesError {
    pub(crate) fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }
}

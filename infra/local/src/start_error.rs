//! Why an instance does not start.

use std::{io, path::PathBuf};

use crate::{aws, listener::ListenError};

/// Why an instance did not start, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The endpoint does not allow it.
    #[error(transparent)]
    Aws(#[from] aws::StartError),
    /// Nothing can listen on the product's port.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Something else listens on the port of the AWS endpoint.
    #[error(
        "Port {0}, on which the AWS endpoint stands beside the product, is taken: stop the program that uses it, or choose another port."
    )]
    NextPortTaken(u16),
    /// No port comes after the product's.
    #[error("Port {0} is the last: choose one before it, since the AWS endpoint takes the next.")]
    NoNextPort(u16),
    /// The template names something that is not offered here, or that would not work on AWS either.
    #[error("The deployment template cannot be followed here: {0}")]
    Template(String),
    /// A function asks for a setting that the template does not give.
    #[error(transparent)]
    Misconfigured(#[from] postern_aws::Misconfigured),
    /// The settings could not be written down.
    #[error("{} cannot be written: {cause}. Mend that, or choose another folder.", .file.display())]
    Settings {
        /// The file that lists them.
        file: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The demo firm could not be made.
    #[error("The demo firm could not be made: {0}")]
    Demo(String),
}

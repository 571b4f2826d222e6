//! The way to AWS: what a function reaches there, and how it is told of it.
//!
//! A function declares all that it may touch with [`reach!`]; from that one declaration come the clients that it uses, the
//! variables that it reads, and the grants of its role.

mod connector;
mod grant;
mod keyring;
mod logging;
mod settings;
mod surroundings;
mod unavailable;
mod versions;
mod worker;

pub use grant::{Grant, Reachable, Thing};
pub use keyring::{Keyring, SECRETS_LIFE, SECRETS_SETTLED, TrustGroup};
pub use logging::start_logging;
pub use settings::{PublicOrigin, SecurityContact, SendRate, StorageOrigin, TextBudget, Texting};
pub use surroundings::{Aws, Misconfigured};
#[doc(hidden)]
pub use tokio;
pub use unavailable::{Unavailable, causes};
pub use versions::{Described, Versions};
pub use worker::{Error, Failure, answer, work};

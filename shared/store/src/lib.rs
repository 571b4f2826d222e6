//! What Postern keeps: tables in DynamoDB and keys in Secrets Manager.

mod access;
mod access_log;
mod aws;
mod commit;
mod directory;
mod item;
mod key;
mod keys;
mod outbox;
mod work;

pub use access::{Access, Counted};
pub use access_log::{AccessLog, Filter, Page};
pub use aws::{Aws, Misconfigured};
pub use commit::{CommitError, Refusals, Write};
pub use directory::Directory;
pub use item::Unavailable;
pub use keys::{GateKeys, LinkKeys, LogKeys, SignInKeys};
pub use outbox::{Claim, Outbox};
pub use work::Work;

//! What Postern keeps: tables in DynamoDB and keys in Secrets Manager.

mod access;
mod access_log;
mod asking;
mod aws;
mod commit;
mod directory;
mod item;
mod key;
mod keys;
mod outbox;
mod update;
mod work;

pub use access::{Access, Counted};
pub use access_log::{AccessLog, Filter, Page};
pub use asking::{AskError, Asker, Asking, GateReading, read_gates};
pub use aws::{Aws, Misconfigured};
pub use commit::{CommitError, Refusals, Write};
pub use directory::{Directory, Reservation};
pub use item::Unavailable;
pub use keys::{AttemptMarks, GateKeys, LinkKeys, LogKeys, LogPen, SignInKeys};
pub use outbox::{Claim, Outbox};
pub use work::Work;

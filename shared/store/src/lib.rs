//! What Postern keeps: tables in DynamoDB, and what its keys are for.

mod access;
mod access_log;
mod commit;
mod contacts;
mod directory;
mod item;
mod key;
mod keys;
mod outbox;
mod settle;
mod update;
mod work;

pub use access::{AccessStore, Devices, GuessCount, Keeping};
pub use access_log::{AccessLog, Filter, Page};
pub use commit::{CommitError, Part, Refusals, Write};
pub use contacts::{Taken, taken};
pub use directory::{Directory, NotFor};
pub use keys::{AttemptHasher, GateKeys, LinkKeys, LogKeys, LogSealer, SignInKeys};
pub use outbox::{Claim, Outbox};
pub use settle::{OUTER_TURNS, Turn, settle, settle_in};
pub use work::{Bookmark, Work};

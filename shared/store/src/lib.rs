//! What Postern keeps: tables in DynamoDB, and what its keys are for.

mod access;
mod access_log;
mod chain;
mod commit;
mod contacts;
mod directory;
mod exports;
mod generations;
mod item;
mod key;
mod keys;
mod outbox;
mod roster;
mod second_factor;
mod settle;
mod staff;
mod update;
mod work;

pub use access::{AccessStore, Devices, GuessCount, Keeping, MessageCount};
pub use access_log::{AccessLog, LogRows, Page, Span, row_of_stream};
pub use chain::{APPENDED_AT_ONCE, Chain};
pub use commit::{CommitError, Part, Refusals, Write};
pub use contacts::{Taken, taken};
pub use directory::{Directory, Known, NotFor};
pub use exports::{Exports, State};
pub use generations::{AllRows, Group, Secrets};
pub use keys::{AttemptHasher, ChainKeys, FactorKeys, GateKeys, LinkKeys, LogKeys, LogSealer, SignInKeys};
pub use outbox::{Claim, Outbox};
pub use roster::{Listed, Noted, Roster, Standings};
pub use second_factor::Switch;
pub use settle::{OUTER_TURNS, Turn, settle, settle_in};
pub use work::{Bookmark, Work};

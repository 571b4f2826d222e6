//! What several functions do together: asking for a code, trying a gate, opening and raising a session, signing out everywhere, resetting a second
//! factor, changing what is counted, changing a document, changing staff, reading and exporting the log.
//!
//! Each flow declares what it touches, and is a field of the `Reach` of every function that has a part in it.

mod ask_for_code;
mod attempts;
mod change_attempts;
mod change_document;
mod change_staff;
mod export_log;
mod open_session;
mod raise_session;
mod read_log;
mod reset_second_factor;
mod sign_out;
mod try_gate;

pub use ask_for_code::{AskError, AskForCode, Asking, Known, KnownWay, record_of_email};
pub use attempts::CountedAttempts;
pub use change_attempts::ChangeAttempts;
pub use change_document::ChangeDocument;
pub use change_staff::{ChangeStaff, Decided};
pub use export_log::{ExportLog, Portion};
pub use open_session::{NewSession, OpenSession};
pub use raise_session::RaiseSession;
pub use read_log::{Acquaintances, Opened, ReadLog, RecordView};
pub use reset_second_factor::{ResetReason, ResetSecondFactor};
pub use sign_out::SignOut;
pub use try_gate::TryGate;

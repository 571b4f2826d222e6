//! What Postern is about, with no input or output: types, rules, numbers and decisions.

pub mod address;
pub mod challenge;
mod clock;
pub mod code;
pub mod contact;
pub mod dispatch;
pub mod document;
pub mod firm;
pub mod gate;
pub mod id;
pub mod keys;
pub mod link;
pub mod moments;
mod object;
mod page;
pub mod policy;
pub mod record;
pub mod scope;
pub mod session;
pub mod sign_in;
pub mod text;

pub use address::{Email, Phone, TypedEmail};
pub use clock::{Clock, Dice};
pub use id::{ChallengeId, ClientId, ContactId, DispatchId, DocumentId, DocumentSerial, FirmId, RecordId, StaffId};
pub use object::Object;
pub use page::Limit;
pub use scope::FirmScope;
pub use session::{Audience, Subject};
pub use text::Name;

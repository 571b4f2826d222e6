//! What Postern is about, with no input or output: types, rules, numbers and decisions.
//!
//! Modules stand in layers: none is part of a circle (`tests/house` follows what each uses).

pub mod account;
pub mod address;
pub mod admission;
pub mod attempts;
pub mod chain;
pub mod challenge;
pub mod channel;
pub mod client;
mod clock;
pub mod code;
pub mod contact;
mod country;
pub mod delivery;
pub mod device;
pub mod diagnosis;
pub mod dispatch;
pub mod document;
pub mod firm;
mod folded;
pub mod gate;
pub mod help;
pub mod id;
pub mod identity;
pub mod keys;
mod language;
pub mod link;
pub mod log_export;
pub mod moments;
pub mod network;
mod object;
pub mod occasion;
mod page;
pub mod person;
pub mod phone;
pub mod policy;
pub mod readiness;
pub mod record;
pub mod role;
pub mod roster;
pub mod scope;
pub mod sealed_record;
pub mod search;
pub mod second_factor;
pub mod session;
pub mod settings;
pub mod sign_in;
pub mod signature;
pub mod staff;
pub mod standing;
pub mod text;
pub mod texts;

pub use address::{Email, TypedEmail};
pub use clock::{Clock, Dice};
pub use country::{Country, NotACountry};
pub use id::{
    AttemptKey, ChallengeId, ClientId, ContactId, DeviceId, DispatchId, DocumentId, DocumentSerial, ExportId, FirmId, RecordId, StaffId,
    TextId,
};
pub use identity::{Audience, Identity, Subject};
pub use language::Language;
pub use object::Object;
pub use occasion::Occasion;
pub use page::Limit;
pub use person::Person;
pub use phone::Phone;
pub use scope::FirmScope;
pub use text::Name;

//! Documents: what their names, declared types and first bytes say, and what is refused.
//!
//! [`Document`] says who may see, rename, delete and restore it. Two decisions are made besides. Before an upload, [`uploadable`] turns away what is too large or a
//! program by its name alone ([`refusal_by_name`]). After it, [`inspect`] compares what name and type claim with the bytes that arrived.

mod content;
mod content_type;
mod digest;
mod inspect;
mod kept;
mod kind;
mod name;
mod package;
mod refused;
mod upload;

pub use content_type::ContentType;
pub use digest::{Sha256Error, Sha256Hex};
pub use inspect::{Reason, Sample, Verdict, inspect};
pub use kept::{Arrived, Deletion, Document, DocumentState, Ended, Seen, Unchanged};
pub use kind::Kind;
pub use name::{DocumentName, NameError};
pub use refused::refusal_by_name;
pub use upload::{NotUploadable, uploadable};

//! A document as those who may see it do.

use jiff::Timestamp;
use postern_domain::{
    ClientId, DocumentId, Name, Subject,
    document::{Document, DocumentName, DocumentState, Kind, Reason, Seen, Unchanged},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::Problem;

/// A document as those who may see it do.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Document")]
pub struct DocumentView {
    document: DocumentId,
    client: ClientId,
    name: DocumentName,
    size: u64,
    kind: Kind,
    /// Whether the file is encrypted, so that it asks for a password.
    locked_with_password: bool,
    state: DocumentState,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// The same in words for the person who sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<&'static str>,
    by: Subject,
    /// Who of the other side, firm or client, opened it first.
    seen: Vec<SeenView>,
    created_at: Timestamp,
    /// Since when it lies in the bin.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
    /// When it goes for good, if it is refused or lies in the bin.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Timestamp>,
}

/// That someone opened a document.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Seen")]
struct SeenView {
    who: Subject,
    /// What they were called.
    name: Name,
    at: Timestamp,
}

impl From<Document> for DocumentView {
    fn from(document: Document) -> Self {
        let seen = document.seen.map(|Seen { who, name, at }| SeenView { who, name, at });
        Self {
            document: document.document,
            client: document.document.client,
            name: document.name,
            size: document.size,
            kind: document.kind,
            locked_with_password: document.locked_with_password,
            state: document.state,
            reason: document.refusal,
            words: document.refusal.map(Reason::words),
            by: document.by,
            seen: seen.into_iter().collect(),
            created_at: document.created_at,
            deleted_at: document.deleted.map(|deletion| deletion.at),
            ends_at: document.ends_at,
        }
    }
}

impl From<Unchanged> for Problem {
    fn from(unchanged: Unchanged) -> Self {
        match unchanged {
            Unchanged::Unknown => Self::NotFound,
            Unchanged::NotTheirs => Self::NotYours,
            Unchanged::Opened => Self::DocumentOpened,
            Unchanged::Name(words) => Self::field("name", words),
        }
    }
}

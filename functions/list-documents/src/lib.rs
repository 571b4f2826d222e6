//! `GET /api/documents`: the documents of a client, newest first.

use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use jiff::Timestamp;
use postern_domain::{
    ClientId, Clock, DocumentId, Limit, Subject,
    document::{By, Document, DocumentName, Kind, State as DocumentState},
};
use postern_http::{OpenTo, Operation, Params, Problem, Reader, openapi::Described};
use postern_store::{Access, Aws, Directory, Misconfigured, Work};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route.
pub const OPERATION: Operation = Operation::get("list-documents", "/api/documents", OpenTo::ClientsAndStaff);

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone, FromRef)]
pub struct Reach {
    /// Where people are checked.
    pub directory: Directory,
    /// Where sessions stand.
    pub access: Access,
    /// Where documents stand.
    pub work: Work,
    /// The time.
    pub clock: Clock,
}

impl Reach {
    /// What is reached from `aws`.
    ///
    /// # Errors
    /// If a setting is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self { directory: Directory::new(aws)?, access: Access::new(aws)?, work: Work::new(aws)?, clock: aws.clock.clone() })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(list_documents, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Lists the documents of a client, newest first; clients who act for several see all, one after the other.")
        .params::<Query>()
        .answer::<List>(200, "A page of documents.")
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Only those of this client; staff say which.
    #[serde(default)]
    client: Option<ClientId>,
    /// Where an earlier page ended.
    #[serde(default)]
    cursor: Option<DocumentId>,
    /// At most so many (1–100).
    #[serde(default)]
    limit: Limit,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct List {
    items: Vec<DocumentView>,
    cursor: Option<DocumentId>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DocumentView {
    document: DocumentId,
    client: ClientId,
    name: DocumentName,
    size: u64,
    kind: Kind,
    state: DocumentState,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    by: By,
    created_at: Timestamp,
}

impl From<Document> for DocumentView {
    fn from(document: Document) -> Self {
        Self {
            document: document.document,
            client: document.document.client,
            name: document.name,
            size: document.size,
            kind: document.kind,
            state: document.state,
            reason: document.refusal.map(|reason| reason.advice().to_owned()),
            by: document.by,
            created_at: document.created_at,
        }
    }
}

async fn list_documents(State(reach): State<Reach>, Reader(member): Reader, Params(query): Params<Query>) -> Result<Json<List>, Problem> {
    let (scope, subject) = (member.scope(), member.session.subject);
    let clients = match (subject, query.client) {
        (_, Some(client)) => vec![client],
        (Subject::Contact(_), None) => member.session.clients.clone(),
        (Subject::Staff(_), None) => return Err(Problem::field("client", "Say of which client.")),
    };
    // Clients who act for several page through them one after the other; the cursor tells where that was.
    let from = query.cursor.map_or(Some(0), |cursor| clients.iter().position(|client| *client == cursor.client));
    let from = from.ok_or_else(|| Problem::field("cursor", "This is not a cursor of this list."))?;
    let Some(client) = clients.get(from).copied() else { return Ok(Json(List { items: Vec::new(), cursor: None })) };
    let before = query.cursor.map(|cursor| cursor.serial);
    let read = reach.work.documents(&scope, client, before, query.limit.get());
    let (person, (documents, next)) = member.beside(&reach.directory, read).await?;
    if !person.acts_for(client) {
        return Err(Problem::NotFound);
    }
    let cursor = match next {
        Some(serial) => Some(DocumentId { client, serial }),
        None => clients.get(from + 1).map(|client| DocumentId { client: *client, serial: postern_domain::DocumentSerial::last() }),
    };
    let items = documents.into_iter().filter(|document| document.is_seen_by(subject)).map(DocumentView::from).collect();
    Ok(Json(List { items, cursor }))
}

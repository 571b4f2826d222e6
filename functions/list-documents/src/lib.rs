//! `GET /api/documents`: the documents of a client, newest first.

use axum::{Json, extract::State};
use jiff::Timestamp;
use postern_aws::reach;
use postern_domain::{
    ClientId, DocumentId, DocumentSerial, Limit, Person, Subject,
    document::{Document, DocumentName, DocumentState, Kind},
    role::Right,
};
use postern_http::{Access, Described, Operation, Page, Params, Problem, ProblemKind, Sessions, SignedIn};
use postern_store::Work;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("list-documents", "/api/documents", Access::ClientsAndStaff(Right::View));

reach! { sessions: Sessions, work: Work [Query] }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Lists the documents of a client, newest first; clients who act for several see all, one after the other.")
        .params::<ListDocuments>()
        .answer::<Page<DocumentView, DocumentId>>(200, "A page of documents.")
        .problems(&[ProblemKind::NotFound])
}

/// Which documents are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListDocuments {
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

/// A document as those who may see it do.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Document")]
pub struct DocumentView {
    document: DocumentId,
    client: ClientId,
    name: DocumentName,
    size: u64,
    kind: Kind,
    state: DocumentState,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    by: Subject,
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

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Params(ListDocuments { client, cursor, limit }): Params<ListDocuments>,
) -> Result<Json<Page<DocumentView, DocumentId>>, Problem> {
    let subject = signed_in.subject();
    let (work, before) = (&reach.work, cursor.map(|cursor| cursor.serial));
    // A client that is named, or at which an earlier page ended, is read while it is found out who asks for it.
    let named = client.or(cursor.map(|cursor| cursor.client));
    let read = |scope| async move {
        let Some(client) = named else { return Ok(None) };
        work.documents(&scope, client, before, limit.get()).await.map(Some)
    };
    let (acting, read) = signed_in.with(&reach.sessions, read).await?;
    // Clients who act for several page through them one after the other; the cursor tells where that was.
    let clients = match (client, &acting.person) {
        (Some(client), person) if person.acts_for(client) => vec![client],
        (Some(_), _) => return Err(Problem::NotFound),
        (None, Person::Contact(contact)) => contact.clients.iter().map(|own| own.client).collect(),
        (None, Person::Staff(_)) => return Err(Problem::field("client", "Say of which client.")),
    };
    let from = cursor.map_or(Some(0), |cursor| clients.iter().position(|client| *client == cursor.client));
    let from = from.ok_or_else(|| Problem::field("cursor", "This is not a cursor of this list."))?;
    // Who acts for nobody has no documents.
    let Some(client) = clients.get(from).copied() else { return Ok(Json(Page { items: Vec::new(), cursor: None })) };
    let (documents, next) = match read {
        Some(read) => read,
        None => work.documents(&acting.scope, client, before, limit.get()).await?,
    };
    let cursor = match next {
        Some(serial) => Some(DocumentId { client, serial }),
        None => clients.get(from + 1).map(|client| DocumentId { client: *client, serial: DocumentSerial::last() }),
    };
    let items = documents.into_iter().filter(|document| document.is_seen_by(subject)).map(DocumentView::from).collect();
    Ok(Json(Page { items, cursor }))
}

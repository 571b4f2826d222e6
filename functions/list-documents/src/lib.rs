//! `GET /api/documents`: the documents of a client, newest first.

use axum::{Json, extract::State};
use postern_aws::reach;
use postern_domain::{
    ClientId, DocumentId, DocumentSerial, Limit, Person,
    document::{Document, DocumentState},
    role::Right,
};
use postern_http::{Access, Caller, Described, DocumentView, Operation, Page, Params, Problem, ProblemKind, Sessions, SignedIn};
use postern_store::Work;
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("list-documents", "/api/documents", Access::ClientsAndStaff(Right::View));

reach! { sessions: Sessions, work: Work [Query] }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Lists the documents of a client, newest first; clients who act for several see all, one after the other. A page may be short or empty while its cursor is not null.")
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
    /// Only those in this state; those in the bin are listed only if they are asked for.
    #[serde(default)]
    state: Option<Wanted>,
    /// Where an earlier page ended.
    #[serde(default)]
    cursor: Option<DocumentId>,
    /// At most so many (1–100).
    #[serde(default)]
    limit: Limit,
}

/// Which documents are meant by a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Wanted {
    /// Those that can be downloaded.
    Ready,
    /// Those that were refused.
    Refused,
    /// Those in the bin.
    Deleted,
}

impl Wanted {
    /// Whether `document` is one; without a word all are wanted that are not in the bin.
    fn takes(wanted: Option<Self>, document: &Document) -> bool {
        match wanted {
            Some(Self::Deleted) => document.deleted.is_some(),
            _ if document.deleted.is_some() => false,
            Some(Self::Ready) => document.state == DocumentState::Ready,
            Some(Self::Refused) => document.state == DocumentState::Refused,
            None => true,
        }
    }
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Params(ListDocuments { client, state, cursor, limit }): Params<ListDocuments>,
) -> Result<Json<Page<DocumentView, DocumentId>>, Problem> {
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
    let by = acting.person.identity().subject;
    let shown = documents
        .into_iter()
        .filter(|document| document.is_shown_to(by) && !document.is_over(caller.now) && Wanted::takes(state, document));
    let items = shown.map(DocumentView::from).collect();
    Ok(Json(Page { items, cursor }))
}

//! `PUT /api/documents/{document}/restoration`: takes a document out of the bin again.

use axum::{Json, extract::State};
use postern_aws::reach;
use postern_domain::{DocumentId, document::Document, record::Outcome, role::Right};
use postern_flow::ChangeDocument;
use postern_http::{Access, Body, Caller, Described, DocumentView, Id, Nothing, Operation, Problem, Sessions, SignedIn};

/// The route, and who may call.
pub const OPERATION: Operation =
    Operation::put("restore-document", "/api/documents/{document}/restoration", Access::ClientsAndStaff(Right::Work));

reach! {
    sessions: Sessions,
    documents: ChangeDocument,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described(
            "Restores a document that was deleted at most 30 days ago: staff what staff deleted, contacts what they deleted themselves.",
        )
        .body::<Nothing>()
        .answer::<DocumentView>(200, "The document.")
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(document): Id<DocumentId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<DocumentView>, Problem> {
    let (documents, by) = (&reach.documents, signed_in.subject());
    let read = |scope| async move { documents.read(&scope, document).await };
    let (acting, document) = signed_in.with(&reach.sessions, read).await?;
    let restore = |before: &Document| {
        let after = before.restored(by, caller.now)?;
        let changes = after != *before;
        Ok((after, changes.then(|| Outcome::DocumentRestored { by: acting.name(), document: before.name.to_string() })))
    };
    Ok(Json(documents.change(&caller, &acting, document, restore).await?.into()))
}

//! `DELETE /api/documents/{document}`: puts a document into the bin, from which it goes for good after 30 days.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{DocumentId, document::Document, record::Outcome, role::Right};
use postern_flow::ChangeDocument;
use postern_http::{Access, Caller, Described, Id, Operation, Problem, ProblemKind, Sessions, SignedIn};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::delete("delete-document", "/api/documents/{document}", Access::ClientsAndStaff(Right::Work));

reach! {
    sessions: Sessions,
    documents: ChangeDocument,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Deletes a document: staff may delete any, clients their own as long as the firm has not opened it. For 30 days it can be restored.")
        .empty_answer(204, "It is in the bin.")
        .problems(&[ProblemKind::NotYours, ProblemKind::DocumentOpened])
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(document): Id<DocumentId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
) -> Result<StatusCode, Problem> {
    let (documents, by) = (&reach.documents, signed_in.subject());
    let read = |scope| async move { documents.read(&scope, document).await };
    let (acting, document) = signed_in.with(&reach.sessions, read).await?;
    let delete = |before: &Document| {
        let after = before.deleted(by, caller.now)?;
        let changes = after != *before;
        Ok((after, changes.then(|| Outcome::DocumentDeleted { by: acting.name(), document: before.name.to_string() })))
    };
    documents.change(&caller, &acting, document, delete).await?;
    Ok(StatusCode::NO_CONTENT)
}

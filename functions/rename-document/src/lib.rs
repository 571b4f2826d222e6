//! `PATCH /api/documents/{document}`: calls a document by another name.

use axum::{Json, extract::State};
use postern_aws::reach;
use postern_domain::{
    DocumentId,
    document::{Document, DocumentName},
    record::Outcome,
    role::Right,
};
use postern_flow::ChangeDocument;
use postern_http::{Access, Body, Caller, Described, DocumentView, Id, Operation, Problem, ProblemKind, Sessions, SignedIn};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::patch("rename-document", "/api/documents/{document}", Access::ClientsAndStaff(Right::Work));

reach! {
    sessions: Sessions,
    documents: ChangeDocument,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Renames a document: staff may rename any, clients their own. It keeps the ending of its name.")
        .body::<RenameDocument>()
        .answer::<DocumentView>(200, "The document.")
        .problems(&[ProblemKind::NotYours])
}

/// What a document is to be called.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameDocument {
    /// The name; the ending is added where it lacks, and a slash becomes a hyphen.
    #[serde(deserialize_with = "DocumentName::typed")]
    name: DocumentName,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(document): Id<DocumentId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(RenameDocument { name }): Body<RenameDocument>,
) -> Result<Json<DocumentView>, Problem> {
    let (documents, by) = (&reach.documents, signed_in.subject());
    let read = |scope| async move { documents.read(&scope, document).await };
    let (acting, document) = signed_in.with(&reach.sessions, read).await?;
    let rename = |before: &Document| {
        let after = before.renamed(by, &name, caller.now)?;
        let outcome = Outcome::DocumentRenamed { by: acting.name(), document: before.name.to_string(), name: after.name.to_string() };
        let changes = after != *before;
        Ok((after, changes.then_some(outcome)))
    };
    Ok(Json(documents.change(&caller, &acting, document, rename).await?.into()))
}

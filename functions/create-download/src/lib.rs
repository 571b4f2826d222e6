//! `GET /api/documents/{document}/download`: a URL for one minute, pinned to the version that was checked.

use axum::{Json, extract::State};
use postern_aws::reach;
use postern_domain::{DocumentId, document::Document, policy, record::Outcome, role::Right};
use postern_files::Files;
use postern_flow::ChangeDocument;
use postern_http::{Access, Caller, Described, Id, Operation, Problem, Sessions, SignedIn};
use schemars::JsonSchema;
use serde::Serialize;

/// The route, and who may call.
pub const OPERATION: Operation =
    Operation::get("create-download", "/api/documents/{document}/download", Access::ClientsAndStaff(Right::View));

reach! {
    sessions: Sessions,
    documents: ChangeDocument,
    files: Files [GetObjectVersion],
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION.described("Gives a URL that downloads a document, for one minute.").answer::<DownloadView>(200, "The URL.")
}

/// Where a document is fetched from.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Download")]
pub struct DownloadView {
    url: String,
    expires_in: u32,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(document): Id<DocumentId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
) -> Result<Json<DownloadView>, Problem> {
    let (documents, by) = (&reach.documents, signed_in.subject());
    let read = |scope| async move { documents.read(&scope, document).await };
    let (acting, document) = signed_in.with(&reach.sessions, read).await?;
    let open = |before: &Document| {
        let after = before.opened(by, acting.person.name(), caller.now).ok_or(Problem::NotFound)?;
        Ok((after, Some(Outcome::DocumentDownloaded { by: acting.name(), document: before.name.to_string() })))
    };
    let document = documents.change(&caller, &acting, document, open).await?;
    let version = document.version.as_deref().ok_or(Problem::NotFound)?;
    let key = Document::object_key(acting.scope.firm(), document.document);
    let download = reach.files.download(&key, version, &document.saved_as(), document.kind, policy::DOWNLOAD_URL_LIFE).await?;
    Ok(Json(DownloadView { url: download.url, expires_in: download.expires_in }))
}

//! `GET /api/exports/{export}`: whether an export is made, and where its file is for a minute.

use axum::{Json, extract::State};
use postern_aws::reach;
use postern_domain::{ExportId, policy, role::Right};
use postern_files::ExportFiles;
use postern_http::{Access, Caller, Described, Id, Operation, Problem, Sessions, SignedIn};
use postern_store::{Exports, State as Made};
use schemars::JsonSchema;
use serde::Serialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("show-export", "/api/exports/{export}", Access::Staff(Right::Work));

reach! {
    sessions: Sessions,
    exports: Exports [GetItem],
    files: ExportFiles [GetObject],
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION.described("Shows whether an export is made; if it is, with a URL of one minute.").answer::<ExportView>(200, "The export.")
}

/// An export.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Export")]
pub struct ExportView {
    state: Made,
    url: Option<String>,
    expires_in: Option<u32>,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(export): Id<ExportId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
) -> Result<Json<ExportView>, Problem> {
    let exports = &reach.exports;
    let read = |scope| async move { exports.export(&scope, export, caller.now).await };
    let (_, export) = signed_in.with(&reach.sessions, read).await?;
    let (export, state) = export.ok_or(Problem::NotFound)?;
    if state == Made::Making {
        return Ok(Json(ExportView { state, url: None, expires_in: None }));
    }
    let download = reach.files.download(&export.object_key(), &export.file_name(), policy::DOWNLOAD_URL_LIFE).await?;
    Ok(Json(ExportView { state, url: Some(download.url), expires_in: Some(download.expires_in) }))
}

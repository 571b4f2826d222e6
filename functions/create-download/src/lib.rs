//! `GET /api/documents/{document}/download`: a URL for one minute, pinned to the version that was checked.

use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use postern_domain::{
    Clock, Dice, DocumentId, RecordId,
    document::{Document, State as DocumentState},
    policy,
    record::{AccessRecord, Outcome},
};
use postern_files::Files;
use postern_http::{Caller, Id, OpenTo, Operation, Problem, Reader, openapi::Described};
use postern_store::{Access, AccessLog, Aws, Directory, Misconfigured, Work};
use schemars::JsonSchema;
use serde::Serialize;

/// The route.
pub const OPERATION: Operation = Operation::get("create-download", "/api/documents/{document}/download", OpenTo::ClientsAndStaff);

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone, FromRef)]
pub struct Reach {
    /// Where people are checked.
    pub directory: Directory,
    /// Where sessions stand.
    pub access: Access,
    /// Where it is written down.
    pub access_log: AccessLog,
    /// Where documents stand.
    pub work: Work,
    /// Where their bytes are.
    pub files: Files,
    /// The time.
    pub clock: Clock,
    /// The randomness.
    pub dice: Dice,
}

impl Reach {
    /// What is reached from `aws`.
    ///
    /// # Errors
    /// If a setting is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self {
            directory: Directory::new(aws)?,
            access: Access::new(aws)?,
            access_log: AccessLog::new(aws)?,
            work: Work::new(aws)?,
            files: Files::new(&aws.sdk, aws.variable("DOCUMENTS_BUCKET")?),
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(create_download, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION.described("Gives a URL that downloads a document, for one minute.").answer::<DownloadView>(200, "The URL.")
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DownloadView {
    url: String,
    expires_in: u32,
}

async fn create_download(
    State(reach): State<Reach>,
    Id(document): Id<DocumentId>,
    Reader(member): Reader,
    caller: Caller,
) -> Result<Json<DownloadView>, Problem> {
    let (now, scope) = (reach.clock.now(), member.scope());
    let (person, document) = member.beside(&reach.directory, reach.work.document(&scope, document)).await?;
    let document = document.filter(|document| person.acts_for(document.document.client) && document.state == DocumentState::Ready);
    let document = document.ok_or(Problem::NotFound)?;
    let version = document.version.as_deref().ok_or(Problem::NotFound)?;
    let key = Document::object_key(scope.firm(), document.document);
    let download = (reach.files.download(&key, version, &document.name, document.kind, policy::DOWNLOAD_URL_LIFE).await)
        .map_err(|error| Problem::fault(&error))?;
    let outcome = Outcome::DocumentDownloaded { by: person.name().to_string(), document: document.name.to_string() };
    let record = AccessRecord::new(RecordId::new(now, &reach.dice), scope.firm().clone(), now, outcome, caller.origin);
    reach.access_log.commit(&record.about(member.session.subject.contact()), []).await?;
    Ok(Json(DownloadView { url: download.url, expires_in: download.expires_in }))
}

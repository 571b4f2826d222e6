//! `POST /api/documents/{document}/completion`: checks what has arrived, and pins it.

use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use postern_domain::{
    Clock, Dice, DocumentId, FirmScope, RecordId,
    document::{Document, Reason, State as DocumentState, Verdict, inspect},
    policy,
    record::{AccessRecord, Outcome},
};
use postern_files::{Files, FilesError};
use postern_http::{Body, Caller, Id, OpenTo, Operation, Problem, Reader, openapi::Described};
use postern_store::{Access, AccessLog, Aws, CommitError, Directory, Misconfigured, Work};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route.
pub const OPERATION: Operation = Operation::post("complete-upload", "/api/documents/{document}/completion", OpenTo::ClientsAndStaff);

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
    OPERATION.route(complete_upload, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Completes an upload: the file is checked and, if it is what it says, handed over. Doing it again answers the same.")
        .body::<Nothing>()
        .answer::<Completed>(200, "How far the document has come.")
        .problems(&["upload-incomplete"])
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Completed {
    document: DocumentId,
    state: DocumentState,
    /// Why it was refused, in words for the person who sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<Document> for Completed {
    fn from(document: Document) -> Self {
        let reason = document.refusal.map(|reason| reason.advice().to_owned());
        Self { document: document.document, state: document.state, reason }
    }
}

async fn complete_upload(
    State(reach): State<Reach>,
    Id(document): Id<DocumentId>,
    Reader(member): Reader,
    caller: Caller,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<Completed>, Problem> {
    let (now, scope) = (reach.clock.now(), member.scope());
    let (person, document) = member.beside(&reach.directory, reach.work.document(&scope, document)).await?;
    let document = document.filter(|document| person.acts_for(document.document.client) && document.by == member.session.subject.into());
    let document = document.ok_or(Problem::NotFound)?;
    if document.state != DocumentState::Awaited {
        return Ok(Json(document.into()));
    }
    let settled = reach.settle(&scope, document).await?;
    let (by, name) = (person.name().to_string(), settled.name.to_string());
    let outcome = match settled.refusal {
        None => Outcome::DocumentReady { by, document: name },
        Some(reason) => Outcome::DocumentRefused { by, document: name, reason: reason.advice().to_owned() },
    };
    let record = AccessRecord::new(RecordId::new(now, &reach.dice), scope.firm().clone(), now, outcome, caller.origin);
    let record = record.about(member.session.subject.contact());
    match reach.access_log.commit(&record, [reach.work.settle_document(&scope, &settled)]).await {
        Ok(()) => Ok(Json(settled.into())),
        // Completed by someone else at this very moment: their answer is ours.
        Err(CommitError::Refused(refusals)) => Ok(Json(refusals.found::<Document>("document")?.ok_or(Problem::NotFound)?.into())),
        Err(error) => Err(error.into()),
    }
}

impl Reach {
    /// The document with what was found of its bytes.
    async fn settle(&self, scope: &FirmScope, document: Document) -> Result<Document, Problem> {
        let key = Document::object_key(scope.firm(), document.document);
        let fault = |error: FilesError| Problem::fault(&error);
        let arrived = self.files.arrived(&key).await.map_err(fault)?.ok_or(Problem::UploadIncomplete)?;
        let whole = arrived.size == document.size && arrived.sha256 == Some(document.sha256);
        let verdict = if whole {
            let head = self.files.head_bytes(&key, &arrived.version, policy::INSPECTED_BYTES).await.map_err(fault)?;
            inspect(document.kind, &head, arrived.size)
        } else {
            Verdict::Refused(Reason::Mismatch)
        };
        let (kind, state, refusal) = match verdict {
            Verdict::Ready(kind) => (kind, DocumentState::Ready, None),
            Verdict::Refused(reason) => (document.kind, DocumentState::Refused, Some(reason)),
        };
        Ok(Document { kind, state, refusal, version: Some(arrived.version), ..document })
    }
}

//! `POST /api/documents/{document}/completion`: checks what has arrived, and pins it.

use axum::{Json, extract::State};
use jiff::Timestamp;
use postern_aws::reach;
use postern_domain::{
    DocumentId, FirmScope,
    dispatch::DispatchKind,
    document::{Document, DocumentState, Reason, Sample},
    policy,
    record::Outcome,
    role::Right,
};
use postern_files::Files;
use postern_http::{Access, Body, Caller, Described, Id, Nothing, Operation, Problem, ProblemKind, Sessions, SignedIn};
use postern_store::{AccessLog, CommitError, Outbox, Part, Work};
use schemars::JsonSchema;
use serde::Serialize;

/// The route, and who may call.
pub const OPERATION: Operation =
    Operation::post("complete-upload", "/api/documents/{document}/completion", Access::ClientsAndStaff(Right::Work));

reach! {
    sessions: Sessions,
    access_log: AccessLog [PutItem],
    work: Work [GetItem, PutItem],
    outbox: Outbox [PutItem],
    files: Files [GetObject, GetObjectVersion, ListBucket],
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Completes an upload: the file is checked and, if it is what it says, shown to the other side. Doing it again answers the same.")
        .body::<Nothing>()
        .answer::<CompletedUpload>(200, "How far the document has come.")
        .problems(&[ProblemKind::UploadIncomplete])
}

/// How far a document has come.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CompletedUpload {
    document: DocumentId,
    state: DocumentState,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    /// The same in words for the person who sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<&'static str>,
    /// Whether the file is encrypted, so that it asks for a password.
    locked_with_password: bool,
}

impl From<Document> for CompletedUpload {
    fn from(document: Document) -> Self {
        let Document { document, state, refusal, locked_with_password, .. } = document;
        Self { document, state, reason: refusal, words: refusal.map(Reason::words), locked_with_password }
    }
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(document): Id<DocumentId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<CompletedUpload>, Problem> {
    let (work, by) = (&reach.work, signed_in.subject());
    let read = |scope| async move { work.document(&scope, document).await };
    let (acting, document) = signed_in.with(&reach.sessions, read).await?;
    let document = document.filter(|document| {
        acting.person.acts_for(document.document.client) && document.by == by && document.deleted.is_none() && !document.is_over(caller.now)
    });
    let document = document.ok_or(Problem::NotFound)?;
    if document.state != DocumentState::Awaited {
        return Ok(Json(document.into()));
    }
    let settled = reach.settled(&acting.scope, document, caller.now).await?;
    let (by, name) = (acting.name(), settled.name.to_string());
    let outcome = match settled.refusal {
        None => Outcome::DocumentReady { by, document: name },
        Some(reason) => Outcome::DocumentRefused { by, document: name, reason: reason.words().to_owned() },
    };
    let change = work.change_document(&acting.scope, &settled);
    // What the firm sends is told to the client by mail: several at once by one.
    let tells = settled.state == DocumentState::Ready && settled.by.contact().is_none();
    let client = settled.document.client;
    let notice = caller.dispatch(&acting.scope, None, DispatchKind::Documents { client }).held_for(policy::DOCUMENTS_JOIN);
    let notice = tells.then(|| reach.outbox.put_unless_joined(&notice, client)).into_iter().flatten();
    let record = acting.record_of(&caller, &settled, outcome);
    let committed = match reach.access_log.commit(&record, [change.clone()].into_iter().chain(notice)).await {
        Err(CommitError::Refused(refusals)) if refusals.name(Part::Joined) => reach.access_log.commit(&record, [change]).await,
        committed => committed,
    };
    match committed {
        Ok(()) => Ok(Json(settled.into())),
        // Completed by someone else at this very moment: their answer is ours.
        Err(CommitError::Refused(refusals)) => Ok(Json(refusals.found::<Document>(Part::Document)?.ok_or(Problem::NotFound)?.into())),
        Err(error) => Err(error.into()),
    }
}

impl Reach {
    /// The document with what was found of its bytes.
    async fn settled(&self, scope: &FirmScope, document: Document, now: Timestamp) -> Result<Document, Problem> {
        let key = Document::object_key(scope.firm(), document.document);
        let arrived = self.files.arrived(&key).await?.ok_or(Problem::UploadIncomplete)?;
        let sample = if document.is_whole(&arrived) { self.files.sample(&key, &arrived).await? } else { Sample::default() };
        Ok(document.settled(arrived, &sample, now))
    }
}

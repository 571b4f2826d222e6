//! `POST /api/receipts`: mails a client what they sent, black on white.

use axum::{Json, extract::State};
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{
    DocumentId, Email, Person,
    dispatch::DispatchKind,
    document::{Document, DocumentState},
    policy,
    record::Outcome,
};
use postern_http::{Access, Body, Caller, Described, Operation, Problem, ProblemKind, Sessions, SignedIn};
use postern_store::{AccessLog, AccessStore, CommitError, Outbox, Part, Work};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("mail-receipt", "/api/receipts", Access::Clients);

reach! {
    sessions: Sessions,
    work: Work [BatchGetItem],
    access: AccessStore [UpdateItem],
    access_log: AccessLog [PutItem],
    outbox: Outbox [PutItem],
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Mails the client a receipt for documents that they sent.")
        .body::<MailReceipt>()
        .answer::<ReceiptView>(202, "The mail is on its way.")
        .problems(&[ProblemKind::NotFound, ProblemKind::TooManyRequests])
}

/// For what a receipt is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailReceipt {
    /// The documents, 1 to 100 that whoever is signed in sent.
    #[schemars(extend("minItems" = 1, "maxItems" = policy::RECEIPT_DOCUMENTS))]
    documents: Vec<DocumentId>,
}

/// A receipt that is on its way.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Receipt")]
pub struct ReceiptView {
    /// Where it goes.
    sent_to: Email,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(MailReceipt { mut documents }): Body<MailReceipt>,
) -> Result<(StatusCode, Json<ReceiptView>), Problem> {
    documents.sort_unstable();
    documents.dedup();
    if !(1..=policy::RECEIPT_DOCUMENTS).contains(&documents.len()) {
        return Err(Problem::field("documents", format!("Name 1 to {} documents.", policy::RECEIPT_DOCUMENTS)));
    }
    let (by, work, named) = (signed_in.subject(), &reach.work, &documents);
    let read = |scope| async move { work.documents_of(&scope, named).await };
    let (acting, sent) = signed_in.with(&reach.sessions, read).await?;
    let is_theirs = |document: &Document| {
        document.by == by
            && document.state == DocumentState::Ready
            && document.deleted.is_none()
            && acting.person.acts_for(document.document.client)
    };
    if sent.len() < documents.len() || !sent.iter().all(is_theirs) {
        return Err(Problem::NotFound);
    }
    let Person::Contact(contact) = &acting.person else { return Err(Problem::NotFound) };
    let sent_to = contact.email.clone().ok_or(Problem::NotFound)?;
    let dispatch = caller.dispatch(&acting.scope, Some(contact.identity()), DispatchKind::Receipt { documents });
    let record = acting.record(&caller, Outcome::ReceiptRequested { by: acting.name() });
    let changes = [reach.outbox.put(&dispatch), reach.access.count_receipt(&acting.scope, by, caller.now)];
    match reach.access_log.commit(&record, changes).await {
        Ok(()) => Ok((StatusCode::ACCEPTED, Json(ReceiptView { sent_to }))),
        Err(CommitError::Refused(refusals)) if refusals.name(Part::Receipts) => Err(Problem::until(caller.now + policy::HOUR, caller.now)),
        Err(error) => Err(error.into()),
    }
}

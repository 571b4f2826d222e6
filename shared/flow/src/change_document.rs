//! Changing a document: who may is decided upon the document as it stands, and again if someone else was faster.

use postern_aws::{Unavailable, reach};
use postern_domain::{DocumentId, FirmScope, Occasion, document::Document, record::Outcome};
use postern_http::{Acting, Problem};
use postern_store::{AccessLog, CommitError, Part, Turn, Work, settle};

reach! {
    /// What changing a document touches.
    pub struct ChangeDocument {
        work: Work [GetItem, PutItem],
        access_log: AccessLog [PutItem],
    }
}

impl ChangeDocument {
    /// A document as it is now, for `change` once it is proved who asks.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn read(&self, scope: &FirmScope, document: DocumentId) -> Result<Option<Document>, Unavailable> {
        self.work.document(scope, document).await
    }

    /// Makes what `decide` makes of the document that was `read`, if it is one of a client for whom whoever acts does, and writes down what
    /// it says; nothing where it says nothing.
    ///
    /// # Errors
    /// If there is no such document for them, those of `decide`, or if the store fails.
    pub async fn change(
        &self,
        occasion: &Occasion,
        acting: &Acting,
        read: Option<Document>,
        decide: impl Fn(&Document) -> Result<(Document, Option<Outcome>), Problem>,
    ) -> Result<Document, Problem> {
        let read = read.filter(|document| acting.person.acts_for(document.document.client)).ok_or(Problem::NotFound)?;
        let decide = &decide;
        settle(&occasion.dice, read, |before| async move {
            let (after, outcome) = decide(&before)?;
            let Some(outcome) = outcome else { return Ok(Turn::Done(after)) };
            let record = acting.record_of(occasion, &before, outcome);
            let changes = (after != before).then(|| self.work.change_document(&acting.scope, &after));
            match self.access_log.commit(&record, changes).await {
                Ok(()) => Ok(Turn::Done(after)),
                Err(CommitError::Refused(refusals)) => refusals.found(Part::Document)?.map(Turn::Again).ok_or(Problem::NotFound),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }
}

//! Erases documents whose end has come: what lay in the bin for 30 days, was refused 30 days ago, or was never sent after it was announced.
//! Called once an hour; no route names it.
//!
//! The bytes go first, and the row that names them last, together with a record: whatever fails in between is done again an hour later, and
//! no object is ever left without a row that can name it.

use std::time::Duration;

use postern_aws::{Unavailable, reach};
use postern_domain::{
    Clock, Dice, Occasion,
    document::{Document, Ended},
    policy,
    record::{AccessRecord, Origin},
};
use postern_files::Files;
use postern_store::{AccessLog, CommitError, Work};
use serde_json::{Value, json};
use tokio::time::Instant;

/// The name of the function.
pub const NAME: &str = "erase-documents";

/// Documents that are looked at in one go.
const AT_ONCE: u16 = 100;

reach! {
    access_log: AccessLog [PutItem],
    work: Work [QueryIndex, DeleteItem],
    files: Files [GetObject, ListBucket, DeleteObjectVersion],
    clock: Clock,
    dice: Dice,
}

/// Time in which it begins to erase; what is left then is for the next hour. Well below the function's own limit.
const RUN: Duration = Duration::from_secs(20);

/// Erases what is over, and answers how many documents that were. One that cannot be erased keeps no other from it.
///
/// # Errors
/// If the store cannot be asked, or some could not be erased; what is not erased then is erased the next time.
pub async fn handle(reach: Reach, _: Value) -> Result<Value, Unavailable> {
    // Whoever took it out of the bin in its last instant is through by now.
    let until = reach.clock.now() - policy::HOUR;
    let end = Instant::now() + RUN;
    let (mut erased, mut from, mut failed) = (0, None, None);
    'run: loop {
        let (ended, next) = reach.work.ended(until, from, AT_ONCE).await?;
        for document in &ended {
            if Instant::now() >= end {
                break 'run;
            }
            match reach.erase(document).await {
                Ok(is_erased) => erased += u32::from(is_erased),
                Err(error) => {
                    tracing::error!(document = %document.document.document, cause = error.to_string(), "a document could not be erased");
                    failed = Some(error);
                }
            }
        }
        from = next;
        if from.is_none() {
            break;
        }
    }
    failed.map_or_else(|| Ok(json!({ "erased": erased })), Err)
}

impl Reach {
    /// Erases a document, and answers whether this run did.
    async fn erase(&self, ended: &Ended) -> Result<bool, Unavailable> {
        let (scope, document) = (ended.scope(), &ended.document);
        self.files.erase(&Document::object_key(scope.firm(), document.document)).await?;
        let occasion = Occasion { now: self.clock.now(), origin: Origin::default(), language: None, dice: self.dice.clone() };
        let record = occasion.record(&scope, ended.outcome()).of_papers(document.document.client);
        let record = AccessRecord { contact: document.by.contact(), ..record };
        match self.access_log.commit(&record, [self.work.erase_document(&scope, document)]).await {
            // Refused means that another run was as fast, or that it was changed: then its turn comes again.
            Ok(()) => Ok(true),
            Err(CommitError::Refused(_)) => Ok(false),
            Err(CommitError::Unavailable(error)) => Err(error),
        }
    }
}

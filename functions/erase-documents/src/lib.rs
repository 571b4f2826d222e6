//! Erases documents whose end has come: what lay in the bin for 30 days, was refused 30 days ago, or was never sent after it was announced.
//! Called once an hour; no route names it.
//!
//! The bytes go first, and the row that names them last, together with a record: whatever fails in between is done again an hour later, and
//! no object is ever left without a row that can name it.

use postern_aws::{Unavailable, reach};
use postern_domain::{
    Clock, Dice, Occasion,
    document::{Document, Ended},
    policy,
    record::Origin,
};
use postern_files::Files;
use postern_store::{AccessLog, CommitError, Work};
use serde_json::{Value, json};

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

/// Erases what is over, and answers how many documents that were.
///
/// # Errors
/// If the store or storage fails; what is not erased then is erased the next time.
pub async fn handle(reach: Reach, _: Value) -> Result<Value, Unavailable> {
    // Whoever took it out of the bin in its last instant is through by now.
    let until = reach.clock.now() - policy::HOUR;
    let mut erased = 0;
    loop {
        let ended = reach.work.ended(until, AT_ONCE).await?;
        for document in &ended {
            reach.erase(document).await?;
            erased += 1;
        }
        if ended.len() < usize::from(AT_ONCE) {
            return Ok(json!({ "erased": erased }));
        }
    }
}

impl Reach {
    async fn erase(&self, ended: &Ended) -> Result<(), Unavailable> {
        let (scope, document) = (ended.scope(), &ended.document);
        self.files.erase(&Document::object_key(scope.firm(), document.document)).await?;
        let occasion = Occasion { now: self.clock.now(), origin: Origin::default(), language: None, dice: self.dice.clone() };
        let record = occasion.record(&scope, ended.outcome()).about(document.by.contact()).of_papers(document.document.client);
        match self.access_log.commit(&record, [self.work.erase_document(&scope, document)]).await {
            // Refused means that another run was as fast, or that it was changed: then its turn comes again.
            Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
            Err(CommitError::Unavailable(error)) => Err(error),
        }
    }
}

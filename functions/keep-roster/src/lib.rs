//! Keeps the roster, in which lists find contacts: what became of each, and of its attempts to sign in. Driven by the log's stream; no route names it.
//! For contacts of before there was a roster it is invoked directly, with the name of their firm.
//!
//! What it writes is what stands with the contact and its attempts by now, and not what a record says: so it is all one in what order records come,
//! and how often. Signing in itself writes nothing of it, which could tell a contact's email from another's.

use std::collections::BTreeMap;

use postern_aws::{Unavailable, reach};
use postern_domain::{Clock, ContactId, Dice, FirmId, FirmScope, chain::named, policy, roster::Entry};
use postern_flow::CountedAttempts;
use postern_store::{Directory, Roster, Turn, row_of_stream, settle};
use serde::Deserialize;
use serde_json::Value;

/// The name of the function.
pub const NAME: &str = "keep-roster";

reach! {
    directory: Directory [GetItem, Query],
    roster: Roster [GetItem, UpdateItem],
    attempts: CountedAttempts,
    clock: Clock,
    dice: Dice,
}

/// What it is called for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Cause {
    /// Records of the log's stream.
    Records {
        /// Those of a batch.
        #[serde(rename = "Records")]
        records: Vec<Value>,
    },
    /// All contacts of a firm.
    Firm {
        /// Its name.
        firm: FirmId,
    },
}

/// Keeps the entries of all contacts that the records of a batch are about, or of all of a firm.
///
/// # Errors
/// If the store fails, or keys cannot be had: the batch comes again.
pub async fn handle(reach: Reach, cause: Cause) -> Result<(), Unavailable> {
    match cause {
        Cause::Records { records } => {
            let touched: BTreeMap<(String, ContactId), FirmScope> = records.iter().filter_map(touched).collect();
            for ((_, contact), scope) in touched {
                Box::pin(reach.keep(&scope, contact)).await?;
            }
        }
        Cause::Firm { firm } => {
            #[expect(clippy::disallowed_methods, reason = "whoever may invoke it runs the portal, for all firms")]
            let (scope, mut after) = (FirmScope::of_public_path(firm), None);
            loop {
                let (contacts, next) = reach.directory.contacts(&scope, after, policy::PAGE_MOST).await?;
                for contact in contacts {
                    Box::pin(reach.keep(&scope, contact.contact)).await?;
                }
                after = next;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// About whom a record of the stream is, if it is new and about a contact.
fn touched(record: &Value) -> Option<((String, ContactId), FirmScope)> {
    let row = row_of_stream(&record["dynamodb"]["NewImage"])?;
    let contact = row.get("contact")?.as_str()?.parse().ok()?;
    let (scope, _) = named(&row)?;
    Some(((scope.firm().to_string(), contact), scope))
}

impl Reach {
    async fn keep(&self, scope: &FirmScope, contact: ContactId) -> Result<(), Unavailable> {
        settle(&self.dice, (), |()| async move {
            // The entry first: whoever writes it after this was read is seen by the condition of the write.
            let noted = self.roster.noted(scope, contact).await?;
            let Some(contact) = self.directory.contact(scope, contact).await? else { return Ok(Turn::Done(())) };
            let entry = Entry::of(&contact, self.attempts.of(scope, &contact).await?.seen(self.clock.now()));
            let stands =
                noted.as_ref().is_some_and(|noted| noted.entry == entry) || self.roster.note(scope, noted.as_ref(), &entry).await?;
            Ok(if stands { Turn::Done(()) } else { Turn::Again(()) })
        })
        .await
    }
}

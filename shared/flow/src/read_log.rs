//! Records of the access log as those who may read it see them.

use std::collections::{BTreeSet, HashMap};

use futures_util::future::try_join_all;
use jiff::Timestamp;
use postern_aws::{Unavailable, reach};
use postern_domain::{
    ClientId, ContactId, DispatchId, FirmScope, Name, RecordId, StaffId,
    channel::Channel,
    record::{AccessRecord, Attempt, Delivery, NEWER, Outcome},
    search::stands_in_record,
};
use postern_store::{Directory, LogKeys};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// Contacts that are asked for by one call.
const AT_ONCE: usize = 100;

reach! {
    /// What it takes to show records.
    pub struct ReadLog {
        directory: Directory [BatchGetItem],
        log_keys: LogKeys,
    }
}

/// A record as those who may read the log see it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Record")]
pub struct RecordView {
    record: RecordId,
    at: Timestamp,
    #[schemars(extend("enum" = outcome_names()))]
    outcome: String,
    message: String,
    /// What varies in the message.
    values: Map<String, Value>,
    /// What groups the records of one attempt.
    attempt: Attempt,
    contact: Option<ContactId>,
    contact_name: Option<Name>,
    /// Who of the firm did it.
    staff: Option<StaffId>,
    /// Whose papers it concerns.
    client: Option<ClientId>,
    email: Option<String>,
    gate: Option<String>,
    ip: Option<String>,
    user_agent: Option<String>,
    channel: Option<Channel>,
    delivery: Option<Delivery>,
    /// Which message it is about: what came back of a message has a record of its own, with the same value.
    message_id: Option<DispatchId>,
    request_id: Option<String>,
}

fn outcome_names() -> Vec<&'static str> {
    Outcome::CATALOGUE.iter().chain([&NEWER]).map(|(name, _)| *name).collect()
}

impl RecordView {
    /// Which record it is.
    pub fn id(&self) -> RecordId {
        self.record
    }

    /// Whether `text` stands in the name of its contact or in its email.
    pub fn is_found_by(&self, text: &str) -> bool {
        stands_in_record(text, self.contact_name.as_ref(), self.email.as_deref())
    }
}

impl ReadLog {
    /// `records` with what is sealed in them opened, and with the names that contacts have now.
    ///
    /// # Errors
    /// If the store fails, or keys cannot be had.
    pub async fn shown(&self, scope: &FirmScope, records: Vec<AccessRecord>) -> Result<Vec<RecordView>, Unavailable> {
        let contacts: Vec<_> = records.iter().filter_map(|record| record.contact).collect::<BTreeSet<_>>().into_iter().collect();
        let asked: Vec<BTreeSet<_>> = contacts.chunks(AT_ONCE).map(|contacts| contacts.iter().copied().collect()).collect();
        let named = try_join_all(asked.iter().map(|contacts| self.directory.contact_names(scope, contacts))).await?;
        let names: HashMap<ContactId, Name> = named.into_iter().flatten().collect();
        let mut shown = Vec::with_capacity(records.len());
        for record in records {
            let name = record.contact.and_then(|contact| names.get(&contact).cloned());
            shown.push(self.show(record, name).await?);
        }
        Ok(shown)
    }

    async fn show(&self, record: AccessRecord, contact_name: Option<Name>) -> Result<RecordView, Unavailable> {
        let email = match &record.email {
            Some(sealed) => self.log_keys.opener(&sealed.key).await?.open(sealed, record.firm.as_str().as_bytes()),
            None => None,
        };
        Ok(RecordView {
            record: record.record,
            at: record.at,
            outcome: record.outcome.name().to_owned(),
            message: record.outcome.message(),
            values: record.outcome.values(),
            attempt: record.attempt(),
            staff: record.staff_id,
            contact: record.contact,
            contact_name,
            client: record.client,
            email,
            gate: record.gate,
            ip: record.origin.ip,
            user_agent: record.origin.user_agent,
            channel: record.channel,
            delivery: record.delivery,
            message_id: record.message,
            request_id: record.origin.request_id,
        })
    }
}

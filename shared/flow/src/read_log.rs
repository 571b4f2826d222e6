//! Records of the access log as those who may read it see them.

use std::collections::{BTreeSet, HashMap};

use futures_util::future::try_join_all;
use jiff::Timestamp;
use postern_aws::{Unavailable, reach};
use postern_domain::{
    ClientId, ContactId, DispatchId, FirmScope, Name, RecordId, StaffId, Subject,
    channel::Channel,
    log_export::LogFilter,
    record::{AccessRecord, Attempt, Delivery, NEWER, Outcome},
    sealed_record::SealedRecord,
};
use postern_store::{Directory, Known, LogKeys};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// People who are asked for by one call.
const AT_ONCE: usize = 50;

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
    /// Until when it shut whoever came that way out.
    locks_until: Option<Timestamp>,
    channel: Option<Channel>,
    delivery: Option<Delivery>,
    /// Which message it is about: what came back of a message has a record of its own, with the same value.
    message_id: Option<DispatchId>,
    request_id: Option<String>,
    /// Which members, or values of the message, can be read no more: whom they tell of was erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    erased: Vec<String>,
}

fn outcome_names() -> Vec<&'static str> {
    Outcome::CATALOGUE.iter().chain([&NEWER]).map(|(name, _)| *name).collect()
}

/// What is known of people whose records were read; nothing of those who are not there.
pub type Acquaintances = HashMap<Subject, Option<Known>>;

/// A record that was opened, and what its contact is called now.
#[derive(Debug)]
pub struct Opened {
    /// The record.
    pub record: AccessRecord,
    /// The name of its contact.
    pub contact_name: Option<Name>,
}

impl Opened {
    /// Whether it is meant by `filter`, as far as that shows only now.
    pub fn is_taken_by(&self, filter: &LogFilter) -> bool {
        let staff = self.record.outcome.staff_named();
        let names: Vec<&str> = self.contact_name.iter().map(Name::as_str).chain(staff.iter().map(String::as_str)).collect();
        filter.takes(&names, self.record.email.as_deref())
    }
}

impl From<Opened> for RecordView {
    fn from(Opened { record, contact_name }: Opened) -> Self {
        Self {
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
            email: record.email,
            gate: record.gate,
            ip: record.origin.ip,
            user_agent: record.origin.user_agent,
            locks_until: record.locks_until,
            channel: record.channel,
            delivery: record.delivery,
            message_id: record.message,
            request_id: record.origin.request_id,
            // What is never shown is not missed.
            erased: record.erased.into_iter().filter(|member| member != "gate_mark").collect(),
        }
    }
}

impl ReadLog {
    /// `records`, opened, with the names that contacts have now. Of whom `known` has nothing yet is read, all at once. What this version
    /// cannot read is passed over.
    ///
    /// # Errors
    /// If the store fails, or keys cannot be had.
    pub async fn opened(
        &self,
        scope: &FirmScope,
        records: Vec<SealedRecord>,
        known: &mut Acquaintances,
    ) -> Result<Vec<Opened>, Unavailable> {
        let contact = |record: &SealedRecord| record.text("contact").and_then(|contact| contact.parse().ok());
        let named = records.iter().filter_map(contact).map(Subject::Contact);
        let asked: BTreeSet<_> =
            records.iter().flat_map(SealedRecord::people).chain(named).filter(|who| !known.contains_key(who)).collect();
        let asked: Vec<_> = asked.into_iter().collect();
        let found = try_join_all(asked.chunks(AT_ONCE).map(|people| self.directory.known(scope, people))).await?;
        known.extend(asked.into_iter().map(|who| (who, None)));
        known.extend(found.into_iter().flatten().map(|(who, known)| (who, Some(known))));
        let mut secrets = HashMap::new();
        for key in records.iter().flat_map(SealedRecord::keys) {
            if !secrets.contains_key(&key) {
                secrets.insert(key.clone(), self.log_keys.version(&key).await?);
            }
        }
        let of = |who: Subject| known.get(&who)?.as_ref();
        let open = |record: SealedRecord| {
            let opened = record.open(|key| secrets.get(key), |who| of(who)?.salt);
            let record = opened
                .inspect_err(|_| tracing::warn!("a record was passed over that cannot be read; perhaps a newer version wrote it"))
                .ok()?;
            let contact_name = record.contact.and_then(|contact| of(Subject::Contact(contact))).map(|known| known.name.clone());
            Some(Opened { record, contact_name })
        };
        Ok(records.into_iter().filter_map(open).collect())
    }
}

//! `GET /api/access-log`: what happened, newest first.

use axum::{Json, extract::State};
use jiff::Timestamp;
use postern_aws::{Unavailable, reach};
use postern_domain::{
    ClientId, ContactId, DispatchId, Email, Limit, Name, RecordId,
    channel::Channel,
    record::{AccessRecord, Delivery, NEWER, Outcome},
    role::Right,
};
use postern_http::{Access, Described, Operation, Page, Params, Problem, Sessions, SignedIn};
use postern_store::{AccessLog, Directory, Filter, LogKeys};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("query-access-log", "/api/access-log", Access::Staff(Right::View));

reach! {
    sessions: Sessions,
    directory: Directory [BatchGetItem],
    access_log: AccessLog [Query, QueryIndex],
    log_keys: LogKeys,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Lists access records, newest first; a page may be short or empty while its cursor is not null.")
        .params::<QueryAccessLog>()
        .answer::<Page<RecordView, RecordId>>(200, "A page of records.")
}

/// Which records are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryAccessLog {
    /// Only records about this contact.
    #[serde(default)]
    contact: Option<ContactId>,
    /// Only records about papers of this client.
    #[serde(default)]
    client: Option<ClientId>,
    /// Only records of this email.
    #[serde(default)]
    email: Option<Email>,
    /// Only records with this outcome.
    #[serde(default)]
    outcome: Option<String>,
    /// Only records from this instant on.
    #[serde(default)]
    from: Option<Timestamp>,
    /// Only records before this instant.
    #[serde(default)]
    to: Option<Timestamp>,
    /// Where an earlier page ended.
    #[serde(default)]
    cursor: Option<RecordId>,
    /// At most so many (1–100).
    #[serde(default)]
    limit: Limit,
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
    contact: Option<ContactId>,
    contact_name: Option<Name>,
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

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Params(query): Params<QueryAccessLog>,
) -> Result<Json<Page<RecordView, RecordId>>, Problem> {
    let QueryAccessLog { contact, client, email, outcome, from, to, cursor, limit } = query;
    if outcome.as_ref().is_some_and(|outcome| !Outcome::CATALOGUE.iter().any(|(name, _)| name == outcome)) {
        return Err(Problem::field("outcome", "There is no outcome of this name."));
    }
    let (access_log, log_keys) = (&reach.access_log, &reach.log_keys);
    let read = |scope| async move {
        let email_hash = match &email {
            Some(email) => Some(log_keys.current().await?.email_hash(&scope, email)),
            None => None,
        };
        access_log.page(&scope, &Filter { contact, client, email_hash, outcome, from, to }, cursor, limit.get()).await
    };
    let (acting, page) = signed_in.with(&reach.sessions, read).await?;
    let contacts = page.records.iter().filter_map(|record| record.contact).collect();
    let names = reach.directory.contact_names(&acting.scope, &contacts).await?;
    let mut items = Vec::with_capacity(page.records.len());
    for record in page.records {
        let name = record.contact.and_then(|contact| names.get(&contact).cloned());
        items.push(reach.shown(record, name).await?);
    }
    Ok(Json(Page { items, cursor: page.cursor }))
}

impl Reach {
    async fn shown(&self, record: AccessRecord, contact_name: Option<Name>) -> Result<RecordView, Unavailable> {
        let email = match &record.email {
            Some(sealed) => self.log_keys.opener(&sealed.key).await?.open(sealed, record.firm.as_str().as_bytes()),
            None => None,
        };
        Ok(RecordView {
            record: record.record,
            at: record.at,
            outcome: record.outcome.name().to_owned(),
            message: record.outcome.message(),
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

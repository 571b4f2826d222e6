//! `GET /api/access-log`: what happened, newest first.

use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use jiff::Timestamp;
use postern_domain::{
    Clock, ContactId, Email, Limit, Name, RecordId,
    firm::Channel,
    record::{AccessRecord, Delivery, Outcome},
};
use postern_http::{OpenTo, Operation, Params, Problem, Staff, openapi::Described};
use postern_store::{Access, AccessLog, Aws, Directory, Filter, LogKeys, Misconfigured, Unavailable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route.
pub const OPERATION: Operation = Operation::get("query-access-log", "/api/access-log", OpenTo::Only(postern_domain::Audience::Staff));

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone, FromRef)]
pub struct Reach {
    /// Where staff and contacts stand.
    pub directory: Directory,
    /// Where sessions stand.
    pub access: Access,
    /// The log.
    pub access_log: AccessLog,
    /// Keys of what the log hides.
    pub log_keys: LogKeys,
    /// The time.
    pub clock: Clock,
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
            log_keys: LogKeys::new(aws)?,
            clock: aws.clock.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(query_access_log, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Lists access records, newest first; a page may be short or empty while its cursor is not null.")
        .params::<Query>()
        .answer::<List>(200, "A page of records.")
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Only records about this contact.
    #[serde(default)]
    contact: Option<ContactId>,
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

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct List {
    items: Vec<RecordView>,
    cursor: Option<RecordId>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct RecordView {
    record: RecordId,
    at: Timestamp,
    #[schemars(extend("enum" = outcome_names()))]
    outcome: String,
    message: String,
    contact: Option<ContactId>,
    contact_name: Option<Name>,
    email: Option<String>,
    gate: Option<String>,
    ip: Option<String>,
    user_agent: Option<String>,
    channel: Option<Channel>,
    delivery: Option<Delivery>,
    request_id: Option<String>,
}

fn outcome_names() -> Vec<&'static str> {
    Outcome::CATALOGUE.iter().map(|(name, _)| *name).collect()
}

async fn query_access_log(State(reach): State<Reach>, staff: Staff, Params(query): Params<Query>) -> Result<Json<List>, Problem> {
    if query.outcome.as_ref().is_some_and(|outcome| !Outcome::CATALOGUE.iter().any(|(name, _)| name == outcome)) {
        return Err(Problem::field("outcome", "There is no outcome of this name."));
    }
    let scope = staff.0.scope();
    let email_mark = match &query.email {
        Some(email) => Some(reach.log_keys.current().await?.email_mark(&scope, email)),
        None => None,
    };
    let filter = Filter { contact: query.contact, email_mark, outcome: query.outcome, from: query.from, to: query.to };
    let (_, page) = staff.beside(&reach.directory, reach.access_log.page(&scope, &filter, query.cursor, query.limit.get())).await?;
    let contacts = page.records.iter().filter_map(|record| record.contact).collect();
    let names = reach.directory.contact_names(&scope, &contacts).await?;
    let mut items = Vec::with_capacity(page.records.len());
    for record in page.records {
        let name = record.contact.and_then(|contact| names.get(&contact).cloned());
        items.push(reach.shown(record, name).await?);
    }
    Ok(Json(List { items, cursor: page.cursor }))
}

impl Reach {
    /// A record as those who may read the log see it.
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
            email,
            gate: record.gate,
            ip: record.origin.ip,
            user_agent: record.origin.user_agent,
            channel: record.channel,
            delivery: record.delivery,
            request_id: record.origin.request_id,
        })
    }
}

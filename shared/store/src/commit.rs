//! Transactions: all of a change or nothing of it.

use std::{borrow::Cow, collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure as OnFailure,
        TransactWriteItem, Update,
    },
};
use postern_aws::Unavailable;
use postern_domain::Dice;
use serde::de::DeserializeOwned;

use crate::item::{Item, Place, Table, body};

/// Times that a transaction is sent again when it met another one.
pub(crate) const CONFLICT_RETRIES: u32 = 4;
/// Longest pause before the first of them, in milliseconds; it doubles each time.
const CONFLICT_PAUSE: u64 = 40;

/// What a change of a transaction is about; a refusal refers to it by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A record of the access log.
    Record,
    /// A firm.
    Firm,
    /// A staff member.
    Staff,
    /// A staff member who was removed.
    FormerStaff,
    /// A client.
    Client,
    /// A contact.
    Contact,
    /// A contact as lists have it.
    Roster,
    /// An email that someone takes or has.
    Email,
    /// An email that is given free.
    FormerEmail,
    /// A mobile that a contact takes.
    Mobile,
    /// A mobile that is given free.
    FormerMobile,
    /// That someone is still who they were.
    Person,
    /// The second factor of someone.
    SecondFactor,
    /// A challenge.
    Challenge,
    /// What is counted of an email.
    Attempts,
    /// A session.
    Session,
    /// A link.
    Link,
    /// The gates that were tried on links that day.
    LinkGates,
    /// The session that a browser held before.
    FormerSession,
    /// A browser that is known from now on.
    KnownBrowser,
    /// A browser that was known.
    FormerKnownBrowser,
    /// The browsers of someone.
    Devices,
    /// The uploads of a day.
    Uploads,
    /// The receipts of a day.
    Receipts,
    /// A message in the outbox.
    Dispatch,
    /// An export that is to be made.
    Export,
    /// A message that others may join.
    Joined,
    /// What SNS calls a text message.
    Text,
    /// A document.
    Document,
    /// An entry of the log's chain.
    Chained,
    /// The last entry of a chain.
    ChainHead,
}

/// One change of a transaction.
#[derive(Debug, Clone)]
pub struct Write {
    part: Part,
    item: TransactWriteItem,
}

/// A condition on an item, with the values that it and its update speak of.
pub(crate) struct Condition {
    pub expression: Cow<'static, str>,
    names: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    values: Vec<(Cow<'static, str>, AttributeValue)>,
}

impl Condition {
    pub(crate) fn new(expression: impl Into<Cow<'static, str>>) -> Self {
        Self { expression: expression.into(), names: Vec::new(), values: Vec::new() }
    }

    /// That this holds too.
    pub(crate) fn and(mut self, expression: &str) -> Self {
        self.expression = format!("({}) AND {expression}", self.expression).into();
        self
    }

    /// With the names and values of what is assigned.
    pub(crate) fn assigning(self, assigned: Assigned) -> Self {
        assigned.0.into_iter().fold(self, |condition, (name, value)| {
            let condition = condition.naming(format!("#{name}"), name.clone());
            match value {
                Some(value) => condition.with(format!(":{name}"), value),
                None => condition,
            }
        })
    }

    pub(crate) fn with(mut self, name: impl Into<Cow<'static, str>>, value: AttributeValue) -> Self {
        self.values.push((name.into(), value));
        self
    }

    /// With `alias` for an attribute whose own name is a reserved word, or may be one.
    pub(crate) fn naming(mut self, alias: impl Into<Cow<'static, str>>, name: impl Into<Cow<'static, str>>) -> Self {
        self.names.push((alias.into(), name.into()));
        self
    }

    pub(crate) fn names(&self) -> Option<HashMap<String, String>> {
        let names: HashMap<_, _> = self.names.iter().map(|(alias, name)| (alias.to_string(), name.to_string())).collect();
        (!names.is_empty()).then_some(names)
    }

    pub(crate) fn values(self) -> Option<Item> {
        (!self.values.is_empty()).then(|| self.values.into_iter().map(|(name, value)| (name.into_owned(), value)).collect())
    }
}

/// Attributes as they are from now on; what is nothing is removed.
pub(crate) struct Assigned(pub Vec<(String, Option<AttributeValue>)>);

impl Assigned {
    /// The update; attributes are named by aliases, since some names are reserved words.
    pub(crate) fn update(&self) -> String {
        let (set, gone): (Vec<_>, Vec<_>) = self.0.iter().partition(|(_, value)| value.is_some());
        let set = set.iter().map(|(name, _)| format!("#{name} = :{name}")).collect::<Vec<_>>().join(", ");
        let gone = gone.iter().map(|(name, _)| format!("#{name}")).collect::<Vec<_>>().join(", ");
        let clauses = [("SET", set), ("REMOVE", gone)].into_iter().filter(|(_, names)| !names.is_empty());
        clauses.map(|(clause, names)| format!("{clause} {names}")).collect::<Vec<_>>().join(" ")
    }
}

/// Whatever stands at the place, or nothing.
pub(crate) fn anything() -> Condition {
    Condition::new("attribute_exists(pk) OR attribute_not_exists(pk)")
}

/// Nothing may stand at the place yet.
pub(crate) fn is_new() -> Condition {
    Condition::new("attribute_not_exists(pk)")
}

impl Write {
    pub(crate) fn put(part: Part, table: &Table, item: Item, condition: Condition) -> Self {
        let put = Put::builder()
            .table_name(&table.name)
            .set_item(Some(item))
            .condition_expression(condition.expression.clone())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .build()
            .expect("table and item are given");
        Self { part, item: TransactWriteItem::builder().put(put).build() }
    }

    pub(crate) fn update(part: Part, table: &Table, place: &Place, update: &str, condition: Condition) -> Self {
        let update = Update::builder()
            .set_expression_attribute_names(condition.names())
            .table_name(&table.name)
            .set_key(Some(place.key()))
            .update_expression(update)
            .condition_expression(condition.expression.clone())
            .set_expression_attribute_values(condition.values())
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .build()
            .expect("table, key and expression are given");
        Self { part, item: TransactWriteItem::builder().update(update).build() }
    }

    pub(crate) fn delete(part: Part, table: &Table, place: &Place, condition: Condition) -> Self {
        let delete = Delete::builder()
            .table_name(&table.name)
            .set_key(Some(place.key()))
            .condition_expression(condition.expression.clone())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .build()
            .expect("table and key are given");
        Self { part, item: TransactWriteItem::builder().delete(delete).build() }
    }

    pub(crate) fn check(part: Part, table: &Table, place: &Place, condition: Condition) -> Self {
        let check = ConditionCheck::builder()
            .table_name(&table.name)
            .set_key(Some(place.key()))
            .condition_expression(condition.expression.clone())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .build()
            .expect("table, key and expression are given");
        Self { part, item: TransactWriteItem::builder().condition_check(check).build() }
    }
}

/// The changes whose conditions did not hold.
#[derive(Debug)]
pub struct Refusals(Vec<(Part, Option<Item>)>);

impl Refusals {
    /// Whether the change of `part` was refused.
    pub fn name(&self, part: Part) -> bool {
        self.0.iter().any(|(refused, _)| *refused == part)
    }

    /// Whether the change of `part` alone was refused.
    pub fn name_only(&self, part: Part) -> bool {
        self.0.iter().all(|(refused, _)| *refused == part)
    }

    /// What stood in the way of the change of `part`; nothing if nothing stood there.
    ///
    /// # Errors
    /// If it cannot be understood.
    pub fn found<T: DeserializeOwned>(&self, part: Part) -> Result<Option<T>, Unavailable> {
        let found = self.0.iter().find(|(refused, _)| *refused == part).and_then(|(_, item)| item.clone());
        found.map(body).transpose()
    }
}

/// Why a transaction changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Conditions did not hold: a decision, never sent again as it was.
    #[error("conditions of the transaction did not hold")]
    Refused(Refusals),
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Sends `writes` as one transaction. If it did nothing but meet other transactions or a busy table, the identical request is sent again; its token
/// lets a repetition recognise what an answer that was lost had already done.
pub(crate) async fn commit(client: &Client, dice: &Dice, writes: Vec<Write>) -> Result<(), CommitError> {
    let (parts, items): (Vec<_>, Vec<_>) = writes.into_iter().map(|write| (write.part, write.item)).unzip();
    let request = client
        .transact_write_items()
        .client_request_token(format!("{:032x}", u128::from_be_bytes(dice.bytes())))
        .set_transact_items(Some(items));
    for retry in 0..=CONFLICT_RETRIES {
        let Err(error) = request.clone().send().await else { return Ok(()) };
        match judge(&error, &parts) {
            Verdict::Refused(refusals) => return Err(CommitError::Refused(refusals)),
            Verdict::Conflict if retry < CONFLICT_RETRIES => tokio::time::sleep(jitter(dice, retry)).await,
            Verdict::Conflict | Verdict::Failed => return Err(Unavailable::new(error).into()),
        }
    }
    unreachable!("the last turn returns")
}

/// A random pause before retry number `retry`.
pub(crate) fn jitter(dice: &Dice, retry: u32) -> Duration {
    Duration::from_millis(u64::from_be_bytes(dice.bytes()) % (CONFLICT_PAUSE << retry) + 1)
}

/// Reasons that are gone in a moment: the SDK does not look into a transaction for them.
const WILL_PASS: [&str; 4] = ["None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

enum Verdict {
    Refused(Refusals),
    Conflict,
    Failed,
}

fn judge<R>(error: &SdkError<TransactWriteItemsError, R>, parts: &[Part]) -> Verdict {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => judge_reasons(cancelled.cancellation_reasons(), parts),
        Some(TransactWriteItemsError::TransactionInProgressException(_)) => Verdict::Conflict,
        Some(other) if other.code() == Some("TransactionConflictException") => Verdict::Conflict,
        _ => Verdict::Failed,
    }
}

fn judge_reasons(reasons: &[CancellationReason], parts: &[Part]) -> Verdict {
    let code = |reason: &CancellationReason| reason.code().unwrap_or("None").to_owned();
    let refused: Vec<_> = reasons
        .iter()
        .zip(parts)
        .filter(|(reason, _)| code(reason) == "ConditionalCheckFailed")
        .map(|(reason, part)| (*part, reason.item.clone()))
        .collect();
    if !refused.is_empty() {
        Verdict::Refused(Refusals(refused))
    } else if reasons.iter().all(|reason| WILL_PASS.contains(&code(reason).as_str())) {
        Verdict::Conflict
    } else {
        Verdict::Failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(codes: &[&str]) -> &'static str {
        let reasons: Vec<_> = codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect();
        match judge_reasons(&reasons, &[Part::Contact, Part::Email]) {
            Verdict::Refused(_) => "refused",
            Verdict::Conflict => "conflict",
            Verdict::Failed => "failed",
        }
    }

    #[test]
    fn only_what_passes_by_itself_is_sent_again() {
        for (codes, expected) in [
            (["None", "TransactionConflict"], "conflict"),
            (["TransactionConflict", "TransactionConflict"], "conflict"),
            (["ConditionalCheckFailed", "None"], "refused"),
            (["ConditionalCheckFailed", "TransactionConflict"], "refused"),
            (["ThrottlingError", "None"], "conflict"),
            (["ThrottlingError", "TransactionConflict"], "conflict"),
            (["ThrottlingError", "ConditionalCheckFailed"], "refused"),
            (["ThrottlingError", "ValidationError"], "failed"),
            (["ValidationError", "None"], "failed"),
        ] {
            assert_eq!(verdict(&codes), expected, "{codes:?}");
        }
    }
}

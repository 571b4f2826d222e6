//! Updates of single items whose condition decides.

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure as OnFailure},
};
use postern_aws::Unavailable;

use crate::{
    commit::{CONFLICT_RETRIES, Condition, jitter},
    item::{Item, Place, Table},
};

/// What became of an update.
pub(crate) enum Applied {
    /// The item as it is now.
    Done(Item),
    /// The condition did not hold for this item, or for none.
    Refused(Option<Item>),
}

/// Applies `update` if `condition` holds, and reads the item in the same step. Where it met a transaction it is sent again.
pub(crate) async fn apply(table: &Table, place: &Place, update: &str, condition: Condition) -> Result<Applied, Unavailable> {
    let request = (table.client.update_item().table_name(&table.name))
        .set_key(Some(place.key()))
        .update_expression(update)
        .condition_expression(condition.expression.clone())
        .set_expression_attribute_names(condition.names())
        .set_expression_attribute_values(condition.values())
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(OnFailure::AllOld);
    for retry in 0..=CONFLICT_RETRIES {
        let error = match request.clone().send().await {
            Ok(answer) => return Ok(Applied::Done(answer.attributes.unwrap_or_default())),
            Err(error) => error,
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => return Ok(Applied::Refused(refused.item.clone())),
            Some(UpdateItemError::TransactionConflictException(_)) if retry < CONFLICT_RETRIES => {
                tokio::time::sleep(jitter(&table.dice, retry)).await;
            }
            _ => return Err(Unavailable::new(error)),
        }
    }
    unreachable!("the last turn returns")
}

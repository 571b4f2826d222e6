//! Messages as they are counted: texts of one phone, of a firm, of all firms; calls for help that a firm is told of.
//!
//! Each count is one conditional update of a row that names the messages in it, so that any number of workers at once count exactly, and a message
//! that is counted again, because an answer was lost or its worker died, counts once.

use std::borrow::Cow;

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{DispatchId, FirmScope, policy, texts};

use super::AccessStore;
use crate::{
    commit::Condition,
    item::{Item, Place, moment, value},
    key,
    update::{self, Applied},
};

/// Whether a message may go out, as far as one count says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageCount {
    /// It is counted.
    Within,
    /// It is, as the last of its day or hour.
    Last,
    /// So many were counted before it.
    Over,
}

impl AccessStore {
    /// Counts the text message `dispatch` for the phone with this keyed hash: [`policy::PHONE_TEXTS_PER_HOUR`] within an hour,
    /// [`policy::PHONE_TEXTS_PER_DAY`] within a day, whatever firms send them.
    pub async fn count_text_to(&self, phone_hash: &str, dispatch: DispatchId, now: Timestamp) -> Result<MessageCount, Unavailable> {
        // Both lists have the newest first: what stands at these places is the last that still counts.
        let (of_hour, of_day, place) = (policy::PHONE_TEXTS_PER_HOUR - 1, policy::PHONE_TEXTS_PER_DAY - 1, key::texted_phone(phone_hash));
        let room = format!(
            "attribute_not_exists(pk) OR (NOT contains(counted, :own) \
             AND (attribute_not_exists(texted[{of_hour}]) OR texted[{of_hour}] <= :hour_ago) \
             AND (attribute_not_exists(texted[{of_day}]) OR texted[{of_day}] <= :day_ago))"
        );
        let room = counting(room, dispatch, now)
            .with(":hour_ago", moment(now - policy::HOUR))
            .with(":day_ago", moment(now - policy::DAY))
            .with(":none", AttributeValue::L(Vec::new()))
            .with(":owns", AttributeValue::L(vec![AttributeValue::B(short(dispatch))]))
            .with(":now", AttributeValue::L(vec![moment(now)]));
        let update = "SET texted = list_append(:now, if_not_exists(texted, :none)), \
                      counted = list_append(:owns, if_not_exists(counted, :none)), #ttl = :ttl";
        let own = AttributeValue::B(short(dispatch));
        match update::apply(&self.0, &place, update, room).await? {
            Applied::Done(item) => {
                let counted = item.get("counted").and_then(|counted| counted.as_l().ok()).map_or(0, Vec::len);
                if counted > usize::try_from(policy::PHONE_TEXTS_PER_DAY).unwrap_or(usize::MAX) {
                    let oldest = format!("REMOVE texted[{0}], counted[{0}]", policy::PHONE_TEXTS_PER_DAY);
                    update::apply(&self.0, &place, &oldest, Condition::new("attribute_exists(pk)")).await?;
                }
                Ok(MessageCount::Within)
            }
            Applied::Refused(item) => {
                let counted = item.as_ref().and_then(|item| item.get("counted")?.as_l().ok()).is_some_and(|counted| counted.contains(&own));
                Ok(if counted { MessageCount::Within } else { MessageCount::Over })
            }
        }
    }

    /// Counts the text message `dispatch` for its firm, which sends `most` on the day (UTC) of `asked_at`.
    pub async fn count_text_of(
        &self,
        scope: &FirmScope,
        dispatch: DispatchId,
        most: usize,
        asked_at: Timestamp,
    ) -> Result<MessageCount, Unavailable> {
        self.count_at(&key::texts_of_firm(scope, &texts::day(asked_at)), dispatch, most, asked_at).await
    }

    /// Counts the text message `dispatch` for all firms of the deployment, which send `most` on the day (UTC) of `asked_at`.
    pub async fn count_text_of_all(&self, dispatch: DispatchId, most: usize, asked_at: Timestamp) -> Result<MessageCount, Unavailable> {
        self.count_at(&key::texts_of_all(&texts::day(asked_at)), dispatch, most, asked_at).await
    }

    /// Counts the mail `dispatch` that tells a firm of a call for help, of which `most` go out in the hour (UTC) of `asked_at`: of a firm, or of all.
    /// Those of contacts and those of emails that nobody has are counted apart.
    pub async fn count_help(
        &self,
        firm: Option<&FirmScope>,
        is_contact: bool,
        dispatch: DispatchId,
        most: usize,
        asked_at: Timestamp,
    ) -> Result<MessageCount, Unavailable> {
        self.count_at(&key::calls_for_help(firm, is_contact, &asked_at.strftime("%FT%H").to_string()), dispatch, most, asked_at).await
    }

    async fn count_at(&self, place: &Place, dispatch: DispatchId, most: usize, now: Timestamp) -> Result<MessageCount, Unavailable> {
        let room = counting("attribute_not_exists(counted) OR contains(counted, :own) OR size(counted) < :most", dispatch, now)
            .with(":owns", AttributeValue::Bs(vec![short(dispatch)]))
            .with(":most", value(most));
        // What a set names already changes nothing.
        Ok(match update::apply(&self.0, place, "SET #ttl = :ttl ADD counted :owns", room).await? {
            Applied::Done(item) if size_of_set(&item) == most => MessageCount::Last,
            Applied::Done(_) => MessageCount::Within,
            Applied::Refused(_) => MessageCount::Over,
        })
    }
}

/// By what counts name a message: the end of its id, which is random, and short, since a row may name thousands.
fn short(dispatch: DispatchId) -> Blob {
    Blob::new(dispatch.tail())
}

fn counting(room: impl Into<Cow<'static, str>>, dispatch: DispatchId, now: Timestamp) -> Condition {
    Condition::new(room)
        .naming("#ttl", "ttl")
        .with(":own", AttributeValue::B(short(dispatch)))
        .with(":ttl", value((now + policy::DAY * 2).as_second()))
}

fn size_of_set(item: &Item) -> usize {
    item.get("counted").and_then(|counted| counted.as_bs().ok()).map_or(0, Vec::len)
}

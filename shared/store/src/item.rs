//! Items as the tables hold them.

use std::{collections::HashMap, error::Error};

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, KeysAndAttributes},
};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

/// An item of a table.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A store that cannot be used right now, or holds what cannot be understood. Nobody is let in on it.
#[derive(Debug, thiserror::Error)]
#[error("the store could not be used")]
pub struct Unavailable(#[source] Box<dyn Error + Send + Sync>);

impl Unavailable {
    /// Wraps what went wrong.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// Where an item stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub pk: String,
    pub sk: String,
}

impl Place {
    pub(crate) fn key(&self) -> Item {
        [("pk", &self.pk), ("sk", &self.sk)].map(|(name, value)| (name.to_owned(), AttributeValue::S(value.clone()))).into()
    }
}

/// `body` as an item. What is not there is left out, so that conditions can ask for it with `attribute_not_exists`.
pub(crate) fn item(place: &Place, ttl: Option<Timestamp>, body: &impl Serialize) -> Item {
    let mut item: Item = serde_dynamo::to_item(body).expect("stored types are maps with text keys");
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    item.extend(place.key());
    item.extend(ttl.map(|at| ("ttl".to_owned(), AttributeValue::N(at.as_second().to_string()))));
    item
}

/// What an item holds.
pub(crate) fn body<T: DeserializeOwned>(item: Item) -> Result<T, Unavailable> {
    serde_dynamo::from_item(item).map_err(Unavailable::new)
}

/// `value` as it stands in an expression.
pub(crate) fn value(value: impl Serialize) -> AttributeValue {
    serde_dynamo::to_attribute_value(value).expect("values of expressions are plain")
}

/// An instant as it stands in an expression.
pub(crate) fn moment(at: Timestamp) -> AttributeValue {
    AttributeValue::N(at.as_millisecond().to_string())
}

/// One table and the client to it.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub client: Client,
    pub name: String,
}

impl Table {
    /// The item at `place`, read strongly.
    pub(crate) async fn get<T: DeserializeOwned>(&self, place: &Place) -> Result<Option<T>, Unavailable> {
        let read = self.client.get_item().table_name(&self.name).set_key(Some(place.key())).consistent_read(true);
        read.send().await.map_err(Unavailable::new)?.item.map(body).transpose()
    }

    /// The items at `places` that exist, in no order; as many as one call takes, which is 100.
    pub(crate) async fn get_many<T: DeserializeOwned>(&self, places: &[Place], consistent: bool) -> Result<Vec<T>, Unavailable> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let keys = places.iter().map(Place::key).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(consistent).build().map_err(Unavailable::new)?;
        let answer = self.client.batch_get_item().request_items(&self.name, keys).send().await.map_err(Unavailable::new)?;
        if answer.unprocessed_keys().is_some_and(|keys| !keys.is_empty()) {
            return Err(Unavailable::new("the table is throttled"));
        }
        answer.responses.unwrap_or_default().into_values().flatten().map(body).collect()
    }
}

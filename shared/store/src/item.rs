//! Items as the tables hold them.

use std::{collections::HashMap, str::FromStr, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, KeysAndAttributes},
};
use jiff::Timestamp;
use postern_aws::{Aws, Misconfigured, Unavailable};
use postern_domain::Dice;
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::sleep;

/// Items that one call of DynamoDB reads at most.
pub(crate) const AT_ONCE: usize = 100;

/// The pause before a busy table is asked for the rest of a batch.
const PAUSE: Duration = Duration::from_millis(25);

/// An item of a table.
pub(crate) type Item = HashMap<String, AttributeValue>;

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

/// The unit to which rows are filled up that must not tell by their size what was decided, in bytes: more than any of them needs but for the
/// attempts of who signs in with several browsers at once. A write costs by the kilobyte.
const PAD: usize = 2048;

/// What fills a row up.
pub(crate) const PAD_NAME: &str = "pad";

/// The same item, filled up so that its size tells nothing.
pub(crate) fn padded(mut item: Item) -> Item {
    let size: usize = item.iter().map(|(name, value)| name.len() + size_of(value)).sum::<usize>() + PAD_NAME.len();
    item.insert(PAD_NAME.to_owned(), AttributeValue::S(" ".repeat(size.next_multiple_of(PAD) - size)));
    item
}

/// The bytes that DynamoDB counts for a value.
fn size_of(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + size_of(value)).sum::<usize>(),
        AttributeValue::M(values) => 3 + values.iter().map(|(name, value)| 1 + name.len() + size_of(value)).sum::<usize>(),
        _ => 1,
    }
}

/// What an item holds.
pub(crate) fn body<T: DeserializeOwned>(item: Item) -> Result<T, Unavailable> {
    serde_dynamo::from_item(item).map_err(Unavailable::new)
}

/// The id with which a page ended, if another page follows: what stands behind `prefix` in the sort key.
pub(crate) fn last_place<T: FromStr>(last_evaluated_key: Option<Item>, prefix: &str) -> Option<T> {
    last_evaluated_key?.get("sk")?.as_s().ok()?.strip_prefix(prefix)?.parse().ok()
}

/// `value` as it stands in an expression.
pub(crate) fn value(value: impl Serialize) -> AttributeValue {
    serde_dynamo::to_attribute_value(value).expect("values of expressions are plain")
}

/// An instant as it stands in an expression.
pub(crate) fn moment(at: Timestamp) -> AttributeValue {
    AttributeValue::N(at.as_millisecond().to_string())
}

/// What each of `items` holds. What cannot be read, as when a newer version wrote it, is passed over, so that one row does not hide the others.
pub(crate) fn bodies<T: DeserializeOwned>(items: Vec<Item>) -> Vec<T> {
    let read = |item: Item| {
        let place = item.get("pk").and_then(|pk| pk.as_s().ok()).cloned().unwrap_or_default();
        // Kinds of rows are named, not the rows: an id may open something.
        let kind = place.split('#').next().unwrap_or_default().to_owned();
        let read: Result<T, _> = body(item);
        read.inspect_err(|_| tracing::warn!(kind, "a row was passed over that cannot be read; perhaps a newer version wrote it")).ok()
    };
    items.into_iter().filter_map(read).collect()
}

/// One table and the client to it.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub client: Client,
    pub name: String,
    pub dice: Dice,
}

/// Makes a type the way to the table that `$variable` names.
macro_rules! table {
    ($name:ident = $variable:literal, indexes $indexes:expr) => {
        impl postern_aws::Reachable for $name {
            fn reach(aws: &postern_aws::Aws) -> Result<Self, postern_aws::Misconfigured> {
                $crate::item::Table::reach(aws, $variable).map(Self)
            }

            fn grants(actions: &[&'static str]) -> Vec<postern_aws::Grant> {
                vec![postern_aws::Grant { variable: $variable, thing: postern_aws::Thing::Table($indexes), actions: actions.to_vec() }]
            }
        }
    };
}
pub(crate) use table;

impl Table {
    /// The table that the setting `variable` names.
    pub(crate) fn reach(aws: &Aws, variable: &str) -> Result<Self, Misconfigured> {
        Ok(Self { client: aws.client(Client::new), name: aws.variable(variable)?, dice: aws.dice.clone() })
    }

    /// The item at `place`, read strongly.
    pub(crate) async fn get<T: DeserializeOwned>(&self, place: &Place) -> Result<Option<T>, Unavailable> {
        let read = self.client.get_item().table_name(&self.name).set_key(Some(place.key())).consistent_read(true);
        read.send().await.map_err(Unavailable::new)?.item.map(body).transpose()
    }

    /// The items at `places` that exist, in no order; [`AT_ONCE`] at most.
    pub(crate) async fn get_many(&self, places: &[Place], consistent: bool) -> Result<Vec<Item>, Unavailable> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let keys = places.iter().map(Place::key).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(consistent).build().map_err(Unavailable::new)?;
        let (mut wanted, mut found) = (HashMap::from([(self.name.clone(), keys)]), Vec::new());
        // A busy table answers a part; the SDK leaves it to us to ask for the rest.
        for pause in [PAUSE, PAUSE * 2, PAUSE * 4, Duration::ZERO] {
            let answer = self.client.batch_get_item().set_request_items(Some(wanted)).send().await.map_err(Unavailable::new)?;
            found.extend(answer.responses.unwrap_or_default().into_values().flatten());
            wanted = answer.unprocessed_keys.unwrap_or_default();
            if wanted.is_empty() {
                return Ok(found);
            }
            sleep(pause).await;
        }
        Err(Unavailable::new("the table is throttled"))
    }
}

//! Instants as they are stored: milliseconds since the epoch, so that conditions of the store can compare them.

pub use jiff::fmt::serde::timestamp::millisecond::{optional, required};

/// Lists of instants.
pub mod list {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Writes a list of instants.
    pub fn serialize<S: Serializer>(moments: &[Timestamp], serializer: S) -> Result<S::Ok, S::Error> {
        moments.iter().map(|moment| moment.as_millisecond()).collect::<Vec<_>>().serialize(serializer)
    }

    /// Reads a list of instants.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Timestamp>, D::Error> {
        let moments = Vec::<i64>::deserialize(deserializer)?;
        moments.into_iter().map(|moment| Timestamp::from_millisecond(moment).map_err(D::Error::custom)).collect()
    }
}

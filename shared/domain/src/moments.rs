//! Instants as they are stored: milliseconds since the epoch, so that conditions of the store can compare them.

pub use jiff::fmt::serde::timestamp::millisecond::{optional, required};

/// Instants by which things are sorted: what never was stands before all that were, as 0.
pub mod or_never {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes an instant, or that it never was.
    pub fn serialize<S: Serializer>(moment: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(moment.map_or(0, Timestamp::as_millisecond))
    }

    /// Reads an instant, or that it never was; so it is too where nothing stands.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        let moment = Option::<i64>::deserialize(deserializer)?.filter(|moment| *moment != 0);
        moment.map(|moment| Timestamp::from_millisecond(moment).map_err(D::Error::custom)).transpose()
    }
}

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

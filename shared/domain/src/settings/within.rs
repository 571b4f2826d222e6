//! Whole numbers between two bounds.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A number out of bounds; the least and the most that may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Choose a whole number from {0} to {1}.")]
pub struct NotWithin(pub u32, pub u32);

/// A whole number from `LEAST` to `MOST`, both allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Within<const LEAST: u32, const MOST: u32>(u32);

impl<const LEAST: u32, const MOST: u32> Within<LEAST, MOST> {
    /// The most that may be chosen.
    pub const MOST: Self = Self(MOST);

    /// `number`, or the bound that is nearest to it.
    pub const fn clamped(number: u32) -> Self {
        Self(if number < LEAST {
            LEAST
        } else if number > MOST {
            MOST
        } else {
            number
        })
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<const LEAST: u32, const MOST: u32> TryFrom<u32> for Within<LEAST, MOST> {
    type Error = NotWithin;
    fn try_from(number: u32) -> Result<Self, NotWithin> {
        if (LEAST..=MOST).contains(&number) { Ok(Self(number)) } else { Err(NotWithin(LEAST, MOST)) }
    }
}

impl<const LEAST: u32, const MOST: u32> From<Within<LEAST, MOST>> for u32 {
    fn from(within: Within<LEAST, MOST>) -> Self {
        within.0
    }
}

impl<const LEAST: u32, const MOST: u32> JsonSchema for Within<LEAST, MOST> {
    fn schema_name() -> Cow<'static, str> {
        format!("From{LEAST}To{MOST}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": LEAST, "maximum": MOST })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bounds_may_be_chosen_and_nothing_beyond_them() {
        let read = |json: &str| serde_json::from_str::<Within<1, 30>>(json).map(Within::get).map_err(|error| error.to_string());
        assert_eq!([read("1"), read("30")], [Ok(1), Ok(30)]);
        for beyond in ["0", "31"] {
            assert_eq!(read(beyond), Err("Choose a whole number from 1 to 30.".to_owned()));
        }
        assert!(["-1", "1.5", "\"7\"", "4294967296", "null"].into_iter().all(|odd| read(odd).is_err()));
        assert_eq!([0, 1, 7, 31].map(|number| Within::<1, 30>::clamped(number).get()), [1, 1, 7, 30]);
    }
}

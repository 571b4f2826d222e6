//! Countries, by their codes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::{parsed_text, seen};

/// Text that names no country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Give a country by its two letters, like US or MX.")]
pub struct NotACountry;

/// A country by its two letters (ISO 3166-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[A-Za-z]{2}$"))]
pub struct Country(String);

impl Country {
    /// The two letters that ISO leaves to whoever means no country.
    const NONE: &str = "ZZ";

    /// Reads two letters, in any case.
    pub fn parse(text: &str) -> Result<Self, NotACountry> {
        let letters = seen(text).to_ascii_uppercase();
        let are_two = letters.len() == 2 && letters.bytes().all(|letter| letter.is_ascii_uppercase());
        if are_two { Ok(Self(letters)) } else { Err(NotACountry) }
    }

    /// The country of these two letters, as a table has them.
    pub(crate) fn of_table(letters: &str) -> Self {
        Self(letters.to_owned())
    }

    /// No country, of a phone that belongs to nobody: a premium number, or one that no country gives out.
    pub fn none() -> Self {
        Self(Self::NONE.to_owned())
    }

    /// Whether it is one.
    pub fn is_one(&self) -> bool {
        self.0 != Self::NONE
    }
}

parsed_text!(Country, NotACountry);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_letters() {
        for (typed, country) in [("US", Some("US")), (" mx\u{200b}", Some("MX")), ("", None), ("USA", None), ("U1", None), ("ÑÑ", None)] {
            assert_eq!(Country::parse(typed).ok().map(String::from).as_deref(), country, "{typed}");
        }
    }
}

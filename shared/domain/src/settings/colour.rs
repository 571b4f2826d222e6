//! The one accent of a firm's pages and mails.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::parsed_text;

/// Text that is not a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Give a colour as # and six hexadecimal digits, like #1f4e79.")]
pub struct NotAColour;

/// A colour as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Colour(String);

impl Colour {
    /// Reads a colour.
    pub fn parse(text: &str) -> Result<Self, NotAColour> {
        let digits = text.strip_prefix('#').ok_or(NotAColour)?;
        let hex = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        if hex { Ok(Self(text.to_ascii_lowercase())) } else { Err(NotAColour) }
    }
}

parsed_text!(Colour, NotAColour);

impl Default for Colour {
    fn default() -> Self {
        Self("#1f4e79".to_owned())
    }
}

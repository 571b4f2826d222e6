//! Pages of lists.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy;

/// How many items a page may have: 1–100, 50 if nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "u16", extend("minimum" = 1, "maximum" = policy::PAGE_MOST, "default" = policy::PAGE))]
pub struct Limit(u16);

/// Text that is no number of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Give a number from 1 to 100.")]
pub struct NotALimit;

impl Limit {
    /// The number.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(policy::PAGE)
    }
}

impl TryFrom<String> for Limit {
    type Error = NotALimit;
    fn try_from(text: String) -> Result<Self, NotALimit> {
        let number = text.parse().map_err(|_| NotALimit)?;
        if (1..=policy::PAGE_MOST).contains(&number) && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(number))
        } else {
            Err(NotALimit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_to_a_hundred_items() {
        for (text, limit) in
            [("1", Ok(1)), ("100", Ok(100)), ("0", Err(NotALimit)), ("101", Err(NotALimit)), ("+5", Err(NotALimit)), ("x", Err(NotALimit))]
        {
            assert_eq!(Limit::try_from(text.to_owned()).map(Limit::get), limit, "{text}");
        }
    }
}

//! Cleaning of what people type.

/// Characters of no width that come along when text is copied from mails and pages.
const INVISIBLE: [char; 5] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

fn is_blank(c: char) -> bool {
    c.is_whitespace() || INVISIBLE.contains(&c)
}

/// `text` without white space (all of Unicode's) and zero-width characters around it.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// The characters of `text` without white space and hyphens anywhere.
pub(crate) fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !is_blank(*c) && !matches!(c, '-' | '\u{2010}'..='\u{2015}')).collect()
}

/// Declares a string type that is parsed from text, so that only valid values exist.
macro_rules! parsed_text {
    ($name:ident, $error:ty) => {
        impl $name {
            /// The value as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, $error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use parsed_text;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Text that is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a name of 1 to 120 characters.")]
pub struct NotAName;

/// A name as people read it: 1 to 120 characters, no control characters, single spaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Name(String);

impl Name {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        let name = trim(text).split_whitespace().collect::<Vec<_>>().join(" ");
        let length = name.chars().count();
        if (1..=120).contains(&length) && !name.chars().any(char::is_control) { Ok(Self(name)) } else { Err(NotAName) }
    }
}

parsed_text!(Name, NotAName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned_and_bounded() {
        assert_eq!(Name::parse("\u{feff} Ann  de\u{a0}la Cruz ").map(String::from), Ok("Ann de la Cruz".to_owned()));
        for bad in ["", " \u{200b} ", "a\u{7}b", &"x".repeat(121)] {
            assert_eq!(Name::parse(bad), Err(NotAName), "{bad:?}");
        }
    }
}

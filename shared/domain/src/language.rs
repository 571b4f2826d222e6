//! Languages: what people read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language that pages and messages are written in, by its tag of BCP 47.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Spanish, as it is written in the United States.
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// What whoever sent `accept_language` reads, if their first choice is among ours; browsers name it first.
    pub fn wanted(accept_language: &str) -> Option<Self> {
        let first = accept_language.split([',', ';']).next().unwrap_or_default();
        let primary = first.split('-').next().unwrap_or_default().trim();
        [Self::English, Self::Spanish].into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_choice_of_a_browser_counts() {
        use Language::*;
        for (sent, wanted) in [
            ("es", Some(Spanish)),
            ("es-MX,es;q=0.9,en;q=0.8", Some(Spanish)),
            ("ES-419", Some(Spanish)),
            ("en-US,en;q=0.5", Some(English)),
            (" en ; q=1", Some(English)),
            ("de-DE,de;q=0.9,en;q=0.8", None),
            ("est", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(Language::wanted(sent), wanted, "{sent}");
        }
    }
}

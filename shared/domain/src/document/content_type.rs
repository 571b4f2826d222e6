//! Media types as a browser declares them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest media type in characters: the bound of RFC 6838 §4.2 for one name, kept here for both together; the longest
/// of the accepted kinds has 71.
const MAX_LEN: usize = 127;
/// What says nothing (RFC 2046 §4.5.1).
const UNKNOWN: &str = "application/octet-stream";

/// A media type without parameters, `type/subtype`, at most 127 characters, in lower case.
///
/// It is what a browser declares, so it is a claim, never a proof: parameters are left out, and what is no media type is
/// `application/octet-stream`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub struct ContentType(String);

impl ContentType {
    /// Reads a media type.
    pub fn parse(raw: &str) -> Self {
        let essence = raw.split(';').next().unwrap_or_default().trim();
        let is_one = essence.len() <= MAX_LEN
            && essence.split_once('/').is_some_and(|(kind, subtype)| is_restricted_name(kind) && is_restricted_name(subtype));
        Self(if is_one { essence.to_ascii_lowercase() } else { UNKNOWN.to_owned() })
    }

    /// The value as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ContentType {
    fn default() -> Self {
        Self(UNKNOWN.to_owned())
    }
}

impl From<String> for ContentType {
    fn from(raw: String) -> Self {
        Self::parse(&raw)
    }
}

impl From<ContentType> for String {
    fn from(content_type: ContentType) -> Self {
        content_type.0
    }
}

/// Whether `name` is a `restricted-name` of RFC 6838 §4.2.
fn is_restricted_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_content_type_is_two_names_with_a_slash_between_and_whatever_else_is_unknown() {
        let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        for raw in ["application/pdf", "IMAGE/JPEG", "image/svg+xml", docx] {
            assert_eq!(ContentType::parse(raw).as_str(), raw.to_ascii_lowercase());
        }
        for raw in ["application/pdf; charset=binary", " Application/PDF ;", "application/pdf;a=\"b;c\""] {
            assert_eq!(ContentType::parse(raw).as_str(), "application/pdf", "{raw:?}");
        }
        let long = format!("a/{}", "b".repeat(126));
        let table = ["", "/", "pdf", "application/", "/pdf", "a/b/c", "a/b c", "a/b\r\nX: y", "té/xt", "+a/b", "*/*", "image/*", &long];
        for raw in table {
            assert_eq!(ContentType::parse(raw), ContentType::default(), "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_declared_can_stand_in_a_header(raw in any::<String>()) {
            let content_type = ContentType::parse(&raw);
            prop_assert!(content_type.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(ContentType::parse(content_type.as_str()), content_type);
        }
    }
}

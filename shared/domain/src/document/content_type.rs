//! Media types as a browser declares them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::text::parsed_text;

/// The longest media type in characters: the bound of RFC 6838 §4.2 for one name, kept here for both together; the longest
/// of the accepted kinds has 71.
const MAX_LEN: usize = 127;

/// A media type without parameters, `type/subtype`, at most 127 characters, in lower case.
///
/// It is what a browser declares, so it is a claim, never a proof.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("minLength" = 3, "maxLength" = 127))]
pub struct ContentType(String);

/// A string is no media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("The content type must be written as type/subtype, without parameters; application/octet-stream if it is not known.")]
pub struct ContentTypeError;

impl ContentType {
    /// Reads a media type.
    pub fn parse(raw: &str) -> Result<Self, ContentTypeError> {
        let (kind, subtype) = raw.split_once('/').ok_or(ContentTypeError)?;
        let is_one = raw.len() <= MAX_LEN && is_restricted_name(kind) && is_restricted_name(subtype);
        if is_one { Ok(Self(raw.to_ascii_lowercase())) } else { Err(ContentTypeError) }
    }
}

parsed_text!(ContentType, ContentTypeError);

/// Whether `name` is a `restricted-name` of RFC 6838 §4.2.
fn is_restricted_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_is_two_names_with_a_slash_between() {
        let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        for raw in ["application/pdf", "IMAGE/JPEG", "image/svg+xml", docx] {
            let parsed = ContentType::parse(raw).expect("a content type");
            assert_eq!(parsed.as_str(), raw.to_ascii_lowercase());
        }
        let long = format!("a/{}", "b".repeat(126));
        let table = [
            "",
            "/",
            "pdf",
            "application/",
            "/pdf",
            "a/b/c",
            "a/b c",
            "a/b\r\nX: y",
            "text/plain;charset=utf-8",
            "té/xt",
            "+a/b",
            "*/*",
            &long,
        ];
        for raw in table {
            assert_eq!(ContentType::parse(raw), Err(ContentTypeError), "{raw:?}");
        }
    }
}

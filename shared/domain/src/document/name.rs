//! A document's name, cleaned so that it can be shown and stored without lying about what it is.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use crate::text::{parsed_text, shown};

/// The longest name in characters, cleaned: what the common file systems hold in one path part.
const MAX_LEN: usize = 255;

/// The name of a document, 1–255 characters, as people see it.
///
/// It is cleaned when it is parsed: only the last part of a path is kept; control characters, and what is not seen, such as marks that
/// reverse the direction of writing, are removed (with them `invoice\u{202e}fdp.exe` would be shown as if
/// it were a PDF); it is composed (NFC); runs of white space become one space; dots and spaces at either end are removed: Windows ignores
/// them at the end (`setup.exe.` is a program), and a dot at the start hides a file elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("minLength" = 1, "maxLength" = 255))]
pub struct DocumentName(String);

/// Why a string is no document name; the text tells a person what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing is left of the name once it is cleaned.
    #[error("This file has no name that can be shown. Give it a name with letters or digits, then choose it again.")]
    Empty,
    /// The cleaned name has more than 255 characters.
    #[error("This file's name is too long. Shorten it to 255 characters or fewer, then choose it again.")]
    TooLong,
}

impl DocumentName {
    /// Cleans and reads a name.
    pub fn parse(raw: &str) -> Result<Self, NameError> {
        let name = clean(raw);
        match name.chars().count() {
            0 => Err(NameError::Empty),
            1..=MAX_LEN => Ok(Self(name)),
            _ => Err(NameError::TooLong),
        }
    }

    /// What follows the last dot, as it is written (compare it without regard to case), or nothing if that holds anything
    /// but ASCII letters, digits, `-` and `_`: in `Dr. Smith` the dot begins no extension.
    pub fn extension(&self) -> Option<&str> {
        let (stem, extension) = self.0.rsplit_once('.')?;
        let written_like_one = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_one = !stem.is_empty() && !extension.is_empty() && extension.chars().all(written_like_one);
        is_one.then_some(extension)
    }

    /// This name with another `ending` behind its own. The stem gives way where the result would be longer than 255 characters.
    #[must_use]
    pub fn with_ending(&self, ending: &str) -> Self {
        let kept: String = self.0.chars().take(MAX_LEN.saturating_sub(ending.len() + 1)).collect();
        Self(format!("{}.{ending}", kept.trim_end()))
    }

    /// A name as a person types it for a document that is there: a slash begins no folder.
    ///
    /// # Errors
    /// As [`DocumentName::parse`].
    pub fn typed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let typed = String::deserialize(deserializer)?;
        Self::parse(&typed.replace(['/', '\\'], "-")).map_err(serde::de::Error::custom)
    }

    /// This name with the ending of `other` behind it, unless it has that already, or `other` has none but that of a program.
    #[must_use]
    pub fn ending_like(&self, other: &Self) -> Self {
        match other.extension().filter(|_| !other.is_of_program()) {
            Some(ending) if !self.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending)) => self.with_ending(ending),
            _ => self.clone(),
        }
    }

    /// This name told apart from equal ones by a number before its extension: `W-2.pdf` becomes `W-2 (2).pdf`.
    ///
    /// The stem gives way where the result would be longer than 255 characters.
    #[must_use]
    pub fn numbered(&self, n: u32) -> Self {
        let number = format!(" ({n})");
        // An extension that leaves no room for the number is a name written after a dot, not an extension.
        let extension = self.extension().filter(|extension| extension.len() + number.len() + 1 < MAX_LEN);
        let ending = extension.map_or(number.clone(), |extension| format!("{number}.{extension}"));
        let stem = &self.0[..self.0.len() - extension.map_or(0, |extension| extension.len() + 1)];
        let kept: String = stem.chars().take(MAX_LEN - ending.chars().count()).collect();
        Self(format!("{}{ending}", kept.trim_end()))
    }
}

parsed_text!(DocumentName, NameError);

fn clean(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    let mut name = shown(&plain);
    // What is taken from an end may lay bare what was joined to it.
    loop {
        let bare = shown(name.trim_matches(['.', ' ']));
        if bare == name {
            return name;
        }
        name = bare;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(raw: &str) -> DocumentName {
        DocumentName::parse(raw).expect("a name")
    }

    #[test]
    fn a_name_is_cleaned_for_display() {
        let table = [
            ("W-2.pdf", "W-2.pdf"),
            ("  W-2 \t 2025\n.pdf ", "W-2 2025 .pdf"),
            ("C:\\fakepath\\W-2.pdf", "W-2.pdf"),
            ("../../etc/passwd", "passwd"),
            ("a\u{0}b\u{7f}c\u{85}d.pdf", "abc d.pdf"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("\u{2066}a\u{2069}\u{200b}b\u{feff}.txt", "ab.txt"),
            ("...hidden", "hidden"),
            ("setup.exe. . ", "setup.exe"),
            ("Steuererklärung 2025.pdf", "Steuererklärung 2025.pdf"),
            ("領収書.jpg", "領収書.jpg"),
            ("Steuererkla\u{308}rung.pdf", "Steuererklärung.pdf"),
            ("👨\u{200d}👩\u{200d}👧.jpg", "👨\u{200d}👩\u{200d}👧.jpg"),
            ("W\u{200d}-2\u{fe0f}.pdf", "W-2.pdf"),
        ];
        for (raw, shown) in table {
            assert_eq!(name(raw).as_str(), shown, "{raw:?}");
        }
    }

    #[test]
    fn a_name_with_nothing_to_show_is_refused_with_advice() {
        for raw in ["", " ", "...", "folder/", "C:\\", "\u{200b}\u{202e}", ". . ."] {
            assert_eq!(DocumentName::parse(raw), Err(NameError::Empty), "{raw:?}");
        }
        assert!(NameError::Empty.to_string().contains("Give it a name"));
    }

    #[test]
    fn a_name_has_at_most_255_characters_once_cleaned() {
        assert!(DocumentName::parse(&"é".repeat(255)).is_ok());
        assert!(DocumentName::parse(&format!("{}/{}", "x".repeat(300), "é".repeat(255))).is_ok());
        assert_eq!(DocumentName::parse(&"é".repeat(256)), Err(NameError::TooLong));
    }

    #[test]
    fn an_extension_is_what_follows_the_last_dot() {
        let table = [
            ("W-2.PDF", Some("PDF")),
            ("archive.tar.gz", Some("gz")),
            ("statement", None),
            ("Dr. Smith", None),
            (".bashrc", None),
            ("résumé.é", None),
            ("settings.settingcontent-ms", Some("settingcontent-ms")),
        ];
        for (raw, extension) in table {
            assert_eq!(name(raw).extension(), extension, "{raw:?}");
        }
    }

    #[test]
    fn equal_names_are_numbered_before_the_extension() {
        assert_eq!(name("W-2.pdf").numbered(2).as_str(), "W-2 (2).pdf");
        assert_eq!(name("statement").numbered(14).as_str(), "statement (14)");
        assert_eq!(name("Dr. Smith").numbered(2).as_str(), "Dr. Smith (2)");
        let long = name(&format!("{}.pdf", "é".repeat(251))).numbered(u32::MAX);
        assert_eq!(long.as_str().chars().count(), 255);
        assert!(long.as_str().ends_with("é (4294967295).pdf"));
    }

    #[test]
    fn a_name_takes_the_ending_of_another() {
        let table = [
            ("W-2", "scan.PDF", "W-2.PDF"),
            ("W-2.pdf", "scan.PDF", "W-2.pdf"),
            ("W-2.docx", "scan.pdf", "W-2.docx.pdf"),
            ("W-2", "scan", "W-2"),
            ("W-2", "Receipt - amazon.com", "W-2"),
        ];
        for (raw, other, expected) in table {
            assert_eq!(name(raw).ending_like(&name(other)).as_str(), expected, "{raw} like {other}");
        }
        let long = name(&"é".repeat(255)).with_ending("pdf");
        assert_eq!((long.as_str().chars().count(), long.extension()), (255, Some("pdf")));
    }

    #[test]
    fn a_name_is_a_string_in_json_and_in_the_schema() {
        let read: DocumentName = serde_json::from_str(r#""a/b.pdf""#).expect("a name");
        assert_eq!(serde_json::to_string(&read).expect("json"), r#""b.pdf""#);
        assert!(serde_json::from_str::<DocumentName>(r#""//""#).is_err());
        let schema = schemars::schema_for!(DocumentName);
        assert_eq!(schema.get("type").and_then(|kind| kind.as_str()), Some("string"));
        assert_eq!(schema.get("maxLength").and_then(serde_json::Value::as_u64), Some(255));
    }

    proptest! {
        #[test]
        fn cleaning_is_done_once_and_leaves_nothing_hidden(raw in any::<String>()) {
            if let Ok(name) = DocumentName::parse(&raw) {
                let unwanted = |c: char| c.is_control() || matches!(c, '/' | '\\' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
                prop_assert!(!name.as_str().contains(unwanted));
                prop_assert_eq!(DocumentName::parse(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn a_numbered_name_is_a_name_with_the_same_extension(raw in "[a-zé. ]{0,260}", n in 2..=u32::MAX) {
            if let Ok(name) = DocumentName::parse(&raw) {
                let numbered = name.numbered(n);
                prop_assert_eq!(DocumentName::parse(numbered.as_str()), Ok(numbered.clone()));
                if name.extension().is_some_and(|extension| extension.len() < 200) {
                    prop_assert_eq!(name.extension(), numbered.extension());
                }
            }
        }
    }
}

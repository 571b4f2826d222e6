//! Cleaning of what people type.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory},
};

/// Marks that join the characters beside them, or keep them apart: one family of several faces, or a Persian name.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// Whether `c` shows nothing: a mark of formatting (Unicode Cf, the soft hyphen among them), what Unicode says to pass over in display
/// (variation selectors, fillers), and the two symbols that are blank.
pub fn is_unseen(c: char) -> bool {
    CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::Format
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || matches!(c, '\u{2800}' | '\u{1d159}')
}

/// Whether `c` is seen only by what it makes of the character before it: a joiner, a variation selector, a part of a flag.
fn shapes(c: char) -> bool {
    JOINERS.contains(&c) || matches!(c, '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e01ef}')
}

/// `text` without what is not seen, and without white space (all of Unicode's) around it.
pub(crate) fn seen(text: &str) -> String {
    text.chars().filter(|c| !is_unseen(*c)).collect::<String>().trim().to_owned()
}

/// `text` as it is shown: composed (NFC), with single spaces, and without what is not seen. What shapes a character stays behind it;
/// behind ASCII, which nothing shapes, it would only make two equal names differ.
pub fn shown(text: &str) -> String {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    let mut shown = String::with_capacity(text.len());
    for c in nfc.normalize(text).chars() {
        let shaped = |before: char| !before.is_ascii() && !before.is_whitespace() && before != c;
        if !is_unseen(c) || (shapes(c) && shown.chars().next_back().is_some_and(shaped)) {
            shown.push(c);
        }
    }
    let words = shown.split_whitespace().map(|word| word.trim_end_matches(JOINERS)).filter(|word| !word.is_empty());
    // Once more: what stood between a letter and its accent is gone.
    nfc.normalize(&words.collect::<Vec<_>>().join(" ")).into_owned()
}

/// The characters of `text` without what stands between digits as people write them, and what is not seen.
pub(crate) fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !is_between_digits(*c)).collect()
}

/// Whether `c` stands between digits and means nothing: white space, dashes, brackets, dots, commas, slashes, underscores, and what is not seen.
pub(crate) fn is_between_digits(c: char) -> bool {
    use GeneralCategory::{ClosePunctuation, ConnectorPunctuation, DashPunctuation, OpenPunctuation};
    c.is_whitespace()
        || is_unseen(c)
        || matches!(c, '.' | ',' | '/' | '\\' | '\u{2212}' | '\u{b7}' | '\u{2024}' | '\u{2219}' | '\u{22c5}')
        || matches!(
            CodePointMapData::<GeneralCategory>::new().get(c),
            DashPunctuation | OpenPunctuation | ClosePunctuation | ConnectorPunctuation
        )
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

/// A name as people read it: 1 to 120 characters that are seen (and what shapes them), no control characters, single spaces, in NFC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("minLength" = 1, "maxLength" = 120))]
pub struct Name(String);

impl Name {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        let name = shown(text);
        let length = name.chars().count();
        if (1..=120).contains(&length) && !name.chars().any(char::is_control) { Ok(Self(name)) } else { Err(NotAName) }
    }
}

parsed_text!(Name, NotAName);

/// Text that is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Say why, in 1 to 200 characters.")]
pub struct NotAReason;

/// Why something was done, in the words of whoever did it: 1 to 200 characters, cleaned like a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Reason(String);

impl Reason {
    /// Reads a reason.
    pub fn parse(text: &str) -> Result<Self, NotAReason> {
        let reason = shown(text);
        let length = reason.chars().count();
        if (1..=200).contains(&length) && !reason.chars().any(char::is_control) { Ok(Self(reason)) } else { Err(NotAReason) }
    }
}

parsed_text!(Reason, NotAReason);

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any character that is not seen.
    pub(crate) fn unseen() -> impl Strategy<Value = char> {
        let all: Vec<_> = ('\0'..=char::MAX).filter(|c| is_unseen(*c)).collect();
        prop::sample::select(all)
    }

    #[test]
    fn what_is_not_seen_is_known() {
        for unseen in "\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200e}\u{202a}\u{202e}\u{2060}\u{2066}\u{2800}\u{3164}\u{fe0f}\u{feff}\u{fff9}\u{e0001}\u{e0100}".chars() {
            assert!(is_unseen(unseen), "{unseen:?}");
        }
        for seen in " \u{a0}\u{2028}\taé\u{301}-\u{2010}👨領ऽ\u{e000}\0".chars() {
            assert!(!is_unseen(seen), "{seen:?}");
        }
    }

    #[test]
    fn names_are_cleaned_and_bounded() {
        for (typed, name) in [
            ("\u{feff} Ann  de\u{a0}la Cruz ", "Ann de la Cruz"),
            ("Jose\u{301} A\u{301}lvaro Mun\u{303}oz", "José Álvaro Muñoz"),
            ("Jose\u{200b}\u{301}", "José"),
            ("👨\u{200d}👩\u{200d}👧 Park", "👨\u{200d}👩\u{200d}👧 Park"),
            ("❤\u{fe0f}\u{200d}🔥", "❤\u{fe0f}\u{200d}🔥"),
            ("🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"),
            ("علی\u{200c}رضا", "علی\u{200c}رضا"),
            ("葛\u{e0100}城", "葛\u{e0100}城"),
            ("An\u{200d}n\u{fe0f} \u{202e}Lee\u{202c}", "Ann Lee"),
            ("é\u{200d}", "é"),
            ("Mc\u{ad}Allister", "McAllister"),
        ] {
            assert_eq!(Name::parse(typed).map(String::from), Ok(name.to_owned()), "{typed:?}");
        }
        for bad in ["", " \u{200b} ", "a\u{7}b", &"x".repeat(121), "\u{2800}", "\u{3164}\u{fe0f}\u{200d}"] {
            assert_eq!(Name::parse(bad), Err(NotAName), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_of_nothing_that_is_seen_is_refused(hidden in prop::collection::vec(prop_oneof![unseen(), Just(' ')], 0..20)) {
            prop_assert_eq!(Name::parse(&hidden.into_iter().collect::<String>()), Err(NotAName));
        }

        #[test]
        fn a_name_has_one_form(text in any::<String>(), hidden in unseen(), at in any::<prop::sample::Index>()) {
            let once = shown(&text);
            prop_assert_eq!(shown(&once), once.clone());
            // Beside ASCII nothing that is not seen makes a difference.
            let ascii: String = once.chars().filter(char::is_ascii).collect();
            let mut woven = ascii.clone();
            woven.insert(at.index(ascii.len() + 1), hidden);
            prop_assert_eq!(shown(&woven), shown(&ascii));
        }
    }
}

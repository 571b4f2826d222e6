//! Asking the firm for help.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::{policy, text::shown};

/// What someone writes who asks for help: one paragraph of plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HelpMessage(String);

/// The message is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write at most 500 characters.")]
pub struct TooLong;

impl HelpMessage {
    /// Reads what was typed, without what is not seen, and with white space as single spaces.
    ///
    /// # Errors
    /// If more than [`policy::HELP_MESSAGE`] characters are left.
    pub fn parse(text: &str) -> Result<Self, TooLong> {
        let text = shown(&text.replace(char::is_control, " "));
        if text.chars().count() > policy::HELP_MESSAGE { Err(TooLong) } else { Ok(Self(text)) }
    }

    /// The message as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, filled up to the most bytes that one may have, so that its size tells nothing.
    pub fn filled_up(&self) -> String {
        let most = policy::HELP_MESSAGE * char::MAX.len_utf8();
        format!("{}{}", self.0, " ".repeat(most.saturating_sub(self.0.len())))
    }
}

impl TryFrom<String> for HelpMessage {
    type Error = TooLong;
    fn try_from(text: String) -> Result<Self, TooLong> {
        Self::parse(&text)
    }
}

impl From<HelpMessage> for String {
    fn from(message: HelpMessage) -> Self {
        message.0
    }
}

impl JsonSchema for HelpMessage {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HelpMessage".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "maxLength": policy::HELP_MESSAGE})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_paragraph_of_at_most_500_characters() {
        let read = |text: &str| HelpMessage::parse(text).map(String::from);
        for (typed, kept) in
            [(" I can\u{2019}t\r\n\tget in \u{202e}", "I can\u{2019}t get in"), ("", ""), ("<b>http://x</b>", "<b>http://x</b>")]
        {
            assert_eq!(read(typed), Ok(kept.to_owned()));
        }
        let most = "\u{1f600}".repeat(policy::HELP_MESSAGE);
        assert_eq!(read(&most), Ok(most.clone()));
        assert_eq!(read(&format!("{most}x")), Err(TooLong));
        for text in ["", "x", most.as_str()] {
            let filled = HelpMessage::parse(text).expect("a message").filled_up();
            assert_eq!((filled.len(), filled.trim_end()), (2000, text));
        }
    }
}

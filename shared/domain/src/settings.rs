//! What a firm decides: about signing in, and how it shows itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    channel::Channel,
    gate::IdentityCheck,
    text::{parsed_text, trim},
};

/// How clients may come in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessMode {
    /// By links and by the sign-in page.
    #[default]
    LinkAndLogin,
}

/// Which channels codes go by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeChannel {
    /// By SMS, and by email where that cannot be or is asked for.
    #[default]
    SmsThenEmail,
    /// By email alone.
    EmailOnly,
}

/// What a firm decides about signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInPolicy {
    /// How clients may come in.
    pub access_mode: AccessMode,
    /// What they must know.
    pub identity_check: IdentityCheck,
    /// How codes go out.
    pub code_channel: CodeChannel,
    /// Whether a contact without a mobile counts as not set up while texting is.
    pub require_mobile: bool,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        Self {
            access_mode: AccessMode::default(),
            identity_check: IdentityCheck::default(),
            code_channel: CodeChannel::default(),
            require_mobile: true,
        }
    }
}

impl SignInPolicy {
    /// The channels by which codes may go out where text messages can be sent at all (`texting`).
    pub fn channels(&self, texting: bool) -> Vec<Channel> {
        match self.code_channel {
            CodeChannel::SmsThenEmail if texting => vec![Channel::Sms, Channel::Email],
            CodeChannel::SmsThenEmail | CodeChannel::EmailOnly => vec![Channel::Email],
        }
    }

    /// Whether a contact needs a mobile to be ready.
    pub fn needs_mobile(&self, texting: bool) -> bool {
        self.require_mobile && self.channels(texting).contains(&Channel::Sms)
    }
}

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

/// Text that is not a phone number to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Give a phone number of 3 to 40 characters, as it should be printed.")]
pub struct NotAPrintedPhone;

/// A phone number as the firm prints it, at the end of every message and page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct PrintedPhone(String);

impl PrintedPhone {
    /// Reads a printed phone number.
    pub fn parse(text: &str) -> Result<Self, NotAPrintedPhone> {
        let text = trim(text);
        let fits = (3..=40).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits && text.bytes().any(|b| b.is_ascii_digit()) { Ok(Self(text.to_owned())) } else { Err(NotAPrintedPhone) }
    }
}

parsed_text!(PrintedPhone, NotAPrintedPhone);

/// Text that does not name a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Give the time zone by its IANA name, like America/New_York.")]
pub struct NotATimeZone;

/// The time zone in which messages name times, by its IANA name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct TimeZoneName(String);

impl TimeZoneName {
    /// Reads the shape of a name; whether such a zone exists is known to the sender of messages, which falls back to UTC.
    pub fn parse(text: &str) -> Result<Self, NotATimeZone> {
        let shaped =
            (2..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
        if shaped { Ok(Self(text.to_owned())) } else { Err(NotATimeZone) }
    }
}

parsed_text!(TimeZoneName, NotATimeZone);

impl Default for TimeZoneName {
    fn default() -> Self {
        Self("America/New_York".to_owned())
    }
}

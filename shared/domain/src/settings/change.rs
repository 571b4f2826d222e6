//! What is written down of a change of a firm's settings.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::moments;

/// A setting of a firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// How clients may come in.
    AccessMode,
    /// What they must know.
    IdentityCheck,
    /// How codes go out.
    CodeChannel,
    /// Whether a contact needs a mobile.
    RequireMobile,
    /// For how long a browser is kept signed in.
    SessionDays,
    /// For how long a link is good.
    LinkDays,
    /// After how many mistakes sign-in is locked.
    LockoutAfter,
}

/// A setting before and after it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which.
    pub setting: Setting,
    /// What it was.
    pub before: String,
    /// What it is from then on.
    pub after: String,
}

impl Change {
    /// A change of `setting`, of which `before` and `after` are written as in answers.
    pub fn of(setting: Setting, before: impl Serialize, after: impl Serialize) -> Self {
        Self { setting, before: named(before), after: named(after) }
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { setting, before, after } = self;
        write!(f, "{} from {before} to {after}", named(setting))
    }
}

/// Since when the sessions that clients had before a setting was changed are over. Contacts for whom the setting is decided apart keep theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    /// Which setting it was.
    pub setting: Setting,
    /// When.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
}

/// A value as it stands in answers and records.
fn named(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

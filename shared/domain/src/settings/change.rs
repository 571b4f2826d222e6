//! What is written down of a change of a firm's settings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Overrides;

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
    /// To which countries text messages go beside the usual ones.
    SmsCountries,
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

/// That the sessions are over by which clients came in before a version of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    /// Which setting was changed by it; contacts for whom that is decided apart keep their sessions. Without one it concerns everyone.
    #[serde(default)]
    pub setting: Option<Setting>,
    /// Which version that was. Rows of before name none, nor do sessions of then, which are all over.
    #[serde(default = "first")]
    pub version: u32,
}

fn first() -> u32 {
    1
}

impl SignedOut {
    /// Whether it concerns a contact with these `overrides`.
    pub fn concerns(&self, overrides: &Overrides) -> bool {
        self.setting.is_none_or(|setting| !overrides.decide(setting))
    }
}

/// A value as it stands in answers and records.
fn named(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        Ok(Value::Array(several)) if several.is_empty() => "none".to_owned(),
        Ok(Value::Array(several)) => several.into_iter().map(named).collect::<Vec<_>>().join(", "),
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

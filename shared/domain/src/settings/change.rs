//! How a firm's settings change, and what is written down of it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{AccessMode, CodeChannel, LinkDays, LockoutAfter, SessionDays};
use crate::{firm::Firm, gate::IdentityCheck, moments};

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

/// Changes to a firm's settings, as a merge patch (RFC 7396): what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsPatch {
    /// The version that was looked at; the change is refused if there is another by now.
    pub version: u32,
    /// How clients may come in.
    #[serde(default, deserialize_with = "given")]
    pub access_mode: Option<AccessMode>,
    /// What they must know.
    #[serde(default, deserialize_with = "given")]
    pub identity_check: Option<IdentityCheck>,
    /// How codes go out.
    #[serde(default, deserialize_with = "given")]
    pub code_channel: Option<CodeChannel>,
    /// Whether a contact without a mobile counts as not set up while texting is.
    #[serde(default, deserialize_with = "given")]
    pub require_mobile: Option<bool>,
    /// Days for which a browser stays signed in that a client chose to keep.
    #[serde(default, deserialize_with = "given")]
    pub session_days: Option<SessionDays>,
    /// Days for which a link is good.
    #[serde(default, deserialize_with = "given")]
    pub link_days: Option<LinkDays>,
    /// Different wrong answers to the sign-in check that lock sign-in; wrong codes lock it at twice as many.
    #[serde(default, deserialize_with = "given")]
    pub lockout_after: Option<LockoutAfter>,
    /// Whether the clients whom the change concerns are signed out.
    #[serde(default)]
    pub end_sessions: bool,
}

fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A value as it stands in answers and records.
fn named(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

impl SettingsPatch {
    /// The firm as it is from `now` on, and what changed of it.
    pub fn apply(self, before: &Firm, now: Timestamp) -> (Firm, Vec<Change>) {
        let (mut firm, mut changes) = (before.clone(), Vec::new());
        let policy = &mut firm.sign_in;
        change(&mut changes, Setting::AccessMode, &mut policy.access_mode, self.access_mode);
        change(&mut changes, Setting::IdentityCheck, &mut policy.identity_check, self.identity_check);
        change(&mut changes, Setting::CodeChannel, &mut policy.code_channel, self.code_channel);
        change(&mut changes, Setting::RequireMobile, &mut policy.require_mobile, self.require_mobile);
        change(&mut changes, Setting::SessionDays, &mut policy.session_days, self.session_days);
        change(&mut changes, Setting::LinkDays, &mut policy.link_days, self.link_days);
        change(&mut changes, Setting::LockoutAfter, &mut policy.lockout_after, self.lockout_after);
        if self.end_sessions {
            for Change { setting, .. } in &changes {
                firm.signed_out.retain(|signed_out| signed_out.setting != *setting);
                firm.signed_out.push(SignedOut { setting: *setting, at: now });
            }
        }
        firm.version += u32::from(!changes.is_empty());
        (firm, changes)
    }
}

/// Sets `value` to what is wished for, and notes it if that is something else.
fn change<T: PartialEq + Serialize>(changes: &mut Vec<Change>, setting: Setting, value: &mut T, wish: Option<T>) {
    if let Some(wish) = wish.filter(|wish| wish != value) {
        changes.push(Change { setting, before: named(&*value), after: named(&wish) });
        *value = wish;
    }
}

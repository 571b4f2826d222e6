//! How a firm's settings change.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::Firm;
use crate::{
    Country,
    gate::IdentityCheck,
    settings::{AccessMode, Change, CodeChannel, LinkDays, LockoutAfter, SessionDays, Setting, SignedOut},
};

/// More than the countries that ISO 3166-1 names.
const COUNTRIES_MOST: usize = 250;

/// Changes to a firm's settings, as a merge patch (RFC 7396): what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsPatch {
    /// The version that was looked at; the change is refused if there is another by now.
    pub version: u32,
    /// How clients may come in.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "AccessMode")]
    pub access_mode: Option<AccessMode>,
    /// What they must know.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "IdentityCheck")]
    pub identity_check: Option<IdentityCheck>,
    /// How codes go out.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "CodeChannel")]
    pub code_channel: Option<CodeChannel>,
    /// Whether a contact without a mobile counts as not set up while texting is.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "bool")]
    pub require_mobile: Option<bool>,
    /// Days for which a browser stays signed in that a client chose to keep.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "SessionDays")]
    pub session_days: Option<SessionDays>,
    /// Days for which a link is good.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "LinkDays")]
    pub link_days: Option<LinkDays>,
    /// Different wrong answers to the sign-in check that lock sign-in; wrong codes lock it at twice as many.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "LockoutAfter")]
    pub lockout_after: Option<LockoutAfter>,
    /// Countries to which text messages go beside the US and Canada.
    #[serde(default, deserialize_with = "countries")]
    #[schemars(with = "Vec<Country>", extend("maxItems" = COUNTRIES_MOST))]
    pub sms_countries: Option<Vec<Country>>,
    /// Whether the clients whom the change concerns are signed out; where nothing changes, all.
    #[serde(default)]
    pub end_sessions: bool,
}

fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// As many as a list of the world's can hold, each once, in order.
fn countries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Country>>, D::Error> {
    let mut countries = Vec::<Country>::deserialize(deserializer)?;
    countries.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
    countries.dedup();
    if countries.len() > COUNTRIES_MOST { Err(serde::de::Error::custom("There are not so many countries.")) } else { Ok(Some(countries)) }
}

impl SettingsPatch {
    /// The firm as it is from then on, and what changed of it.
    pub fn apply(self, before: &Firm) -> (Firm, Vec<Change>) {
        let (mut firm, mut changes) = (before.clone(), Vec::new());
        let policy = &mut firm.sign_in;
        change(&mut changes, Setting::AccessMode, &mut policy.access_mode, self.access_mode);
        change(&mut changes, Setting::IdentityCheck, &mut policy.identity_check, self.identity_check);
        change(&mut changes, Setting::CodeChannel, &mut policy.code_channel, self.code_channel);
        change(&mut changes, Setting::RequireMobile, &mut policy.require_mobile, self.require_mobile);
        change(&mut changes, Setting::SessionDays, &mut policy.session_days, self.session_days);
        change(&mut changes, Setting::LinkDays, &mut policy.link_days, self.link_days);
        change(&mut changes, Setting::LockoutAfter, &mut policy.lockout_after, self.lockout_after);
        change(&mut changes, Setting::SmsCountries, &mut policy.sms_countries, self.sms_countries);
        firm.version += u32::from(!changes.is_empty() || self.end_sessions);
        if self.end_sessions {
            let changed: Vec<_> = changes.iter().map(|change| Some(change.setting)).collect();
            for setting in if changed.is_empty() { vec![None] } else { changed } {
                firm.signed_out.retain(|signed_out| signed_out.setting != setting);
                firm.signed_out.push(SignedOut { setting, version: firm.version });
            }
        }
        (firm, changes)
    }
}

/// Sets `value` to what is wished for, and notes it if that is something else.
fn change<T: PartialEq + Serialize>(changes: &mut Vec<Change>, setting: Setting, value: &mut T, wish: Option<T>) {
    if let Some(wish) = wish.filter(|wish| wish != value) {
        changes.push(Change::of(setting, &*value, &wish));
        *value = wish;
    }
}

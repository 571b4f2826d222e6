//! What a firm decides: about signing in, and how it shows itself.

mod change;
mod colour;
mod stored;
mod time_zone;
mod within;

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use change::{Change, Setting, SignedOut};
pub use colour::{Colour, NotAColour};
pub use time_zone::{NotATimeZone, TimeZoneName};
pub use within::{NotWithin, Within};

use crate::{Country, channel::Channel, gate::IdentityCheck, policy};

/// How clients may come in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessMode {
    /// By links and by the sign-in page.
    #[default]
    LinkAndLogin,
    /// By links alone: the sign-in page mails one.
    LinkOnly,
    /// By links and by the sign-in page, and always with an authenticator app.
    #[serde(rename = "link_and_login_2fa")]
    LinkAndLogin2fa,
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
    /// By SMS alone; by email only where no text message can go.
    SmsOnly,
    /// By what the client chooses each time.
    ClientChoice,
}

/// Days for which a browser stays signed in that a client chose to keep.
pub type SessionDays = Within<1, { policy::SESSION_DAYS_MOST }>;
/// Days for which a link is good.
pub type LinkDays = Within<1, { policy::LINK_DAYS_MOST }>;
/// Different wrong answers to the sign-in check that lock sign-in; wrong codes lock it at twice as many.
pub type LockoutAfter = Within<{ policy::LOCKOUT_LEAST }, { policy::GATE_FAILURES }>;

/// What a firm decides about signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInPolicy {
    /// How clients may come in.
    #[serde(deserialize_with = "stored::one")]
    pub access_mode: AccessMode,
    /// What they must know.
    #[serde(deserialize_with = "stored::one")]
    pub identity_check: IdentityCheck,
    /// How codes go out.
    #[serde(deserialize_with = "stored::one")]
    pub code_channel: CodeChannel,
    /// Whether a contact without a mobile counts as not set up while texting is.
    pub require_mobile: bool,
    /// For how long a browser is kept signed in.
    pub session_days: SessionDays,
    /// For how long a link is good.
    pub link_days: LinkDays,
    /// After how many mistakes sign-in is locked.
    pub lockout_after: LockoutAfter,
    /// Countries to which text messages go beside [`policy::TEXTED_COUNTRIES`].
    pub sms_countries: Vec<Country>,
    /// Whether staff need a second factor. No setting changes that: whoever deploys may leave it out for a firm that holds nothing real.
    pub staff_second_factor: bool,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        Self {
            access_mode: AccessMode::default(),
            identity_check: IdentityCheck::default(),
            code_channel: CodeChannel::default(),
            require_mobile: true,
            session_days: SessionDays::MOST,
            link_days: LinkDays::clamped(policy::LINK_DAYS),
            lockout_after: LockoutAfter::MOST,
            sms_countries: Vec::new(),
            staff_second_factor: true,
        }
    }
}

/// What is decided about signing in for one contact, in place of what the firm decides for all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overrides {
    /// How they may come in.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "stored::any")]
    pub access_mode: Option<AccessMode>,
    /// How codes go out to them.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "stored::any")]
    pub code_channel: Option<CodeChannel>,
    /// What they must know, where the firm checks anything: the page asks all alike.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "stored::any")]
    pub identity_check: Option<IdentityCheck>,
}

impl Overrides {
    /// Whether nothing is decided for them alone.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether `setting` is decided for them alone.
    pub fn decide(&self, setting: Setting) -> bool {
        match setting {
            Setting::AccessMode => self.access_mode.is_some(),
            Setting::CodeChannel => self.code_channel.is_some(),
            Setting::IdentityCheck => self.identity_check.is_some(),
            Setting::RequireMobile | Setting::SessionDays | Setting::LinkDays | Setting::LockoutAfter | Setting::SmsCountries => false,
        }
    }
}

impl SignInPolicy {
    /// What holds for a contact with these `overrides`.
    #[must_use]
    pub fn with(&self, overrides: &Overrides) -> Self {
        let identity_check = match self.identity_check {
            IdentityCheck::None => IdentityCheck::None,
            check => overrides.identity_check.unwrap_or(check),
        };
        Self {
            access_mode: overrides.access_mode.unwrap_or(self.access_mode),
            code_channel: overrides.code_channel.unwrap_or(self.code_channel),
            identity_check,
            ..self.clone()
        }
    }

    /// The channels by which codes may go out where text messages can be sent at all (`texting`).
    pub fn channels(&self, texting: bool) -> Vec<Channel> {
        match self.code_channel {
            CodeChannel::SmsThenEmail | CodeChannel::ClientChoice if texting => vec![Channel::Sms, Channel::Email],
            CodeChannel::SmsOnly if texting => vec![Channel::Sms],
            _ => vec![Channel::Email],
        }
    }

    /// Whether text messages go to phones of `country`.
    pub fn texts_to(&self, country: &Country) -> bool {
        country.is_one() && (policy::TEXTED_COUNTRIES.contains(&country.as_str()) || self.sms_countries.contains(country))
    }

    /// What of the `wish` for a channel is granted: none for one by which no codes go out here.
    pub fn granted(&self, wish: Option<Channel>, texting: bool) -> Option<Channel> {
        wish.filter(|wish| self.channels(texting).contains(wish))
    }

    /// Whether a contact needs a mobile to be ready; always where codes go by SMS alone.
    pub fn needs_mobile(&self, texting: bool) -> bool {
        let channels = self.channels(texting);
        channels.contains(&Channel::Sms) && (self.require_mobile || !channels.contains(&Channel::Email))
    }

    /// For how long a browser is kept signed in.
    pub fn kept_for(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.session_days.get()))
    }

    /// For how long a link is good.
    pub fn link_life(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.link_days.get()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mobile_is_needed_where_codes_go_by_text_and_always_where_they_go_by_nothing_else() {
        use CodeChannel::{ClientChoice, EmailOnly, SmsOnly, SmsThenEmail};
        for (code_channel, require_mobile, texting, needed) in [
            (SmsThenEmail, true, true, true),
            (SmsThenEmail, false, true, false),
            (SmsThenEmail, true, false, false),
            (ClientChoice, true, true, true),
            (ClientChoice, false, true, false),
            (SmsOnly, false, true, true),
            (SmsOnly, true, false, false),
            (EmailOnly, true, true, false),
        ] {
            let policy = SignInPolicy { code_channel, require_mobile, ..SignInPolicy::default() };
            assert_eq!(policy.needs_mobile(texting), needed, "{code_channel:?} {require_mobile} {texting}");
        }
    }

    #[test]
    fn what_is_decided_for_one_contact_goes_before_what_is_decided_for_all() {
        let firm = SignInPolicy::default();
        let own = Overrides { access_mode: Some(AccessMode::LinkOnly), identity_check: Some(IdentityCheck::None), ..Overrides::default() };
        assert_eq!(firm.with(&Overrides::default()), firm);
        let theirs = firm.with(&own);
        assert_eq!((theirs.access_mode, theirs.identity_check), (AccessMode::LinkOnly, IdentityCheck::None));
        assert_eq!(theirs.code_channel, firm.code_channel);
        let unchecked = SignInPolicy { identity_check: IdentityCheck::None, ..firm };
        let check = Overrides { identity_check: Some(IdentityCheck::Pin), ..Overrides::default() };
        assert_eq!(unchecked.with(&check).identity_check, IdentityCheck::None, "the page cannot ask one alone");
    }

    #[test]
    fn a_policy_of_before_there_were_more_settings_is_read() {
        let kept = serde_json::json!({"access_mode": "link_and_login", "identity_check": "pin", "code_channel": "email_only", "require_mobile": false});
        let read: SignInPolicy = serde_json::from_value(kept).expect("a policy");
        assert_eq!((read.identity_check, read.session_days, read.link_days.get()), (IdentityCheck::Pin, SessionDays::MOST, 7));
    }

    #[test]
    fn texts_go_to_the_countries_that_the_firm_allows() {
        let country = |letters| Country::parse(letters).expect("a country");
        let (usual, more) = (SignInPolicy::default(), SignInPolicy { sms_countries: vec![country("MX")], ..SignInPolicy::default() });
        for (country, usually, allowed) in [
            (country("US"), true, true),
            (country("CA"), true, true),
            (country("MX"), false, true),
            (country("JM"), false, false),
            (Country::none(), false, false),
        ] {
            assert_eq!((usual.texts_to(&country), more.texts_to(&country)), (usually, allowed), "{country:?}");
        }
        // Rows of before name no countries; and what is no country is none that a firm could allow.
        let kept = serde_json::json!({"access_mode": "link_and_login", "identity_check": "either", "code_channel": "sms_then_email", "require_mobile": true});
        assert_eq!(serde_json::from_value::<SignInPolicy>(kept).expect("a policy"), usual);
        let none = SignInPolicy { sms_countries: vec![Country::none()], ..SignInPolicy::default() };
        assert!(!none.texts_to(&Country::none()));
    }
}

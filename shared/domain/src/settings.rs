//! What a firm decides: about signing in, and how it shows itself.

use jiff::tz::TimeZoneDatabase;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    Country,
    channel::Channel,
    gate::IdentityCheck,
    policy,
    text::{parsed_text, seen},
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
    /// Countries to which text messages go beside [`policy::TEXTED_COUNTRIES`].
    #[serde(default)]
    pub sms_countries: Vec<Country>,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        Self {
            access_mode: AccessMode::default(),
            identity_check: IdentityCheck::default(),
            code_channel: CodeChannel::default(),
            require_mobile: true,
            sms_countries: Vec::new(),
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

    /// Whether text messages go to phones of `country`.
    pub fn texts_to(&self, country: &Country) -> bool {
        country.is_one() && (policy::TEXTED_COUNTRIES.contains(&country.as_str()) || self.sms_countries.contains(country))
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

/// Text that does not name a time zone, with the names that come nearest to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("There is no time zone of this name. Near to it are {}.", .0.join(", "))]
pub struct NotATimeZone(pub Vec<String>);

/// The time zone in which messages name times, by its IANA name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct TimeZoneName(String);

/// The names that are offered in place of one that is none.
const NAMES_OFFERED: usize = 3;

impl TimeZoneName {
    /// Reads a name of the time zone database, in any case, with spaces for its underscores.
    pub fn parse(text: &str) -> Result<Self, NotATimeZone> {
        let wanted = seen(text).replace(' ', "_");
        let names: Vec<_> = TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect();
        match names.iter().find(|name| name.eq_ignore_ascii_case(&wanted)) {
            Some(name) => Ok(Self(name.clone())),
            None => Err(NotATimeZone(nearest(&wanted, names))),
        }
    }

    /// Reads a name that was parsed before it was kept: whoever meets no others does without the database.
    pub(crate) fn kept<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

parsed_text!(TimeZoneName, NotATimeZone);

/// Those of `names` that are most like `wanted`, in whole or in the part behind the region.
fn nearest(wanted: &str, names: Vec<String>) -> Vec<String> {
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).take(64).collect::<String>().to_ascii_lowercase();
    let wanted = letters(wanted);
    let likeness = |name: &String| {
        let place = name.rsplit('/').next().unwrap_or_default();
        let likeness = [name, place].map(|name| strsim::normalized_damerau_levenshtein(&letters(name), &wanted));
        likeness[0].max(likeness[1])
    };
    let mut rated: Vec<_> = names.into_iter().map(|name| (likeness(&name), name)).collect();
    rated.sort_by(|(one, name), (other, another)| other.total_cmp(one).then_with(|| name.cmp(another)));
    rated.into_iter().take(NAMES_OFFERED).map(|(_, name)| name).collect()
}

impl Default for TimeZoneName {
    fn default() -> Self {
        Self("America/New_York".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_time_zone_is_one_of_the_database() {
        for (typed, name) in [
            ("America/New_York", "America/New_York"),
            (" america/new york ", "America/New_York"),
            ("\u{200e}US/Pacific", "US/Pacific"),
            ("UTC", "UTC"),
        ] {
            assert_eq!(TimeZoneName::parse(typed).map(String::from), Ok(name.to_owned()), "{typed}");
        }
        assert_eq!(TimeZoneName::parse(TimeZoneName::default().as_str()), Ok(TimeZoneName::default()));
    }

    #[test]
    fn in_place_of_one_that_is_none_the_nearest_are_offered() {
        for (typed, near) in [
            ("America/NewYork", "America/New_York"),
            ("New York", "America/New_York"),
            ("Eastern", "US/Eastern"),
            ("US Central", "US/Central"),
            ("America/Los_Angelos", "America/Los_Angeles"),
            ("Los Angeles, CA", "America/Los_Angeles"),
        ] {
            let NotATimeZone(offered) = TimeZoneName::parse(typed).expect_err(typed);
            assert!(offered.len() == 3 && offered.contains(&near.to_owned()), "{typed}: {offered:?}");
        }
        let told = TimeZoneName::parse("America/NewYork").expect_err("none").to_string();
        assert!(told.starts_with("There is no time zone of this name. Near to it are America/New_York, "), "{told}");
        for none in ["", "../../etc/passwd", &"x".repeat(10_000), "Etc/Unknown", "+05:00"] {
            assert!(TimeZoneName::parse(none).is_err(), "{none:.20}");
        }
    }
}

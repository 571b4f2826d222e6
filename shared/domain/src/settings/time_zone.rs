//! The time zone of a firm's messages.

use jiff::tz::TimeZoneDatabase;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::text::{parsed_text, seen};

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

//! How many text messages go out, and where to.

use jiff::Timestamp;

use crate::{policy, record::Outcome};

/// Why a text message does not go out, so that its code is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoText {
    /// Text messages cannot be sent at all.
    NotSetUp,
    /// The firm sends none to the country of the phone.
    Country,
    /// The phone had many, from whatever firms.
    Phone,
    /// The firm sent many that day.
    Firm,
    /// All firms together sent as many as a day's budget pays for.
    Budget,
}

impl NoText {
    /// What the log says of it.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::NotSetUp => Outcome::TextingNotSetUp,
            Self::Country => Outcome::SmsCountryNotAllowed,
            Self::Phone => Outcome::SmsTooManyToPhone,
            Self::Firm => Outcome::SmsTooManyOfFirm,
            Self::Budget => Outcome::SmsBudgetSpent,
        }
    }
}

/// How many text messages a firm with so many contacts may send on a day.
pub fn most_of_firm(contacts: usize) -> usize {
    policy::FIRM_TEXTS.max(contacts.saturating_mul(policy::FIRM_TEXTS_PER_CONTACT))
}

/// The day (UTC) on which something is counted, as it stands in keys.
pub fn day(now: Timestamp) -> String {
    now.strftime("%F").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_firm_sends_fifty_texts_a_day_or_two_for_each_contact() {
        for (contacts, most) in [(0, 50), (24, 50), (25, 50), (26, 52), (1000, 2000), (usize::MAX, usize::MAX)] {
            assert_eq!(most_of_firm(contacts), most, "{contacts}");
        }
    }

    #[test]
    fn a_day_ends_at_midnight_utc() {
        for (now, named) in [("2026-03-01T23:59:59.999Z", "2026-03-01"), ("2026-03-02T00:00:00Z", "2026-03-02")] {
            assert_eq!(day(now.parse().expect("a time")), named);
        }
    }
}

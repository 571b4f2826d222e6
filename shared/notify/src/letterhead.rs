//! What every message of a firm has in common.

use std::borrow::Cow;

use jiff::{Timestamp, Zoned, tz::TimeZone};

use crate::colour::Colour;

/// The firm as its messages show it: who writes, how to reach it, how it looks and which clock it goes by.
#[derive(Clone, Copy, Debug)]
pub struct Letterhead<'a> {
    /// The firm's name, as it stands on its door.
    pub firm: &'a str,
    /// The firm's phone, in E.164 form or as the firm writes it; without one, messages ask for a reply instead.
    pub phone: Option<&'a str>,
    /// The firm's accent colour as `#rrggbb`; anything else gives a plain dark blue.
    pub colour: &'a str,
    /// The firm's time zone by its IANA name, as in `America/New_York`; an unknown name gives UTC, and mails say so.
    pub time_zone: &'a str,
}

impl Letterhead<'static> {
    /// The letterhead of an invented firm, for previews and tests.
    pub const fn sample() -> Self {
        Self { firm: "Smith & Jones CPA", phone: Some("+12525885772"), colour: "#0b6e4f", time_zone: "America/New_York" }
    }
}

impl Letterhead<'_> {
    /// The last line of advice in a mail.
    pub(crate) fn help(&self) -> String {
        match self.phone_to_read() {
            Some(phone) => format!("Questions? Call us at {phone}, or reply to this email."),
            None => "Questions? Reply to this email.".to_owned(),
        }
    }

    /// How to reach the firm, as the end of a sentence.
    pub(crate) fn reach(&self) -> String {
        match self.phone_to_read() {
            Some(phone) => format!("call {} at {phone}", self.firm),
            None => "reply to this email".to_owned(),
        }
    }

    /// The phone as people read it: a number of the North American plan in groups, any other as it was given.
    pub(crate) fn phone_to_read(&self) -> Option<Cow<'_, str>> {
        let phone = self.phone.map(str::trim).filter(|phone| !phone.is_empty())?;
        let grouped = phone
            .strip_prefix("+1")
            .filter(|rest| rest.len() == 10 && rest.bytes().all(|b| b.is_ascii_digit()))
            .map(|rest| format!("{}-{}-{}", &rest[..3], &rest[3..6], &rest[6..]));
        Some(grouped.map_or(Cow::Borrowed(phone), Cow::Owned))
    }

    /// The accent colour, as CSS.
    pub(crate) fn accent(&self) -> String {
        Colour::or_default(self.colour).css()
    }

    /// Black or white: whichever is readable on the accent colour, as CSS.
    pub(crate) fn ink(&self) -> &'static str {
        Colour::or_default(self.colour).ink()
    }

    /// The time of day with its zone, as in `10:41 AM EST`.
    pub(crate) fn time(&self, at: &Timestamp) -> String {
        self.zoned(at).strftime("%-I:%M %p %Z").to_string()
    }

    /// The time and the day, as in `10:41 AM EST, Saturday, November 21`.
    pub(crate) fn moment(&self, at: &Timestamp) -> String {
        self.zoned(at).strftime("%-I:%M %p %Z, %A, %B %-d").to_string()
    }

    fn zoned(&self, at: &Timestamp) -> Zoned {
        at.to_zoned(TimeZone::get(self.time_zone).unwrap_or(TimeZone::UTC))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-11-21T15:41:00Z".parse().expect("a timestamp")
    }

    #[test]
    fn times_are_told_by_the_firms_clock() {
        let letterhead = Letterhead::sample();
        assert_eq!(letterhead.time(&noon()), "10:41 AM EST");
        assert_eq!(letterhead.moment(&noon()), "10:41 AM EST, Saturday, November 21");
        let summer = "2026-07-01T17:05:00Z".parse().expect("a timestamp");
        assert_eq!(letterhead.time(&summer), "1:05 PM EDT");
    }

    #[test]
    fn an_unknown_time_zone_is_told_as_utc() {
        for time_zone in ["", "Nowhere/City", "../../etc/passwd"] {
            let letterhead = Letterhead { time_zone, ..Letterhead::sample() };
            assert_eq!(letterhead.time(&noon()), "3:41 PM UTC");
        }
    }

    #[test]
    fn a_phone_is_grouped_only_where_the_groups_are_known() {
        let read = |phone| Letterhead { phone: Some(phone), ..Letterhead::sample() }.phone_to_read().map(Cow::into_owned);
        assert_eq!(read("+12525885772").as_deref(), Some("252-588-5772"));
        assert_eq!(read("+442079460000").as_deref(), Some("+442079460000"));
        assert_eq!(read("(252) 588-5772 ext. 4").as_deref(), Some("(252) 588-5772 ext. 4"));
        assert_eq!(read(" "), None);
    }

    #[test]
    fn a_firm_without_a_phone_is_reached_by_reply() {
        let letterhead = Letterhead { phone: None, ..Letterhead::sample() };
        assert_eq!(letterhead.reach(), "reply to this email");
        assert_eq!(letterhead.help(), "Questions? Reply to this email.");
    }
}

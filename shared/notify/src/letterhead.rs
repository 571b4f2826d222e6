//! What every message of a firm has in common.

use std::borrow::Cow;

use jiff::{Timestamp, Zoned, tz::TimeZone};
use postern_domain::Language;

use crate::colour::Colour;

/// Weekdays and months as Spanish writes them, from Monday and January on.
const DAYS: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
const MONTHS: [&str; 12] =
    ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];

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
    /// The language of the message.
    pub language: Language,
}

impl Letterhead<'static> {
    /// The letterhead of an invented firm, for previews and tests.
    pub const fn sample() -> Self {
        Self {
            firm: "Smith & Jones CPA",
            phone: Some("+12525885772"),
            colour: "#0b6e4f",
            time_zone: "America/New_York",
            language: Language::English,
        }
    }
}

impl Letterhead<'_> {
    /// The first line of a mail.
    pub(crate) fn greeting(&self, contact: &str) -> String {
        match self.language {
            Language::English => format!("Hello {contact},"),
            Language::Spanish => format!("Hola, {contact}:"),
        }
    }

    /// The last line of advice in a mail.
    pub(crate) fn help(&self) -> String {
        match (self.language, self.phone_to_read()) {
            (Language::English, Some(phone)) => format!("Questions? Call us at {phone}, or reply to this email."),
            (Language::English, None) => "Questions? Reply to this email.".to_owned(),
            (Language::Spanish, Some(phone)) => format!("¿Preguntas? Llámenos al {phone} o responda a este correo."),
            (Language::Spanish, None) => "¿Preguntas? Responda a este correo.".to_owned(),
        }
    }

    /// How to reach the firm, as the end of a sentence.
    pub(crate) fn reach(&self) -> String {
        match (self.language, self.phone_to_read()) {
            (Language::English, Some(phone)) => format!("call {} at {phone}", self.firm),
            (Language::English, None) => "reply to this email".to_owned(),
            (Language::Spanish, Some(phone)) => format!("llame a {} al {phone}", self.firm),
            (Language::Spanish, None) => "responda a este correo".to_owned(),
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

    /// The time of day with its zone, as a clock shows it: `10:41 AM EST`, `10:41 a.m. EST`.
    pub(crate) fn clock(&self, at: Timestamp) -> String {
        let at = self.zoned(at);
        match (self.language, at.hour()) {
            (Language::English, _) => at.strftime("%-I:%M %p %Z").to_string(),
            (Language::Spanish, 0..12) => at.strftime("%-I:%M a.m. %Z").to_string(),
            (Language::Spanish, _) => at.strftime("%-I:%M p.m. %Z").to_string(),
        }
    }

    /// The time of day within a sentence: `10:41 AM EST`, `las 10:41 a.m. EST`, `la 1:36 p.m. EST`.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        let clock = self.clock(at);
        match self.language {
            Language::English => clock,
            Language::Spanish if clock.starts_with("1:") => format!("la {clock}"),
            Language::Spanish => format!("las {clock}"),
        }
    }

    /// The time and the day within a sentence: `10:41 AM EST, Saturday, November 21`, `las 10:41 a.m. EST del sábado 21 de noviembre`.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        let (time, day) = (self.time(at), self.zoned(at));
        match self.language {
            Language::English => format!("{time}, {}", day.strftime("%A, %B %-d")),
            Language::Spanish => {
                let weekday = DAYS[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
                format!("{time} del {weekday} {} de {}", day.day(), MONTHS[usize::from(day.month().unsigned_abs()) - 1])
            }
        }
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
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
        assert_eq!(letterhead.time(noon()), "10:41 AM EST");
        assert_eq!(letterhead.moment(noon()), "10:41 AM EST, Saturday, November 21");
        let summer = "2026-07-01T17:05:00Z".parse().expect("a timestamp");
        assert_eq!(letterhead.time(summer), "1:05 PM EDT");
        let spanish = Letterhead { language: Language::Spanish, ..letterhead };
        assert_eq!(spanish.moment(noon()), "las 10:41 a.m. EST del sábado 21 de noviembre");
        assert_eq!(spanish.time(summer), "la 1:05 p.m. EDT");
        for (at, time) in [("2026-01-04T05:00:00Z", "las 12:00 a.m. EST"), ("2026-01-04T17:00:00Z", "las 12:00 p.m. EST")] {
            assert_eq!(spanish.time(at.parse().expect("a timestamp")), time);
        }
        assert_eq!(spanish.moment("2026-12-28T06:00:00Z".parse().expect("a timestamp")), "la 1:00 a.m. EST del lunes 28 de diciembre");
    }

    #[test]
    fn an_unknown_time_zone_is_told_as_utc() {
        for time_zone in ["", "Nowhere/City", "../../etc/passwd"] {
            let letterhead = Letterhead { time_zone, ..Letterhead::sample() };
            assert_eq!(letterhead.time(noon()), "3:41 PM UTC");
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

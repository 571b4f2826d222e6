//! The one-time code for a staff member.

use askama::Template;
use jiff::Timestamp;

use crate::{letterhead::Letterhead, mail::Mail};

/// A one-time code for a staff member, by email only.
#[derive(Clone, Copy)]
pub struct StaffCode<'a> {
    /// The firm that the staff member works for.
    pub letterhead: Letterhead<'a>,
    /// The code: six ASCII digits.
    pub code: &'a str,
    /// When the challenge began; sending again tells the same time.
    pub asked_at: Timestamp,
    /// When it ends, and the code with it.
    pub good_until: Timestamp,
}

#[derive(Template)]
#[template(path = "staff_code.html")]
struct Html<'a> {
    mail: &'a StaffCode<'a>,
}

#[derive(Template)]
#[template(path = "staff_code.txt")]
struct Text<'a> {
    mail: &'a StaffCode<'a>,
}

impl StaffCode<'static> {
    /// A code of an invented firm, for previews and tests.
    pub fn sample() -> Self {
        let (asked_at, good_until) = (Timestamp::constant(1_795_275_660, 0), Timestamp::constant(1_795_276_260, 0));
        Self { letterhead: Letterhead::sample(), code: "012345", asked_at, good_until }
    }
}

impl StaffCode<'_> {
    /// The email: the code stands in the body and never in the subject, which a locked screen shows.
    pub fn mail(&self) -> Mail {
        let subject = format!("{}: your staff sign-in code", self.letterhead.firm);
        Mail::new(&subject, &Html { mail: self }, &Text { mail: self })
    }
}

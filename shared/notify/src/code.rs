//! The one-time code for a client.

use askama::Template;
use jiff::Timestamp;

use crate::{letterhead::Letterhead, mail::Mail};

/// A one-time code for a contact, as an email or as a text message.
#[derive(Clone, Copy)]
pub struct Code<'a> {
    /// The firm that the contact signs in to.
    pub letterhead: Letterhead<'a>,
    /// The contact's name.
    pub contact: &'a str,
    /// The code: six ASCII digits.
    pub code: &'a str,
    /// When the challenge began; sending again tells the same time.
    pub asked_at: Timestamp,
    /// When it ends, and the code with it.
    pub good_until: Timestamp,
}

#[derive(Template)]
#[template(path = "code.html")]
struct Html<'a> {
    mail: &'a Code<'a>,
}

#[derive(Template)]
#[template(path = "code.txt")]
struct Text<'a> {
    mail: &'a Code<'a>,
}

impl Code<'static> {
    /// A code of an invented firm, for previews and tests.
    pub fn sample() -> Self {
        let (asked_at, good_until) = (Timestamp::constant(1_795_275_660, 0), Timestamp::constant(1_795_276_260, 0));
        Self { letterhead: Letterhead::sample(), contact: "J. Smith", code: "012345", asked_at, good_until }
    }
}

impl Code<'_> {
    /// The email: the code stands in the body and never in the subject, which a locked screen shows.
    pub fn mail(&self) -> Mail {
        let subject = format!("{}: your sign-in code", self.letterhead.firm);
        Mail::new(&subject, &Html { mail: self }, &Text { mail: self })
    }
}

//! A link that replaces one whose life is over.

use askama::Template;
use jiff::Timestamp;

use crate::{letterhead::Letterhead, mail::Mail};

/// Brings the fresh link that a contact asked for.
#[derive(Clone, Copy)]
pub struct FreshLink<'a> {
    /// The firm that the link leads to.
    pub letterhead: Letterhead<'a>,
    /// The contact's name.
    pub contact: &'a str,
    /// The link behind the button.
    pub url: &'a str,
    /// Until when the link works.
    pub good_until: Timestamp,
}

#[derive(Template)]
#[template(path = "fresh_link.html")]
struct Html<'a> {
    mail: &'a FreshLink<'a>,
}

#[derive(Template)]
#[template(path = "fresh_link.txt")]
struct Text<'a> {
    mail: &'a FreshLink<'a>,
}

impl FreshLink<'static> {
    /// A fresh link of an invented firm, for previews and tests.
    pub fn sample() -> Self {
        Self {
            letterhead: Letterhead::sample(),
            contact: "J. Smith",
            url: "https://portal.example.com/smith-jones/link#sample",
            good_until: Timestamp::constant(1_795_880_460, 0),
        }
    }
}

impl FreshLink<'_> {
    /// The email.
    pub fn mail(&self) -> Mail {
        let subject = format!("{}: your fresh link", self.letterhead.firm);
        Mail::new(&subject, &Html { mail: self }, &Text { mail: self })
    }
}

//! The notice that a contact's email or mobile phone was changed.

use std::fmt;

use askama::Template;
use jiff::Timestamp;

use crate::{letterhead::Letterhead, mail::Mail};

/// Tells the address that was on file before the change; it has no field for the new value, which it must not show.
#[derive(Clone, Copy, Debug)]
pub struct DetailsChanged<'a> {
    /// The firm that keeps the contact.
    pub letterhead: Letterhead<'a>,
    /// The contact's name.
    pub contact: &'a str,
    /// What was changed.
    pub detail: Detail,
    /// When it was changed.
    pub changed_at: Timestamp,
}

/// A way to reach a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The email address.
    Email,
    /// The mobile phone number.
    MobilePhone,
    /// Both at once.
    Both,
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "email",
            Self::MobilePhone => "mobile phone",
            Self::Both => "email and mobile phone",
        })
    }
}

#[derive(Template)]
#[template(path = "details_changed.html")]
struct Html<'a> {
    mail: &'a DetailsChanged<'a>,
}

#[derive(Template)]
#[template(path = "details_changed.txt")]
struct Text<'a> {
    mail: &'a DetailsChanged<'a>,
}

impl DetailsChanged<'static> {
    /// A change of email at an invented firm, for previews and tests.
    pub fn sample() -> Self {
        Self {
            letterhead: Letterhead::sample(),
            contact: "J. Smith",
            detail: Detail::Email,
            changed_at: Timestamp::constant(1_795_275_660, 0),
        }
    }
}

impl DetailsChanged<'_> {
    /// The verb that goes with what was changed.
    pub(crate) fn were(&self) -> &'static str {
        if self.detail == Detail::Both { "were" } else { "was" }
    }

    /// The email.
    pub fn mail(&self) -> Mail {
        let subject = format!("{}: your {} {} changed", self.letterhead.firm, self.detail, self.were());
        Mail::new(&subject, &Html { mail: self }, &Text { mail: self })
    }
}

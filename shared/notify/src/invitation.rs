//! The invitation to the portal.

use askama::Template;
use jiff::Timestamp;

use crate::{letterhead::Letterhead, mail::Mail};

/// Invites a contact: one button, and what to expect behind it.
#[derive(Clone, Copy)]
pub struct Invitation<'a> {
    /// The firm that invites.
    pub letterhead: Letterhead<'a>,
    /// The contact's name.
    pub contact: &'a str,
    /// The link behind the button.
    pub url: &'a str,
    /// Until when the link works.
    pub good_until: Timestamp,
    /// Whether the contact was invited before.
    pub resent: bool,
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct Html<'a> {
    mail: &'a Invitation<'a>,
}

#[derive(Template)]
#[template(path = "invitation.txt")]
struct Text<'a> {
    mail: &'a Invitation<'a>,
}

impl Invitation<'static> {
    /// A first invitation by an invented firm, for previews and tests.
    pub fn sample() -> Self {
        Self {
            letterhead: Letterhead::sample(),
            contact: "J. Smith",
            url: "https://portal.example.com/smith-jones/link#sample",
            good_until: Timestamp::constant(1_795_880_460, 0),
            resent: false,
        }
    }
}

impl Invitation<'_> {
    /// The email.
    pub fn mail(&self) -> Mail {
        let firm = self.letterhead.firm;
        let subject = if self.resent {
            format!("{firm}: a reminder, your client portal is ready")
        } else {
            format!("{firm} invites you to your client portal")
        };
        Mail::new(&subject, &Html { mail: self }, &Text { mail: self })
    }
}

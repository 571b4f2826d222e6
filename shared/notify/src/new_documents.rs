//! That the firm has sent documents.

use askama::Template;
use jiff::Timestamp;

use crate::{letterhead::Letterhead, mail::Mail};

/// Tells a contact that the firm has sent documents. It names none: they are for the portal.
#[derive(Clone, Copy)]
pub struct NewDocuments<'a> {
    /// The firm that the link leads to.
    pub letterhead: Letterhead<'a>,
    /// The contact's name.
    pub contact: &'a str,
    /// The client whose documents they are.
    pub client: &'a str,
    /// The link behind the button.
    pub url: &'a str,
    /// Until when the link works.
    pub good_until: Timestamp,
}

#[derive(Template)]
#[template(path = "new_documents.html")]
struct Html<'a> {
    mail: &'a NewDocuments<'a>,
}

#[derive(Template)]
#[template(path = "new_documents.txt")]
struct Text<'a> {
    mail: &'a NewDocuments<'a>,
}

impl NewDocuments<'static> {
    /// New documents of an invented client, for previews and tests.
    pub fn sample() -> Self {
        Self {
            letterhead: Letterhead::sample(),
            contact: "J. Smith",
            client: "Smith Bakery LLC",
            url: "https://portal.example.com/smith-jones/link#sample",
            good_until: Timestamp::constant(1_795_880_460, 0),
        }
    }
}

impl NewDocuments<'_> {
    /// The email.
    pub fn mail(&self) -> Mail {
        let subject = format!("{}: new documents for you", self.letterhead.firm);
        Mail::new(&subject, &Html { mail: self }, &Text { mail: self })
    }
}

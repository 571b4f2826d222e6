//! A link that replaces one whose life is over.

use jiff::Timestamp;
use postern_domain::Language;

use crate::{
    letterhead::Letterhead,
    mail::{Mail, Part, words},
};

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
        let (firm, url, until) = (self.letterhead.firm, self.url, self.letterhead.moment(self.good_until));
        let greeting = words(self.letterhead.greeting(self.contact));
        let (subject, body) = match self.letterhead.language {
            Language::English => (
                format!("{firm}: your fresh link"),
                [
                    greeting,
                    words("Here is your fresh link."),
                    Part::Button { label: "View and manage tasks", url },
                    words(format!("The link works until {until}.")),
                ],
            ),
            Language::Spanish => (
                format!("{firm}: su nuevo enlace"),
                [
                    greeting,
                    words("Aquí está su nuevo enlace."),
                    Part::Button { label: "Ver y gestionar tareas", url },
                    words(format!("El enlace sirve hasta {until}.")),
                ],
            ),
        };
        Mail::to_contact(&self.letterhead, self.contact, &subject, &body)
    }
}

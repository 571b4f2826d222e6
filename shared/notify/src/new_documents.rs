//! That the firm has sent documents.

use jiff::Timestamp;
use postern_domain::Language;

use crate::{
    letterhead::Letterhead,
    mail::{Mail, Part, words},
};

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
        let (firm, client, url, until) = (self.letterhead.firm, self.client, self.url, self.letterhead.moment(self.good_until));
        let greeting = words(self.letterhead.greeting(self.contact));
        let (subject, body) = match self.letterhead.language {
            Language::English => (
                format!("{firm}: new documents for you"),
                [
                    greeting,
                    words(format!("There are new documents from {firm} for {client}.")),
                    Part::Button { label: "View documents", url },
                    words(format!("The link works until {until}.")),
                ],
            ),
            Language::Spanish => (
                format!("{firm}: documentos nuevos para usted"),
                [
                    greeting,
                    words(format!("Hay documentos nuevos de {firm} para {client}.")),
                    Part::Button { label: "Ver los documentos", url },
                    words(format!("El enlace sirve hasta {until}.")),
                ],
            ),
        };
        Mail::to_contact(&self.letterhead, self.contact, &subject, &body)
    }
}

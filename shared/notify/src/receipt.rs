//! The receipt for documents that a client sent.

use jiff::Timestamp;
use postern_domain::Language;

use crate::{
    letterhead::Letterhead,
    mail::{Mail, Part, strong, words},
};

/// Confirms to a contact what they sent, on their wish: it is kept with the papers, so it names each.
#[derive(Clone, Copy)]
pub struct Receipt<'a> {
    /// The firm that has the documents.
    pub letterhead: Letterhead<'a>,
    /// The contact's name.
    pub contact: &'a str,
    /// For each client by name what was sent when, in the order in which it is to stand.
    pub clients: &'a [(String, Vec<(String, Timestamp)>)],
}

impl Receipt<'_> {
    /// The email.
    pub fn mail(&self) -> Mail {
        let (letterhead, firm) = (&self.letterhead, self.letterhead.firm);
        let (subject, first, last) = match letterhead.language {
            Language::English => (
                format!("{firm}: your receipt"),
                format!("{firm} has these documents from you:"),
                "You need do nothing more. You find them in your portal at any time.",
            ),
            Language::Spanish => (
                format!("{firm}: su recibo"),
                format!("{firm} tiene estos documentos de usted:"),
                "No tiene que hacer nada más. Los encuentra en su portal cuando quiera.",
            ),
        };
        let mut body = vec![words(letterhead.greeting(self.contact)), words(first)];
        for (client, documents) in self.clients {
            body.push(strong(match letterhead.language {
                Language::English => format!("For {client}"),
                Language::Spanish => format!("Para {client}"),
            }));
            let line = |(name, at): &(String, Timestamp)| match letterhead.language {
                Language::English => format!("{name}, sent at {}", letterhead.moment(*at)),
                Language::Spanish => format!("{name}, enviado a {}", letterhead.moment(*at)),
            };
            body.push(Part::Steps(documents.iter().map(line).collect()));
        }
        body.push(words(last));
        Mail::to_contact(letterhead, self.contact, &subject, &body)
    }
}

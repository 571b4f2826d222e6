//! A finished mail, and the parts that the words of one are made of.

use std::fmt;

use askama::Template;
use postern_domain::Language;

use crate::letterhead::Letterhead;

/// A mail that is ready to be sent: one subject and the same words twice, as HTML and as plain text.
///
/// It may hold a code or a link, so its `Debug` shows the subject alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject: one line, with the firm's name and never a code.
    pub subject: String,
    /// The HTML document, complete in itself: inline styles, no images, nothing to load.
    pub html: String,
    /// The plain text, for programs that show no HTML.
    pub text: String,
}

/// One part of a mail's body.
pub(crate) enum Part<'a> {
    /// A paragraph.
    Words(String),
    /// A paragraph that nobody may miss.
    Strong(String),
    /// A code, large enough to be copied by hand.
    Code(&'a str),
    /// The way on: its label says what happens, and in plain text the address follows.
    Button { label: &'static str, url: &'a str },
    /// Steps in their order.
    Steps(Vec<String>),
}

/// A paragraph.
pub(crate) fn words<'a>(words: impl Into<String>) -> Part<'a> {
    Part::Words(words.into())
}

/// A paragraph that nobody may miss.
pub(crate) fn strong<'a>(words: impl Into<String>) -> Part<'a> {
    Part::Strong(words.into())
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    letterhead: &'a Letterhead<'a>,
    body: &'a [Part<'a>],
    help: Option<&'a str>,
    for_whom: &'a str,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Text<'a> {
    letterhead: &'a Letterhead<'a>,
    body: &'a [Part<'a>],
    help: Option<&'a str>,
    for_whom: &'a str,
}

impl Mail {
    /// A mail to `contact`, which tells others who read that mailbox what to do.
    pub(crate) fn to_contact(letterhead: &Letterhead<'_>, contact: &str, subject: &str, body: &[Part<'_>]) -> Self {
        let for_whom = match letterhead.language {
            Language::English => format!("This is for {contact}. Someone else needs access? Reply and we will set them up."),
            Language::Spanish => format!("Este correo es para {contact}. ¿Otra persona necesita acceso? Responda y se lo damos."),
        };
        Self::new(letterhead, subject, body, Some(&letterhead.help()), &for_whom)
    }

    /// A mail to someone on the firm's staff.
    pub(crate) fn to_staff(letterhead: &Letterhead<'_>, subject: &str, body: &[Part<'_>]) -> Self {
        Self::new(letterhead, subject, body, Some(&letterhead.help()), &for_staff(letterhead))
    }

    /// A mail to the firm's own mailbox, where nobody is told to call the firm.
    pub(crate) fn to_firm(letterhead: &Letterhead<'_>, subject: &str, body: &[Part<'_>]) -> Self {
        Self::new(letterhead, subject, body, None, &for_staff(letterhead))
    }

    fn new(letterhead: &Letterhead<'_>, subject: &str, body: &[Part<'_>], help: Option<&str>, for_whom: &str) -> Self {
        let (html, text) = (Html { letterhead, body, help, for_whom }, Text { letterhead, body, help, for_whom });
        Self { subject: one_line(subject), html: render(&html), text: render(&text) }
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("subject", &self.subject).finish_non_exhaustive()
    }
}

fn for_staff(letterhead: &Letterhead<'_>) -> String {
    match letterhead.language {
        Language::English => format!("This is for staff of {}.", letterhead.firm),
        Language::Spanish => format!("Este correo es para el personal de {}.", letterhead.firm),
    }
}

/// The template's words, without the line feed at the end of its file.
fn render(template: &impl Template) -> String {
    let mut words = template.render().expect("writing to memory does not fail, and no filter in use does");
    words.truncate(words.trim_end().len());
    words
}

/// `text` on one line, so that a line feed in a firm's name can not break a header.
pub(crate) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

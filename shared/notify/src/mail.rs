//! A finished mail.

use std::fmt;

use askama::Template;

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

impl Mail {
    /// Renders both forms under `subject`.
    pub(crate) fn new(subject: &str, html: &impl Template, text: &impl Template) -> Self {
        Self { subject: one_line(subject), html: render(html), text: render(text) }
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// The template's words, without the line feed at the end of its file.
pub(crate) fn render(template: &impl Template) -> String {
    let mut words = template.render().expect("writing to memory does not fail, and no filter in use does");
    words.truncate(words.trim_end().len());
    words
}

/// `text` on one line, so that a line feed in a firm's name can not break a header.
pub(crate) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

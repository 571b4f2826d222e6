//! The decision on a document that has arrived.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Kind, content,
    package::{self, Package},
};
use crate::policy::INSPECTED_BYTES;

/// What is decided on a document by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is kept, as this kind.
    Ready(Kind),
    /// It is refused.
    Refused(Reason),
}

/// Why a document that arrived is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It has no bytes.
    Empty,
    /// It is a program, an installer, a shortcut or a script.
    Program,
    /// It is not what its name says.
    Mismatch,
    /// It is called text and holds a page or a script for a browser.
    Markup,
}

impl Reason {
    /// What happened and what to do, in words for the person who sent the document.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Empty => "This file is empty. Open it to see whether it was saved, then send it again.",
            Self::Program => {
                "This file is a program or a script, which cannot be sent here. Send the document itself, for example as a PDF."
            }
            Self::Mismatch => "This file is not the kind that its name says. Open it, save it again as a PDF, and send that.",
            Self::Markup => "This file holds a web page. Print the page to a PDF, and send that.",
        }
    }
}

/// Decides on a document of `size` bytes that is `claimed` to be of a kind and begins with `head`: all of it, or its first
/// [`INSPECTED_BYTES`]; what is longer is cut.
///
/// Telephones give pictures each other's extensions, so one accepted kind of picture under the name of another is kept as
/// what it is. An Office document that is locked with a password, or of which the first bytes do not tell which it is, is
/// kept as [`Kind::Other`].
pub fn inspect(claimed: Kind, head: &[u8], size: u64) -> Verdict {
    let most = usize::try_from(INSPECTED_BYTES).unwrap_or(usize::MAX);
    let head = &head[..head.len().min(most)];
    let whole = usize::try_from(size).is_ok_and(|size| size <= head.len());
    if size == 0 || head.is_empty() {
        return Verdict::Refused(Reason::Empty);
    }
    let package = package::read(head);
    if content::is_program(head, whole) || package == Some(Package::Program) {
        return Verdict::Refused(Reason::Program);
    }
    let found = match claimed {
        Kind::Other => Some(Kind::Other),
        Kind::Pdf => content::is_pdf(head).then_some(Kind::Pdf),
        Kind::Jpeg | Kind::Png | Kind::Heic | Kind::Tiff => content::picture(head),
        Kind::Docx | Kind::Xlsx => office(claimed, package, head),
        Kind::Csv | Kind::Txt => return text(claimed, head, whole),
    };
    found.map_or(Verdict::Refused(Reason::Mismatch), Verdict::Ready)
}

fn office(claimed: Kind, package: Option<Package>, head: &[u8]) -> Option<Kind> {
    match package {
        Some(Package::Office(found)) => (found == claimed).then_some(found),
        Some(Package::Unclear) => Some(Kind::Other),
        Some(Package::Program | Package::Archive) => None,
        None => content::is_encrypted_office(head).then_some(Kind::Other),
    }
}

fn text(claimed: Kind, head: &[u8], whole: bool) -> Verdict {
    match content::text(head, whole) {
        // A PDF may be written in characters only; it is none the less not text.
        Some(_) if head.starts_with(b"%PDF-") => Verdict::Refused(Reason::Mismatch),
        Some(text) if content::has_markup(&text) => Verdict::Refused(Reason::Markup),
        Some(_) => Verdict::Ready(claimed),
        None => Verdict::Refused(Reason::Mismatch),
    }
}

#[cfg(test)]
mod tests;

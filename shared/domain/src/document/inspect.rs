//! The decision on a document that has arrived.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ContentType, DocumentName, Kind, content,
    package::{self, Package},
};

/// What is looked at of the bytes of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// How many there are.
    pub size: u64,
    /// Its first [`crate::policy::INSPECTED_BYTES`], or all.
    pub head: Vec<u8>,
    /// As many at its end, where it is longer than that.
    pub tail: Vec<u8>,
}

/// What is decided on a document by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is kept.
    Ready {
        /// What it is.
        kind: Kind,
        /// Whether it is encrypted, so that it asks for a password.
        locked: bool,
    },
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
    /// It is called text and is a page or a script for a browser.
    Markup,
}

impl Reason {
    /// What happened and what to do, in words for the person who sent the document.
    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "This file is empty. Open it to see whether it was saved, then send it again.",
            Self::Program => {
                "This file is a program or a script, which cannot be sent here. Send the document itself, for example as a PDF."
            }
            Self::Mismatch => "This file is not the kind that its name says. Open it, save it again as a PDF, and send that.",
            Self::Markup => "This file is a web page. Print the page to a PDF, and send that.",
        }
    }
}

/// Decides on a document of this name and declared type by what it holds.
///
/// Telephones give pictures each other's extensions, so a picture under the name of another kind is kept as what it is. Where the name names
/// no kind, the content decides, with the declared type as a hint. An Office document that is locked with a password, or of which the first
/// bytes do not tell which it is, is kept as [`Kind::Other`]. A program's name is no program if the content is a document.
pub fn inspect(name: &DocumentName, declared: &ContentType, Sample { size, head, tail }: &Sample) -> Verdict {
    let whole = usize::try_from(*size).is_ok_and(|size| size <= head.len());
    if head.is_empty() {
        return Verdict::Refused(Reason::Empty);
    }
    let package = package::read(head);
    if content::is_program(head, whole) || package == Some(Package::Program) {
        return Verdict::Refused(Reason::Program);
    }
    let found = match Kind::named(name) {
        Some(Kind::Pdf) => content::is_pdf(head).then_some(Kind::Pdf).ok_or(Reason::Mismatch),
        Some(kind @ (Kind::Docx | Kind::Xlsx)) => office(kind, package, head).ok_or(Reason::Mismatch),
        Some(kind @ (Kind::Csv | Kind::Txt)) => text(kind, head, whole),
        Some(Kind::Jpeg | Kind::Png | Kind::Heic | Kind::Tiff | Kind::Webp | Kind::Avif | Kind::Gif) => {
            content::picture(head).ok_or(Reason::Mismatch)
        }
        Some(Kind::Other) | None => {
            let hint = match package {
                Some(Package::Office(kind)) if name.is_of_program() => kind,
                _ => Kind::by_type(declared),
            };
            by_content(hint, package, head, whole)
        }
    };
    match found {
        Ok(kind) if name.is_of_program() && !kind.is_told_by_content() => Verdict::Refused(Reason::Program),
        Ok(kind) => {
            let locked = (kind == Kind::Pdf && content::is_encrypted_pdf(head, tail)) || content::is_encrypted_office(head);
            Verdict::Ready { kind, locked }
        }
        Err(reason) => Verdict::Refused(reason),
    }
}

/// What the content is, where there is only a `hint` of it, which may be wrong.
fn by_content(hint: Kind, package: Option<Package>, head: &[u8], whole: bool) -> Result<Kind, Reason> {
    if content::is_pdf(head) {
        return Ok(Kind::Pdf);
    }
    if let Some(picture) = content::picture(head) {
        return Ok(picture);
    }
    match hint {
        Kind::Docx | Kind::Xlsx => Ok(office(hint, package, head).unwrap_or(Kind::Other)),
        Kind::Csv | Kind::Txt => {
            text(hint, head, whole).or_else(|reason| if reason == Reason::Markup { Err(reason) } else { Ok(Kind::Other) })
        }
        _ => Ok(Kind::Other),
    }
}

fn office(claimed: Kind, package: Option<Package>, head: &[u8]) -> Option<Kind> {
    match package {
        Some(Package::Office(found)) => (found == claimed).then_some(found),
        Some(Package::Unclear) => Some(Kind::Other),
        Some(Package::Program | Package::Archive) => None,
        None => content::is_encrypted_office(head).then_some(Kind::Other),
    }
}

fn text(kind: Kind, head: &[u8], whole: bool) -> Result<Kind, Reason> {
    match content::text(head, whole) {
        // A PDF may be written in characters only; it is none the less not text.
        Some(_) if head.starts_with(b"%PDF-") => Err(Reason::Mismatch),
        Some(text) if content::is_page(&text) => Err(Reason::Markup),
        Some(_) => Ok(kind),
        None => Err(Reason::Mismatch),
    }
}

#[cfg(test)]
mod tests;

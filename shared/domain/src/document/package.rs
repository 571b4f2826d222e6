//! What the entries of a ZIP archive say about it, as far as its first bytes tell.

use std::iter;

use super::Kind;

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
/// The length of a local file header before its name (APPNOTE.TXT 4.3.7).
const LOCAL_HEADER_LEN: usize = 30;
/// The flag bit that says the sizes follow the data instead of standing in the header (APPNOTE.TXT 4.4.4).
const SIZES_FOLLOW: u16 = 1 << 3;

/// What a ZIP archive holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Package {
    /// A program: Java or Android.
    Program,
    /// A Word document or an Excel workbook.
    Office(Kind),
    /// An Office document of which the first bytes do not tell which.
    Unclear,
    /// Anything else, Office documents with macros among it.
    Archive,
}

/// What the ZIP archive that begins with `head` holds; nothing if it begins none.
///
/// The names of the entries are read one after the other rather than compared at fixed places: every program that writes
/// Office documents orders them in its own way.
pub(super) fn read(head: &[u8]) -> Option<Package> {
    if !head.starts_with(LOCAL_HEADER) {
        return None;
    }
    let (mut of_office, mut kind, mut macros) = (false, None, false);
    for name in entry_names(head) {
        match name {
            b"META-INF/MANIFEST.MF" | b"AndroidManifest.xml" => return Some(Package::Program),
            _ if name.ends_with(b".class") || name.ends_with(b".dex") => return Some(Package::Program),
            b"[Content_Types].xml" | b"_rels/.rels" => of_office = true,
            _ if name.ends_with(b"vbaProject.bin") => macros = true,
            // The first decides: a document may hold a whole workbook, entries and all.
            _ if kind.is_none() => kind = main_part(name),
            _ => {}
        }
    }
    Some(match kind {
        _ if macros => Package::Archive,
        Some(Some(kind)) => Package::Office(kind),
        None if of_office => Package::Unclear,
        Some(None) | None => Package::Archive,
    })
}

/// The kind of Office document that has a part of this name: `Some(None)` for those that are no kind of their own here.
#[expect(clippy::option_option, reason = "no answer yet and the answer that it is neither are different")]
fn main_part(name: &[u8]) -> Option<Option<Kind>> {
    match name {
        _ if name.starts_with(b"word/") => Some(Some(Kind::Docx)),
        _ if name.starts_with(b"xl/") => Some(Some(Kind::Xlsx)),
        _ if name.starts_with(b"ppt/") => Some(None),
        _ => None,
    }
}

/// The names of the entries whose headers lie within `head`.
fn entry_names(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = head;
    iter::from_fn(move || {
        let start = rest.windows(LOCAL_HEADER.len()).position(|window| window == LOCAL_HEADER)?;
        let header = &rest[start..];
        let number = |at: usize| Some(u16::from_le_bytes(*header.get(at..)?.first_chunk()?));
        let after_name = LOCAL_HEADER_LEN + usize::from(number(26)?);
        let name = header.get(LOCAL_HEADER_LEN..after_name)?;
        let mut next = after_name + usize::from(number(28)?);
        if number(6)? & SIZES_FOLLOW == 0 {
            let size = u32::from(number(20)?) << 16 | u32::from(number(18)?);
            next = next.saturating_add(usize::try_from(size).ok()?);
        }
        rest = header.get(next..).unwrap_or_default();
        Some(name)
    })
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A stored (not compressed) archive without its central directory, which no reader of first bytes sees.
    pub(in super::super) fn zip(entries: &[(&str, &[u8])], sizes_follow: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, data) in entries {
            let size = u32::try_from(data.len()).expect("a small entry");
            bytes.extend(LOCAL_HEADER);
            bytes.extend([20, 0]);
            bytes.extend(if sizes_follow { SIZES_FOLLOW } else { 0 }.to_le_bytes());
            bytes.extend([0; 10]);
            bytes.extend(if sizes_follow { [0; 8] } else { [size.to_le_bytes(); 2].concat().try_into().expect("8") });
            bytes.extend(u16::try_from(name.len()).expect("a short name").to_le_bytes());
            bytes.extend([4, 0]);
            bytes.extend(name.as_bytes());
            bytes.extend([0; 4]);
            bytes.extend(*data);
        }
        bytes
    }

    #[test]
    fn an_office_document_is_known_by_its_entries_in_any_order() {
        let word = Some(Package::Office(Kind::Docx));
        let excel = Some(Package::Office(Kind::Xlsx));
        let table: [(&[&str], Option<Package>); 9] = [
            (&["[Content_Types].xml", "_rels/.rels", "word/document.xml"], word),
            (&["_rels/.rels", "docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "xl/workbook.xml"], excel),
            (&["word/numbering.xml", "[Content_Types].xml"], word),
            (&["xl/worksheets/sheet1.xml"], excel),
            (&["[Content_Types].xml", "ppt/presentation.xml"], Some(Package::Archive)),
            (&["[Content_Types].xml", "docProps/core.xml"], Some(Package::Unclear)),
            (&["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"], Some(Package::Archive)),
            (&["papers/W-2.pdf"], Some(Package::Archive)),
            (&["META-INF/", "META-INF/MANIFEST.MF", "Main.class"], Some(Package::Program)),
        ];
        for (names, expected) in table {
            let entries: Vec<_> = names.iter().map(|name| (*name, &b"<xml/>"[..])).collect();
            assert_eq!(read(&zip(&entries, false)), expected, "{names:?}");
            assert_eq!(read(&zip(&entries, true)), expected, "{names:?}, sizes after the data");
        }
        assert_eq!(read(b"PK\x05\x06"), None);
    }

    #[test]
    fn a_workbook_inside_a_document_does_not_make_it_one() {
        let workbook = zip(&[("xl/workbook.xml", b"<xml/>")], false);
        let entries: [(&str, &[u8]); 3] =
            [("customXml/item1.bin", &workbook), ("word/document.xml", b"<xml/>"), ("word/embeddings/a.xlsx", &workbook)];
        assert_eq!(read(&zip(&entries, false)), Some(Package::Office(Kind::Docx)));
        assert_eq!(read(&zip(&entries[1..], true)), Some(Package::Office(Kind::Docx)));
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(tail in prop::collection::vec(prop_oneof![Just(b'P'), Just(b'K'), 0..=8_u8], 0..400)) {
            read(&[LOCAL_HEADER, &tail].concat());
        }
    }
}

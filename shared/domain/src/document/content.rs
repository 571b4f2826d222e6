//! What the first bytes of a document are, whatever it is called.

use std::borrow::Cow;

use infer::{app, archive, image};

use super::Kind;

/// The start of a compound file: Office before 2007, Windows installers, and Office documents with a password.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// The class of a Windows installer's database, as the root of its compound file names it.
const INSTALLER_CLASS: &[u8] = b"\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";
/// The header of a Windows shortcut: its size and its class (MS-SHLLINK 2.1).
const SHORTCUT: &[u8] = b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";
const PDF: &[u8] = b"%PDF-";
/// Within so many bytes a PDF's header may stand: what PDF readers allow (Adobe's PDF Reference 1.7, Appendix H, note 13).
const PDF_HEADER_WITHIN: usize = 1024;

/// Whether the bytes are a program, an installer, a shortcut or a script with an interpreter line.
///
/// `MZ` alone begins words too, so it counts only where the rest is no text.
pub(super) fn is_program(head: &[u8], whole: bool) -> bool {
    (app::is_exe(head) && text(head, whole).is_none())
        || app::is_elf(head)
        || app::is_mach(head)
        || app::is_java(head)
        || app::is_dex(head)
        || app::is_wasm(head)
        || archive::is_deb(head)
        || archive::is_rpm(head)
        || infer::text::is_shellscript(head)
        || head.starts_with(SHORTCUT)
        || (head.starts_with(COMPOUND_FILE) && contains(head, INSTALLER_CLASS))
}

/// The kind of picture that the bytes are, among the kinds that are shown.
pub(super) fn picture(head: &[u8]) -> Option<Kind> {
    if image::is_jpeg(head) {
        Some(Kind::Jpeg)
    } else if image::is_png(head) {
        Some(Kind::Png)
    } else if let Some(kind) = of_media_file(head) {
        Some(kind)
    } else if is_tiff(head) {
        Some(Kind::Tiff)
    } else if image::is_webp(head) {
        Some(Kind::Webp)
    } else if image::is_gif(head) {
        Some(Kind::Gif)
    } else {
        None
    }
}

/// The kind of picture that an ISO base media file is, by a brand that HEIC has (ISO/IEC 23008-12 Annex B) or AVIF (§6 of its
/// specification): its major brand, or one of the compatible ones where the major brand is the general one.
fn of_media_file(head: &[u8]) -> Option<Kind> {
    let kind = |brand: &[u8]| match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Some(Kind::Heic),
        b"avif" | b"avis" => Some(Kind::Avif),
        _ => None,
    };
    let (Some(length), Some(b"ftyp"), Some(major)) = (head.first_chunk(), head.get(4..8), head.get(8..12)) else {
        return None;
    };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX).min(head.len());
    let compatible = head.get(16..length).filter(|_| matches!(major, b"mif1" | b"msf1")).unwrap_or_default();
    kind(major).or_else(|| compatible.chunks_exact(4).find_map(kind))
}

/// Whether the bytes are a TIFF or `BigTIFF` that is not a Canon raw photo, which has the same start.
fn is_tiff(head: &[u8]) -> bool {
    let starts = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];
    starts.iter().any(|start| head.starts_with(*start)) && !image::is_cr2(head)
}

/// Whether the bytes begin a PDF, at once or after a little else, as printers and mail gateways put before it.
///
/// What comes before must not be a document of another kind, so that one file is never two things.
pub(super) fn is_pdf(head: &[u8]) -> bool {
    let lead = &head[..head.len().min(PDF_HEADER_WITHIN + PDF.len())];
    let Some(at) = lead.windows(PDF.len()).position(|window| window == PDF) else { return false };
    let before = &lead[..at];
    picture(before).is_none()
        && !archive::is_zip(before)
        && !before.starts_with(COMPOUND_FILE)
        && !has_markup(&String::from_utf8_lossy(before))
}

/// Whether a PDF that begins with `head` and ends with `tail` is encrypted: its trailer, which stands at its end, or at its start where it
/// is made for reading over a slow line, then names the dictionary that tells how (ISO 32000-2 §7.5.5, §7.6.2).
pub(super) fn is_encrypted_pdf(head: &[u8], tail: &[u8]) -> bool {
    const KEY: &[u8] = b"/Encrypt";
    let names_one = |after: &[u8]| {
        let after = after.trim_ascii_start();
        let mut words = after.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let mut is_number = || words.next().is_some_and(|word| word.iter().all(u8::is_ascii_digit));
        after.starts_with(b"<<") || (is_number() && is_number() && words.next() == Some(b"R"))
    };
    [head, tail]
        .into_iter()
        .any(|part| part.windows(KEY.len()).enumerate().any(|(at, window)| window == KEY && names_one(&part[at + KEY.len()..])))
}

/// Whether the bytes are an Office document that is encrypted with a password (MS-OFFCRYPTO 2.3.4.4).
pub(super) fn is_encrypted_office(head: &[u8]) -> bool {
    let stream: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    head.starts_with(COMPOUND_FILE) && contains(head, &stream)
}

/// The bytes as text, if they are text: UTF-8, UTF-16 with its mark or, where most of it is Latin, without, or one byte for each
/// character as older programs write (Windows-1252 and its kin, whose accented letters come out as replacement characters).
///
/// Unless the bytes are the `whole` document, they may end within a character.
pub(super) fn text(head: &[u8], whole: bool) -> Option<Cow<'_, str>> {
    let text = match (head, str::from_utf8(head)) {
        ([0xff, 0xfe, rest @ ..], _) => utf16(rest, whole, u16::from_le_bytes)?.into(),
        ([0xfe, 0xff, rest @ ..], _) => utf16(rest, whole, u16::from_be_bytes)?.into(),
        _ if head.contains(&0) => {
            let wide = |unit| utf16(head, whole, unit).filter(|text| is_latin(text));
            wide(u16::from_le_bytes).or_else(|| wide(u16::from_be_bytes))?.into()
        }
        (_, Ok(text)) => text.into(),
        (_, Err(error)) if !whole && error.error_len().is_none() => String::from_utf8_lossy(&head[..error.valid_up_to()]),
        _ if head.iter().any(|&byte| is_binary(byte)) => return None,
        _ => String::from_utf8_lossy(head),
    };
    (!text.contains('\0')).then_some(text)
}

/// Whether most of `text` is Latin, with no control character in it: what bytes that are no text do not come to by chance.
fn is_latin(text: &str) -> bool {
    let latin = text.chars().filter(|&c| c < '\u{250}').count();
    latin * 2 > text.chars().count() && !text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace() && c != '\u{1a}')
}

fn utf16(bytes: &[u8], whole: bool, unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, odd) = bytes.as_chunks();
    let mut units: Vec<u16> = pairs.iter().map(|&pair| unit(pair)).collect();
    if whole && !odd.is_empty() {
        return None;
    }
    if !whole && units.last().is_some_and(|last| (0xd800..0xdc00).contains(last)) {
        units.pop();
    }
    String::from_utf16(&units).ok()
}

/// Whether `byte` stands in no text of one byte for each character: a control character that neither breaks a line or page
/// nor ends a file of the DOS age.
fn is_binary(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0e..=0x19 | 0x1b..=0x1f | 0x7f)
}

/// With what a page or a script for a browser begins.
const MARKUP: [&str; 10] = ["<script", "<svg", "<iframe", "<html", "<!doctype", "<head", "<body", "<object", "<embed", "<?php"];

/// Whether `text` begins as a page or a script for a browser, as far as one can see: behind white space, comments and the line that says that
/// it is XML. Text that only quotes or mentions markup is text: that is how browsers tell them apart (WHATWG MIME Sniffing §7.1).
pub(super) fn is_page(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while let Some(after) = [("<!--", "-->"), ("<?xml", "?>")].iter().find_map(|(start, end)| rest.strip_prefix(start)?.split_once(end)) {
        rest = after.1.trim_start();
    }
    let rest = rest.get(..rest.len().min(16)).unwrap_or(rest).to_ascii_lowercase();
    MARKUP.iter().any(|tag| rest.strip_prefix(tag).is_some_and(ends_a_name))
}

/// Whether `text` holds markup anywhere.
fn has_markup(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    MARKUP.iter().any(|tag| text.match_indices(tag).any(|(at, _)| ends_a_name(&text[at + tag.len()..])))
}

/// Whether the name of a tag is over where `after` begins.
fn ends_a_name(after: &str) -> bool {
    after.chars().next().is_none_or(|c| c.is_whitespace() || c == '>' || c == '/')
}

fn contains(head: &[u8], part: &[u8]) -> bool {
    head.windows(part.len()).any(|window| window == part)
}

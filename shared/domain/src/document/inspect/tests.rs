//! The decision, told by examples and by properties.

use proptest::prelude::*;

use super::super::package::tests::zip;
use super::*;

const PICTURES: [Kind; 7] = [Kind::Jpeg, Kind::Png, Kind::Heic, Kind::Tiff, Kind::Webp, Kind::Avif, Kind::Gif];
const KINDS: [Kind; 13] = [
    Kind::Pdf,
    Kind::Jpeg,
    Kind::Png,
    Kind::Heic,
    Kind::Tiff,
    Kind::Webp,
    Kind::Avif,
    Kind::Gif,
    Kind::Docx,
    Kind::Xlsx,
    Kind::Csv,
    Kind::Txt,
    Kind::Other,
];
const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x10meta";
const TIFF: &[u8] = b"II*\0\x08\0\0\0\x0f\0\xfe\0";
const WEBP: &[u8] = b"RIFF\x24\0\0\0WEBPVP8 ";
const AVIF: &[u8] = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0";
const CSV: &[u8] = b"date,amount\r\n2025-04-15,\"1,200\"\r\n";
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// What is decided on `bytes`, all of a document that is called like one of a kind.
fn judged(claimed: Kind, bytes: &[u8]) -> Verdict {
    called(&format!("document.{}", claimed.ending()), "", bytes)
}

fn called(name: &str, declared: &str, bytes: &[u8]) -> Verdict {
    judged_by_head(name, declared, bytes, bytes.len() as u64)
}

fn judged_by_head(name: &str, declared: &str, head: &[u8], size: u64) -> Verdict {
    let name = DocumentName::parse(name).expect("a name");
    inspect(&name, &ContentType::parse(declared), &Sample { size, head: head.to_vec(), tail: Vec::new() })
}

fn ready(kind: Kind) -> Verdict {
    Verdict::Ready { kind, locked: false }
}

fn docx() -> Vec<u8> {
    zip(&[("[Content_Types].xml", b"<Types/>"), ("_rels/.rels", b"<R/>"), ("word/document.xml", b"<d/>")], true)
}

fn xlsx() -> Vec<u8> {
    zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<w/>")], false)
}

#[test]
fn a_document_that_is_what_it_claims_is_ready() {
    let (docx, xlsx) = (docx(), xlsx());
    let table: [(Kind, &[u8]); 31] = [
        (Kind::Pdf, PDF),
        (Kind::Pdf, b"\xef\xbb\xbf\r\n%PDF-1.4\n"),
        (Kind::Pdf, b"\x1b%-12345X@PJL JOB\r\n%PDF-1.4\n"),
        (Kind::Jpeg, JPEG),
        (Kind::Png, PNG),
        (Kind::Heic, HEIC),
        (Kind::Heic, b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic"),
        (Kind::Tiff, TIFF),
        (Kind::Tiff, b"MM\0*\0\0\0\x08\0\x52"),
        (Kind::Tiff, b"II+\0\x08\0\0\0"),
        (Kind::Webp, WEBP),
        (Kind::Avif, AVIF),
        (Kind::Avif, b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif"),
        (Kind::Gif, GIF),
        (Kind::Docx, &docx),
        (Kind::Xlsx, &xlsx),
        (Kind::Csv, CSV),
        (Kind::Csv, b"name,page\r\nmap,\"<iframe src='x'></iframe>\"\r\n"),
        (Kind::Csv, b"a,b\n1,<script>alert(1)</script>"),
        (Kind::Csv, b"a\0,\0b\0\r\0\n\0"),
        (Kind::Csv, b"\0a\0,\0b\0\n"),
        (Kind::Txt, b"The form's <body> has to be signed, said <html>.\n"),
        (Kind::Txt, b"Gr\xfc\xdfe <iframe/src=x>"),
        (Kind::Txt, b"G\0r\0\xfc\0\xdf\0e\0,\0 \0\x18\x98\x0e\x53"),
        (Kind::Csv, b"MZ,BM,PK,GIF\r\n1,2,3,4\r\n"),
        (Kind::Csv, b"a < b, c > d,<none>,<scripted>\n"),
        (Kind::Txt, "\u{feff}Grüße, 領収書\n".as_bytes()),
        (Kind::Txt, b"Gr\xfc\xdfe \x96 \x80 12\r\n"),
        (Kind::Txt, b"\xff\xfeG\0r\0\xfc\0"),
        (Kind::Txt, b"\xfe\xff\0G\0r\0\xfc"),
        (Kind::Other, b"\0\x01\x02"),
    ];
    for (claimed, bytes) in table {
        assert_eq!(judged(claimed, bytes), ready(claimed), "{claimed:?}: {:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn pictures_under_each_others_names_are_kept_as_what_they_are() {
    for (found, bytes) in PICTURES.into_iter().zip([JPEG, PNG, HEIC, TIFF, WEBP, AVIF, GIF]) {
        for claimed in PICTURES {
            assert_eq!(judged(claimed, bytes), ready(found), "{found:?} called {claimed:?}");
        }
    }
}

#[test]
fn content_that_contradicts_the_name_is_refused() {
    let (docx, xlsx) = (docx(), xlsx());
    let macros = zip(&[("[Content_Types].xml", b""), ("xl/workbook.xml", b""), ("xl/vbaProject.bin", b"")], false);
    let papers = zip(&[("W-2.pdf", PDF)], false);
    let table: [(Kind, &[u8]); 19] = [
        (Kind::Pdf, JPEG),
        (Kind::Pdf, &docx),
        (Kind::Pdf, b"<html><body>\n%PDF-1.4\n"),
        (Kind::Pdf, b"\xff\xd8\xff\xe0 %PDF-1.4\n"),
        (Kind::Pdf, b"Dear Ms Lee"),
        (Kind::Jpeg, PDF),
        (Kind::Csv, b"\x01\0\x02\0a\0,\0b\0c\0d\0"),
        (Kind::Heic, b"\0\0\0\x18ftypisom\0\0\0\0isomheic"),
        (Kind::Tiff, b"II*\0\x10\0\0\0CR\x02\0"),
        (Kind::Docx, &xlsx),
        (Kind::Docx, &papers),
        (Kind::Docx, COMPOUND_FILE),
        (Kind::Xlsx, &docx),
        (Kind::Xlsx, &macros),
        (Kind::Xlsx, CSV),
        (Kind::Csv, &xlsx),
        (Kind::Csv, b"a,b\0\n"),
        (Kind::Txt, b"%PDF-1.4\n1 0 obj"),
        (Kind::Txt, b"\xff\xfeG\0r"),
    ];
    for (claimed, bytes) in table {
        let found = judged(claimed, bytes);
        assert_eq!(found, Verdict::Refused(Reason::Mismatch), "{claimed:?}: {:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn an_office_document_that_cannot_be_looked_into_is_only_downloaded() {
    let stream: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let locked = [COMPOUND_FILE, &[0; 504], &stream].concat();
    let long = zip(&[("[Content_Types].xml", b"<Types/>"), ("docProps/thumbnail.wmf", &vec![7; 80_000])], false);
    for bytes in [&locked, &long] {
        let kept = Verdict::Ready { kind: Kind::Other, locked: bytes == &locked };
        assert_eq!((judged(Kind::Docx, bytes), judged(Kind::Xlsx, bytes)), (kept, kept));
    }
}

#[test]
fn programs_are_refused_under_any_claim() {
    let installer = [COMPOUND_FILE, &[0; 72], b"\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"].concat();
    let jar = zip(&[("META-INF/MANIFEST.MF", b"Main-Class: A")], false);
    let app = zip(&[("AndroidManifest.xml", b"")], true);
    let elf = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 60]].concat();
    let rpm = [b"\xed\xab\xee\xdb\x03\0".as_slice(), &[0; 100]].concat();
    let table: [&[u8]; 12] = [
        b"MZ\x90\0\x03\0\0\0",
        &elf,
        b"\xcf\xfa\xed\xfe\x0c\0\0\x01",
        b"\xca\xfe\xba\xbe\0\0\0\x02",
        b"\xca\xfe\xba\xbe\0\0\0\x41",
        b"\0asm\x01\0\0\0",
        b"#!/bin/sh\nrm -rf ~\n",
        b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46\0",
        &rpm,
        &installer,
        &jar,
        &app,
    ];
    for bytes in table {
        for claimed in KINDS {
            let found = judged(claimed, bytes);
            let same = bytes.escape_ascii().to_string();
            assert_eq!(found, Verdict::Refused(Reason::Program), "{claimed:?}: {same:?}");
        }
    }
}

#[test]
fn pages_and_scripts_are_refused_under_the_name_of_text() {
    let wide: Vec<u8> = "\u{feff}<SCRIPT>a".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let table: [&[u8]; 9] = [
        b"<html>",
        b"  <!DOCTYPE html>\n<p>",
        b"<!-- a comment -->\n<!-- <b> --> <BODY>",
        b"\xef\xbb\xbf<svg\nxmlns='http://www.w3.org/2000/svg'>",
        b"<script>alert(1)</script>,b\n",
        b"<iframe/src=x> Gr\xfc\xdfe",
        b"<?xml version='1.0'?><svg onload=x>",
        b"<?php system('id');",
        &wide,
    ];
    for bytes in table {
        for claimed in [Kind::Csv, Kind::Txt] {
            let same = bytes.escape_ascii().to_string();
            assert_eq!(judged(claimed, bytes), Verdict::Refused(Reason::Markup), "{same:?}");
        }
    }
}

#[test]
fn an_empty_file_is_refused_under_any_claim() {
    for claimed in KINDS {
        assert_eq!(judged(claimed, b""), Verdict::Refused(Reason::Empty));
    }
}

#[test]
fn the_content_decides_where_the_name_says_nothing() {
    let docx = docx();
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let table: [(&str, &str, &[u8], Kind); 11] = [
        ("scan", "application/pdf; charset=binary", PDF, Kind::Pdf),
        ("scan", "image/*", JPEG, Kind::Jpeg),
        ("scan", "pdf", PDF, Kind::Pdf),
        ("scan", "image/jpeg", PDF, Kind::Pdf),
        ("scan", "text/plain", PDF, Kind::Pdf),
        ("report", word, &docx, Kind::Docx),
        ("report", word, b"Dear Ms Lee", Kind::Other),
        ("server.log", "text/plain", CSV, Kind::Txt),
        ("server.log", "text/plain", b"\0\x01\x02", Kind::Other),
        ("statement", "nonsense", CSV, Kind::Other),
        ("papers.zip", "application/zip", &docx, Kind::Other),
    ];
    for (name, declared, bytes, kind) in table {
        assert_eq!(called(name, declared, bytes), ready(kind), "{name} as {declared:?}");
    }
    assert_eq!(called("page", "text/plain", b"<html>"), Verdict::Refused(Reason::Markup));
}

#[test]
fn a_name_is_a_programs_unless_the_content_is_a_document() {
    for (bytes, kind) in [(PDF, Kind::Pdf), (JPEG, Kind::Jpeg), (docx().as_slice(), Kind::Docx)] {
        assert_eq!(called("Receipt - amazon.com", "", bytes), ready(kind));
    }
    for bytes in [CSV, b"\0\x01\x02", b"echo hello"] {
        for declared in ["", "text/plain", "application/pdf"] {
            assert_eq!(called("Receipt - amazon.com", declared, bytes), Verdict::Refused(Reason::Program), "{declared:?}");
        }
    }
}

#[test]
fn a_pdf_that_asks_for_a_password_is_kept_and_says_so() {
    let sample = |head: &[u8], tail: &[u8]| Sample { size: 1 << 20, head: head.to_vec(), tail: tail.to_vec() };
    let name = DocumentName::parse("W-2.pdf").expect("a name");
    let trailer = |more: &str| format!("trailer\n<< /Size 9 /Root 1 0 R{more} >>\nstartxref\n9\n%%EOF").into_bytes();
    for (more, locked) in [
        (" /Encrypt 5 0 R", true),
        ("/Encrypt\n15 0 R", true),
        (" /Encrypt<</Filter/Standard>>", true),
        ("", false),
        (" /EncryptMetadata 5 0 R", false),
        (" /Encrypt", false),
        (" /Encrypt 5 of 9 Rs", false),
    ] {
        let found = inspect(&name, &ContentType::default(), &sample(PDF, &trailer(more)));
        assert_eq!(found, Verdict::Ready { kind: Kind::Pdf, locked }, "{more:?} at its end");
        let head = [PDF, &trailer(more)].concat();
        let found = inspect(&name, &ContentType::default(), &sample(&head, b"%%EOF"));
        assert_eq!(found, Verdict::Ready { kind: Kind::Pdf, locked }, "{more:?} at its start");
    }
}

#[test]
fn every_refusal_says_what_to_do() {
    for reason in [Reason::Empty, Reason::Program, Reason::Mismatch, Reason::Markup] {
        assert!(reason.words().contains("end "), "{reason:?}");
    }
    assert_eq!(serde_json::to_string(&Reason::Mismatch).expect("json"), r#""mismatch""#);
}

fn beginnings() -> impl Strategy<Value = Vec<u8>> {
    let starts = prop::sample::select(vec![
        b"".to_vec(),
        b"MZ".to_vec(),
        PDF.to_vec(),
        HEIC[..12].to_vec(),
        TIFF[..4].to_vec(),
        b"PK\x03\x04".to_vec(),
        docx(),
        COMPOUND_FILE.to_vec(),
        b"\xff\xfe".to_vec(),
        b"!<arch>\n".to_vec(),
    ]);
    (starts, prop::collection::vec(any::<u8>(), 0..600)).prop_map(|(start, rest)| [start, rest].concat())
}

proptest! {
    #[test]
    fn any_bytes_are_judged_and_only_as_what_the_name_says_or_a_picture_or_what_they_are(
        bytes in beginnings(), claimed in prop::sample::select(KINDS.to_vec()), more in 0_u64..9,
    ) {
        let verdict = judged_by_head(&format!("document.{}", claimed.ending()), "", &bytes, bytes.len() as u64 + more);
        let Verdict::Ready { kind, .. } = verdict else { return Ok(()) };
        match claimed {
            Kind::Other => prop_assert!(kind.is_told_by_content() || kind == Kind::Other),
            Kind::Docx | Kind::Xlsx => prop_assert!(kind == claimed || kind == Kind::Other),
            _ if PICTURES.contains(&claimed) => prop_assert!(PICTURES.contains(&kind)),
            _ => prop_assert_eq!(kind, claimed),
        }
    }

    #[test]
    fn text_is_text_wherever_its_head_is_cut(text in "[a-z0-9,é領\u{1f4c4}\n]{1,80}", cut in 1_usize..300) {
        let cut = cut.min(text.len());
        prop_assert_eq!(judged_by_head("a.txt", "", &text.as_bytes()[..cut], text.len() as u64), ready(Kind::Txt));
    }

    #[test]
    fn wide_text_is_text_wherever_its_head_is_cut(text in "[a-zé領\u{1f4c4}\n]{1,40}", cut in 2_usize..200) {
        let wide: Vec<u8> = ['\u{feff}'.to_string(), text].concat().encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cut = cut.min(wide.len());
        prop_assert_eq!(judged_by_head("a.csv", "", &wide[..cut], wide.len() as u64), ready(Kind::Csv));
    }

    #[test]
    fn wide_latin_text_needs_no_mark(text in "[a-z0-9,é\r\n]{1,40}", big in any::<bool>()) {
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        let wide: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
        prop_assert_eq!(judged(Kind::Csv, &wide), ready(Kind::Csv));
    }

    #[test]
    fn text_with_a_nul_never_passes(before in "[a-z]{2,20}", after in "[a-z]{2,20}") {
        let bytes = format!("{before}\0{after}");
        prop_assert_eq!(judged(Kind::Txt, bytes.as_bytes()), Verdict::Refused(Reason::Mismatch));
    }

    #[test]
    fn text_that_only_mentions_markup_is_text(before in "[a-z ]{1,20}[a-z]", tag in prop::sample::select(vec!["<html>", "<body ", "<SCRIPT>", "<iframe/"])) {
        prop_assert_eq!(judged(Kind::Txt, format!("{before} {tag} and so on").as_bytes()), ready(Kind::Txt));
        prop_assert_eq!(judged(Kind::Txt, format!("  {tag} {before}").as_bytes()), Verdict::Refused(Reason::Markup));
    }
}

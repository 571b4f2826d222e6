//! The decision, told by examples and by properties.

use proptest::prelude::*;

use super::super::package::tests::zip;
use super::*;

const KINDS: [Kind; 10] =
    [Kind::Pdf, Kind::Jpeg, Kind::Png, Kind::Heic, Kind::Tiff, Kind::Docx, Kind::Xlsx, Kind::Csv, Kind::Txt, Kind::Other];
const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x10meta";
const TIFF: &[u8] = b"II*\0\x08\0\0\0\x0f\0\xfe\0";
const CSV: &[u8] = b"date,amount\r\n2025-04-15,\"1,200\"\r\n";
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

fn judged(claimed: Kind, bytes: &[u8]) -> Verdict {
    inspect(claimed, bytes, bytes.len() as u64)
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
    let table: [(Kind, &[u8]); 20] = [
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
        (Kind::Docx, &docx),
        (Kind::Xlsx, &xlsx),
        (Kind::Csv, CSV),
        (Kind::Csv, b"MZ,BM,PK,GIF\r\n1,2,3,4\r\n"),
        (Kind::Csv, b"a < b, c > d,<none>,<scripted>\n"),
        (Kind::Txt, "\u{feff}Grüße, 領収書\n".as_bytes()),
        (Kind::Txt, b"Gr\xfc\xdfe \x96 \x80 12\r\n"),
        (Kind::Txt, b"\xff\xfeG\0r\0\xfc\0"),
        (Kind::Txt, b"\xfe\xff\0G\0r\0\xfc"),
        (Kind::Other, b"\0\x01\x02"),
    ];
    for (claimed, bytes) in table {
        assert_eq!(judged(claimed, bytes), Verdict::Ready(claimed), "{claimed:?}: {:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn pictures_under_each_others_names_are_kept_as_what_they_are() {
    let pictures = [(Kind::Jpeg, JPEG), (Kind::Png, PNG), (Kind::Heic, HEIC), (Kind::Tiff, TIFF)];
    for (found, bytes) in pictures {
        for (claimed, _) in pictures {
            assert_eq!(judged(claimed, bytes), Verdict::Ready(found));
        }
    }
}

#[test]
fn content_that_contradicts_the_name_is_refused() {
    let (docx, xlsx) = (docx(), xlsx());
    let macros = zip(&[("[Content_Types].xml", b""), ("xl/workbook.xml", b""), ("xl/vbaProject.bin", b"")], false);
    let papers = zip(&[("W-2.pdf", PDF)], false);
    let table: [(Kind, &[u8]); 21] = [
        (Kind::Pdf, JPEG),
        (Kind::Pdf, &docx),
        (Kind::Pdf, b"<html><body>\n%PDF-1.4\n"),
        (Kind::Pdf, b"\xff\xd8\xff\xe0 %PDF-1.4\n"),
        (Kind::Pdf, b"Dear Ms Lee"),
        (Kind::Jpeg, PDF),
        (Kind::Jpeg, b"GIF89a\x01\0\x01\0"),
        (Kind::Png, b"RIFF\x24\0\0\0WEBPVP8 "),
        (Kind::Heic, b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif"),
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
    for bytes in [locked, long] {
        assert_eq!(judged(Kind::Docx, &bytes), Verdict::Ready(Kind::Other));
        assert_eq!(judged(Kind::Xlsx, &bytes), Verdict::Ready(Kind::Other));
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
    let wide: Vec<u8> = "\u{feff}a,<SCRIPT>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let table: [&[u8]; 8] = [
        b"<html>",
        b"  <!DOCTYPE html>\n<p>",
        b"\xef\xbb\xbf<svg\nxmlns='http://www.w3.org/2000/svg'>",
        b"a,b\n1,<script>alert(1)</script>",
        b"Gr\xfc\xdfe <iframe/src=x>",
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
        assert_eq!(inspect(claimed, b"", 0), Verdict::Refused(Reason::Empty));
    }
}

#[test]
fn every_refusal_says_what_to_do() {
    for reason in [Reason::Empty, Reason::Program, Reason::Mismatch, Reason::Markup] {
        assert!(reason.advice().contains("end "), "{reason:?}");
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
    fn any_bytes_are_judged_and_only_as_what_was_claimed_or_a_picture_or_other(
        bytes in beginnings(), claimed in prop::sample::select(KINDS.to_vec()), more in 0_u64..9,
    ) {
        let pictures = [Kind::Jpeg, Kind::Png, Kind::Heic, Kind::Tiff];
        match inspect(claimed, &bytes, bytes.len() as u64 + more) {
            Verdict::Ready(Kind::Other) => prop_assert!(matches!(claimed, Kind::Other | Kind::Docx | Kind::Xlsx)),
            Verdict::Ready(found) if pictures.contains(&found) => prop_assert!(pictures.contains(&claimed)),
            Verdict::Ready(found) => prop_assert_eq!(found, claimed),
            Verdict::Refused(_) => {}
        }
    }

    #[test]
    fn text_is_text_wherever_its_head_is_cut(text in "[a-z0-9,é領\u{1f4c4}\n]{1,80}", cut in 1_usize..300) {
        let cut = cut.min(text.len());
        prop_assert_eq!(inspect(Kind::Txt, &text.as_bytes()[..cut], text.len() as u64), Verdict::Ready(Kind::Txt));
    }

    #[test]
    fn wide_text_is_text_wherever_its_head_is_cut(text in "[a-zé領\u{1f4c4}\n]{1,40}", cut in 2_usize..200) {
        let wide: Vec<u8> = ['\u{feff}'.to_string(), text].concat().encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cut = cut.min(wide.len());
        prop_assert_eq!(inspect(Kind::Csv, &wide[..cut], wide.len() as u64), Verdict::Ready(Kind::Csv));
    }

    #[test]
    fn text_with_a_nul_never_passes(before in "[a-z]{0,20}", after in "[a-z]{0,20}") {
        let bytes = format!("{before}\0{after}");
        prop_assert_ne!(judged(Kind::Txt, bytes.as_bytes()), Verdict::Ready(Kind::Txt));
    }
}

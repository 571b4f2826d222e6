//! The header that makes a browser save a document under its name.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use postern_domain::document::DocumentName;

/// All that is no `attr-char` of RFC 8187 §3.2.1.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The `Content-Disposition` of RFC 6266: always an attachment, with the name twice, in ASCII for old readers and whole.
///
/// In the ASCII form `_` stands for every character that a reader might take for syntax (RFC 6266, Appendix D).
pub(crate) fn attachment(name: &DocumentName) -> String {
    let is_plain = |c: char| (c == ' ' || c.is_ascii_graphic()) && !matches!(c, '"' | '\\' | '%');
    let ascii: String = name.as_str().chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let whole = utf8_percent_encode(name.as_str(), ENCODED);
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_sent_whole_and_in_ascii() {
        let table = [
            ("W-2.pdf", r#"filename="W-2.pdf"; filename*=UTF-8''W-2.pdf"#),
            ("W-2 (2).pdf", r#"filename="W-2 (2).pdf"; filename*=UTF-8''W-2%20%282%29.pdf"#),
            ("Erklärung.pdf", r#"filename="Erkl_rung.pdf"; filename*=UTF-8''Erkl%C3%A4rung.pdf"#),
            ("領収書.jpg", r#"filename="___.jpg"; filename*=UTF-8''%E9%A0%98%E5%8F%8E%E6%9B%B8.jpg"#),
            (r#"a"; x="b.pdf"#, r#"filename="a_; x=_b.pdf"; filename*=UTF-8''a%22%3B%20x%3D%22b.pdf"#),
            ("50%20off.txt", r#"filename="50_20off.txt"; filename*=UTF-8''50%2520off.txt"#),
            ("it's *.csv", r#"filename="it's *.csv"; filename*=UTF-8''it%27s%20%2A.csv"#),
        ];
        for (name, expected) in table {
            let name = DocumentName::parse(name).expect("a name");
            assert_eq!(attachment(&name), format!("attachment; {expected}"));
        }
    }
}

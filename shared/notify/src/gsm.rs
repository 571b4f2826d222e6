//! The GSM 03.38 alphabet: what fits into one text message, and how a name is made to fit.

use deunicode::deunicode_char;
use postern_domain::Language;

use crate::{letterhead::Letterhead, mail::one_line};

/// How many septets one message part holds.
pub(crate) const PART: usize = 160;

/// How many septets of a longer name of a firm are worth more than what can be left out beside it.
pub(crate) const NAME_WORTH_KEEPING: usize = 16;

/// The default alphabet without the letters, digits and the two control characters; each takes one septet.
const BASIC: &str = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// The extension table; each takes two septets.
const EXTENSION: &str = "^{}\\[~]|€";

/// The length of `text` in septets, or `None` if it has a character outside the alphabet.
pub(crate) fn septets(text: &str) -> Option<usize> {
    text.chars().map(width).sum()
}

/// `text` on one line in the alphabet: what it lacks is written with the nearest letters (`Š` as `S`) or left out.
pub(crate) fn spell(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match width(c) {
            Some(_) => spelled.push(c),
            None => spelled.extend(deunicode_char(c).unwrap_or_default().chars().filter(|c| width(*c).is_some())),
        }
    }
    one_line(&spelled)
}

/// The firm's name as a text message spells it.
pub(crate) fn spelled_firm(letterhead: &Letterhead<'_>) -> String {
    match (spell(letterhead.firm), letterhead.language) {
        (spelled, _) if spelled.contains(char::is_alphanumeric) => spelled,
        // Nothing readable of the name is within the alphabet's reach: the person still learns what this is about.
        (_, Language::English) => "Your accountant".to_owned(),
        (_, Language::Spanish) => "Su contador".to_owned(),
    }
}

/// The longest start of `text` that fits into `room` septets, cut between words where that keeps at least half of it.
///
/// `text` is in the alphabet, as [`spell`] gives it.
pub(crate) fn cut(text: &str, room: usize) -> &str {
    let mut used = 0;
    let over = text.char_indices().find(|(_, c)| {
        used += width(*c).unwrap_or_default();
        used > room
    });
    let Some((end, next)) = over else { return text };
    let start = &text[..end];
    let whole_words = match start.rfind(' ') {
        Some(space) if next != ' ' && space * 2 >= end => &start[..space],
        _ => start,
    };
    match whole_words.trim_end_matches(|c: char| !c.is_alphanumeric()) {
        // A name that opens with signs alone is better than none.
        "" => start,
        name => name,
    }
}

/// The septets that one character takes.
fn width(c: char) -> Option<usize> {
    match c {
        '\n' | '\r' | 'a'..='z' | 'A'..='Z' | '0'..='9' => Some(1),
        _ if BASIC.contains(c) => Some(1),
        _ if EXTENSION.contains(c) => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extension_characters_count_twice_and_strangers_not_at_all() {
        assert_eq!(septets("Muñoz & Söhne\n"), Some(14));
        assert_eq!(septets("{€}"), Some(6));
        assert_eq!(septets("š"), None);
        assert_eq!(septets("`"), None);
    }

    #[test]
    fn names_are_spelled_with_the_nearest_letters() {
        assert_eq!(spell("Šimůnek – Účetní’s"), "Simunek - Ucetni's");
        assert_eq!(spell("Müller\r\n@evil.example #000000"), "Müller @evil.example #000000");
        assert_eq!(spell("\u{200b}\u{202e}"), "");
    }

    #[test]
    fn names_are_cut_between_words_where_that_leaves_enough() {
        assert_eq!(cut("Smith & Jones CPA", 17), "Smith & Jones CPA");
        assert_eq!(cut("Smith & Jones CPA", 16), "Smith & Jones");
        assert_eq!(cut("Smith & Jones CPA", 13), "Smith & Jones");
        assert_eq!(cut("Smith & Jones CPA", 9), "Smith");
        assert_eq!(cut("A Bookkeepersfirm", 9), "A Bookkee");
        assert_eq!(cut("[[[[", 5), "[[");
    }
}

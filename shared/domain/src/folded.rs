//! Text by which people look for names, and by which these are sorted.

use deunicode::deunicode_char;
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData,
    props::{CanonicalCombiningClass, GeneralCategory, Script},
};

/// The characters of `text` by which people look for it: without accents and case, Latin letters in ASCII (`ł` as l, `ß` as ss).
pub(crate) fn folded(text: &str) -> impl Iterator<Item = char> {
    let decomposed: Vec<char> = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(text.chars()).collect();
    let is_accent = |c: &char| CodePointMapData::<CanonicalCombiningClass>::new().get(*c) != CanonicalCombiningClass::NotReordered;
    // Up and down again: there are small letters, such as those for an s at a word's end, that are told apart no longer then.
    let small = decomposed.into_iter().filter(move |c| !is_accent(c)).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    small.filter(move |c| !is_accent(c)).flat_map(|c| {
        let is_latin = !c.is_ascii() && CodePointMapData::<Script>::new().get(c) == Script::Latin;
        let ascii = deunicode_char(c).filter(|_| is_latin);
        ascii.unwrap_or_default().chars().map(|c| c.to_ascii_lowercase()).chain(ascii.is_none().then_some(c))
    })
}

/// Whether `c` is part of a word; the letters that Unicode has for apostrophes are not.
pub(crate) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() && CodePointMapData::<GeneralCategory>::new().get(c) != GeneralCategory::ModifierLetter
}

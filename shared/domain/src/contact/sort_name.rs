//! Under which letters a contact stands in a list.

use crate::Name;

/// What stands behind a family name and is none.
const SUFFIXES: [&str; 14] = ["jr", "sr", "ii", "iii", "iv", "esq", "cpa", "md", "dds", "dmd", "dvm", "jd", "phd", "rn"];
/// What may be a family name too (Minh Do), and is a suffix only in capitals.
const SUFFIXES_IN_CAPITALS: [&str; 5] = ["DO", "EA", "PE", "V", "RET"];
/// What tells that a name is no person's, and so has no family name.
const OF_FIRMS: [&str; 13] =
    ["llc", "llp", "lp", "inc", "corp", "company", "corporation", "ltd", "pllc", "trust", "estate", "foundation", "gmbh"];
/// What tells the same and is a family name if it is written otherwise (Anna Co).
const OF_FIRMS_AS_WRITTEN: [&str; 6] = ["&", "Co.", "CO", "PC", "P.C.", "PA"];

/// A word without the full stops and commas in it and at its ends, in small letters.
fn bare(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '.' | ',')).flat_map(char::to_lowercase).collect()
}

/// The name under which `name` is looked for: the last word first, unless that is a suffix; "Sam and Robin Miller Jr." is "Miller Jr., Sam and
/// Robin". A name of one word, one that is no person's and one with the last word first already stay as they are.
pub fn sort_name(name: &Name) -> Name {
    let words: Vec<&str> = name.as_str().split(' ').collect();
    let is_suffix =
        |word: &str| SUFFIXES.contains(&bare(word).as_str()) || SUFFIXES_IN_CAPITALS.contains(&word.replace(['.', ','], "").as_str());
    let is_of_firm = |word: &&str| OF_FIRMS.contains(&bare(word).as_str()) || OF_FIRMS_AS_WRITTEN.contains(word);
    // Behind a single word, what may be a family name is one.
    let last = words.iter().rposition(|word| !is_suffix(word)).unwrap_or(0);
    let without = if last == 0 && words.get(1).is_some_and(|word| !SUFFIXES.contains(&bare(word).as_str())) { 1 } else { last };
    // A comma before a suffix is one of it; any other parts the last word from the others.
    let is_sorted = words[..without].iter().any(|word| word.ends_with(','));
    if without == 0 || is_sorted || words.iter().any(is_of_firm) {
        return name.clone();
    }
    let family = [&[words[without].trim_end_matches(',')], &words[without + 1..]].concat().join(" ");
    Name::parse(&format!("{family}, {}", words[..without].join(" "))).unwrap_or_else(|_| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_stands_under_their_family_name_and_a_firm_under_its_first_word() {
        for (name, sorted) in [
            ("Sam and Robin Miller", "Miller, Sam and Robin"),
            ("Lee Park", "Park, Lee"),
            ("Cher", "Cher"),
            ("John Q. Adams Jr.", "Adams Jr., John Q."),
            ("John Adams, III", "Adams III, John"),
            ("Ann Lee, CPA", "Lee CPA, Ann"),
            ("Jr", "Jr"),
            ("Adams Jr.", "Adams Jr."),
            ("An Do", "Do, An"),
            ("AN DO", "DO, AN"),
            ("Minh An Do", "Do, Minh An"),
            ("Ann Lee, D.O.", "Lee D.O., Ann"),
            ("Anna Co", "Co, Anna"),
            ("Smith & Co", "Smith & Co"),
            ("Acme Tools Co.", "Acme Tools Co."),
            ("Miller, Sam", "Miller, Sam"),
            ("Miller, Sam, Jr.", "Miller, Sam, Jr."),
            ("Smith Bakery LLC", "Smith Bakery LLC"),
            ("The Miller Family Trust", "The Miller Family Trust"),
            ("Acme Tools, Inc.", "Acme Tools, Inc."),
            ("José Álvarez", "Álvarez, José"),
            ("María de la Cruz", "Cruz, María de la"),
            ("李 小龙", "小龙, 李"),
        ] {
            let name = Name::parse(name).expect("a name");
            assert_eq!(sort_name(&name).as_str(), sorted);
        }
    }
}

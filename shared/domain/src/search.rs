//! Which contacts a search finds.

use jiff::Timestamp;

use crate::{
    ClientId, Email,
    folded::{folded, is_of_word},
    roster::Entry,
    settings::SignInPolicy,
    standing::Wanted,
    text::seen,
};

/// What contacts are searched for.
#[derive(Debug, Clone, Default)]
pub struct ContactSearch {
    /// Those that stand so alone.
    pub wanted: Option<Wanted>,
    /// Those that act for this client alone.
    pub client: Option<ClientId>,
    /// Those in whose name, client's name, email or mobile this stands.
    pub text: Option<String>,
}

/// Fewest digits that are looked for in a phone number.
const DIGITS_LEAST: usize = 3;
/// Fewest digits of which the first may be what is dialled before a number.
const DIGITS_WITHOUT: usize = 7;

impl ContactSearch {
    /// Whether every contact is found.
    pub fn is_for_all(&self) -> bool {
        self.wanted.is_none() && self.client.is_none() && self.text.is_none()
    }

    /// Whether a contact with this `entry` is found at `now`, at a firm with `policy` where text messages can be sent (`texting`).
    pub fn finds(&self, entry: &Entry, policy: &SignInPolicy, texting: bool, now: Timestamp) -> bool {
        self.wanted.is_none_or(|wanted| entry.standing().is(wanted, policy, texting, now))
            && self.client.is_none_or(|client| entry.clients.iter().any(|own| own.client == client))
            && self.text.as_deref().is_none_or(|text| stands_in(text, entry))
    }
}

fn stands_in(text: &str, contact: &Entry) -> bool {
    let text = seen(text);
    text.is_empty() || in_names_and_email(&text, contact) || in_mobile(&text, contact)
}

/// Whether each word of `text` stands in a name or in the email, in whatever order.
fn in_names_and_email(text: &str, contact: &Entry) -> bool {
    let names = [&contact.name].into_iter().chain(contact.clients.iter().map(|client| &client.name));
    let names: Vec<String> = names.map(|name| looked_through(name.as_str())).collect();
    let in_email = |word: &str| {
        let (word, whole) = (word.to_lowercase(), Email::parse(word).ok());
        contact.email.as_ref().is_some_and(|email| email.as_str().contains(&word) || whole.as_ref() == Some(email))
    };
    every_word(text, |word| in_names(word, &names) || in_email(word))
}

/// Whether each word of `text` stands in one of the `names` of whom a record tells or in the email that was typed; an empty text stands in all.
pub fn stands_in_record(text: &str, names: &[&str], email: Option<&str>) -> bool {
    let text = seen(text);
    let (names, email): (Vec<_>, _) = (names.iter().map(|name| looked_through(name)).collect(), email.unwrap_or_default().to_lowercase());
    text.is_empty() || every_word(&text, |word| in_names(word, &names) || email.contains(&word.to_lowercase()))
}

/// What of a name is looked through. Apostrophes and hyphens are none of it, and part what is looked for: so they matter neither here nor there.
fn looked_through(name: &str) -> String {
    folded(name).filter(|c| c.is_whitespace() || is_of_word(*c)).collect()
}

fn in_names(word: &str, names: &[String]) -> bool {
    let folded: String = folded(word).collect();
    folded.split(|c| !is_of_word(c)).filter(|part| !part.is_empty()).all(|part| names.iter().any(|name| name.contains(part)))
}

/// Whether there are words in `text`, and `fits` takes each.
fn every_word(text: &str, fits: impl Fn(&str) -> bool) -> bool {
    let mut words = text.split_whitespace().filter(|word| folded(word).any(is_of_word)).peekable();
    words.peek().is_some() && words.all(fits)
}

/// Whether `text` is part of the mobile, in whatever form it is written.
fn in_mobile(text: &str, contact: &Entry) -> bool {
    // The digits in a name or a mail address are no part of a phone number.
    if text.contains(char::is_alphabetic) {
        return false;
    }
    let digits: String = text.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
    let is_part = |(dialled, least): (&str, usize)| {
        let part = digits.strip_prefix(dialled).filter(|part| part.len() >= least);
        part.is_some_and(|part| contact.mobile.as_ref().is_some_and(|mobile| mobile.as_str().contains(part)))
    };
    // What people dial before a number is no part of it as it is kept.
    [("", DIGITS_LEAST), ("0", DIGITS_WITHOUT), ("00", DIGITS_WITHOUT), ("011", DIGITS_WITHOUT)].into_iter().any(is_part)
}

#[cfg(test)]
mod tests {
    use icu_normalizer::DecomposingNormalizerBorrowed;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        ClientId, Dice, Name,
        attempts::AttemptsSeen,
        client::Client,
        contact::NewContact,
        keys::{KeyId, Secret},
        text::{shown, tests::unseen},
    };

    #[test]
    fn a_record_is_found_by_words_of_name_and_email() {
        let (zoe, none): (&[&str], &[&str]) = (&["Zoë O'Brien-Lee", "Sol Staff"], &[]);
        for (text, names, email, found) in [
            ("obrien zoe", zoe, None, true),
            ("staff sol", zoe, None, true),
            ("LEE X.com", zoe, Some(" Ann@X.com\u{a0}"), true),
            ("ann@x", none, Some("Ann@X.com"), true),
            ("", none, None, true),
            ("bob", zoe, Some("ann@x.com"), false),
            ("ann", none, None, false),
            ("-", zoe, None, false),
        ] {
            assert_eq!(stands_in_record(text, names, email), found, "{text}");
        }
    }

    fn contact(json: serde_json::Value) -> Entry {
        let new: NewContact = serde_json::from_value(json).expect("a contact");
        let (key, dice) = (Secret::new(KeyId("1".into()), "secret").key("gate"), Dice::new(|bytes| bytes.fill(1)));
        let kept = new.keep(Vec::new(), &key, &"demo".parse().expect("a firm"), Timestamp::UNIX_EPOCH, &dice);
        Entry::of(&kept, AttemptsSeen::default())
    }

    #[test]
    fn a_contact_is_found_by_name_email_mobile_and_readiness() {
        let ann = contact(serde_json::json!({"name": "Ann Lee 42", "email": "ann1999@x.com", "mobile": "(252) 588-5773"}));
        use Wanted::{Missing, Ready};
        for (wanted, text, found) in [
            (None, None, true),
            (Some(Missing), None, true),
            (Some(Ready), None, false),
            (None, Some("ann l"), true),
            (None, Some("  LEE "), true),
            (None, Some("1999@"), true),
            (None, Some("588-5773"), true),
            (None, Some("(252) 588"), true),
            (None, Some("57"), false),
            (None, Some("77"), false),
            (None, Some("bob 5885773"), false),
            (None, Some(""), true),
            (Some(Ready), Some("ann"), false),
        ] {
            let search = ContactSearch { wanted, client: None, text: text.map(str::to_owned) };
            assert_eq!(search.finds(&ann, &SignInPolicy::default(), true, Timestamp::UNIX_EPOCH), found, "{wanted:?} {text:?}");
        }
        assert!(ContactSearch::default().is_for_all());
    }

    fn finds(text: &str, contact: &Entry) -> bool {
        let search = ContactSearch { text: Some(text.to_owned()), ..ContactSearch::default() };
        search.finds(contact, &SignInPolicy::default(), true, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_search_forgives_accents_case_apostrophes_hyphens_and_order() {
        for (name, found, not) in [
            (
                "José Álvaro Muñoz",
                vec!["munoz", "jose", "JOSE MUNOZ", "Muñoz, José", "Jose\u{301}", "mun\u{303}oz"],
                vec!["munos", "jose lee"],
            ),
            ("Siobhán O’Brien", vec!["o'brien", "obrien", "o brien", "O\u{2bc}Brien", "siobhan"], vec!["o'brian"]),
            ("Anna-Maria Smith Jones", vec!["Smith  Jones", "anna maria", "anna-maria", "Anna\u{2010}Maria", "jones-smith"], vec!["smyth"]),
            ("Lee Park", vec!["Park Lee", "park", "pa", "ee"], vec!["lee park jr", "%", "&"]),
            ("Łukasz Sørensen", vec!["lukasz", "sorensen", "łukasz", "SØRENSEN"], vec!["uukasz"]),
            ("Jürgen Weiß", vec!["weiss", "WEISS", "jurgen", "weiß"], vec!["weib"]),
            ("İlker Kılıç", vec!["ilker", "kilic", "KILIÇ"], vec![]),
            ("Ægir Þórsson", vec!["aegir", "thorsson"], vec![]),
            ("Əli Đặng", vec!["dang"], vec![]),
            ("Σωκράτης", vec!["σωκρατησ", "ΣΩΚΡΆΤΗΣ"], vec!["sokrates"]),
            ("ﬁn Ｗｉｄｅ", vec!["fin", "wide"], vec![]),
            ("Kaʻahumanu", vec!["kaahumanu", "ka'ahumanu"], vec![]),
            ("山田 太郎", vec!["太郎", "山"], vec!["花子"]),
            ("Smith & Jones, LLC", vec!["smith & jones", "jones llc", "Smith&Jones"], vec![]),
        ] {
            let contact = contact(serde_json::json!({"name": name}));
            for text in found {
                assert!(finds(text, &contact), "{text:?} finds {name}");
            }
            for text in not {
                assert!(!finds(text, &contact), "{text:?} does not find {name}");
            }
        }
    }

    #[test]
    fn clients_names_emails_and_phones_of_any_form_are_searched_too() {
        let mut ann = contact(serde_json::json!({"name": "Ann Lee", "email": "ann@bücher.example", "mobile": "+44 7911 123456"}));
        let client = ClientId::new(Timestamp::UNIX_EPOCH, &Dice::new(|bytes| bytes.fill(1)));
        ann.clients = vec![Client { client, name: Name::parse("Café Zürich").expect("a name") }];
        for text in [
            "cafe zurich",
            "Lee, Cafe",
            "ann@bücher.example",
            "lee ann@",
            "xn--bcher",
            "\u{202a}ANN@BÜCHER.EXAMPLE\u{202c}",
            "+44 (0)7911 123456",
            "0044 7911 123456",
            "011 44 7911 123456",
            "07911 123456",
            "7911",
            "123456",
        ] {
            assert!(finds(text, &ann), "{text:?}");
        }
        for text in ["cafe bern", "bob@bücher.example", "0911", "07912 123456", "44 7911 1234567"] {
            assert!(!finds(text, &ann), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_found_however_it_is_written(
            name in "[A-Za-zÀ-ÖØ-öø-ſ]{1,8}([ '’-][A-Za-zÀ-ÖØ-öø-ſ]{1,8}){0,3}",
            how in 0..6_u8,
            hidden in unseen(),
        ) {
            let kept = contact(serde_json::json!({ "name": name }));
            let words = name.split_whitespace();
            let written: String = match how {
                0 => name.to_uppercase(),
                1 => name.to_lowercase(),
                2 => DecomposingNormalizerBorrowed::new_nfd().normalize(&name).into_owned(),
                3 => words.rev().collect::<Vec<_>>().join("  "),
                4 => folded(&name).collect(),
                _ => name.replace(['\'', '’', '-'], &format!("{hidden} ")),
            };
            prop_assert!(finds(&written, &kept), "{} {}", written, name);
            prop_assert!(folded(&name).filter(|c| is_of_word(*c)).all(|c| c.is_ascii_lowercase()), "{}", name);
        }

        #[test]
        fn every_name_finds_itself(text in any::<String>()) {
            if let Ok(name) = Name::parse(&text) {
                let kept = contact(serde_json::json!({ "name": name }));
                let has_words = folded(name.as_str()).any(is_of_word);
                prop_assert_eq!(finds(name.as_str(), &kept), has_words, "{}", shown(&text));
            }
        }
    }
}

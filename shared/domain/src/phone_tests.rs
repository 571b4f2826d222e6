use proptest::prelude::*;

use super::*;
use crate::text::tests::unseen;

fn read(text: &str) -> Option<String> {
    Phone::parse(text).ok().map(String::from)
}

#[test]
fn one_american_phone_has_one_form() {
    for typed in [
        "(252) 588-5772",
        "+1 252 588 5772",
        "252.588.5772",
        "1-252-588-5772",
        "\u{a0}2525885772\u{200b}",
        "001 252 588 5772",
        "011 1 252 588 5772",
        "\u{202a}+1 (252) 588-5772\u{202c}",
        "\u{202d}(252) 588\u{2011}5772\u{202c}",
        "252\u{ad}588\u{ad}5772",
        "+1\u{fe0f}-252-588-5772",
        "[252] 588 / 5772",
        "252\t588\r\n5772",
        "252\u{2212}588\u{b7}5772",
    ] {
        assert_eq!(read(typed).as_deref(), Some("+12525885772"), "{typed:?}");
    }
}

#[test]
fn what_names_its_country_is_read_as_of_that_country() {
    for (typed, phone) in [
        ("+49 171 2345678", "+491712345678"),
        ("0049 171 2345678", "+491712345678"),
        ("011 49 171 2345678", "+491712345678"),
        ("(+49) 171/2345678", "+491712345678"),
        ("+49 0171 2345678", "+491712345678"),
        ("+44 7911 123456", "+447911123456"),
        ("+44 (0)7911 123456", "+447911123456"),
        ("0044 7911 123458", "+447911123458"),
        ("+44 07911 123456", "+447911123456"),
        ("+55 11 91234 5678", "+5511912345678"),
        ("+82 10 1234 5678", "+821012345678"),
        ("+20 100 123 4567", "+201001234567"),
        ("+60 12 345 6789", "+60123456789"),
        ("+254 110 123456", "+254110123456"),
        ("+39 06 1234 5678", "+390612345678"),
        ("+39 312 345 6789", "+393123456789"),
        ("+7 812 345-67-89", "+78123456789"),
        ("+7 8 912 345-67-89", "+79123456789"),
        ("+36 06 20 123 4567", "+36201234567"),
        ("+52 55 1234 5678", "+525512345678"),
        ("+225 07 01 23 45 67", "+2250701234567"),
    ] {
        assert_eq!(read(typed).as_deref(), Some(phone), "{typed:?}");
    }
}

#[test]
fn what_could_be_another_number_is_refused() {
    for bad in [
        "",
        "+",
        "588-5772",
        "(052) 588-5772",
        "(252) 188-5772",
        "252-588-57721",
        "252-588-577",
        "1-252-588-57721",
        "+1 252 588 577",
        "+1 (0) 252 588 5772",
        "ann",
        "252-588-5772 ext 9",
        "252-588-5772 x9",
        "252-588-5772,9",
        "252-588-5772 / 252-588-5773",
        "2525885772 2525885773",
        "+1",
        "+0 171 2345678",
        "+0049 171 2345678",
        "++49 171 2345678",
        "+49 171 +2345678",
        "49+1712345678",
        "0171 2345678",
        "07911 123456",
        "+49 171 23456",
        "+49 171 234567890123",
        "+44 7911 1234567",
        "+44 7911 12345",
        "+55 11 7123 45678",
        "+52 1 55 1234 5678",
        "+39 (0)312 345 6789",
        "+999 123 4567",
        "+44 906 123 4567",
        "2525885772\0",
        "252588\u{7}5772",
        "252-588-5772<x>",
        "call 2525885772",
        "252\u{660}5885772",
        "\u{ff12}\u{ff15}\u{ff12}5885772",
    ] {
        assert_eq!(read(bad), None, "{bad:?}");
    }
}

#[test]
fn what_is_kept_is_read_by_its_shape() {
    let kept = |json: &str| Phone::kept(&mut serde_json::Deserializer::from_str(json)).map(|phone| phone.map(String::from));
    assert_eq!(kept("null").expect("none"), None);
    // Whatever an earlier version took for a number stays one.
    for phone in ["+12525885772", "+49712345678", "+2905123"] {
        assert_eq!(kept(&format!("\"{phone}\"")).expect("a number").as_deref(), Some(phone));
    }
    for bad in ["\"2525885772\"", "\"+0123456789\"", "\"+1252588577a\"", "\"+1234567890123456\"", "\"\"", "7"] {
        assert!(kept(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_printed_number_is_dialled() {
    for (printed, address) in [
        ("(252) 588-5772", "tel:+12525885772"),
        ("1-252-588-5772", "tel:+12525885772"),
        ("+1 252 588 5772", "tel:+12525885772"),
        ("(252) 588-5772 ext. 4", "tel:+12525885772,4"),
        ("(252) 588-5772 Ext 104", "tel:+12525885772,104"),
        ("252-588-5772 x4", "tel:+12525885772,4"),
        ("252-588-5772x4", "tel:+12525885772,4"),
        ("252-588-5772, ext. 4", "tel:+12525885772,4"),
        ("252-588-5772 extensión 4", "tel:+12525885772,4"),
        ("252-588-5772 #4", "tel:+12525885772,4"),
        ("1-800-FLOWERS", "tel:+18003569377"),
        ("1-800-Flowers", "tel:+18003569377"),
        ("800-CALL-TAX", "tel:+18002255829"),
        ("1-800-GET-TAXES", "tel:+18004388293"),
        ("(252) 588-TAXX ext 7", "tel:+12525888299,7"),
        ("Office: 252-588-5772", "tel:+12525885772"),
        ("252-588-5772 mobile", "tel:+12525885772"),
        ("252-588-5772 or 252-588-5773", "tel:+12525885772"),
        ("252-588-5772 / 252-588-5773", "tel:+12525885772"),
        ("252-588-5772, 252-588-5773", "tel:+12525885772"),
        ("252-588-5772 252-588-5773", "tel:+12525885772"),
        ("588-5772 or 588-5773", "tel:5885772"),
        ("588-5772 ext 4", "tel:5885772,4"),
        ("+44 20 7946 0958", "tel:+442079460958"),
        ("+44 20 7946 0958 / 0959", "tel:+442079460958"),
        ("0044 20 7946 0958 ext 12", "tel:+442079460958,12"),
        ("911", "tel:911"),
    ] {
        let phone = PrintedPhone::parse(printed).expect("a printed number");
        assert_eq!(phone.dialled(), address, "{printed}");
    }
}

/// The example numbers of all countries: country code, number, and what callers within the country dial before it.
fn examples() -> Vec<(u16, String, Option<String>)> {
    let all = DATABASE.iter().flat_map(|country| {
        let kinds = country.descriptors();
        let examples = [kinds.mobile(), kinds.fixed_line(), kinds.voip()].into_iter().filter_map(|kind| kind?.example());
        examples.map(|example| (country.country_code(), example.to_owned(), country.national_prefix().map(str::to_owned)))
    });
    let examples: Vec<_> = all.filter(|(code, ..)| *code != 1).collect();
    assert!(examples.len() > 400, "{}", examples.len());
    examples
}

#[test]
fn every_country_has_numbers_that_are_read() {
    let lost: Vec<_> = examples()
        .into_iter()
        .map(|(code, national, _)| format!("+{code}{national}"))
        .filter(|number| read(number).as_deref() != Some(number))
        .collect();
    assert_eq!(lost, Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn a_number_is_the_same_however_it_is_written(
        (code, national, trunk) in prop::sample::select(examples()),
        out in prop::sample::select(vec!["+", "00", "011 ", "(+", "\u{202a}+", "+\u{a0}"]),
        within in 0..3_u8,
        groups in prop::collection::vec((1..5_usize, prop::sample::select(vec![" ", "-", ".", "/", "\u{2011}", "\u{a0}", ") ", ""])), 15),
        hidden in unseen(),
    ) {
        let number = format!("+{code}{national}");
        let mut written = format!("{out}{code}");
        match (within, trunk.as_deref()) {
            (1, Some("0")) if !national.starts_with('0') => written.push_str(" (0)"),
            (2, Some(trunk)) => written.push_str(&format!(" {trunk} ")),
            _ => written.push(' '),
        }
        let mut rest = national.as_str();
        for (length, between) in groups {
            let (group, behind) = rest.split_at(length.min(rest.len()));
            written.push_str(group);
            written.push_str(between);
            rest = behind;
        }
        let middle = written.char_indices().nth(written.chars().count() / 2).map_or(0, |(middle, _)| middle);
        written.insert(middle, hidden);
        match read(&written) {
            Some(phone) => prop_assert_eq!(phone, number, "{}", written),
            // Only what callers within the country dial may make two numbers of one.
            None => prop_assert!(within > 0, "{}", written),
        }
    }

    #[test]
    fn no_digit_is_lost_or_made_up(text in "[+0(]{0,3}[0-9 ().-]{5,20}") {
        if let Some(phone) = read(&text) {
            let typed: String = text.chars().filter(char::is_ascii_digit).collect();
            // What was dialled before it aside, the digits typed are the digits kept.
            let national = &phone[2..];
            prop_assert!(typed.ends_with(national) || typed.ends_with(&national[1..]) || typed.ends_with(&national[2..]), "{} {}", text, phone);
            prop_assert!(phone.len() - 1 <= typed.len() + 1);
            prop_assert_eq!(read(&phone), Some(phone));
        }
    }

    #[test]
    fn reading_never_panics(text in any::<String>()) {
        let _ = read(&text);
        let _ = PrintedPhone::parse(&text).map(|phone| phone.dialled());
    }
}

#[test]
fn a_phone_is_of_the_country_that_gives_out_its_area_code() {
    for (phone, country) in [
        ("+12025550173", "US"),
        ("+12525885772", "US"),
        ("+14254147167", "US"),
        ("+19075550100", "US"),
        ("+18085550100", "US"),
        ("+16475550123", "CA"),
        ("+14165550123", "CA"),
        ("+18762101234", "JM"),
        ("+16582012345", "JM"),
        ("+12423591234", "BS"),
        ("+12462501234", "BB"),
        ("+14413701234", "BM"),
        ("+18092345678", "DO"),
        ("+17872345678", "PR"),
        ("+13406421234", "VI"),
        ("+16713001234", "GU"),
        // What callers pay for, what nobody pays for, what is nobody's, and what no area has yet.
        ("+19002345678", "ZZ"),
        ("+12029765555", "ZZ"),
        ("+18002345678", "ZZ"),
        ("+19762345678", "ZZ"),
        ("+15005550006", "ZZ"),
        ("+12112345678", "ZZ"),
        ("+491712345678", "DE"),
        ("+447400123456", "GB"),
        ("+525512345678", "MX"),
        ("+77012345678", "KZ"),
        ("+79161234567", "RU"),
        ("+99912345678", "ZZ"),
    ] {
        let kept: Kept = serde_json::from_value(serde_json::json!({ "phone": phone })).expect("it is kept");
        assert_eq!(kept.phone.expect("a phone").country().as_str(), country, "{phone}");
    }
}

/// A phone as a row holds it, which is read by its shape alone.
#[derive(serde::Deserialize)]
struct Kept {
    #[serde(deserialize_with = "Phone::kept")]
    phone: Option<Phone>,
}

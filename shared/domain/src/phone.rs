//! Phone numbers: those that codes go to, and the one that a firm prints.

use phonenumber::{
    Metadata,
    metadata::{DATABASE, Descriptor},
};
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{
    Country,
    text::{parsed_text, seen, shown, squeeze},
};

/// Text that is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a mobile number with its area code, like (252) 588-5772, or with + and the country code.")]
pub struct NotAPhone;

/// A phone number in E.164 form; what begins with `+`, `00` or `011` names its country, anything else is a US number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("minLength" = 7, "maxLength" = 60))]
pub struct Phone(String);

/// Digits of a number with its country code: the fewest that any country has (Niue), the most that there may be (ITU-T E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

impl Phone {
    /// The number with all but its last four digits hidden: `***5772`.
    pub fn masked(&self) -> String {
        format!("***{}", &self.0[self.0.len().saturating_sub(4)..])
    }

    /// Reads a number as a person typed it. No digit is lost or added but what people dial before it: the way out of a country, the 1 of
    /// the US, and a zero that only callers within the country dial.
    pub fn parse(text: &str) -> Result<Self, NotAPhone> {
        let text = seen(text);
        let bare = squeeze(&text);
        let (digits, is_international) = international(&bare);
        if text.len() > 60 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAPhone);
        }
        let american = match digits.strip_prefix('1') {
            Some(national) => Some(national),
            None => Some(digits).filter(|_| !is_international),
        };
        match american {
            Some(national) if is_american(national) => Ok(Self(format!("+1{national}"))),
            Some(_) => Err(NotAPhone),
            None => abroad(digits, text.contains("(0)")).map(Self).ok_or(NotAPhone),
        }
    }

    /// The country in which people have this number as a mobile or at home; none for premium numbers, and for what no country gives out. Countries
    /// that share a code, as those of +1 do, are told apart by their area codes.
    pub fn country(&self) -> Country {
        let of = |(countries, national): (Vec<&Metadata>, &str)| {
            let own = countries.into_iter().find(|country| {
                let kinds = country.descriptors();
                [kinds.mobile(), kinds.fixed_line()].into_iter().flatten().any(|kind| fits(kind, national))
            })?;
            // In every area code of +1 an exchange 976 belongs to what callers pay for.
            let is_premium = own.country_code() == 1 && national.get(3..6) == Some("976");
            (!is_premium).then(|| Country::of_table(own.id()))
        };
        by_code(&self.0[1..]).and_then(|(_, countries, national)| of((countries, national))).unwrap_or_else(Country::none)
    }

    /// Reads a number that was parsed before it was kept, by its shape alone: most functions meet no others, and what the library knows of
    /// the numbers of the world makes a function larger by a quarter, and its first answer slower by far.
    pub(crate) fn kept<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let kept: Option<String> = Option::deserialize(deserializer)?;
        let shaped = |text: &String| text.strip_prefix('+').is_some_and(is_e164);
        if kept.as_ref().is_none_or(shaped) {
            Ok(kept.map(Self))
        } else {
            Err(D::Error::custom("a phone number that is kept is in E.164 form"))
        }
    }
}

parsed_text!(Phone, NotAPhone);

fn is_e164(digits: &str) -> bool {
    DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
}

/// What follows the `+`, or what is dialled in place of it in most of the world (`00`) and in the US (`011`); neither begins a number there.
fn international(bare: &str) -> (&str, bool) {
    let rest = ["+", "00", "011"].iter().find_map(|out| bare.strip_prefix(out));
    (rest.unwrap_or(bare), rest.is_some())
}

/// Whether `national` has the shape of a number in +1: NXX NXX XXXX. No list of area codes is asked: any is always a little old.
fn is_american(national: &str) -> bool {
    let is_n = |at: usize| matches!(national.as_bytes().get(at), Some(b'2'..=b'9'));
    national.len() == 10 && is_n(0) && is_n(3)
}

/// The number of another country, country code and all, as E.164. It is judged as it stands and without the digits that only callers
/// within the country dial (`optional_zero`: one was put in brackets); where both could be meant, nothing is guessed.
fn abroad(digits: &str, optional_zero: bool) -> Option<String> {
    let (code, countries, national) = by_code(digits)?;
    let trunk = if optional_zero { Some("0") } else { countries.iter().find_map(|country| country.national_prefix()) };
    let without = trunk.and_then(|trunk| national.strip_prefix(trunk));
    let mut meant = [Some(national), without].into_iter().flatten().filter(|national| countries.iter().any(|of| is_number(of, national)));
    let number = meant.next().filter(|_| meant.next().is_none())?;
    Some(format!("+{code}{number}")).filter(|number| is_e164(&number[1..]))
}

/// `digits` parted behind the country code, with the countries that share it. No country code begins with another.
fn by_code(digits: &str) -> Option<(&str, Vec<&'static Metadata>, &str)> {
    (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        Some((code, DATABASE.by_code(&code.parse::<u16>().ok()?)?, national))
    })
}

/// Whether `national` is, from end to end, a number that a person in `country` may have.
fn is_number(country: &Metadata, national: &str) -> bool {
    let kinds = country.descriptors();
    [kinds.mobile(), kinds.fixed_line(), kinds.voip(), kinds.personal_number()].into_iter().flatten().any(|kind| fits(kind, national))
}

/// Whether `national` is a number of this kind, from end to end: the library itself is content with one that begins right.
fn fits(kind: &Descriptor, national: &str) -> bool {
    let has_length =
        kind.possible_length().is_empty() || kind.possible_length().iter().any(|length| usize::from(*length) == national.len());
    has_length && Regex::new(&format!("(?x)^(?:{})$", kind.national_number().as_str())).is_ok_and(|whole| whole.is_match(national))
}

/// Text that is not a phone number to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Give a phone number of 3 to 40 characters, as it should be printed.")]
pub struct NotAPrintedPhone;

/// A phone number as the firm prints it, at the end of every message and page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct PrintedPhone(String);

impl PrintedPhone {
    /// Reads a printed phone number.
    pub fn parse(text: &str) -> Result<Self, NotAPrintedPhone> {
        let text = shown(text);
        let fits = (3..=40).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits && text.bytes().any(|b| b.is_ascii_digit()) { Ok(Self(text)) } else { Err(NotAPrintedPhone) }
    }

    /// The address that dials it, `tel:+12525885772,4`: the first number if several are printed, letters as the digits of their keys,
    /// and an extension after a pause.
    pub fn dialled(&self) -> String {
        let mut dialled = Dialled::default();
        for part in parts(&self.0) {
            if !dialled.goes_on_with(part) {
                break;
            }
        }
        dialled.address()
    }
}

parsed_text!(PrintedPhone, NotAPrintedPhone);

/// `text` in runs of digits, of letters, and of what is neither.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let kind = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = kind(rest.chars().next()?);
        let (part, behind) = rest.split_at(rest.find(|c| kind(c) != first).unwrap_or(rest.len()));
        rest = behind;
        Some(part)
    })
}

/// What of a printed number is dialled.
#[derive(Default)]
struct Dialled {
    digits: String,
    is_international: bool,
    /// Whether something stands behind it that parts two numbers.
    has_ended: bool,
    /// What is dialled after a pause, once there is word of it.
    extension: Option<String>,
}

/// Fewest digits of a whole number: one that is dialled without an area code.
const LOCAL: usize = 7;

impl Dialled {
    /// The digits that a US number still wants; none for a number that may be of any length.
    fn room(&self) -> Option<usize> {
        let whole = 10 + usize::from(self.digits.starts_with('1'));
        (!self.is_international).then(|| whole.saturating_sub(self.digits.len()))
    }

    fn is_over(&self) -> bool {
        self.has_ended || self.room() == Some(0)
    }

    /// Takes in the next part, unless the number ends before it.
    fn goes_on_with(&mut self, part: &str) -> bool {
        let is_letters = part.starts_with(char::is_alphabetic);
        if part.starts_with(|c: char| c.is_ascii_digit()) {
            if let Some(extension) = &mut self.extension {
                extension.push_str(part);
                return false;
            }
            if self.is_over() {
                return false;
            }
            self.digits.push_str(part);
            if let (digits, true) = international(&self.digits) {
                (self.digits, self.is_international) = (digits.to_owned(), true);
            }
        } else if is_letters && (part.eq_ignore_ascii_case("x") || part.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("ext"))) {
            self.extension.get_or_insert_default();
        } else if is_letters && !self.digits.is_empty() && self.extension.is_none() {
            let spelled = self.digits.len() < LOCAL || part.chars().all(char::is_uppercase);
            if self.is_over() || !spelled {
                return false;
            }
            self.digits.extend(part.chars().filter_map(key).take(self.room().unwrap_or(usize::MAX)));
        } else if self.digits.is_empty() {
            self.is_international |= part.contains('+');
        } else if part.contains('#') {
            self.extension.get_or_insert_default();
        } else if self.digits.len() >= LOCAL {
            self.has_ended |= part.contains([',', ';', '/', '|', '&', '+']);
        }
        true
    }

    fn address(&self) -> String {
        let country = match self.digits.len() {
            _ if self.is_international => "+",
            10 if is_american(&self.digits) => "+1",
            11 if self.room() == Some(0) => "+",
            _ => "",
        };
        let pause = self.extension.as_deref().filter(|extension| !extension.is_empty()).map(|extension| format!(",{extension}"));
        format!("tel:{country}{}{}", self.digits, pause.unwrap_or_default())
    }
}

/// The digit on whose key a letter stands (ITU-T E.161).
fn key(letter: char) -> Option<char> {
    Some(match letter.to_ascii_uppercase() {
        'A'..='C' => '2',
        'D'..='F' => '3',
        'G'..='I' => '4',
        'J'..='L' => '5',
        'M'..='O' => '6',
        'P'..='S' => '7',
        'T'..='V' => '8',
        'W'..='Z' => '9',
        _ => return None,
    })
}

#[cfg(test)]
#[path = "phone_tests.rs"]
mod tests;

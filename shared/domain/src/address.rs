//! Email addresses and phone numbers, normalised when stored and when used.

use email_address::{EmailAddress, Options};
use phonenumber::{Mode, country};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::text::{parsed_text, squeeze, trim};

/// Text that is not an email address that we can write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter an email address like name@example.com.")]
pub struct NotAnEmail;

/// A mailbox: trimmed, in lower case, with its domain in ASCII form (IDNA), at most 254 characters (RFC 5321).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address as a person typed it.
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let (local, domain) = trim(text).rsplit_once('@').ok_or(NotAnEmail)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| NotAnEmail)?;
        let email = format!("{}@{domain}", local.to_ascii_lowercase());
        let plain = Options::default().with_required_tld().without_display_text().without_domain_literal();
        let valid = email.is_ascii() && !email.contains('"') && email.len() <= 254;
        if valid && EmailAddress::parse_with_options(&email, plain).is_ok() { Ok(Self(email)) } else { Err(NotAnEmail) }
    }

    /// The address with all but its first character and its domain hidden: `j***@x.com`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        format!("{}***@{domain}", local.chars().next().unwrap_or_default())
    }
}

parsed_text!(Email, NotAnEmail);

/// An email address together with the very characters that a person typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct TypedEmail {
    /// What was typed.
    pub typed: String,
    /// The address that it means.
    pub email: Email,
}

impl TryFrom<String> for TypedEmail {
    type Error = NotAnEmail;
    fn try_from(typed: String) -> Result<Self, NotAnEmail> {
        if typed.len() > 320 {
            return Err(NotAnEmail);
        }
        Email::parse(&typed).map(|email| Self { typed, email })
    }
}

impl From<TypedEmail> for String {
    fn from(typed: TypedEmail) -> Self {
        typed.typed
    }
}

impl From<Email> for TypedEmail {
    fn from(email: Email) -> Self {
        Self { typed: email.as_str().to_owned(), email }
    }
}

/// Text that is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a mobile number with its area code, like (252) 588-5772.")]
pub struct NotAPhone;

/// A phone number in E.164 form; without a country code it is read as a US number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Phone(String);

impl Phone {
    /// The number with all but its last four digits hidden: `***5772`.
    pub fn masked(&self) -> String {
        format!("***{}", &self.0[self.0.len().saturating_sub(4)..])
    }

    /// Reads a number as a person typed it.
    pub fn parse(text: &str) -> Result<Self, NotAPhone> {
        let text = trim(text);
        // The library passes over what it does not know, which would make a number of any text with enough digits.
        let plain = squeeze(text).chars().all(|c| c.is_ascii_digit() || "+()./".contains(c)) && !text.chars().any(char::is_control);
        if text.len() > 40 || !plain {
            return Err(NotAPhone);
        }
        let number = phonenumber::parse(Some(country::US), text).map_err(|_| NotAPhone)?;
        let national = number.national().value().to_string();
        // The list of area codes in the library is always a little old, so in +1 the shape decides (NXX NXX XXXX).
        let valid = if number.country().code() == 1 {
            national.len() == 10 && national.as_bytes()[0] >= b'2' && national.as_bytes()[3] >= b'2'
        } else {
            phonenumber::is_valid(&number)
        };
        let bare = number.extension().is_none();
        if valid && bare { Ok(Self(number.format().mode(Mode::E164).to_string())) } else { Err(NotAPhone) }
    }

    /// Reads a number that was parsed before it was kept. Most functions meet no others, and without the library that parses them, and
    /// all that it knows of the numbers of the world, they are smaller by a quarter.
    pub(crate) fn kept<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(Option::deserialize(deserializer)?.map(Self))
    }
}

parsed_text!(Phone, NotAPhone);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_mailbox_has_one_form() {
        for (typed, email) in [
            (" Ann@X.com\u{a0}", "ann@x.com"),
            ("\u{feff}ann@x.com\u{200b}", "ann@x.com"),
            ("ann+tax@BÜCHER.example", "ann+tax@xn--bcher-kva.example"),
            ("o'neil@x.co.uk", "o'neil@x.co.uk"),
        ] {
            assert_eq!(Email::parse(typed).map(String::from), Ok(email.to_owned()), "{typed:?}");
        }
    }

    #[test]
    fn what_cannot_be_written_to_is_refused() {
        let long = format!("{}@x.com", "a".repeat(65));
        for bad in [
            "",
            "@",
            "ann",
            "ann@",
            "@x.com",
            "ann@x",
            "ann@@x.com",
            "a b@x.com",
            "ann@[127.0.0.1]",
            "Ann <ann@x.com>",
            "\"ann\"@x.com",
            "ann@x.com,bob@x.com",
            "änn@x.com",
            "ann@x..com",
            "ann@x.com#",
            "a\u{0}nn@x.com",
            "ann@x.com\0",
            "ann@x.c\0om",
            "ann\0@x.com",
            &long,
        ] {
            assert_eq!(Email::parse(bad), Err(NotAnEmail), "{bad:?}");
        }
    }

    #[test]
    fn a_masked_mailbox_shows_one_letter_and_the_domain() {
        assert_eq!(Email::parse("jane@x.com").map(|email| email.masked()), Ok("j***@x.com".to_owned()));
    }

    #[test]
    fn one_phone_has_one_form() {
        for typed in ["(252) 588-5772", "+1 252 588 5772", "252.588.5772", "1-252-588-5772", "\u{a0}2525885772\u{200b}"] {
            assert_eq!(Phone::parse(typed).map(String::from), Ok("+12525885772".to_owned()), "{typed:?}");
        }
        assert_eq!(Phone::parse("+44 7911 123456").map(String::from), Ok("+447911123456".to_owned()));
        for bad in [
            "",
            "588-5772",
            "(052) 588-5772",
            "252-588-57721",
            "ann",
            "252-588-5772 ext 9",
            "+1",
            "2525885772\0",
            "252588\r\n5772",
            "252-588-5772<x>",
            "call 2525885772",
            "252\u{660}5885772",
            "\u{ff12}\u{ff15}\u{ff12}5885772",
        ] {
            assert_eq!(Phone::parse(bad), Err(NotAPhone), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_stable(text in ".{0,60}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone));
            }
        }
    }
}

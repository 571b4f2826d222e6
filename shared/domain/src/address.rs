//! Email addresses, normalised when stored and when used.

use email_address::{EmailAddress, Options};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::{is_unseen, parsed_text, seen};

/// Why text is not an email address that we can write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEmail {
    /// It has not the form of one.
    #[error("Enter an email address like name@example.com.")]
    Form,
    /// It holds what no address does.
    #[error("An email address cannot hold {}. Enter one like name@example.com.", named(*.0))]
    Character(char),
}

/// A character in words by which a person finds it.
fn named(c: char) -> String {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => format!("a curly apostrophe ({c}); a straight one (') is fine"),
        '@' => "a second @".to_owned(),
        c if c.is_whitespace() => "a space".to_owned(),
        c if c.is_control() => "a control character".to_owned(),
        c => format!("this character: {c}"),
    }
}

/// A mailbox: trimmed, in lower case, with its domain in ASCII form (IDNA), at most 254 characters (RFC 5321).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[^@]+@[^@]+$"))]
pub struct Email(String);

impl Email {
    /// Reads an address as a person typed it.
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let text = seen(text);
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnEmail::Form)?;
        // Letters of all the world may stand in a domain: what is none of them is found by IDNA.
        let foreign = local.chars().find(|c| !is_atom(*c)).or_else(|| domain.chars().find(|c| c.is_ascii() && !is_of_host(*c)));
        if let Some(foreign) = foreign {
            return Err(NotAnEmail::Character(foreign));
        }
        // As the web does it, and mail in its wake: hosts with underscores and doubled hyphens are there.
        let domain = idna::domain_to_ascii(domain).map_err(|_| NotAnEmail::Form)?;
        let email = format!("{}@{domain}", local.to_ascii_lowercase());
        let plain = Options::default().with_required_tld().without_display_text().without_domain_literal();
        // No zone of the net is called by a number: that is an address of a machine.
        let is_named = domain.rsplit('.').next().is_some_and(|zone| zone.contains(|c: char| c.is_ascii_alphabetic()));
        let valid = is_named && domain.chars().all(is_of_host) && email.len() <= 254;
        if valid && EmailAddress::parse_with_options(&email, plain).is_ok() { Ok(Self(email)) } else { Err(NotAnEmail::Form) }
    }

    /// The address with all but its first character and its domain hidden: `j***@x.com`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        format!("{}***@{domain}", local.chars().next().unwrap_or_default())
    }
}

parsed_text!(Email, NotAnEmail);

/// Whether `c` may stand before the `@` without quotes (RFC 5322 atext, and the dot).
fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

/// Whether `c` may stand in the name of a host, as names are found in the net.
fn is_of_host(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// An email address together with the characters that a person typed, as far as they are seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[^@]+@[^@]+$"))]
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
            return Err(NotAnEmail::Form);
        }
        let email = Email::parse(&typed)?;
        Ok(Self { typed: typed.chars().filter(|c| !is_unseen(*c)).collect(), email })
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_mailbox_has_one_form() {
        for (typed, email) in [
            (" Ann@X.com\u{a0}", "ann@x.com"),
            ("\u{feff}ann@x.com\u{200b}", "ann@x.com"),
            ("\u{202a}ann@x.com\u{202c}", "ann@x.com"),
            ("\u{200e}a\u{ad}nn@x\u{2060}.com", "ann@x.com"),
            ("ann@my_company.com", "ann@my_company.com"),
            ("ann@ab--cd.com", "ann@ab--cd.com"),
            ("ann@1and1.2go.com", "ann@1and1.2go.com"),
            ("ann@bu\u{308}cher.example", "ann@xn--bcher-kva.example"),
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
            "ann@127.0.0.1",
            "ann@example.123",
            "ann@-x.com",
            "ann@x-.com",
            "ann@xn--0.com",
            "ann@x.com/",
            "ann@x。127",
            "ann@x..com",
            "ann@x.com#",
            "a\u{0}nn@x.com",
            "ann@x.com\0",
            "ann@x.c\0om",
            "ann\0@x.com",
            &long,
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_character_that_cannot_stand_there_is_named() {
        for (typed, named) in [
            ("tim.o’connor@example.com", "a curly apostrophe (’)"),
            ("a b@x.com", "a space"),
            ("ann@x.com bob", "a space"),
            ("ann@@x.com", "a second @"),
            ("änn@x.com", "this character: ä"),
            ("ann@x.com#", "this character: #"),
            ("Ann<ann@x.com>", "this character: <"),
            ("a\u{0}nn@x.com", "a control character"),
        ] {
            let told = Email::parse(typed).expect_err(typed).to_string();
            assert!(told.starts_with(&format!("An email address cannot hold {named}")), "{told}");
        }
        assert_eq!(Email::parse("ann"), Err(NotAnEmail::Form));
    }

    #[test]
    fn what_was_typed_is_kept_but_for_what_is_not_seen() {
        let typed = TypedEmail::try_from(" \u{202e}Ann@X.com\u{a0}".to_owned()).expect("an email");
        assert_eq!((typed.typed.as_str(), typed.email.as_str()), (" Ann@X.com\u{a0}", "ann@x.com"));
    }

    #[test]
    fn a_masked_mailbox_shows_one_letter_and_the_domain() {
        assert_eq!(Email::parse("jane@x.com").map(|email| email.masked()), Ok("j***@x.com".to_owned()));
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_stable(text in ".{0,60}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }

        #[test]
        fn what_is_not_seen_makes_no_other_mailbox(hidden in crate::text::tests::unseen(), at in 0..=11_usize) {
            let mut typed = "ann@mail.de".to_owned();
            typed.insert(at, hidden);
            prop_assert_eq!(Email::parse(&typed).map(String::from), Ok("ann@mail.de".to_owned()));
        }
    }
}

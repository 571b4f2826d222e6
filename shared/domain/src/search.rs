//! Which contacts a search finds.

use crate::{contact::Contact, settings::SignInPolicy, text::trim};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a contact has all that signing in needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortalStatus {
    /// It has.
    Ready,
    /// Something is missing.
    Missing,
}

/// What contacts are searched for.
#[derive(Debug, Clone, Default)]
pub struct ContactSearch {
    /// Those of this status alone.
    pub status: Option<PortalStatus>,
    /// Those in whose name, email or mobile this stands.
    pub text: Option<String>,
}

/// Fewest digits that are looked for in a phone number.
const DIGITS_LEAST: usize = 3;

impl Contact {
    /// Whether this contact has all that signing in needs.
    pub fn status(&self, policy: &SignInPolicy, texting: bool) -> PortalStatus {
        if self.missing(policy, texting).is_empty() { PortalStatus::Ready } else { PortalStatus::Missing }
    }
}

impl ContactSearch {
    /// Whether every contact is found.
    pub fn is_for_all(&self) -> bool {
        self.status.is_none() && self.text.is_none()
    }

    /// Whether `contact` is found, at a firm with `policy` where text messages can be sent (`texting`).
    pub fn finds(&self, contact: &Contact, policy: &SignInPolicy, texting: bool) -> bool {
        self.status.is_none_or(|status| status == contact.status(policy, texting))
            && self.text.as_deref().is_none_or(|text| stands_in(text, contact))
    }
}

fn stands_in(text: &str, contact: &Contact) -> bool {
    let wanted = trim(text).to_lowercase();
    // The digits in a name or a mail address are no part of a phone number.
    let digits: String =
        if wanted.chars().any(char::is_alphabetic) { String::new() } else { wanted.chars().filter(char::is_ascii_digit).collect() };
    contact.name.as_str().to_lowercase().contains(&wanted)
        || contact.email.as_ref().is_some_and(|email| email.as_str().contains(&wanted))
        || (digits.len() >= DIGITS_LEAST && contact.mobile.as_ref().is_some_and(|mobile| mobile.as_str().contains(&digits)))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        Dice,
        contact::NewContact,
        keys::{KeyId, Secret},
    };

    fn contact(json: serde_json::Value) -> Contact {
        let new: NewContact = serde_json::from_value(json).expect("a contact");
        let (key, dice) = (Secret::new(KeyId("1".into()), "secret").key("gate"), Dice::new(|bytes| bytes.fill(1)));
        new.keep(Vec::new(), &key, &"demo".parse().expect("a firm"), Timestamp::UNIX_EPOCH, &dice)
    }

    #[test]
    fn a_contact_is_found_by_name_email_mobile_and_readiness() {
        let ann = contact(serde_json::json!({"name": "Ann Lee 42", "email": "ann1999@x.com", "mobile": "(252) 588-5773"}));
        use PortalStatus::{Missing, Ready};
        for (status, text, found) in [
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
            let search = ContactSearch { status, text: text.map(str::to_owned) };
            assert_eq!(search.finds(&ann, &SignInPolicy::default(), true), found, "{status:?} {text:?}");
        }
        assert!(ContactSearch::default().is_for_all());
    }
}

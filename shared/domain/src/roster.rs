//! The roster: contacts as lists have them, in which order, and places in it.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ContactId, Email, Language, Name, Phone,
    account::is_false,
    attempts::AttemptsSeen,
    client::Client,
    contact::Contact,
    delivery::Troubles,
    folded::folded,
    gate::GateKind,
    moments,
    settings::Overrides,
    standing::{Facts, Standing},
};

/// A gate without its digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Gate")]
pub struct GateSeen {
    /// Which.
    pub kind: GateKind,
    /// Its label.
    pub label: Option<String>,
}

/// A contact as lists have it: all that staff see of it, not judged yet, and no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which contact.
    pub contact: ContactId,
    /// Counts its changes by staff.
    pub version: u32,
    /// Its name.
    pub name: Name,
    /// The name under which it stands.
    pub sorted_as: Name,
    /// The mailbox that it signs in with.
    #[serde(default)]
    pub email: Option<Email>,
    /// The phone that codes go to.
    #[serde(default, deserialize_with = "Phone::kept")]
    pub mobile: Option<Phone>,
    /// Whether others may have the same mobile.
    pub share_mobile: bool,
    /// The language of what is sent to it, if not the firm's.
    #[serde(default)]
    pub language: Option<Language>,
    /// What it must know.
    pub gates: Vec<GateSeen>,
    /// The clients that it acts for.
    pub clients: Vec<Client>,
    /// What is decided about signing in for it alone.
    #[serde(default, skip_serializing_if = "Overrides::are_none")]
    pub overrides: Overrides,
    /// When it was last invited.
    #[serde(with = "moments::or_never", default)]
    pub invited_at: Option<Timestamp>,
    /// When it last signed in.
    #[serde(with = "moments::or_never", default)]
    pub last_access_at: Option<Timestamp>,
    /// What keeps messages from it.
    #[serde(flatten)]
    pub troubles: Troubles,
    /// Whether it has a second factor that is confirmed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub second_factor: bool,
    /// What was last seen of its attempts to sign in.
    #[serde(flatten)]
    pub attempts: AttemptsSeen,
}

impl Entry {
    /// The entry of `contact`, of whose `attempts` this was seen.
    pub fn of(contact: &Contact, attempts: AttemptsSeen) -> Self {
        let Contact { version, share_mobile, language, overrides, invited_at, last_access_at, troubles, second_factor, .. } = *contact;
        Self {
            contact: contact.contact,
            version,
            name: contact.name.clone(),
            sorted_as: contact.sorted_as(),
            email: contact.email.clone(),
            mobile: contact.mobile.clone(),
            share_mobile,
            language,
            gates: contact.gates.iter().map(|gate| GateSeen { kind: gate.kind, label: gate.label.clone() }).collect(),
            clients: contact.clients.clone(),
            overrides,
            invited_at,
            last_access_at,
            troubles,
            second_factor,
            attempts,
        }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        let gates = self.gates.iter().map(|gate| gate.kind).collect();
        let facts = Facts { email: self.email.is_some(), mobile: self.mobile.is_some(), gates, overrides: self.overrides };
        let (locked_until, invited_at, last_access_at) = (self.attempts.locked_until, self.invited_at, self.last_access_at);
        Standing { facts, locked_until, invited_at, last_access_at }
    }

    /// By what it stands in the order of names: neither case, accents nor signs matter, and of equal names the older comes first.
    pub fn sort_key(&self) -> String {
        sort_key(&self.sorted_as, self.contact)
    }
}

/// Most characters of a key by which contacts are sorted: names that are alike for so long stand in the order in which they were added.
const LETTERS_MOST: usize = 120;

fn sort_key(sorted_as: &Name, contact: ContactId) -> String {
    let folded: String = folded(sorted_as.as_str()).filter(|c| c.is_alphanumeric() || c.is_whitespace()).take(LETTERS_MOST).collect();
    // What has no letters stands at the end.
    let letters = if folded.trim().is_empty() { "\u{10fffd}".to_owned() } else { folded };
    format!("{letters} {contact}")
}

/// In which order contacts are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Sort {
    /// By the names under which they stand, A–Z.
    #[default]
    #[serde(rename = "name")]
    Name,
    /// Who signed in last first.
    #[serde(rename = "-last-access")]
    LastAccess,
    /// Who was invited last first.
    #[serde(rename = "-invited")]
    Invited,
    /// Who was added last first.
    #[serde(rename = "-created")]
    Created,
}

/// Text that is no place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is no cursor of a list in this order.")]
pub struct NotAPlace;

/// The place of a contact in the list of all, as an index has it: whoever goes on behind it misses nobody, whatever became of that contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum RosterPlace {
    /// In the order of names, by what it is sorted by there.
    Named(String, ContactId),
    /// In the order of sign-ins or invitations, by when, in milliseconds.
    Dated(i64, ContactId),
    /// In the order in which they were added.
    Added(ContactId),
}

/// Most bytes of a key by which things are sorted (a limit of DynamoDB).
const KEY_MOST: usize = 1024;

impl RosterPlace {
    /// The place of `entry` in this order.
    pub fn of(entry: &Entry, sort: Sort) -> Self {
        let dated = |at: Option<Timestamp>| Self::Dated(at.map_or(0, Timestamp::as_millisecond), entry.contact);
        match sort {
            Sort::Name => Self::Named(entry.sort_key(), entry.contact),
            Sort::LastAccess => dated(entry.last_access_at),
            Sort::Invited => dated(entry.invited_at),
            Sort::Created => Self::Added(entry.contact),
        }
    }

    /// The same, if it is one of this order.
    ///
    /// # Errors
    /// If it is not.
    pub fn within(self, sort: Sort) -> Result<Self, NotAPlace> {
        match (sort, &self) {
            (Sort::Name, Self::Named(..)) | (Sort::LastAccess | Sort::Invited, Self::Dated(..)) | (Sort::Created, Self::Added(_)) => {
                Ok(self)
            }
            _ => Err(NotAPlace),
        }
    }

    /// Whose place it is.
    pub fn contact(&self) -> ContactId {
        let (Self::Named(_, contact) | Self::Dated(_, contact) | Self::Added(contact)) = self;
        *contact
    }
}

impl fmt::Display for RosterPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Named(key, contact) => format!("n{key}{contact}"),
            Self::Dated(at, contact) => format!("d{at}{contact}"),
            Self::Added(contact) => format!("a{contact}"),
        };
        f.write_str(&URL_SAFE_NO_PAD.encode(text))
    }
}

impl FromStr for RosterPlace {
    type Err = NotAPlace;
    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let text = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(NotAPlace)?;
        let (rest, contact) = text.len().checked_sub(32).and_then(|at| text.split_at_checked(at)).ok_or(NotAPlace)?;
        let contact: ContactId = contact.parse().map_err(|_| NotAPlace)?;
        match rest.split_at_checked(1).ok_or(NotAPlace)? {
            ("n", key) if (1..=KEY_MOST).contains(&key.len()) => Ok(Self::Named(key.to_owned(), contact)),
            ("d", at) => at.parse().map(|at| Self::Dated(at, contact)).map_err(|_| NotAPlace),
            ("a", "") => Ok(Self::Added(contact)),
            _ => Err(NotAPlace),
        }
    }
}

impl TryFrom<String> for RosterPlace {
    type Error = NotAPlace;
    fn try_from(text: String) -> Result<Self, NotAPlace> {
        text.parse()
    }
}

impl From<RosterPlace> for String {
    fn from(place: RosterPlace) -> Self {
        place.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "01a22315be377ebabfdc035686a33152";

    fn id() -> ContactId {
        ID.parse().expect("an id")
    }

    #[test]
    fn a_place_belongs_to_its_order_alone() {
        use RosterPlace::{Added, Dated, Named};
        for (sort, place, belongs) in [
            (Sort::Name, Named("a".to_owned(), id()), true),
            (Sort::Name, Dated(1, id()), false),
            (Sort::LastAccess, Dated(1, id()), true),
            (Sort::Invited, Dated(1, id()), true),
            (Sort::Invited, Added(id()), false),
            (Sort::Created, Added(id()), true),
            (Sort::Created, Named("a".to_owned(), id()), false),
        ] {
            assert_eq!(place.clone().within(sort).is_ok(), belongs, "{sort:?} {place:?}");
        }
    }

    #[test]
    fn what_we_did_not_write_is_no_place() {
        let long = format!("n{}{ID}", "x".repeat(1025));
        for text in
            ["", "x", ID, &format!("n{ID}"), &format!("a1{ID}"), &format!("dx{ID}"), &format!("z{ID}"), &long, &format!("né{}", &ID[1..])]
        {
            assert_eq!(URL_SAFE_NO_PAD.encode(text).parse::<RosterPlace>(), Err(NotAPlace), "{text}");
        }
        assert_eq!("§".parse::<RosterPlace>(), Err(NotAPlace));
    }

    #[test]
    fn names_stand_as_people_look_for_them() {
        let key = |name: &str| sort_key(&Name::parse(name).expect("a name"), id());
        let names = ["adams B, A", "Adams, Z", "Álvarez, J", "Baker", "de Vries", "O'Brien, T", "obrien, U", "Zúñiga", "\u{1f600}"];
        assert!(names.map(key).is_sorted(), "{:?}", names.map(key));
    }

    proptest! {
        #[test]
        fn whatever_it_is_called_a_contact_has_a_place(text in "\\PC{1,120}") {
            if let Ok(name) = Name::parse(&text) {
                let key = sort_key(&name, id());
                prop_assert!((33..=KEY_MOST).contains(&key.len()));
            }
        }

        #[test]
        fn a_place_is_read_as_it_was_written(key in "\\PC{1,100}", at in any::<i64>()) {
            for place in [RosterPlace::Named(key, id()), RosterPlace::Dated(at, id()), RosterPlace::Added(id())] {
                prop_assert_eq!(place.to_string().parse(), Ok(place));
            }
        }

        #[test]
        fn no_text_is_more_than_refused(text in "\\PC{0,100}") {
            let _: Result<RosterPlace, NotAPlace> = text.parse();
        }
    }
}

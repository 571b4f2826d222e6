//! Contacts: who signs in, whether they can, and how they change.

mod patch;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

pub use patch::{ContactPatch, Patched};

use crate::{
    ClientId, ContactId, Dice, Email, FirmId, Name, Phone, Subject,
    firm::{Client, SignInPolicy},
    gate::{Gate, NewGate},
    keys::Key,
    moments, policy,
    sign_in::SignIn,
};

/// Most gates that a contact may have: a couple shares a mailbox, not more.
pub const GATES_MOST: usize = 2;
/// Most clients that a contact may act for.
pub const CLIENTS_MOST: usize = 50;

/// A contact of a firm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Its identifier.
    pub contact: ContactId,
    /// Its name.
    pub name: Name,
    /// The mailbox that it signs in with.
    #[serde(default)]
    pub email: Option<Email>,
    /// The phone that codes go to.
    #[serde(default, deserialize_with = "Phone::kept")]
    pub mobile: Option<Phone>,
    /// Whether others may have the same mobile.
    pub share_mobile: bool,
    /// What it must know; either of two opens.
    pub gates: Vec<Gate>,
    /// The clients that it acts for.
    pub clients: Vec<Client>,
    /// Counts the changes that end its challenges, links and sessions.
    pub epoch: u32,
    /// Counts the changes of the mobile, which end challenges sent by SMS.
    pub mobile_epoch: u32,
    /// Counts all changes by staff, so that two of them lose nothing.
    pub version: u32,
    /// When it was last invited.
    #[serde(with = "moments::optional", default)]
    pub invited_at: Option<Timestamp>,
    /// When it last signed in; nothing else sets it.
    #[serde(with = "moments::optional", default)]
    pub last_access_at: Option<Timestamp>,
    /// When staff sent it mails within the last day.
    #[serde(with = "moments::list", default)]
    pub mails: Vec<Timestamp>,
    /// Addresses that it had before, by the version that replaced them.
    #[serde(default)]
    pub former: Vec<FormerEmail>,
    /// When it was added.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
}

/// An address that a contact had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerEmail {
    /// The version of the contact that replaced it.
    pub version: u32,
    /// The address.
    pub email: Email,
}

/// What a contact lacks to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// An email address.
    Email,
    /// A gate of the kind that the firm checks.
    Gate,
    /// A mobile phone.
    Mobile,
}

impl Missing {
    /// The name as it stands in answers and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Gate => "gate",
            Self::Mobile => "mobile",
        }
    }
}

/// What is lacking, of a contact with these properties, under `policy` where text messages can be sent (`texting`).
pub(crate) fn missing(policy: &SignInPolicy, texting: bool, has_email: bool, gates: &[Gate], has_mobile: bool) -> Vec<Missing> {
    let gated = policy.identity_check == crate::firm::IdentityCheck::None || gates.iter().any(|gate| gate.serves(policy.identity_check));
    let lacks = [(Missing::Email, !has_email), (Missing::Gate, !gated), (Missing::Mobile, !has_mobile && policy.needs_mobile(texting))];
    lacks.into_iter().filter_map(|(missing, lacking)| lacking.then_some(missing)).collect()
}

impl Contact {
    /// What this contact lacks to sign in. Derived each time, never stored.
    pub fn missing(&self, policy: &SignInPolicy, texting: bool) -> Vec<Missing> {
        missing(policy, texting, self.email.is_some(), &self.gates, self.mobile.is_some())
    }

    /// What asking for a code needs to know of this contact.
    pub fn sign_in(&self) -> SignIn {
        SignIn {
            subject: Subject::Contact(self.contact),
            gates: self.gates.clone(),
            has_mobile: self.mobile.is_some(),
            clients: self.clients.iter().map(|client| client.client).collect(),
            epoch: self.epoch,
            mobile_epoch: self.mobile_epoch,
        }
    }

    /// The mobile, if this contact alone may have it.
    pub fn reserved_mobile(&self) -> Option<&Phone> {
        self.mobile.as_ref().filter(|_| !self.share_mobile)
    }

    /// Mails that staff sent within a day before `now`, and whether one more may go out.
    pub fn may_be_mailed(&self, now: Timestamp) -> Result<Vec<Timestamp>, Timestamp> {
        let recent: Vec<_> = self.mails.iter().copied().filter(|at| now < *at + policy::DAY).collect();
        match recent.first() {
            Some(oldest) if recent.len() >= policy::STAFF_MAILS_PER_DAY => Err(*oldest + policy::DAY),
            _ => Ok(recent),
        }
    }
}

/// A contact as staff enter it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// Its name.
    pub name: Name,
    /// The mailbox that it signs in with.
    #[serde(default)]
    pub email: Option<Email>,
    /// The phone that codes go to.
    #[serde(default)]
    pub mobile: Option<Phone>,
    /// Whether others may have the same mobile.
    #[serde(default)]
    pub share_mobile: bool,
    /// What it must know, at most two; either opens.
    #[serde(default, deserialize_with = "gates")]
    pub gates: Vec<NewGate>,
    /// The clients that it acts for; without any, an individual client of its name is made.
    #[serde(default, deserialize_with = "clients")]
    pub clients: Vec<ClientId>,
}

fn gates<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let gates = Vec::deserialize(deserializer)?;
    if gates.len() > GATES_MOST { Err(serde::de::Error::custom("A contact has at most two gates.")) } else { Ok(gates) }
}

fn clients<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ClientId>, D::Error> {
    let mut clients = Vec::deserialize(deserializer)?;
    if clients.len() > CLIENTS_MOST {
        return Err(serde::de::Error::custom("A contact acts for at most 50 clients."));
    }
    clients.sort_unstable();
    clients.dedup();
    Ok(clients)
}

impl NewContact {
    /// The contact as it is kept, acting for `clients`.
    pub fn keep(self, clients: Vec<Client>, gate_key: &Key, firm: &FirmId, now: Timestamp, dice: &Dice) -> Contact {
        let contact = ContactId::new(now, dice);
        Contact {
            contact,
            name: self.name,
            email: self.email,
            mobile: self.mobile,
            share_mobile: self.share_mobile,
            gates: self.gates.into_iter().map(|gate| gate.keep(gate_key, firm, &contact)).collect(),
            clients,
            epoch: 0,
            mobile_epoch: 0,
            version: 0,
            invited_at: None,
            last_access_at: None,
            mails: Vec::new(),
            former: Vec::new(),
            created_at: now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        firm::{CodeChannel, IdentityCheck},
        keys::{KeyId, Secret},
    };

    pub(super) fn key() -> Key {
        Secret::new(KeyId("1".into()), "secret").key(crate::gate::LABEL)
    }

    pub(super) fn firm() -> FirmId {
        "demo".parse().expect("a firm")
    }

    pub(super) fn contact(json: serde_json::Value) -> Contact {
        let new: NewContact = serde_json::from_value(json).expect("a contact");
        new.keep(Vec::new(), &key(), &firm(), Timestamp::UNIX_EPOCH, &Dice::new(|bytes| bytes.fill(1)))
    }

    #[test]
    fn readiness_names_what_is_missing() {
        let policy = |identity_check, code_channel, require_mobile| SignInPolicy {
            identity_check,
            code_channel,
            require_mobile,
            ..SignInPolicy::default()
        };
        use {CodeChannel::*, IdentityCheck::*, Missing as M};
        let ssn = serde_json::json!({"name": "A", "email": "a@x.com", "gates": [{"kind": "ssn_last4", "digits": "1234"}]});
        let pin = serde_json::json!({"name": "A", "email": "a@x.com", "gates": [{"kind": "pin", "digits": "1234"}]});
        let bare = serde_json::json!({"name": "A"});
        for (json, policy, texting, missing) in [
            (&bare, policy(Either, SmsThenEmail, true), true, vec![M::Email, M::Gate, M::Mobile]),
            (&bare, policy(IdentityCheck::None, SmsThenEmail, true), true, vec![M::Email, M::Mobile]),
            (&ssn, policy(Either, SmsThenEmail, true), true, vec![M::Mobile]),
            (&ssn, policy(Either, SmsThenEmail, true), false, vec![]),
            (&ssn, policy(Either, SmsThenEmail, false), true, vec![]),
            (&ssn, policy(Either, EmailOnly, true), true, vec![]),
            (&ssn, policy(Pin, EmailOnly, true), true, vec![M::Gate]),
            (&pin, policy(Pin, EmailOnly, true), true, vec![]),
            (&pin, policy(SsnLast4, EmailOnly, true), true, vec![]),
        ] {
            assert_eq!(contact(json.clone()).missing(&policy, texting), missing, "{json} {policy:?} {texting}");
        }
    }

    #[test]
    fn staff_send_a_contact_twenty_mails_a_day() {
        let mut contact = contact(serde_json::json!({"name": "Ann"}));
        let first = Timestamp::UNIX_EPOCH;
        contact.mails = (0..20).map(|minute| first + jiff::SignedDuration::from_mins(minute)).collect();
        let now = first + policy::DAY;
        assert_eq!(contact.may_be_mailed(now - jiff::SignedDuration::from_millis(1)), Err(now));
        assert_eq!(contact.may_be_mailed(now).map(|recent| recent.len()), Ok(19));
    }
}

//! Contacts: who signs in, whether they can, and how they change.

mod invitation;
mod patch;
mod sort_name;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

pub use invitation::{Invitation, NoInvitation};
pub(crate) use patch::given;
pub use patch::{ContactPatch, OverridesPatch, Patched};
use sort_name::sort_name;

use crate::{
    ClientId, ContactId, Country, Dice, Email, FirmId, Language, Name, Phone,
    account::{Account, SignInRecord, is_false},
    client::Client,
    delivery::Troubles,
    gate::{Gate, NewGate},
    identity::{Identity, is_none_yet},
    keys::{Key, Salt},
    moments,
    readiness::Missing,
    settings::{Overrides, SignInPolicy},
    standing::Facts,
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
    /// The name under which staff want it to stand in lists; without one, that is derived from the name.
    #[serde(default)]
    pub sort_name: Option<Name>,
    /// The mailbox that it signs in with.
    #[serde(default)]
    pub email: Option<Email>,
    /// The phone that codes go to.
    #[serde(default, deserialize_with = "Phone::kept")]
    pub mobile: Option<Phone>,
    /// The country of that phone. It stands here, so that signing in does without the table of all countries; rows from before have none.
    #[serde(default)]
    pub mobile_country: Option<Country>,
    /// Whether others may have the same mobile.
    pub share_mobile: bool,
    /// The language of what is sent to it; without one, that of the page on which it asked, else the firm's.
    #[serde(default)]
    pub language: Option<Language>,
    /// What it must know; either of two opens.
    pub gates: Vec<Gate>,
    /// The clients that it acts for.
    pub clients: Vec<Client>,
    /// What is decided about signing in for it alone.
    #[serde(default, skip_serializing_if = "Overrides::are_none")]
    pub overrides: Overrides,
    /// Counts the changes that end its challenges, links and sessions.
    pub epoch: u32,
    /// Counts the changes of the mobile, which end challenges sent by SMS.
    pub mobile_epoch: u32,
    /// Counts the times that all its sessions were ended.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub session_epoch: u32,
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
    /// What keeps messages from it.
    #[serde(flatten)]
    pub troubles: Troubles,
    /// Whether it has a second factor that is confirmed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub second_factor: bool,
    /// Counts the changes of troubles, second factor and session epoch, so that they and changes by staff lose nothing of each other.
    #[serde(default)]
    pub reports: u32,
    /// What the key is made with under which the log seals what tells of it. Whoever deletes it erases it from the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<Salt>,
    /// When it was added.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
}

/// An address that someone had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerEmail {
    /// The last version of the person that changed something under this address.
    pub version: u32,
    /// The address.
    pub email: Email,
}

impl Contact {
    /// What this contact lacks to sign in at a firm with this `policy`. Derived each time, never stored.
    pub fn missing(&self, policy: &SignInPolicy, texting: bool) -> Vec<Missing> {
        self.facts().missing(policy, texting)
    }

    /// What of it decides whether it has all that signing in needs.
    pub fn facts(&self) -> Facts {
        let gates = self.gates.iter().map(|gate| gate.kind).collect();
        Facts { email: self.email.is_some(), mobile: self.mobile.is_some(), gates, overrides: self.overrides }
    }

    /// The name under which it stands in lists.
    pub fn sorted_as(&self) -> Name {
        self.sort_name.clone().unwrap_or_else(|| sort_name(&self.name))
    }

    /// The address that was on file before `version` changed something.
    pub fn email_before(&self, version: u32) -> Option<&Email> {
        let under = self.former.iter().filter(|former| former.version >= version).min_by_key(|former| former.version);
        under.map(|former| &former.email)
    }

    /// Who this is, as of now.
    pub fn identity(&self) -> Identity {
        Identity::of_contact(self.contact, self.epoch).at_session_epoch(self.session_epoch).salted(self.salt)
    }

    /// What asking for a code needs to know of this contact.
    pub fn sign_in_record(&self) -> SignInRecord {
        let (identity, has_mobile, mobile_country) = (self.identity(), self.mobile.is_some(), self.mobile_country.clone());
        let account = Account {
            identity,
            mobile_epoch: self.mobile_epoch,
            has_mobile,
            mobile_country,
            troubles: self.troubles,
            second_factor: self.second_factor,
            overrides: self.overrides,
        };
        SignInRecord { account, gates: self.gates.clone() }
    }

    /// The mobile, if this contact alone may have it.
    pub fn reserved_mobile(&self) -> Option<&Phone> {
        self.mobile.as_ref().filter(|_| !self.share_mobile)
    }
}

/// A contact as staff enter it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// Its name.
    pub name: Name,
    /// The name under which it stands in lists; without one, that is derived from the name.
    #[serde(default)]
    pub sort_name: Option<Name>,
    /// The mailbox that it signs in with.
    #[serde(default)]
    pub email: Option<Email>,
    /// The phone that codes go to.
    #[serde(default)]
    pub mobile: Option<Phone>,
    /// Whether others may have the same mobile.
    #[serde(default)]
    pub share_mobile: bool,
    /// The language of what is sent to it; without one, that of the page on which it asked, else the firm's.
    #[serde(default)]
    pub language: Option<Language>,
    /// What it must know, at most two; either opens.
    #[serde(default, deserialize_with = "gates")]
    #[schemars(extend("maxItems" = GATES_MOST))]
    pub gates: Vec<NewGate>,
    /// The clients that it acts for; without any, an individual client of its name is made.
    #[serde(default, deserialize_with = "clients")]
    #[schemars(extend("maxItems" = CLIENTS_MOST))]
    pub clients: Vec<ClientId>,
    /// What is decided about signing in for it alone, in place of what the firm decides for all.
    #[serde(default, deserialize_with = "patch::overrides")]
    pub overrides: OverridesPatch,
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
            sort_name: self.sort_name,
            email: self.email,
            mobile_country: self.mobile.as_ref().map(Phone::country),
            mobile: self.mobile,
            share_mobile: self.share_mobile,
            language: self.language,
            gates: self.gates.into_iter().map(|gate| gate.keep(gate_key, firm, &contact)).collect(),
            clients,
            overrides: self.overrides.apply(Overrides::default()),
            epoch: 0,
            mobile_epoch: 0,
            session_epoch: 0,
            version: 0,
            invited_at: None,
            last_access_at: None,
            mails: Vec::new(),
            former: Vec::new(),
            troubles: Troubles::default(),
            second_factor: false,
            reports: 0,
            salt: Some(Salt::new(dice)),
            created_at: now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gate::IdentityCheck,
        keys::{KeyId, Secret},
        settings::CodeChannel,
    };

    pub(super) fn key() -> Key {
        Secret::new(KeyId("1".into()), "secret").key(crate::gate::LABEL)
    }

    fn firm() -> FirmId {
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
}

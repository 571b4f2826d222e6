//! Contacts: who signs in, whether they can, and how they change.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    ClientId, ContactId, Dice, Email, FirmId, Name, Phone, Subject,
    firm::{Client, SignInPolicy},
    gate::{Gate, GateChange, NewGate, NoGateToKeep},
    keys::Key,
    moments, policy,
    sign_in::SignIn,
};

/// Most gates that a contact may have: a couple shares a mailbox, not more.
pub const GATES_MOST: usize = 2;
/// Most clients that a contact may act for.
pub const CLIENTS_MOST: usize = 50;
/// Earlier addresses that are remembered until they were told of a change.
const FORMER_MOST: usize = 5;

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
    #[serde(default)]
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

/// Changes to a contact, as a merge patch (RFC 7396): `null` clears, what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactPatch {
    /// The version that was looked at; the change is refused if there is another by now. Needed where gates keep their digits.
    #[serde(default, deserialize_with = "given")]
    pub version: Option<u32>,
    /// Another name.
    #[serde(default, deserialize_with = "given")]
    pub name: Option<Name>,
    /// Another mailbox, or none.
    #[serde(default, deserialize_with = "clearable")]
    pub email: Option<Option<Email>>,
    /// Another mobile, or none.
    #[serde(default, deserialize_with = "clearable")]
    pub mobile: Option<Option<Phone>>,
    /// Whether others may have the same mobile.
    #[serde(default, deserialize_with = "given")]
    pub share_mobile: Option<bool>,
    /// Other gates, or none. Where `null` stands, the gate at that place is taken away.
    #[serde(default, deserialize_with = "other_gates")]
    pub gates: Option<Vec<Option<GateChange>>>,
    /// Other clients.
    #[serde(default, deserialize_with = "other_clients")]
    pub clients: Option<Vec<ClientId>>,
}

fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn clearable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn other_gates<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Option<GateChange>>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Gates(#[serde(deserialize_with = "gates")] Vec<Option<GateChange>>);
    Ok(Some(Option::<Gates>::deserialize(deserializer)?.map(|Gates(gates)| gates).unwrap_or_default()))
}

fn other_clients<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<ClientId>>, D::Error> {
    let clients = clients(deserializer)?;
    if clients.is_empty() { Err(serde::de::Error::custom("A contact acts for at least one client.")) } else { Ok(Some(clients)) }
}

/// A contact after a patch, with what that patch changed.
#[derive(Debug)]
pub struct Patched {
    /// The contact as it is from now on.
    pub contact: Contact,
    /// The names of the members that changed.
    pub changed: Vec<String>,
    /// Whether email or mobile changed and an old address is there to be told.
    pub tells_old_address: bool,
}

impl ContactPatch {
    /// Whether what it means depends on the gates that stand there: some keep their digits, or are taken away by their place.
    pub fn relies_on_gates(&self) -> bool {
        self.gates.iter().flatten().any(|gate| !matches!(gate, Some(GateChange::New(_))))
    }

    /// Applies the patch; `clients` are those that it names, `gate_key` keeps its gates.
    ///
    /// # Errors
    /// If it keeps a gate that is not there.
    pub fn apply(self, before: &Contact, clients: Option<Vec<Client>>, gate_key: &Key, firm: &FirmId) -> Result<Patched, NoGateToKeep> {
        let mut contact = before.clone();
        contact.version += 1;
        let mut changed = Vec::new();
        let mut note = |name: &str, differs: bool| {
            if differs {
                changed.push(name.to_owned());
            }
            differs
        };
        if let Some(name) = self.name {
            note("name", name != contact.name);
            contact.name = name;
        }
        let mut told = false;
        if let Some(email) = self.email
            && note("email", email != contact.email)
        {
            contact.email = email;
            contact.epoch += 1;
            told = true;
        }
        if let Some(mobile) = self.mobile
            && note("mobile", mobile != contact.mobile)
        {
            contact.mobile = mobile;
            contact.mobile_epoch += 1;
            told |= before.mobile.is_some();
        }
        if let Some(share) = self.share_mobile {
            note("share_mobile", share != contact.share_mobile);
            contact.share_mobile = share;
        }
        if let Some(gates) = self.gates {
            let entered = gates.iter().flatten().any(|gate| matches!(gate, GateChange::New(_)));
            let places = gates.into_iter().enumerate().filter_map(|(place, gate)| Some((before.gates.get(place), gate?)));
            contact.gates = places.map(|(before, gate)| gate.keep(before, gate_key, firm, &contact.contact)).collect::<Result<_, _>>()?;
            // As many as before, all of them kept: then they open as before, whatever they are called.
            let opens_otherwise = entered || contact.gates.len() != before.gates.len();
            note("gates", opens_otherwise || contact.gates != before.gates);
            contact.epoch += u32::from(opens_otherwise);
        }
        if let Some(clients) = clients {
            note("clients", clients != contact.clients);
            contact.clients = clients;
        }
        let tells_old_address = told && before.email.is_some();
        if let Some(email) = before.email.clone().filter(|_| tells_old_address) {
            contact.former.insert(0, FormerEmail { version: contact.version, email });
            contact.former.truncate(FORMER_MOST);
        }
        if changed.is_empty() {
            contact.version = before.version;
        }
        Ok(Patched { contact, changed, tells_old_address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        firm::{CodeChannel, IdentityCheck},
        keys::{KeyId, Secret},
    };

    fn key() -> Key {
        Secret::new(KeyId("1".into()), "secret").key(crate::gate::LABEL)
    }

    fn firm() -> FirmId {
        "demo".parse().expect("a firm")
    }

    fn contact(json: serde_json::Value) -> Contact {
        let new: NewContact = serde_json::from_value(json).expect("a contact");
        new.keep(Vec::new(), &key(), &firm(), Timestamp::UNIX_EPOCH, &Dice::new(|bytes| bytes.fill(1)))
    }

    fn patch(before: &Contact, json: serde_json::Value) -> Patched {
        let patch: ContactPatch = serde_json::from_value(json).expect("a patch");
        patch.apply(before, None, &key(), &firm()).expect("it can be applied")
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
    fn only_changes_of_email_and_gates_end_what_is_open() {
        let before = contact(serde_json::json!({"name": "Ann", "email": "ann@x.com", "mobile": "2525885772",
            "gates": [{"kind": "ssn_last4", "digits": "1234", "label": "Ann"}]}));
        let (kept, pin) = (serde_json::json!({"kind": "ssn_last4"}), serde_json::json!({"kind": "pin", "digits": "4321"}));
        for (json, epochs, told) in [
            (serde_json::json!({}), (0, 0), false),
            (serde_json::json!({"name": "Anne", "share_mobile": true}), (0, 0), false),
            (serde_json::json!({"email": " ANN@x.com "}), (0, 0), false),
            (serde_json::json!({"email": "anne@x.com"}), (1, 0), true),
            (serde_json::json!({"email": null}), (1, 0), true),
            (serde_json::json!({"mobile": "(252) 588-5773"}), (0, 1), true),
            (serde_json::json!({"mobile": null}), (0, 1), true),
            (serde_json::json!({"gates": [pin]}), (1, 0), false),
            (serde_json::json!({"gates": [kept]}), (0, 0), false),
            (serde_json::json!({"gates": [kept, null]}), (0, 0), false),
            (serde_json::json!({"gates": [kept, pin]}), (1, 0), false),
            (serde_json::json!({"gates": [null, pin]}), (1, 0), false),
            (serde_json::json!({"gates": [null]}), (1, 0), false),
            (serde_json::json!({"gates": null}), (1, 0), false),
        ] {
            let after = patch(&before, json.clone());
            assert_eq!((after.contact.epoch, after.contact.mobile_epoch), epochs, "{json}");
            assert_eq!(after.tells_old_address, told, "{json}");
            assert_eq!(after.contact.former.iter().any(|former| former.email.as_str() == "ann@x.com"), told, "{json}");
        }
    }

    #[test]
    fn a_gate_without_digits_keeps_those_of_the_gate_at_its_place() {
        let before = contact(serde_json::json!({"name": "Ann", "gates": [
            {"kind": "ssn_last4", "digits": "1111", "label": "Sam"}, {"kind": "ssn_last4", "digits": "2222", "label": "Robin"}]}));
        let (kept, pin) = (serde_json::json!({"kind": "ssn_last4", "label": " R "}), serde_json::json!({"kind": "pin", "digits": "4321"}));
        for (gates, opening) in [
            (serde_json::json!([kept]), vec![(Some("R"), "1111")]),
            (serde_json::json!([null, kept]), vec![(Some("R"), "2222")]),
            (serde_json::json!([pin, kept]), vec![(None, "4321"), (Some("R"), "2222")]),
            (serde_json::json!([kept, {"kind": "ssn_last4"}]), vec![(Some("R"), "1111"), (None, "2222")]),
        ] {
            let after = patch(&before, serde_json::json!({"gates": gates})).contact;
            assert_eq!(after.gates.len(), opening.len(), "{gates}");
            for (gate, (label, digits)) in after.gates.iter().zip(opening) {
                let digits = crate::gate::GateDigits::parse(digits).expect("digits");
                assert!(gate.label.as_deref() == label && gate.opens(&digits, &key(), &firm(), &after.contact), "{gates}");
            }
        }
        let one = contact(serde_json::json!({"name": "Ann", "gates": [pin]}));
        for gates in [serde_json::json!([kept]), serde_json::json!([pin, kept]), serde_json::json!([null, kept])] {
            let patch: ContactPatch = serde_json::from_value(serde_json::json!({"gates": gates})).expect("a patch");
            assert_eq!(patch.apply(&one, None, &key(), &firm()).err(), Some(NoGateToKeep), "{gates}");
        }
    }

    #[test]
    fn a_patch_is_strict() {
        for bad in [
            serde_json::json!({"nme": "x"}),
            serde_json::json!({"name": null}),
            serde_json::json!({"share_mobile": null}),
            serde_json::json!({"clients": []}),
            serde_json::json!({"gates": [{"kind": "pin", "digits": "1234"}, {"kind": "pin", "digits": "1235"}, {"kind": "pin", "digits": "1236"}]}),
        ] {
            assert!(serde_json::from_value::<ContactPatch>(bad.clone()).is_err(), "{bad}");
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

//! How staff change a contact.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::{CLIENTS_MOST, Contact, FormerEmail, GATES_MOST, clients, gates};
use crate::{
    ClientId, Dice, Email, Language, Name, Object, Phone,
    client::Client,
    firm::Firm,
    gate::{GateChange, IdentityCheck, NoGateToKeep},
    keys::{Key, Salt},
    settings::{AccessMode, CodeChannel, Overrides},
};

/// Earlier addresses that are remembered until they were told of a change, however late mail goes out.
const FORMER_MOST: usize = 50;

/// Changes to a contact, as a merge patch (RFC 7396): `null` clears, what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactPatch {
    /// The version that was looked at; the change is refused if there is another by now. Needed where gates keep their digits.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "u32")]
    pub version: Option<u32>,
    /// Another name.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Name")]
    pub name: Option<Name>,
    /// Another name under which it stands in lists, or the one that is derived from its name.
    #[serde(default, deserialize_with = "clearable")]
    pub sort_name: Option<Option<Name>>,
    /// Another mailbox, or none.
    #[serde(default, deserialize_with = "clearable")]
    pub email: Option<Option<Email>>,
    /// Another mobile, or none.
    #[serde(default, deserialize_with = "clearable")]
    pub mobile: Option<Option<Phone>>,
    /// Whether others may have the same mobile.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "bool")]
    pub share_mobile: Option<bool>,
    /// Another language of what is sent to it, or the firm's.
    #[serde(default, deserialize_with = "clearable")]
    pub language: Option<Option<Language>>,
    /// Other gates, or none. Where `null` stands, the gate at that place is taken away.
    #[serde(default, deserialize_with = "other_gates")]
    #[schemars(extend("maxItems" = GATES_MOST))]
    pub gates: Option<Vec<Option<GateChange>>>,
    /// Other clients.
    #[serde(default, deserialize_with = "other_clients")]
    #[schemars(with = "Vec<ClientId>", extend("minItems" = 1, "maxItems" = CLIENTS_MOST))]
    pub clients: Option<Vec<ClientId>>,
    /// What is decided for it alone, or nothing any more; of its members too, `null` clears and what is absent stays.
    #[serde(default, deserialize_with = "other_overrides")]
    pub overrides: Option<Option<OverridesPatch>>,
}

/// Changes to what is decided about signing in for one contact.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverridesPatch {
    /// How they may come in, or as the firm decides.
    #[serde(default, deserialize_with = "clearable")]
    access_mode: Option<Option<AccessMode>>,
    /// How codes go out to them, or as the firm decides.
    #[serde(default, deserialize_with = "clearable")]
    code_channel: Option<Option<CodeChannel>>,
    /// What they must know, or as the firm decides.
    #[serde(default, deserialize_with = "clearable")]
    identity_check: Option<Option<IdentityCheck>>,
}

impl OverridesPatch {
    pub(super) fn apply(self, before: Overrides) -> Overrides {
        Overrides {
            access_mode: self.access_mode.unwrap_or(before.access_mode),
            code_channel: self.code_channel.unwrap_or(before.code_channel),
            identity_check: self.identity_check.unwrap_or(before.identity_check),
        }
    }
}

/// Reads what is there: what is absent is none by default.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn clearable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Reads what is decided for one contact alone.
pub(super) fn overrides<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OverridesPatch, D::Error> {
    Object::deserialize(deserializer).map(|Object(overrides)| overrides)
}

fn other_overrides<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<OverridesPatch>>, D::Error> {
    Option::deserialize(deserializer).map(|other: Option<Object<_>>| Some(other.map(|Object(overrides)| overrides)))
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

impl Patched {
    /// Whether it changes how the contact may come in, which takes a fresh proof of whoever decides it.
    pub fn needs_fresh_proof(&self) -> bool {
        self.changed.iter().any(|name| name == "overrides")
    }
}

impl ContactPatch {
    /// Whether what it means depends on the gates that stand there: some keep their digits, or are taken away by their place.
    pub fn relies_on_gates(&self) -> bool {
        self.gates.iter().flatten().any(|gate| !matches!(gate, Some(GateChange::New(_))))
    }

    /// Applies the patch to a contact of `firm`; `clients` are those that it names, `gate_key` keeps its gates. A contact of before gets what it
    /// lacks from `dice`.
    ///
    /// # Errors
    /// If it keeps a gate that is not there.
    pub fn apply(
        self,
        before: &Contact,
        clients: Option<Vec<Client>>,
        (gate_key, firm): (&Key, &Firm),
        dice: &Dice,
    ) -> Result<Patched, NoGateToKeep> {
        let mut contact = before.clone();
        contact.version += 1;
        contact.salt = before.salt.or_else(|| Some(Salt::new(dice)));
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
        if let Some(sort_name) = self.sort_name {
            note("sort_name", sort_name != contact.sort_name);
            contact.sort_name = sort_name;
        }
        let mut told = false;
        if let Some(email) = self.email
            && note("email", email != contact.email)
        {
            contact.email = email;
            contact.epoch += 1;
            // Nobody was invited at this address yet, and nothing came back from it.
            contact.invited_at = None;
            contact.troubles.email = None;
            told = true;
        }
        if let Some(mobile) = self.mobile
            && note("mobile", mobile != contact.mobile)
        {
            contact.mobile_country = mobile.as_ref().map(Phone::country);
            contact.mobile = mobile;
            contact.mobile_epoch += 1;
            contact.troubles.mobile = None;
            told |= before.mobile.is_some();
        }
        if let Some(share) = self.share_mobile {
            note("share_mobile", share != contact.share_mobile);
            contact.share_mobile = share;
        }
        if let Some(language) = self.language {
            note("language", language != contact.language);
            contact.language = language;
        }
        if let Some(gates) = self.gates {
            let entered = gates.iter().flatten().any(|gate| matches!(gate, GateChange::New(_)));
            let places = gates.into_iter().enumerate().filter_map(|(place, gate)| Some((before.gates.get(place), gate?)));
            contact.gates =
                places.map(|(before, gate)| gate.keep(before, gate_key, &firm.firm, &contact.contact)).collect::<Result<_, _>>()?;
            // As many as before, all of them kept: then they open as before, whatever they are called.
            let opens_otherwise = entered || contact.gates.len() != before.gates.len();
            note("gates", opens_otherwise || contact.gates != before.gates);
            contact.epoch += u32::from(opens_otherwise);
        }
        if let Some(overrides) = self.overrides {
            let overrides = overrides.map(|patch| patch.apply(before.overrides)).unwrap_or_default();
            note("overrides", overrides != contact.overrides);
            // Whom the firm signed out stays so, whatever is decided for them alone from now on.
            contact.session_epoch += u32::from(firm.would_let_back_in(&before.overrides, &overrides));
            contact.overrides = overrides;
        }
        if let Some(clients) = clients {
            note("clients", clients != contact.clients);
            contact.clients = clients;
        }
        let tells_old_address = told && before.email.is_some();
        if let Some(email) = before.email.clone().filter(|_| tells_old_address) {
            // One place for each address in turn, however often the mobile changes under it.
            match contact.former.first_mut().filter(|last| last.email == email) {
                Some(last) => last.version = contact.version,
                None => contact.former.insert(0, FormerEmail { version: contact.version, email }),
            }
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
    use super::{
        super::tests::{contact, key},
        *,
    };
    use crate::{
        firm::tests::firm,
        gate::GateDigits,
        settings::{Setting, SignedOut},
    };

    fn patch(before: &Contact, json: serde_json::Value) -> Patched {
        let patch: ContactPatch = serde_json::from_value(json).expect("a patch");
        applied(patch, before, Vec::new()).expect("it can be applied")
    }

    fn applied(patch: ContactPatch, before: &Contact, signed_out: Vec<SignedOut>) -> Result<Patched, NoGateToKeep> {
        patch.apply(before, None, (&key(), &firm(signed_out)), &Dice::new(|bytes| bytes.fill(1)))
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
                let digits = GateDigits::parse(digits).expect("digits");
                assert!(gate.label.as_deref() == label && gate.opens(&digits, &key(), &firm(Vec::new()).firm, &after.contact), "{gates}");
            }
        }
        let one = contact(serde_json::json!({"name": "Ann", "gates": [pin]}));
        for gates in [serde_json::json!([kept]), serde_json::json!([pin, kept]), serde_json::json!([null, kept])] {
            let patch: ContactPatch = serde_json::from_value(serde_json::json!({"gates": gates})).expect("a patch");
            assert_eq!(applied(patch, &one, Vec::new()).err(), Some(NoGateToKeep), "{gates}");
        }
    }

    #[test]
    fn whom_the_firm_signed_out_stays_so_whatever_is_decided_for_them_alone() {
        let mode = |mode: Option<&str>| serde_json::json!({"overrides": {"access_mode": mode}});
        let of = |setting| vec![SignedOut { setting, version: 3 }];
        for (signed_out, before, after, epochs) in [
            (Vec::new(), None, Some("link_only"), 0),
            (of(Some(Setting::AccessMode)), None, Some("link_only"), 1),
            (of(Some(Setting::AccessMode)), Some("link_only"), Some("link_and_login"), 0),
            (of(Some(Setting::AccessMode)), Some("link_only"), None, 0),
            (of(Some(Setting::CodeChannel)), None, Some("link_only"), 0),
            (of(None), None, Some("link_only"), 0),
        ] {
            let was = contact(serde_json::json!({"name": "Ann", "overrides": {"access_mode": before}}));
            let patch: ContactPatch = serde_json::from_value(mode(after)).expect("a patch");
            let after = applied(patch, &was, signed_out.clone()).expect("it can be applied").contact;
            assert_eq!((after.session_epoch, after.epoch), (epochs, 0), "{signed_out:?} {before:?} {after:?}");
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
}

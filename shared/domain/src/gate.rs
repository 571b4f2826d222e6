//! Gates: the few digits that keep strangers from asking for codes. A filter against abuse, never a factor.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ContactId, FirmId, Object,
    keys::{Key, KeyId, Mac},
    text::{shown, squeeze},
};

/// Label of the key under which gates are kept.
pub const LABEL: &str = "gate";

/// What a client must know beside the email address before a code is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityCheck {
    /// Nothing.
    None,
    /// The last four digits of the SSN or tax id; a PIN where there is none.
    SsnLast4,
    /// The PIN that the firm issued.
    Pin,
    /// Either of them.
    #[default]
    Either,
}

/// What the digits of a gate are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    /// The last four digits of a social security number or tax id.
    SsnLast4,
    /// A PIN of 4 to 8 digits that the firm issued.
    Pin,
}

impl GateKind {
    /// Whether gates of this kind are what the firm checks; a PIN always is.
    pub fn serves(self, check: IdentityCheck) -> bool {
        match check {
            IdentityCheck::None => false,
            IdentityCheck::Pin => self == Self::Pin,
            IdentityCheck::SsnLast4 | IdentityCheck::Either => true,
        }
    }
}

impl GateKind {
    fn name(self) -> &'static str {
        match self {
            Self::SsnLast4 => "ssn_last4",
            Self::Pin => "pin",
        }
    }
}

/// Why typed text is not a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAGate {
    /// It holds something else than digits, as a saved password does that the browser filled in.
    #[error(
        "Only digits belong here: the last 4 of your SSN or tax ID, or the PIN from your accountant. If your browser filled this in, clear it and type the digits."
    )]
    NotDigits,
    /// It has too few or too many digits.
    #[error("Enter the last 4 digits of the SSN or tax ID, or the PIN of 4 to 8 digits.")]
    Length,
}

/// The digits of a gate as typed: 4 to 8 of them; nine are a full SSN or EIN and are cut to the last four at once.
#[derive(Clone, PartialEq, Eq)]
pub struct GateDigits(String);

impl GateDigits {
    /// Reads what a person typed into the gate field.
    pub fn parse(text: &str) -> Result<Self, NotAGate> {
        if text.len() > 64 {
            return Err(NotAGate::Length);
        }
        let digits = digits_shown(text);
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAGate::NotDigits);
        }
        match digits.len() {
            4..=8 => Ok(Self(digits)),
            9 => Ok(Self(digits[5..].to_owned())),
            _ => Err(NotAGate::Length),
        }
    }

    /// A keyed hash by which equal values that were tried at one contact, or at nobody, can be recognised, and nothing else.
    pub fn hash(&self, key: &Key, firm: &FirmId, contact: Option<ContactId>) -> String {
        let contact = contact.map(|contact| contact.to_string()).unwrap_or_default();
        key.hash(&[firm.as_str().as_bytes(), contact.as_bytes(), self.0.as_bytes()])
    }
}

impl fmt::Debug for GateDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GateDigits")
    }
}

/// What is left of `text` without what stands between digits, before them as a mask (`XXX-XX-6789`) or a sign (`#6789`).
fn digits_shown(text: &str) -> String {
    let squeezed = squeeze(text);
    let shown = squeezed.trim_start_matches(['x', 'X', '*', '#', '\u{2022}', '\u{25cf}', '\u{2217}']);
    // A mask that hides all, or that no digit follows, may as well be a saved password.
    if shown.is_empty() { squeezed } else { shown.to_owned() }
}

/// A gate of a contact as staff enter it.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "Object<EnteredGate>")]
#[schemars(with = "EnteredGate")]
pub struct NewGate {
    kind: GateKind,
    digits: GateDigits,
    label: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EnteredGate {
    kind: GateKind,
    #[schemars(extend("minLength" = 4))]
    digits: String,
    #[serde(default)]
    #[schemars(extend("maxLength" = 60))]
    label: Option<String>,
}

/// Why a gate of a contact cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadGate {
    /// Not four digits of an SSN.
    #[error("Enter the last 4 digits of the SSN or tax ID.")]
    Ssn,
    /// Not a PIN.
    #[error("Enter a PIN of 4 to 8 digits.")]
    Pin,
    /// A label that is too long.
    #[error("Keep the label of a gate to 60 characters.")]
    Label,
}

impl TryFrom<Object<EnteredGate>> for NewGate {
    type Error = BadGate;
    fn try_from(Object(gate): Object<EnteredGate>) -> Result<Self, BadGate> {
        let typed = digits_shown(&gate.digits).len();
        let digits = match gate.kind {
            GateKind::SsnLast4 if typed == 4 || typed == 9 => GateDigits::parse(&gate.digits).map_err(|_| BadGate::Ssn)?,
            GateKind::SsnLast4 => return Err(BadGate::Ssn),
            GateKind::Pin if typed <= 8 => GateDigits::parse(&gate.digits).map_err(|_| BadGate::Pin)?,
            GateKind::Pin => return Err(BadGate::Pin),
        };
        Ok(Self { kind: gate.kind, digits, label: label(gate.label.as_deref())? })
    }
}

fn label(typed: Option<&str>) -> Result<Option<String>, BadGate> {
    let label = typed.map(shown).filter(|label| !label.is_empty());
    if label.as_ref().is_some_and(|label| label.chars().count() > 60 || label.chars().any(char::is_control)) {
        return Err(BadGate::Label);
    }
    Ok(label)
}

impl fmt::Debug for NewGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewGate({})", self.kind.name())
    }
}

impl NewGate {
    /// The gate as it is kept: its digits are gone, only their authentication code stays.
    pub fn keep(self, key: &Key, firm: &FirmId, contact: &ContactId) -> Gate {
        let mac = key.mac(&parts(firm, &contact.to_string(), self.kind, &self.digits));
        Gate { kind: self.kind, label: self.label, mac }
    }
}

/// What becomes of the gate at one place of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "Object<ChangedGate>")]
#[schemars(with = "ChangedGate")]
pub enum GateChange {
    /// A new one stands there.
    New(NewGate),
    /// The one of this kind that stands there keeps its digits, under this label.
    Kept(GateKind, Option<String>),
}

/// A gate of a contact in a change: without digits, those of the gate at the same place stay, which must be of the same kind.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "GateChange")]
struct ChangedGate {
    kind: GateKind,
    #[serde(default)]
    #[schemars(extend("minLength" = 4))]
    digits: Option<String>,
    #[serde(default)]
    #[schemars(extend("maxLength" = 60))]
    label: Option<String>,
}

impl TryFrom<Object<ChangedGate>> for GateChange {
    type Error = BadGate;
    fn try_from(Object(ChangedGate { kind, digits, label: typed }): Object<ChangedGate>) -> Result<Self, BadGate> {
        match digits {
            Some(digits) => Object(EnteredGate { kind, digits, label: typed }).try_into().map(Self::New),
            None => label(typed.as_deref()).map(|label| Self::Kept(kind, label)),
        }
    }
}

/// That no gate of this kind stands at a place where one should be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Only a gate of the same kind that stands at the same place can keep its digits. Enter the digits of this one.")]
pub struct NoGateToKeep;

impl GateChange {
    /// The gate that stands at a place from now on, where `before` stood.
    ///
    /// # Errors
    /// If there is none to keep.
    pub fn keep(self, before: Option<&Gate>, key: &Key, firm: &FirmId, contact: &ContactId) -> Result<Gate, NoGateToKeep> {
        match (self, before) {
            (Self::New(gate), _) => Ok(gate.keep(key, firm, contact)),
            (Self::Kept(kind, label), Some(before)) if before.kind == kind => Ok(Gate { label, ..before.clone() }),
            (Self::Kept(..), _) => Err(NoGateToKeep),
        }
    }
}

/// A gate of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// What its digits are.
    pub kind: GateKind,
    /// Whose it is, where a couple shares a mailbox.
    pub label: Option<String>,
    mac: Mac,
}

impl Gate {
    /// The secret whose key opens this gate.
    pub fn key_id(&self) -> &KeyId {
        &self.mac.key
    }

    /// Whether this gate is one that the firm checks.
    pub fn serves(&self, check: IdentityCheck) -> bool {
        self.kind.serves(check)
    }

    /// The same gate, at this `place` among those of `contact`, as it is kept under `key` from now on, where it is kept under another; `digits` have
    /// opened it.
    pub fn remade(&self, place: usize, digits: &GateDigits, key: &Key, firm: &FirmId, contact: &ContactId) -> Option<RemadeGate> {
        let mac = || key.mac(&parts(firm, &contact.to_string(), self.kind, digits));
        (self.mac.key != *key.id()).then(|| RemadeGate { place, before: self.mac.clone(), after: mac() })
    }

    /// Whether `digits` open this gate of `contact`.
    pub fn opens(&self, digits: &GateDigits, key: &Key, firm: &FirmId, contact: &ContactId) -> bool {
        key.verifies(&self.mac, &parts(firm, &contact.to_string(), self.kind, digits))
    }
}

/// A gate that was opened, and is kept under the newest key once its owner is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemadeGate {
    /// Its place among the gates of the contact.
    pub place: usize,
    /// How it was kept.
    pub before: Mac,
    /// How it is kept from then on.
    pub after: Mac,
}

/// What `digits` do at the gates of `contact`, each with the key under which it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateVerdict {
    /// They open the one with this label, which may be remade.
    Opens(Option<String>, Option<RemadeGate>),
    /// They open none, and were compared with gates of this kind.
    OpensNone(GateKind),
}

/// Tries `digits` at `gates` – each with its place among those of `contact` and the key under which it is kept –, all of them, so that it takes as
/// long whichever opens. Nobody's gates are none. `newest` is the key under which gates are kept from now on.
pub fn try_gates(
    gates: &[(usize, &Gate, Key)],
    digits: &GateDigits,
    newest: &Key,
    firm: &FirmId,
    contact: Option<ContactId>,
) -> GateVerdict {
    let opens = |(_, gate, key): &&(usize, &Gate, Key)| contact.is_some_and(|contact| gate.opens(digits, key, firm, &contact));
    match (gates.iter().filter(opens).fold(None, |_, gate| Some(gate)), contact) {
        (Some((place, gate, _)), Some(contact)) => {
            GateVerdict::Opens(gate.label.clone(), gate.remade(*place, digits, newest, firm, &contact))
        }
        _ if gates.iter().any(|(_, gate, _)| gate.kind == GateKind::SsnLast4) => GateVerdict::OpensNone(GateKind::SsnLast4),
        _ => GateVerdict::OpensNone(GateKind::Pin),
    }
}

fn parts<'a>(firm: &'a FirmId, contact: &'a str, kind: GateKind, digits: &'a GateDigits) -> [&'a [u8]; 4] {
    [firm.as_str().as_bytes(), contact.as_bytes(), kind.name().as_bytes(), digits.0.as_bytes()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gate(kind: &str, digits: &str) -> Result<NewGate, String> {
        serde_json::from_value(serde_json::json!({"kind": kind, "digits": digits})).map_err(|error| error.to_string())
    }

    #[test]
    fn nine_digits_are_cut_to_their_last_four() {
        for typed in [
            "6789",
            " 67-89 ",
            "123-45-6789",
            "12-3456789",
            "123456789",
            "\u{200b}6789",
            "123.45.6789",
            "123 / 45 / 6789",
            "XXX-XX-6789",
            "xxx xx 6789",
            "***-**-6789",
            "\u{2022}\u{2022}\u{2022}-\u{2022}\u{2022}-6789",
            "#6789",
            "#123-45-6789",
            "(6789)",
            "\u{200e}6789",
            "\u{202a}67\u{ad}89\u{202c}",
            "6789.",
            "12_3456789",
            "123\u{2010}45\u{2212}6789",
        ] {
            assert_eq!(GateDigits::parse(typed), Ok(GateDigits("6789".into())), "{typed:?}");
            assert_eq!(gate("ssn_last4", typed).map(|gate| gate.digits), Ok(GateDigits("6789".into())), "{typed:?}");
        }
    }

    #[test]
    fn a_saved_password_is_told_from_a_wrong_length() {
        for text in ["hunter2!", "6789a", "٦٧٨٩", "+6789", "67\u{0}89", "XXXX", "****", "#", "0x1234", "9XX-XX-6789", "P#6789", "6789!"]
        {
            assert_eq!(GateDigits::parse(text), Err(NotAGate::NotDigits), "{text:?}");
        }
        for text in ["", "   ", "-", "123", "XXX-XX-678", "1234567890", &"1".repeat(65)] {
            assert_eq!(GateDigits::parse(text), Err(NotAGate::Length), "{text:?}");
        }
    }

    #[test]
    fn staff_enter_last_fours_and_pins_and_errors_never_repeat_the_digits() {
        for (kind, digits) in [("ssn_last4", "12345"), ("ssn_last4", "abcd"), ("pin", "123"), ("pin", "123456789"), ("pin", "12a4")] {
            let error = gate(kind, digits).expect_err(digits);
            assert!(!error.contains(digits), "{error}");
        }
        assert!(gate("pin", "1234 5678").is_ok());
    }

    #[test]
    fn any_of_two_gates_opens_and_a_mistake_is_named_by_what_it_was_compared_with() {
        let (firm, dice) = ("demo".parse().expect("a firm"), crate::Dice::new(|bytes| bytes.fill(1)));
        let contact = ContactId::new(jiff::Timestamp::UNIX_EPOCH, &dice);
        let key = crate::keys::Secret::new(KeyId("1".into()), "secret").key(LABEL);
        let kept = |kind: &str, digits: &str, label: &str| {
            let new: NewGate = serde_json::from_value(serde_json::json!({"kind": kind, "digits": digits, "label": label})).expect("a gate");
            new.keep(&key, &firm, &contact)
        };
        let (sam, robin, pin) = (kept("ssn_last4", "1111", "Sam"), kept("ssn_last4", "2222", "Robin"), kept("pin", "4821", ""));
        let opens = |label: &str| GateVerdict::Opens(Some(label.to_owned()), None);
        for (gates, typed, contact, verdict) in [
            (vec![&sam, &robin], "1111", Some(contact), opens("Sam")),
            (vec![&sam, &robin], "2222", Some(contact), opens("Robin")),
            (vec![&sam, &robin], "3333", Some(contact), GateVerdict::OpensNone(GateKind::SsnLast4)),
            (vec![&sam, &pin], "4821", Some(contact), GateVerdict::Opens(None, None)),
            (vec![&pin], "1111", Some(contact), GateVerdict::OpensNone(GateKind::Pin)),
            (vec![&sam], "1111", None, GateVerdict::OpensNone(GateKind::SsnLast4)),
            (vec![], "1111", None, GateVerdict::OpensNone(GateKind::Pin)),
        ] {
            let gates: Vec<_> = gates.into_iter().enumerate().map(|(place, gate)| (place, gate, key.clone())).collect();
            let digits = GateDigits::parse(typed).expect("digits");
            assert_eq!(try_gates(&gates, &digits, &key, &firm, contact), verdict, "{typed}");
        }
        // Under another key from now on, the gate that opened is made anew, and no other.
        let newest = crate::keys::Secret::new(KeyId("2".into()), "another secret").key(LABEL);
        let (gates, digits) = ([(0, &sam, key.clone()), (1, &robin, key.clone())], GateDigits::parse("2222").expect("digits"));
        let GateVerdict::Opens(_, Some(remade)) = try_gates(&gates, &digits, &newest, &firm, Some(contact)) else { panic!("it is remade") };
        assert_eq!((remade.place, &remade.before), (1, &robin.mac));
        let anew = Gate { mac: remade.after, ..robin };
        assert!(anew.opens(&digits, &newest, &firm, &contact) && *anew.key_id() == KeyId("2".into()));
        assert_eq!(anew.remade(1, &digits, &newest, &firm, &contact), None);
    }

    proptest! {
        #[test]
        fn what_is_not_seen_makes_no_other_gate(hidden in crate::text::tests::unseen(), at in 0..=4_usize) {
            let mut typed = "6789".to_owned();
            typed.insert(at, hidden);
            prop_assert_eq!(GateDigits::parse(&typed), Ok(GateDigits("6789".into())));
        }

        #[test]
        fn parsing_never_panics(text in ".{0,80}") {
            let _ = GateDigits::parse(&text);
        }
    }
}

//! A contact as staff see it.

use jiff::Timestamp;
use postern_domain::{
    ContactId, Email, Language, Name, Phone,
    attempts::Attempts,
    client::Client,
    contact::Contact,
    delivery::{Trouble, TroubleKind},
    gate::{GateKind, IdentityCheck},
    readiness::Missing,
    search::PortalStatus,
    settings::{AccessMode, CodeChannel, Overrides, SignInPolicy},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// A contact as staff see it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Contact")]
pub struct ContactView {
    contact: ContactId,
    /// Counts the changes by staff.
    version: u32,
    name: Name,
    email: Option<Email>,
    mobile: Option<Phone>,
    share_mobile: bool,
    /// The language of what is sent to it, if not the firm's.
    language: Option<Language>,
    gates: Vec<GateView>,
    clients: Vec<Client>,
    /// What is decided about signing in for it alone.
    overrides: OverridesView,
    portal: Portal,
}

/// A gate as staff see it: never its digits.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Gate")]
struct GateView {
    kind: GateKind,
    label: Option<String>,
}

/// What is decided about signing in for one contact; null where the firm decides.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct OverridesView {
    access_mode: Option<AccessMode>,
    code_channel: Option<CodeChannel>,
    identity_check: Option<IdentityCheck>,
}

/// Whether a contact can get in, and what is known of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Portal {
    status: PortalStatus,
    missing: Vec<Missing>,
    invited_at: Option<Timestamp>,
    last_access_at: Option<Timestamp>,
    locked_until: Option<Timestamp>,
    code_path: CodePath,
    last_failure: Option<Failure>,
    second_factor: SecondFactorKind,
    troubles: Addresses,
}

/// What keeps messages from a contact's addresses, as far as mailboxes and carriers said.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Addresses {
    /// With the email.
    email: Option<AddressTrouble>,
    /// With the mobile.
    mobile: Option<AddressTrouble>,
}

/// What keeps messages from an address.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct AddressTrouble {
    kind: TroubleKind,
    /// When that was learned last.
    at: Timestamp,
}

/// Whether codes are sent to someone.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodePath {
    /// They are.
    Open,
    /// So many wrong ones came by some way that none is sent by it until staff reopen it.
    Closed,
}

impl CodePath {
    /// Whether they are, by what is remembered of their `attempts`.
    pub fn of(attempts: &Attempts) -> Self {
        if attempts.any_is_closed() { Self::Closed } else { Self::Open }
    }
}

/// What last went wrong for a contact.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Failure {
    at: Timestamp,
    outcome: String,
    message: String,
    /// What varies in the message.
    values: Map<String, Value>,
}

/// Which second factor someone has.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SecondFactor")]
pub enum SecondFactorKind {
    /// None.
    None,
    /// An authenticator app.
    Totp,
}

impl From<bool> for SecondFactorKind {
    fn from(confirmed: bool) -> Self {
        if confirmed { Self::Totp } else { Self::None }
    }
}

impl ContactView {
    /// What staff see of `contact` and its `attempts`.
    pub fn of(contact: Contact, attempts: &Attempts, policy: &SignInPolicy, texting: bool, now: Timestamp) -> Self {
        let trouble = |trouble: Option<Trouble>| trouble.map(|Trouble { kind, at }| AddressTrouble { kind, at });
        // Whoever got in since has no problem any more.
        let failure = attempts.last_failure.as_ref().filter(|failure| contact.last_access_at.is_none_or(|entered| entered < failure.at));
        let portal = Portal {
            status: contact.status(policy, texting),
            missing: contact.missing(policy, texting),
            invited_at: contact.invited_at,
            last_access_at: contact.last_access_at,
            locked_until: attempts.locked_until(now),
            code_path: CodePath::of(attempts),
            last_failure: failure.map(|failure| Failure {
                at: failure.at,
                outcome: failure.outcome.name().to_owned(),
                message: failure.outcome.message(),
                values: failure.outcome.values(),
            }),
            second_factor: contact.second_factor.into(),
            troubles: Addresses { email: trouble(contact.troubles.email), mobile: trouble(contact.troubles.mobile) },
        };
        let Overrides { access_mode, code_channel, identity_check } = contact.overrides;
        Self {
            contact: contact.contact,
            version: contact.version,
            name: contact.name,
            email: contact.email,
            mobile: contact.mobile,
            share_mobile: contact.share_mobile,
            language: contact.language,
            gates: contact.gates.into_iter().map(|gate| GateView { kind: gate.kind, label: gate.label }).collect(),
            clients: contact.clients,
            overrides: OverridesView { access_mode, code_channel, identity_check },
            portal,
        }
    }
}

//! A contact as staff see it.

use jiff::Timestamp;
use postern_domain::{
    ContactId, Email, Language, Name, Phone,
    attempts::{Attempts, AttemptsSeen},
    client::Client,
    contact::Contact,
    delivery::{Trouble, TroubleKind},
    gate::IdentityCheck,
    readiness::Missing,
    roster::{Entry, GateSeen},
    settings::{AccessMode, CodeChannel, Overrides, SignInPolicy},
    standing::PortalStatus,
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
    /// The name under which it stands in lists.
    sort_name: Name,
    email: Option<Email>,
    mobile: Option<Phone>,
    share_mobile: bool,
    /// The language of what is sent to it, if not the firm's.
    language: Option<Language>,
    gates: Vec<GateSeen>,
    clients: Vec<Client>,
    /// What is decided about signing in for it alone.
    overrides: OverridesView,
    portal: Portal,
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
    /// Whether they are, by what was seen of their attempts.
    pub fn of(seen: &AttemptsSeen) -> Self {
        if seen.is_closed { Self::Closed } else { Self::Open }
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
    /// What staff see of `contact` and its `attempts` at a firm with this `policy`, where text messages can be sent (`texting`).
    pub fn of(contact: &Contact, attempts: &Attempts, policy: &SignInPolicy, texting: bool, now: Timestamp) -> Self {
        Self::of_entry(Entry::of(contact, attempts.seen(now)), policy, texting, now)
    }

    /// The same of an entry of the roster.
    pub fn of_entry(entry: Entry, policy: &SignInPolicy, texting: bool, now: Timestamp) -> Self {
        let standing = entry.standing();
        let (status, missing) = (standing.status(policy, texting, now), standing.facts.missing(policy, texting));
        let Entry { contact, version, name, sorted_as, email, mobile, share_mobile, language, gates, clients, .. } = entry;
        let Entry { overrides, invited_at, last_access_at, troubles, second_factor, attempts, .. } = entry;
        let trouble = |trouble: Option<Trouble>| trouble.map(|Trouble { kind, at }| AddressTrouble { kind, at });
        // Whoever got in since has no problem any more.
        let failure = attempts.last_failure.as_ref().filter(|failure| last_access_at.is_none_or(|entered| entered < failure.at));
        let portal = Portal {
            status,
            missing,
            invited_at,
            last_access_at,
            locked_until: attempts.locked_until(now),
            code_path: CodePath::of(&attempts),
            last_failure: failure.map(|failure| Failure {
                at: failure.at,
                outcome: failure.outcome.name().to_owned(),
                message: failure.outcome.message(),
                values: failure.outcome.values(),
            }),
            second_factor: second_factor.into(),
            troubles: Addresses { email: trouble(troubles.email), mobile: trouble(troubles.mobile) },
        };
        let Overrides { access_mode, code_channel, identity_check } = overrides;
        let overrides = OverridesView { access_mode, code_channel, identity_check };
        Self { contact, version, name, sort_name: sorted_as, email, mobile, share_mobile, language, gates, clients, overrides, portal }
    }
}

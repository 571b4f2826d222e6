//! What someone lacks to sign in. Derived each time, never stored.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    gate::{GateKind, IdentityCheck},
    settings::SignInPolicy,
};

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

/// What a contact with these properties lacks under `policy`, where text messages can be sent (`texting`).
pub fn missing(
    policy: &SignInPolicy,
    texting: bool,
    has_email: bool,
    gates: impl IntoIterator<Item = GateKind>,
    has_mobile: bool,
) -> Vec<Missing> {
    let gated = policy.identity_check == IdentityCheck::None || gates.into_iter().any(|gate| gate.serves(policy.identity_check));
    let lacks = [(Missing::Email, !has_email), (Missing::Gate, !gated), (Missing::Mobile, !has_mobile && policy.needs_mobile(texting))];
    lacks.into_iter().filter_map(|(missing, lacking)| lacking.then_some(missing)).collect()
}

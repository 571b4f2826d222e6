//! The answer to asking for a code, alike for everyone.

use postern_domain::{ChallengeId, challenge::Challenge, policy};
use schemars::JsonSchema;
use serde::Serialize;

/// A challenge that was given out. It says nothing about whether a code is on its way.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Challenge")]
pub struct ChallengeView {
    /// The challenge that a code answers.
    challenge: ChallengeId,
    /// Seconds for which it can be answered.
    expires_in: u64,
    /// Seconds after which its code can be sent again.
    resend_in: u64,
}

impl From<&Challenge> for ChallengeView {
    fn from(challenge: &Challenge) -> Self {
        Self {
            challenge: challenge.challenge.clone(),
            expires_in: policy::CODE_LIFE.unsigned_abs().as_secs(),
            resend_in: policy::RESEND_PAUSE.unsigned_abs().as_secs(),
        }
    }
}

//! What of someone's attempts stands with the contact, where lists find it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Attempts;
use crate::{account::is_false, moments, record::LastFailure};

/// What was last seen of someone's attempts to sign in: written down within seconds after them, so that a list need not look at the attempts of all
/// whom it shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptsSeen {
    /// Until when some browser of theirs is locked out.
    #[serde(with = "moments::optional", default)]
    pub locked_until: Option<Timestamp>,
    /// Whether some way is closed until staff reopen it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_closed: bool,
    /// What last went wrong.
    #[serde(default)]
    pub last_failure: Option<LastFailure>,
}

impl AttemptsSeen {
    /// Until when some browser of theirs is locked out, if one is by `now`.
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|until| now < *until)
    }
}

impl Attempts {
    /// What of them stands with the contact.
    pub fn seen(&self, now: Timestamp) -> AttemptsSeen {
        AttemptsSeen { locked_until: self.locked_until(now), is_closed: self.any_is_closed(), last_failure: self.last_failure.clone() }
    }
}

//! Devices: the browsers in which someone signed in.

use serde::{Deserialize, Serialize};

use crate::{
    AttemptKey, DeviceId, FirmId, FirmScope, Subject,
    keys::{Token, fingerprint},
};

/// A browser in which someone signed in before, known by a token in a cookie. It never lets anyone in: it has limits of its own, so that nobody
/// else can use them up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownBrowser {
    /// The firm.
    pub firm: FirmId,
    /// Who signed in in it.
    pub subject: Subject,
    /// Which of their devices it is.
    pub device: DeviceId,
    /// The fingerprint of the token of the session that was opened in it last.
    #[serde(default)]
    pub session: Option<String>,
}

impl KnownBrowser {
    /// Whether it is one of `subject` at this firm.
    pub fn is_of(&self, scope: &FirmScope, subject: Subject) -> bool {
        self.firm == *scope.firm() && self.subject == subject
    }
}

/// A browser of someone, as their list of devices has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The fingerprint of the token of its last session.
    pub session: String,
    /// The fingerprint of the token by which it is known.
    pub known: String,
    /// When someone last signed in in it, in milliseconds since the epoch.
    pub at: i64,
}

/// Characters of a [`label`]: enough that two persons of one browser differ.
pub const LABEL: usize = 8;

/// Under what the token of an email stands among those that one browser holds. It says nothing without the token.
pub fn label(token: &Token, attempts: &AttemptKey) -> String {
    fingerprint(&[token.reveal().as_bytes(), attempts.as_str().as_bytes()])[..LABEL].to_owned()
}

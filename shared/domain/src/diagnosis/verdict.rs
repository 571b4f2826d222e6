//! Verdicts: what each says, its stable name and values, and what staff can do about it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{Email, readiness::Missing};

/// Why someone cannot get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The same wrong digits came again and again from one browser, or what is no digits at all.
    SavedPassword {
        /// How often.
        tries: usize,
    },
    /// What was typed did not match.
    WrongDigits {
        /// What it was.
        typed: Typed,
        /// How often.
        tries: usize,
    },
    /// An email that nobody has came, which is theirs but for one mistake.
    NearEmail {
        /// As it was typed.
        email: Email,
        /// When.
        at: Timestamp,
    },
    /// What was sent, or should have been, did not get to them.
    NotDelivered {
        /// Why.
        why: Undelivered,
        /// When that was learned.
        at: Timestamp,
        /// Whether mail is known not to arrive either.
        mail_fails: bool,
    },
    /// Sign-in is locked.
    Locked {
        /// Until when.
        until: Timestamp,
        /// After how many wrong tries, as far as records tell.
        tries: usize,
        /// Whether all those came from one browser.
        one_browser: bool,
    },
    /// Sign-in by code is closed until staff reopen it.
    Closed,
    /// They came as far as the second factor, and no further.
    SecondFactor(Unproved),
    /// Something is missing.
    NotSetUp {
        /// What.
        missing: Vec<Missing>,
    },
    /// They have no link that opens.
    NotInvited {
        /// When they tried one that was too old, if they did.
        expired_at: Option<Timestamp>,
    },
    /// They were invited, and did not try yet.
    NeverTried {
        /// When they were invited.
        invited_at: Timestamp,
    },
    /// They are signing in right now.
    InProgress {
        /// Since when.
        since: Timestamp,
    },
    /// All is well, as far as is known.
    NothingToDo {
        /// Why.
        why: Well,
        /// Since when.
        at: Timestamp,
    },
}

/// What was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Typed {
    /// The last four, or a PIN.
    Check,
    /// A code.
    Code,
    /// A code that was no longer good.
    OldCode,
}

/// Why something did not get to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undelivered {
    /// Mail to them comes back, or is not taken.
    MailBounced,
    /// They marked mail of the firm as spam.
    MailMarkedAsSpam,
    /// Their phone takes no text messages (STOP).
    PhoneOptedOut,
    /// A text message did not get through.
    TextFailed,
    /// It could not be sent in time.
    GivenUp,
    /// So many codes were asked for that none is sent for a while.
    TooMany,
    /// A text message with a code went out, and nothing is known of it since.
    TextUnused,
    /// A mail with a code went out, and nothing is known of it since.
    MailUnused,
}

/// Why a second factor was not proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Unproved {
    /// It takes no codes of the app for a while.
    Locked {
        /// Until when.
        until: Timestamp,
        /// After how many wrong ones.
        tries: u32,
    },
    /// It takes no codes of the app until it is made anew.
    Closed,
    /// What was typed did not match.
    Wrong {
        /// How often.
        tries: usize,
    },
    /// It has to be set up first, and is not.
    SetupAwaited {
        /// Since when.
        at: Timestamp,
        /// How often a code with which they tried to did not match.
        tries: usize,
    },
    /// Nothing was typed.
    Awaited {
        /// Since when.
        at: Timestamp,
    },
}

/// Why nothing is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Well {
    /// They got in.
    Entered,
    /// What kept them out was mended, and they did not try since.
    Mended,
    /// A code arrived, and they did not use it.
    CodeArrived,
}

/// What staff can do about it with one press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Unlock.
    Unlock,
    /// Invite.
    Invite,
    /// Edit the contact.
    Edit,
    /// Send a way in by mail.
    SendByEmail,
    /// Reopen sign-in by code.
    Reopen,
    /// Reset the second factor.
    ResetSecondFactor,
    /// Nothing.
    None,
}

impl Verdict {
    /// The names of all verdicts.
    pub const NAMES: [&'static str; 12] = [
        "saved-password",
        "wrong-digits",
        "near-email",
        "not-delivered",
        "locked",
        "closed",
        "second-factor",
        "not-set-up",
        "not-invited",
        "never-tried",
        "in-progress",
        "nothing-to-do",
    ];

    /// Its stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SavedPassword { .. } => "saved-password",
            Self::WrongDigits { .. } => "wrong-digits",
            Self::NearEmail { .. } => "near-email",
            Self::NotDelivered { .. } => "not-delivered",
            Self::Locked { .. } => "locked",
            Self::Closed => "closed",
            Self::SecondFactor(_) => "second-factor",
            Self::NotSetUp { .. } => "not-set-up",
            Self::NotInvited { .. } => "not-invited",
            Self::NeverTried { .. } => "never-tried",
            Self::InProgress { .. } => "in-progress",
            Self::NothingToDo { .. } => "nothing-to-do",
        }
    }

    /// What varies in it.
    pub fn values(&self) -> Map<String, Value> {
        let values = match self {
            Self::SavedPassword { tries } => json!({"tries": tries}),
            Self::WrongDigits { typed, tries } => json!({"typed": typed, "tries": tries}),
            Self::NearEmail { email, at } => json!({"email": email, "at": at}),
            Self::NotDelivered { why, at, .. } => json!({"why": why, "at": at}),
            Self::Locked { until, tries, one_browser } => json!({"until": until, "tries": tries, "one_browser": one_browser}),
            Self::SecondFactor(why) => json!(why),
            Self::NotSetUp { missing } => json!({"missing": missing}),
            Self::NotInvited { expired_at } => json!({"expired_at": expired_at}),
            Self::NeverTried { invited_at } => json!({"invited_at": invited_at}),
            Self::InProgress { since } => json!({"since": since}),
            Self::NothingToDo { why, at } => json!({"why": why, "at": at}),
            Self::Closed => json!({}),
        };
        values.as_object().cloned().unwrap_or_default()
    }

    /// What staff can do about it with one press.
    pub fn action(&self) -> Action {
        match self {
            // Where a second factor is to be set up, there is none that could be reset: they do that themselves.
            Self::NearEmail { .. }
            | Self::InProgress { .. }
            | Self::NothingToDo { .. }
            | Self::SecondFactor(Unproved::SetupAwaited { .. }) => Action::None,
            Self::SecondFactor(_) => Action::ResetSecondFactor,
            // Mail goes to them as before.
            Self::NotDelivered { why: Undelivered::MailMarkedAsSpam, .. } => Action::SendByEmail,
            Self::Locked { .. } | Self::NotDelivered { why: Undelivered::TooMany, .. } => Action::Unlock,
            Self::Closed => Action::Reopen,
            Self::NotInvited { .. } | Self::NeverTried { .. } => Action::Invite,
            Self::WrongDigits { typed: Typed::Check, .. }
            | Self::NotSetUp { .. }
            | Self::NotDelivered { why: Undelivered::MailBounced, .. }
            | Self::NotDelivered { mail_fails: true, .. } => Action::Edit,
            Self::SavedPassword { .. } | Self::WrongDigits { .. } | Self::NotDelivered { .. } => Action::SendByEmail,
        }
    }
}

//! The truth for the mailbox on file when a code was asked for and none went out.

use askama::Template;
use jiff::Timestamp;

use crate::{letterhead::Letterhead, mail::Mail};

/// Tells a contact why no code came, and what to do next.
#[derive(Clone, Copy)]
pub struct HonestMail<'a> {
    /// The firm that the contact wants to sign in to.
    pub letterhead: Letterhead<'a>,
    /// The contact's name.
    pub contact: &'a str,
    /// When the code was asked for.
    pub asked_at: Timestamp,
    /// Why it did not go out.
    pub reason: NoCode<'a>,
}

/// Why no code went out.
#[derive(Clone, Copy)]
pub enum NoCode<'a> {
    /// The last four digits or the PIN did not match.
    GateMismatch {
        /// A link that leads to a code without them.
        url: &'a str,
    },
    /// Too many attempts failed, and sign-in rests for a while.
    Paused {
        /// When sign-in is open again.
        until: Timestamp,
        /// A link that passes the pause.
        url: &'a str,
    },
    /// The contact lacks something that the firm requires.
    NotSetUp,
    /// Too many codes were asked for.
    TooMany {
        /// A link that leads to a code nevertheless.
        url: &'a str,
    },
}

/// A link of an invented firm.
const SAMPLE_LINK: &str = "https://portal.example.com/smith-jones/link#sample";

#[derive(Template)]
#[template(path = "honest_mail.html")]
struct Html<'a> {
    mail: &'a HonestMail<'a>,
}

#[derive(Template)]
#[template(path = "honest_mail.txt")]
struct Text<'a> {
    mail: &'a HonestMail<'a>,
}

impl HonestMail<'static> {
    /// A wrong gate at an invented firm, for previews and tests; the other reasons are in [`Self::samples`].
    pub fn sample() -> Self {
        Self {
            letterhead: Letterhead::sample(),
            contact: "J. Smith",
            asked_at: Timestamp::constant(1_795_275_660, 0),
            reason: NoCode::GateMismatch { url: SAMPLE_LINK },
        }
    }

    /// One mail for each reason, in the order in which [`NoCode`] lists them.
    pub fn samples() -> [Self; 4] {
        let url = SAMPLE_LINK;
        let paused = NoCode::Paused { until: Timestamp::constant(1_795_275_900, 0), url };
        [NoCode::GateMismatch { url }, paused, NoCode::NotSetUp, NoCode::TooMany { url }].map(|reason| Self { reason, ..Self::sample() })
    }
}

impl HonestMail<'_> {
    /// The email.
    pub fn mail(&self) -> Mail {
        let firm = self.letterhead.firm;
        let subject = match self.reason {
            NoCode::GateMismatch { .. } => format!("{firm}: why you got no sign-in code"),
            NoCode::Paused { .. } => format!("{firm}: your sign-in is paused"),
            NoCode::NotSetUp => format!("{firm}: your access is not set up yet"),
            NoCode::TooMany { .. } => format!("{firm}: too many sign-in codes were asked for"),
        };
        Mail::new(&subject, &Html { mail: self }, &Text { mail: self })
    }
}

//! Sessions: what a browser holds after signing in.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ClientId, ContactId, FirmId, StaffId, moments, policy};

/// For whom a challenge, a session or a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Contacts of a firm.
    Client,
    /// The firm's own people.
    Staff,
}

impl Audience {
    /// The name as it stands in keys, headers and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Staff => "staff",
        }
    }
}

/// Who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A contact.
    Contact(ContactId),
    /// A staff member.
    Staff(StaffId),
}

impl Subject {
    /// The audience to which this person belongs.
    pub fn audience(self) -> Audience {
        match self {
            Self::Contact(_) => Audience::Client,
            Self::Staff(_) => Audience::Staff,
        }
    }

    /// The contact, if it is one.
    pub fn contact(self) -> Option<ContactId> {
        match self {
            Self::Contact(contact) => Some(contact),
            Self::Staff(_) => None,
        }
    }
}

/// Who begins a session, as they are at that instant.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub subject: Subject,
    /// Their epoch.
    pub epoch: u32,
    /// The clients that they act for.
    pub clients: Vec<ClientId>,
}

/// How a session was made, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// By a link from a mail, with the gate.
    Link,
    /// By a code that was mailed.
    Email,
    /// By a code that was texted.
    Sms,
}

/// A session; its token is known to the browser alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The firm to which all that it may see belongs.
    pub firm: FirmId,
    /// Who signed in.
    pub subject: Subject,
    /// The epoch of that person when they did; another one ends the session.
    pub epoch: u32,
    /// The clients that they acted for at that time, as a hint: what a change depends on is checked with it.
    #[serde(default)]
    pub clients: Vec<ClientId>,
    /// How they did.
    pub assurance: Assurance,
    /// Whether the client chose to keep this browser signed in.
    pub kept: bool,
    /// When the session began.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
    /// When it ends, whatever happens.
    #[serde(with = "moments::required")]
    pub expires_at: Timestamp,
    /// When it was last used, at most [`policy::SESSION_TOUCH`] stale.
    #[serde(with = "moments::required")]
    pub last_seen_at: Timestamp,
}

impl Session {
    /// A session that begins now. Only clients may keep a browser.
    pub fn begin(firm: FirmId, person: Person, assurance: Assurance, keep: bool, now: Timestamp) -> Self {
        let Person { subject, epoch, clients } = person;
        let kept = keep && subject.audience() == Audience::Client;
        let life = if kept { policy::KEPT_SESSION_LIFE } else { policy::SESSION_LIFE };
        Self { firm, subject, epoch, clients, assurance, kept, created_at: now, expires_at: now + life, last_seen_at: now }
    }

    /// Whether the session still stands.
    pub fn stands(&self, now: Timestamp) -> bool {
        now < self.expires_at && (self.kept || now < self.last_seen_at + policy::SESSION_IDLE)
    }

    /// Whether its last use is to be written down again.
    pub fn is_due_for_touch(&self, now: Timestamp) -> bool {
        now >= self.last_seen_at + policy::SESSION_TOUCH
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::Dice;

    fn session(keep: bool) -> (Session, Timestamp) {
        let now = Timestamp::UNIX_EPOCH;
        let contact = ContactId::new(now, &Dice::new(|bytes| bytes.fill(1)));
        let person = Person { subject: Subject::Contact(contact), epoch: 0, clients: Vec::new() };
        (Session::begin("demo".parse().expect("a firm"), person, Assurance::Sms, keep, now), now)
    }

    #[test]
    fn a_session_ends_after_an_hour_of_rest_and_after_a_day() {
        let (mut session, now) = session(false);
        let (instant, hour) = (SignedDuration::from_millis(1), policy::SESSION_IDLE);
        assert!(session.stands(now + hour - instant) && !session.stands(now + hour));
        session.last_seen_at = now + policy::SESSION_LIFE - instant;
        assert!(session.stands(now + policy::SESSION_LIFE - instant) && !session.stands(now + policy::SESSION_LIFE));
    }

    #[test]
    fn a_kept_browser_stays_for_thirty_days_without_rest_limit() {
        let (session, now) = session(true);
        let end = now + policy::KEPT_SESSION_LIFE;
        assert!(session.stands(end - SignedDuration::from_millis(1)) && !session.stands(end));
    }

    #[test]
    fn the_last_use_is_written_at_most_once_a_minute() {
        let (session, now) = session(false);
        assert!(!session.is_due_for_touch(now + SignedDuration::from_secs(59)));
        assert!(session.is_due_for_touch(now + SignedDuration::from_secs(60)));
    }
}

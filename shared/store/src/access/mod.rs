//! What lets people in and ends by itself: challenges, attempts, sessions, links.

mod limits;
mod links;
mod sessions;
mod texts;

use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{ChallengeId, challenge::Challenge, channel::Channel, policy};
pub use sessions::{Devices, Keeping};
pub use texts::MessageCount;

use crate::{
    commit::{Condition, Part, Write, is_new},
    item::{Place, Table, body, item, moment, padded, table, value},
    key, update,
};

/// The table of what lets people in.
#[derive(Debug, Clone)]
pub struct AccessStore(Table);

/// A guess at a code that was counted, or why it was not.
#[derive(Debug)]
pub enum GuessCount {
    /// It may be compared.
    Open(Challenge),
    /// The challenge is over: too old, used, or guessed at five times.
    Over(Challenge),
    /// There is no such challenge.
    Unknown,
}

table!(AccessStore = "ACCESS_TABLE", indexes & []);

impl AccessStore {
    /// A challenge.
    pub async fn challenge(&self, challenge: &ChallengeId) -> Result<Option<Challenge>, Unavailable> {
        self.0.get(&key::challenge(challenge)).await
    }

    /// Counts one guess at the code of a challenge and reads it, in one step that no two guesses share.
    pub async fn count_guess(&self, challenge: &ChallengeId, now: Timestamp) -> Result<GuessCount, Unavailable> {
        let open = Condition::new("attribute_exists(pk) AND spent = :no AND guesses < :most AND expires_at > :now")
            .with(":no", value(false))
            .with(":most", value(policy::GUESSES))
            .with(":now", moment(now))
            .with(":one", value(1));
        match update::apply(&self.0, &key::challenge(challenge), "ADD guesses :one", open).await? {
            update::Applied::Done(after) => Ok(GuessCount::Open(body(after)?)),
            update::Applied::Refused(Some(before)) => Ok(GuessCount::Over(body(before)?)),
            update::Applied::Refused(None) => Ok(GuessCount::Unknown),
        }
    }

    /// A new challenge, of one size for everyone.
    pub fn put_challenge(&self, challenge: &Challenge) -> Write {
        let place = key::challenge(&challenge.challenge);
        Write::put(Part::Challenge, &self.0, padded(item(&place, Some(challenge.expires_at), challenge)), is_new())
    }

    /// Uses a challenge up; refused as [`Part::Challenge`] if it was used before.
    pub fn consume(&self, challenge: &Challenge) -> Write {
        let unused = Condition::new("spent = :no").with(":no", value(false)).with(":yes", value(true));
        Write::update(Part::Challenge, &self.0, &key::challenge(&challenge.challenge), "SET spent = :yes", unused)
    }

    /// Notes that a code is sent again; refused as [`Part::Challenge`] if it was sent or used meanwhile.
    pub fn resend(&self, challenge: &Challenge, now: Timestamp) -> Write {
        let same = Condition::new("spent = :no AND resends = :seen AND expires_at > :now")
            .with(":no", value(false))
            .with(":seen", value(challenge.resends))
            .with(":resends", value(challenge.resends + 1))
            .with(":channel", value(challenge.channel))
            .with(":mailed", value(challenge.mailed))
            .with(":texted", value(challenge.texted))
            .with(":now", moment(now));
        let update = "SET resends = :resends, sent_at = :now, channel = :channel, mailed = :mailed, texted = :texted";
        Write::update(Part::Challenge, &self.0, &key::challenge(&challenge.challenge), update, same)
    }

    /// Notes that a code that could not be texted is mailed instead; refused as [`Part::Challenge`] if it is of no use any more.
    pub fn divert(&self, challenge: &ChallengeId, now: Timestamp) -> Write {
        let open = Condition::new("spent = :no AND expires_at > :now")
            .with(":no", value(false))
            .with(":now", moment(now))
            .with(":email", value(Channel::Email))
            .with(":yes", value(true));
        Write::update(Part::Challenge, &self.0, &key::challenge(challenge), "SET channel = :email, mailed = :yes", open)
    }

    /// Notes that it is written down that someone came with a code too late; refused as [`Part::Challenge`] if it was before.
    pub fn log_challenge_expiry(&self, challenge: &ChallengeId) -> Write {
        self.log_expiry(Part::Challenge, &key::challenge(challenge))
    }

    fn log_expiry(&self, part: Part, place: &Place) -> Write {
        let first = Condition::new("attribute_exists(pk) AND (attribute_not_exists(expiry_logged) OR expiry_logged = :no)")
            .with(":no", value(false))
            .with(":yes", value(true));
        Write::update(part, &self.0, place, "SET expiry_logged = :yes", first)
    }
}

//! What lets people in and ends by itself: challenges, attempts, sessions, links.

use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::KeysAndAttributes};
use jiff::Timestamp;
use postern_domain::{
    ChallengeId, Dice, FirmScope,
    challenge::Challenge,
    firm::Channel,
    keys::Token,
    link::Link,
    policy,
    session::Session,
    sign_in::{Attempts, LastFailure},
};

use crate::{
    Aws, Misconfigured, Unavailable, Write,
    commit::{Condition, is_new},
    item::{Item, Place, Table, body, item, moment, value},
    key, update,
};

/// The table of what lets people in.
#[derive(Debug, Clone)]
pub struct Access {
    table: Table,
    dice: Dice,
}

/// A guess at a code that was counted, or why it was not.
#[derive(Debug)]
pub enum Counted {
    /// It may be compared.
    Open(Challenge),
    /// The challenge is over: too old, used, or guessed at five times.
    Over(Challenge),
    /// There is no such challenge.
    Unknown,
}

impl Access {
    /// The table that `ACCESS_TABLE` names.
    ///
    /// # Errors
    /// If the variable is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        let table = Table { client: aws_sdk_dynamodb::Client::new(&aws.sdk), name: aws.variable("ACCESS_TABLE")? };
        Ok(Self { table, dice: aws.dice.clone() })
    }

    /// A challenge.
    pub async fn challenge(&self, challenge: &ChallengeId) -> Result<Option<Challenge>, Unavailable> {
        self.table.get(&key::challenge(challenge)).await
    }

    /// Counts one guess at the code of a challenge and reads it, in one step that no two guesses share.
    pub async fn count_guess(&self, challenge: &ChallengeId, now: Timestamp) -> Result<Counted, Unavailable> {
        let open = Condition::new("attribute_exists(pk) AND spent = :no AND guesses < :most AND expires_at > :now")
            .with(":no", value(false))
            .with(":most", value(policy::GUESSES))
            .with(":now", moment(now))
            .with(":one", value(1));
        match update::apply(&self.table, &self.dice, &key::challenge(challenge), "ADD guesses :one", open).await? {
            update::Applied::Done(after) => Ok(Counted::Open(body(after)?)),
            update::Applied::Refused(Some(before)) => Ok(Counted::Over(body(before)?)),
            update::Applied::Refused(None) => Ok(Counted::Unknown),
        }
    }

    /// A new challenge.
    pub fn put_challenge(&self, challenge: &Challenge) -> Write {
        let place = key::challenge(&challenge.challenge);
        Write::put("challenge", &self.table, item(&place, Some(challenge.expires_at), challenge), is_new())
    }

    /// Uses a challenge up; refused as `challenge` if it was used before.
    pub fn consume(&self, challenge: &Challenge) -> Write {
        let unused = Condition::new("spent = :no").with(":no", value(false)).with(":yes", value(true));
        Write::update("challenge", &self.table, &key::challenge(&challenge.challenge), "SET spent = :yes", unused)
    }

    /// Notes that a code is sent again; refused as `challenge` if it was sent or used meanwhile.
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
        Write::update("challenge", &self.table, &key::challenge(&challenge.challenge), update, same)
    }

    /// Notes that a code that could not be texted is mailed instead.
    pub fn divert(&self, challenge: &ChallengeId) -> Write {
        let there = Condition::new("attribute_exists(pk)").with(":email", value(Channel::Email)).with(":yes", value(true));
        Write::update("challenge", &self.table, &key::challenge(challenge), "SET channel = :email, mailed = :yes", there)
    }

    /// What is remembered of the attempts known by `mark`.
    pub async fn attempts(&self, scope: &FirmScope, mark: &str) -> Result<Attempts, Unavailable> {
        Ok(self.table.get(&key::attempts(scope, mark)).await?.unwrap_or_default())
    }

    /// What is remembered of the attempts known by each of `marks` (at most 100), in their order. May be a moment old.
    pub async fn attempts_of_all(&self, scope: &FirmScope, marks: &[String]) -> Result<Vec<Attempts>, Unavailable> {
        if marks.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<Place> = marks.iter().map(|mark| key::attempts(scope, mark)).collect();
        let keys =
            KeysAndAttributes::builder().set_keys(Some(places.iter().map(Place::key).collect())).build().map_err(Unavailable::new)?;
        let request = self.table.client.batch_get_item().request_items(&self.table.name, keys);
        let answer = request.send().await.map_err(Unavailable::new)?;
        if answer.unprocessed_keys().is_some_and(|keys| !keys.is_empty()) {
            return Err(Unavailable::new("the table is throttled"));
        }
        let mut found: Vec<Item> = answer.responses.unwrap_or_default().into_values().flatten().collect();
        let mut take = |place: &Place| {
            let at = found.iter().position(|item| item.get("pk") == place.key().get("pk"))?;
            Some(found.swap_remove(at))
        };
        places.iter().map(|place| take(place).map_or_else(|| Ok(Attempts::default()), body)).collect()
    }

    /// Attempts as they are from now on; refused as `attempts`, with the row that stands, if another request was counted meanwhile.
    pub fn put_attempts(&self, scope: &FirmScope, mark: &str, attempts: &Attempts, now: Timestamp) -> Write {
        let unchanged = match attempts.version - 1 {
            0 => is_new(),
            seen => Condition::new("version = :seen").with(":seen", value(seen)),
        };
        let row = item(&key::attempts(scope, mark), Some(now + policy::ATTEMPTS_MEMORY), attempts);
        Write::put("attempts", &self.table, row, unchanged)
    }

    /// Remembers what went wrong last.
    pub fn note_failure(&self, scope: &FirmScope, mark: &str, failure: &LastFailure) -> Write {
        let known = Condition::new("attribute_exists(pk)").with(":failure", value(failure)).with(":one", value(1));
        Write::update("attempts", &self.table, &key::attempts(scope, mark), "SET last_failure = :failure ADD version :one", known)
    }

    /// Makes a sign-in depend on that it is not locked; refused as `attempts`.
    pub fn check_unlocked(&self, scope: &FirmScope, mark: &str, now: Timestamp) -> Write {
        let unlocked = Condition::new("attribute_not_exists(locked_until) OR locked_until <= :now").with(":now", moment(now));
        Write::check("attempts", &self.table, &key::attempts(scope, mark), unlocked)
    }

    /// The session whose token this is.
    pub async fn session(&self, token: &Token) -> Result<Option<Session>, Unavailable> {
        self.table.get(&key::session(&token.fingerprint())).await
    }

    /// A new session.
    pub fn put_session(&self, token: &Token, session: &Session) -> Write {
        let row = item(&key::session(&token.fingerprint()), Some(session.expires_at), session);
        Write::put("session", &self.table, row, is_new())
    }

    /// Writes down that a session is in use, unless it has ended meanwhile.
    pub async fn touch_session(&self, token: &Token, now: Timestamp) -> Result<(), Unavailable> {
        let there = Condition::new("attribute_exists(pk)").with(":now", moment(now));
        update::apply(&self.table, &self.dice, &key::session(&token.fingerprint()), "SET last_seen_at = :now", there).await?;
        Ok(())
    }

    /// Ends a session.
    pub fn end_session(&self, token: &Token) -> Write {
        Write::delete("session", &self.table, &key::session(&token.fingerprint()), Condition::new("attribute_exists(pk)"))
    }

    /// The link whose token this is.
    pub async fn link(&self, token: &Token) -> Result<Option<Link>, Unavailable> {
        self.table.get(&key::link(&token.fingerprint())).await
    }

    /// Keeps a link before its message goes out. Doing it again changes nothing.
    pub async fn keep_link(&self, token: &Token, link: &Link) -> Result<(), Unavailable> {
        let row = item(&key::link(&token.fingerprint()), Some(link.expires_at + policy::LINK_MEMORY), link);
        let put = self.table.client.put_item().table_name(&self.table.name).set_item(Some(row));
        match put.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => Ok(()),
            Err(error) => Err(Unavailable::new(error)),
        }
    }

    /// A new link, in the transaction that makes it.
    pub fn put_link(&self, token: &Token, link: &Link) -> Write {
        let row = item(&key::link(&token.fingerprint()), Some(link.expires_at + policy::LINK_MEMORY), link);
        Write::put("link", &self.table, row, is_new())
    }

    /// A link as it is after a step; refused as `link` if it took another step meanwhile.
    pub fn step_link(&self, token: &Token, before: &Link, after: &Link) -> Write {
        let same = Condition::new("used = :used AND gate_failures = :failures")
            .with(":used", value(before.used))
            .with(":failures", value(before.gate_failures));
        let row = item(&key::link(&token.fingerprint()), Some(after.expires_at + policy::LINK_MEMORY), after);
        Write::put("link", &self.table, row, same)
    }

    /// Counts an upload of today; refused as `uploads` if `subject` has made as many as a day allows.
    pub fn count_upload(&self, scope: &FirmScope, subject: &str, now: Timestamp) -> Write {
        let below = Condition::new("attribute_not_exists(pk) OR uploads < :most")
            .naming("#ttl", "ttl")
            .with(":most", value(policy::UPLOADS_PER_DAY))
            .with(":one", value(1))
            .with(":ttl", value((now + policy::DAY * 2).as_second()));
        let place = key::uploads(scope, subject, &now.strftime("%F").to_string());
        Write::update("uploads", &self.table, &place, "SET #ttl = :ttl ADD uploads :one", below)
    }
}

//! What lets people in and ends by itself: challenges, attempts, sessions, links.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{
    ChallengeId, FirmScope, Subject,
    attempts::{AttemptKey, Attempts, LastFailure},
    challenge::Challenge,
    channel::Channel,
    keys::Token,
    link::Link,
    policy,
    session::Session,
};

use crate::{
    commit::{Condition, Part, Write, anything, is_new},
    item::{Place, Table, body, item, moment, table, value},
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

    /// A new challenge.
    pub fn put_challenge(&self, challenge: &Challenge) -> Write {
        let place = key::challenge(&challenge.challenge);
        Write::put(Part::Challenge, &self.0, item(&place, Some(challenge.expires_at), challenge), is_new())
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

    /// What is remembered of the attempts of one email.
    pub async fn attempts(&self, scope: &FirmScope, key: &AttemptKey) -> Result<Attempts, Unavailable> {
        Ok(self.0.get(&key::attempts(scope, key)).await?.unwrap_or_default())
    }

    /// What is remembered of the attempts of each of several emails (at most 100), in the order of `keys`. May be a moment old.
    pub async fn attempts_of_all(&self, scope: &FirmScope, keys: &[AttemptKey]) -> Result<Vec<Attempts>, Unavailable> {
        let places: Vec<Place> = keys.iter().map(|key| key::attempts(scope, key)).collect();
        let mut found = self.0.get_many(&places, false).await?;
        let mut take = |place: &Place| {
            let at = found.iter().position(|item| item.get("pk") == place.key().get("pk"))?;
            Some(found.swap_remove(at))
        };
        places.iter().map(|place| take(place).map_or_else(|| Ok(Attempts::default()), body)).collect()
    }

    /// Attempts as they are from now on, at the version after the one that was read; refused as [`Part::Attempts`], with the row that
    /// stands, if another request was counted meanwhile.
    pub fn put_attempts(&self, scope: &FirmScope, key: &AttemptKey, attempts: &Attempts, now: Timestamp) -> Write {
        let unchanged = match attempts.version {
            0 => is_new(),
            seen => Condition::new("version = :seen").with(":seen", value(seen)),
        };
        let attempts = &Attempts { version: attempts.version + 1, ..attempts.clone() };
        let row = item(&key::attempts(scope, key), Some(now + policy::ATTEMPTS_MEMORY), attempts);
        Write::put(Part::Attempts, &self.0, row, unchanged)
    }

    /// Remembers what went wrong last of an email. Without a failure that counts, what is remembered stays, at the same cost.
    pub fn remember_failure(&self, scope: &FirmScope, key: &AttemptKey, failure: Option<&LastFailure>) -> Write {
        let known = Condition::new("attribute_exists(pk)").with(":failure", value(failure)).with(":one", value(1));
        let update = match failure {
            Some(_) => "SET last_failure = :failure ADD version :one",
            None => "SET last_failure = if_not_exists(last_failure, :failure) ADD version :one",
        };
        Write::update(Part::Attempts, &self.0, &key::attempts(scope, key), update, known)
    }

    /// Forgets wrong gates and the lock that they led to, since the right one came.
    pub fn forgive_gates(&self, scope: &FirmScope, key: &AttemptKey, now: Timestamp) -> Write {
        let any = (anything().naming("#ttl", "ttl").with(":none", value([(); 0])).with(":one", value(1)))
            .with(":ttl", value((now + policy::ATTEMPTS_MEMORY).as_second()));
        let update = "SET gate_failures = :none, #ttl = :ttl REMOVE locked_until ADD version :one";
        Write::update(Part::Attempts, &self.0, &key::attempts(scope, key), update, any)
    }

    /// Clears the lock of an email and all that counts towards it or was sent; refused as [`Part::Attempts`] if nothing was ever counted. What
    /// everyone is told of, that too many requests came, goes on: else a stranger could see that someone was unlocked.
    pub fn clear_attempts(&self, scope: &FirmScope, key: &AttemptKey) -> Write {
        let known = Condition::new("attribute_exists(pk)").with(":none", value([(); 0])).with(":one", value(1));
        let update =
            "SET gate_failures = :none, sends = :none, fresh_links = :none, told = :none REMOVE locked_until, links ADD version :one";
        Write::update(Part::Attempts, &self.0, &key::attempts(scope, key), update, known)
    }

    /// Makes a sign-in depend on that it is not locked; refused as [`Part::Attempts`].
    pub fn check_unlocked(&self, scope: &FirmScope, key: &AttemptKey, now: Timestamp) -> Write {
        let unlocked = Condition::new("attribute_not_exists(locked_until) OR locked_until <= :now").with(":now", moment(now));
        Write::check(Part::Attempts, &self.0, &key::attempts(scope, key), unlocked)
    }

    /// The session whose token this is.
    pub async fn session(&self, token: &Token) -> Result<Option<Session>, Unavailable> {
        self.0.get(&key::session(&token.fingerprint())).await
    }

    /// A new session.
    pub fn put_session(&self, token: &Token, session: &Session) -> Write {
        let row = item(&key::session(&token.fingerprint()), Some(session.expires_at), session);
        Write::put(Part::Session, &self.0, row, is_new())
    }

    /// Writes down that a session is in use, unless it has ended meanwhile.
    pub async fn touch_session(&self, token: &Token, now: Timestamp) -> Result<(), Unavailable> {
        let there = Condition::new("attribute_exists(pk)").with(":now", moment(now));
        update::apply(&self.0, &key::session(&token.fingerprint()), "SET last_seen_at = :now", there).await?;
        Ok(())
    }

    /// Ends a session, if it stands.
    pub fn drop_session(&self, token: &Token) -> Write {
        Write::delete(Part::FormerSession, &self.0, &key::session(&token.fingerprint()), anything())
    }

    /// Ends a session; refused as [`Part::Session`] if it has ended before.
    pub fn end_session(&self, token: &Token) -> Write {
        Write::delete(Part::Session, &self.0, &key::session(&token.fingerprint()), Condition::new("attribute_exists(pk)"))
    }

    /// The link whose token this is.
    pub async fn link(&self, token: &Token) -> Result<Option<Link>, Unavailable> {
        self.0.get(&key::link(&token.fingerprint())).await
    }

    /// Keeps a link before its message goes out. Doing it again changes nothing.
    pub async fn keep_link(&self, token: &Token, link: &Link) -> Result<(), Unavailable> {
        self.keep_link_if("attribute_not_exists(pk)", token, link).await
    }

    /// Keeps a link before its message goes out, anew as long as nobody has opened it: its life is counted from the last try to send it.
    pub async fn renew_link(&self, token: &Token, link: &Link) -> Result<(), Unavailable> {
        self.keep_link_if("attribute_not_exists(opened_at)", token, link).await
    }

    async fn keep_link_if(&self, condition: &str, token: &Token, link: &Link) -> Result<(), Unavailable> {
        let row = item(&key::link(&token.fingerprint()), Some(link.expires_at + policy::LINK_MEMORY), link);
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(row));
        match put.condition_expression(condition).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) => Ok(()),
            Err(error) => Err(Unavailable::new(error)),
        }
    }

    /// A new link, in the transaction that makes it.
    pub fn put_link(&self, token: &Token, link: &Link) -> Write {
        let row = item(&key::link(&token.fingerprint()), Some(link.expires_at + policy::LINK_MEMORY), link);
        Write::put(Part::Link, &self.0, row, is_new())
    }

    /// Notes that a link was opened for the first time; refused as [`Part::Link`] if it was before.
    pub fn open_link(&self, token: &Token, now: Timestamp) -> Write {
        let unopened = Condition::new("attribute_exists(pk) AND attribute_not_exists(opened_at)").with(":now", moment(now));
        Write::update(Part::Link, &self.0, &key::link(&token.fingerprint()), "SET opened_at = :now", unopened)
    }

    /// Notes that it is written down that someone came with a link too late; refused as [`Part::Link`] if it was before.
    pub fn log_link_expiry(&self, token: &Token) -> Write {
        self.log_expiry(Part::Link, &key::link(&token.fingerprint()))
    }

    /// The same of a challenge, as [`Part::Challenge`].
    pub fn log_challenge_expiry(&self, challenge: &ChallengeId) -> Write {
        self.log_expiry(Part::Challenge, &key::challenge(challenge))
    }

    fn log_expiry(&self, part: Part, place: &Place) -> Write {
        let first = Condition::new("attribute_exists(pk) AND (attribute_not_exists(expiry_logged) OR expiry_logged = :no)")
            .with(":no", value(false))
            .with(":yes", value(true));
        Write::update(part, &self.0, place, "SET expiry_logged = :yes", first)
    }

    /// Uses a link up; refused as [`Part::Link`] if it was used before.
    pub fn use_link(&self, token: &Token, now: Timestamp) -> Write {
        let unused = Condition::new("used = :no").with(":no", value(false)).with(":yes", value(true)).with(":now", moment(now));
        let update = "SET used = :yes, opened_at = if_not_exists(opened_at, :now)";
        Write::update(Part::Link, &self.0, &key::link(&token.fingerprint()), update, unused)
    }

    /// Counts a gate that is tried on a link, before anyone compares it: for the link, and for all links of its person that day. Tells
    /// whether it may be compared.
    pub async fn count_gate_try(&self, scope: &FirmScope, key: &AttemptKey, token: &Token, now: Timestamp) -> Result<bool, Unavailable> {
        let on_link = Condition::new("used = :no AND gate_failures < :most AND expires_at > :now")
            .with(":no", value(false))
            .with(":most", value(policy::LINK_GATE_TRIES))
            .with(":now", moment(now))
            .with(":one", value(1));
        let (link, day) = (key::link(&token.fingerprint()), key::link_gates(scope, key, &day(now)));
        let on_link = update::apply(&self.0, &link, "ADD gate_failures :one", on_link);
        let of_day = counted_below("attribute_not_exists(pk) OR tries < :most", policy::LINK_GATES_PER_DAY, now);
        let of_day = update::apply(&self.0, &day, "SET #ttl = :ttl ADD tries :one", of_day);
        let both = tokio::try_join!(on_link, of_day)?;
        Ok(matches!(both, (update::Applied::Done(_), update::Applied::Done(_))))
    }

    /// Forgets the gates that were tried today on links of one email.
    pub fn forget_link_gates(&self, scope: &FirmScope, key: &AttemptKey, now: Timestamp) -> Write {
        Write::delete(Part::LinkGates, &self.0, &key::link_gates(scope, key, &day(now)), anything())
    }

    /// Counts an upload of today; refused as [`Part::Uploads`] if `subject` has made as many as a day allows.
    pub fn count_upload(&self, scope: &FirmScope, subject: Subject, now: Timestamp) -> Write {
        let below = counted_below("attribute_not_exists(pk) OR uploads < :most", policy::UPLOADS_PER_DAY, now);
        let place = key::uploads(scope, subject, &day(now));
        Write::update(Part::Uploads, &self.0, &place, "SET #ttl = :ttl ADD uploads :one", below)
    }

    /// Counts a receipt of today; refused as [`Part::Receipts`] if `subject` had as many as a day allows.
    pub fn count_receipt(&self, scope: &FirmScope, subject: Subject, now: Timestamp) -> Write {
        let below = counted_below("attribute_not_exists(pk) OR receipts < :most", policy::RECEIPTS_PER_DAY, now);
        let place = key::receipts(scope, subject, &day(now));
        Write::update(Part::Receipts, &self.0, &place, "SET #ttl = :ttl ADD receipts :one", below)
    }
}

/// The day by which something is counted.
fn day(now: Timestamp) -> String {
    now.strftime("%F").to_string()
}

/// A condition that something was counted less than `most` times that day; the row goes the day after.
fn counted_below(expression: &'static str, most: u32, now: Timestamp) -> Condition {
    Condition::new(expression)
        .naming("#ttl", "ttl")
        .with(":most", value(most))
        .with(":one", value(1))
        .with(":ttl", value((now + policy::DAY * 2).as_second()))
}

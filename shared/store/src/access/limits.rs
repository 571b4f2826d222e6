//! What is counted: attempts of emails, requests of addresses, uploads and receipts of a day.

use std::net::IpAddr;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use postern_aws::Unavailable;
use postern_domain::{
    AttemptKey, Audience, ChallengeId, FirmScope, Subject,
    attempts::{Attempts, Way},
    moments,
    network::{Bucket, network_of},
    policy,
};
use serde::Deserialize;

use super::AccessStore;
use crate::{
    commit::{Condition, Part, Write, is_new},
    item::{AT_ONCE, Place, body, item, moment, padded, value},
    key, update,
};

/// Requests of one address that are remembered one by one; many more than can still count.
const HITS_KEPT: u32 = 60;

/// What came from one address.
#[derive(Debug, Default, Deserialize)]
struct Origin {
    /// When each request came.
    #[serde(with = "moments::list")]
    hits: Vec<Timestamp>,
}

impl AccessStore {
    /// What is remembered of the attempts of one email, under whatever name; it goes on under the newest.
    pub async fn attempts(&self, scope: &FirmScope, key: &AttemptKey) -> Result<Attempts, Unavailable> {
        let places: Vec<_> = key.names().map(|name| key::attempts(scope.firm(), name)).collect();
        Ok(newest(try_join_all(places.iter().map(|place| self.0.get(place))).await?))
    }

    /// What is remembered of the attempts of each of several emails, in the order of `keys`. May be a moment old.
    pub async fn attempts_of_all(&self, scope: &FirmScope, keys: &[AttemptKey]) -> Result<Vec<Attempts>, Unavailable> {
        let place = |name: &AttemptKey| key::attempts(scope.firm(), name);
        let places: Vec<Place> = keys.iter().flat_map(AttemptKey::names).map(place).collect();
        let reads = places.chunks(AT_ONCE).map(|places| self.0.get_many(places, false));
        let mut found = try_join_all(reads).await?.concat();
        let mut take = |place: Place| {
            let at = found.iter().position(|item| item.get("pk") == place.key().get("pk"))?;
            Some(body(found.swap_remove(at)))
        };
        let mut of = |key: &AttemptKey| key.names().map(|name| take(place(name)).transpose()).collect::<Result<_, _>>();
        keys.iter().map(|key| of(key).map(newest)).collect()
    }

    /// What is remembered of the attempts of the email for which a challenge was asked, if its id says where. That is true only if there is such a
    /// challenge.
    pub async fn attempts_named_by(&self, challenge: &ChallengeId) -> Result<Option<Attempts>, Unavailable> {
        let Some((key, firm)) = challenge.counted() else { return Ok(None) };
        Ok(Some(self.0.get(&key::attempts(firm, key)).await?.unwrap_or_default()))
    }

    /// Attempts as they are from now on, of one size for everyone, at the version after the one that was read; refused as [`Part::Attempts`],
    /// with the row that stands, if another request was counted meanwhile.
    pub fn put_attempts(&self, scope: &FirmScope, key: &AttemptKey, attempts: &Attempts, now: Timestamp) -> Write {
        let unchanged = match attempts.version {
            0 => is_new(),
            seen => Condition::new("version = :seen").with(":seen", value(seen)),
        };
        let mut attempts = attempts.clone();
        attempts.version += 1;
        let row = item(&key::attempts(scope.firm(), key), attempts.forgotten_at(now), &attempts);
        Write::put(Part::Attempts, &self.0, padded(row), unchanged)
    }

    /// Forgets the wrong gates that came by the page and the lock that they led to, since the right one came on a link.
    pub fn forgive_gates(&self, scope: &FirmScope, key: &AttemptKey, attempts: &Attempts, now: Timestamp) -> Write {
        if attempts.version == 0 {
            let mut forgiven = attempts.clone();
            forgiven.of(Way::Page).forgive_gates();
            return self.put_attempts(scope, key, &forgiven, now);
        }
        let known = Condition::new("attribute_exists(pk)").naming("#locks", "locks").with(":none", value([(); 0])).with(":one", value(1));
        let update = "SET gate_failures = :none REMOVE locked_until, #locks, further, failed_at ADD version :one";
        Write::update(Part::Attempts, &self.0, &key::attempts(scope.firm(), key), update, known)
    }

    /// Counts a request for a code that comes from `ip`, in one step that no two requests share. Over the limit of the address or of its
    /// network, says when the next may come.
    pub async fn count_origin(&self, audience: Audience, ip: Option<&str>, now: Timestamp) -> Result<Result<(), Timestamp>, Unavailable> {
        let address = ip.and_then(|ip| ip.parse::<IpAddr>().ok()).map(|address| address.to_canonical());
        let Some((address, network)) = address.and_then(|address| Some((address.to_string(), network_of(address)?))) else {
            return Ok(Ok(()));
        };
        let (address, network) =
            tokio::try_join!(self.count_address(audience, &address, now), self.count_network(audience, &network, now))?;
        Ok(address.and(network))
    }

    async fn count_address(&self, audience: Audience, address: &str, now: Timestamp) -> Result<Result<(), Timestamp>, Unavailable> {
        let place = key::origin(audience, address);
        let remembered = now + policy::ADDRESS_PAUSE * (policy::ADDRESS_BURST + 1);
        let room = Condition::new("attribute_not_exists(hits) OR size(hits) < :most")
            .naming("#ttl", "ttl")
            .with(":most", value(HITS_KEPT))
            .with(":none", value([(); 0]))
            .with(":now", AttributeValue::L(vec![moment(now)]))
            .with(":ttl", value(remembered.as_second()));
        let update = "SET hits = list_append(if_not_exists(hits, :none), :now), #ttl = :ttl";
        match update::apply(&self.0, &place, update, room).await? {
            update::Applied::Done(item) => Ok(Bucket::after(&body::<Origin>(item)?.hits).1),
            update::Applied::Refused(item) => {
                // The list is full. What is refused writes nothing more; once it would be answered, the list begins anew.
                let hits = item.map(body::<Origin>).transpose()?.unwrap_or_default().hits;
                let (bucket, admitted) = Bucket::after(&[hits.as_slice(), &[now]].concat());
                if admitted.is_ok() {
                    let full = Condition::new("hits = :seen")
                        .naming("#ttl", "ttl")
                        .with(":seen", AttributeValue::L(hits.iter().copied().map(moment).collect()))
                        .with(":hits", AttributeValue::L(bucket.hits(now).into_iter().map(moment).collect()))
                        .with(":ttl", value(remembered.as_second()));
                    if let update::Applied::Refused(_) = update::apply(&self.0, &place, "SET hits = :hits, #ttl = :ttl", full).await? {
                        return Err(Unavailable::new("many requests of one address at once"));
                    }
                }
                Ok(admitted)
            }
        }
    }

    async fn count_network(&self, audience: Audience, network: &str, now: Timestamp) -> Result<Result<(), Timestamp>, Unavailable> {
        let hour = now.strftime("%FT%H").to_string();
        let below = counted_below("attribute_not_exists(pk) OR requests < :most", policy::NETWORK_REQUESTS, now);
        let place = key::origin(audience, &format!("{network}#{hour}"));
        match update::apply(&self.0, &place, "SET #ttl = :ttl ADD requests :one", below).await? {
            update::Applied::Done(_) => Ok(Ok(())),
            update::Applied::Refused(_) => Ok(Err(next_hour(now))),
        }
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

/// What is remembered, where `found` is what stands under each name of its row, the newest first. What stands under an earlier one alone is new
/// under that.
fn newest(found: Vec<Option<Attempts>>) -> Attempts {
    let mut found = found.into_iter();
    if let Some(own) = found.next().flatten() {
        return own;
    }
    let mut attempts = found.flatten().next().unwrap_or_default();
    attempts.version = 0;
    attempts
}

/// When the next clock hour begins.
fn next_hour(now: Timestamp) -> Timestamp {
    let hour = TimestampRound::new().smallest(Unit::Hour).mode(RoundMode::Trunc);
    now.round(hour).unwrap_or(now) + policy::HOUR
}

/// The day by which something is counted.
pub(super) fn day(now: Timestamp) -> String {
    now.strftime("%F").to_string()
}

/// A condition that something was counted less than `most` times that day; the row goes the day after.
pub(super) fn counted_below(expression: &'static str, most: u32, now: Timestamp) -> Condition {
    Condition::new(expression)
        .naming("#ttl", "ttl")
        .with(":most", value(most))
        .with(":one", value(1))
        .with(":ttl", value((now + policy::DAY * 2).as_second()))
}

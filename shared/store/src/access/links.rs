//! Links, and the gates that are tried on them.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{AttemptKey, FirmScope, keys::Token, link::Link, policy};

use super::{
    AccessStore,
    limits::{counted_below, day},
};
use crate::{
    commit::{Condition, Part, Write, anything, is_new},
    item::{item, moment, value},
    key, update,
};

impl AccessStore {
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
}

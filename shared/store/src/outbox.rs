//! The outbox: messages that wait to be sent.

use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{DispatchId, dispatch::Dispatch, policy};

use crate::{
    commit::{Condition, Part, Write, is_new},
    item::{Table, bodies, item, moment, table, value},
    key,
    update::{self, Applied},
};

/// The table of what is to be sent.
#[derive(Debug, Clone)]
pub struct Outbox(Table);

table!(Outbox = "OUTBOX_TABLE", indexes & []);

/// What became of the wish to send a message.
#[derive(Debug)]
pub enum Claim {
    /// It is ours to send for [`policy::DISPATCH_LEASE`].
    Ours(Box<Dispatch>),
    /// Another worker holds it.
    Held,
    /// It is done, or gone.
    Done,
    /// It cannot be read, perhaps because a newer version wrote it.
    Unreadable,
}

impl Outbox {
    /// A new message.
    pub fn put(&self, dispatch: &Dispatch) -> Write {
        let row = item(&key::dispatch(dispatch.dispatch), Some(dispatch.expires_at + policy::DAY), dispatch);
        Write::put(Part::Dispatch, &self.0, row, is_new())
    }

    /// Takes a message to send for the worker `holder`, so that of several workers one does. Taking it again changes nothing: the
    /// answer to the first time may have been lost.
    pub async fn claim(&self, dispatch: DispatchId, holder: &str, now: Timestamp) -> Result<Claim, Unavailable> {
        let free = Condition::new("done = :no AND (attribute_not_exists(leased_until) OR leased_until <= :now OR leased_by = :holder)")
            .with(":no", value(false))
            .with(":holder", value(holder))
            .with(":now", moment(now))
            .with(":until", moment(now + policy::DISPATCH_LEASE));
        let update = "SET leased_until = :until, leased_by = :holder";
        let (item, is_ours) = match update::apply(&self.0, &key::dispatch(dispatch), update, free).await? {
            Applied::Done(item) => (item, true),
            Applied::Refused(Some(item)) => (item, false),
            Applied::Refused(None) => return Ok(Claim::Done),
        };
        Ok(match bodies::<Dispatch>(vec![item]).pop() {
            None => Claim::Unreadable,
            Some(dispatch) if is_ours => Claim::Ours(Box::new(dispatch)),
            Some(dispatch) if dispatch.done => Claim::Done,
            Some(_) => Claim::Held,
        })
    }

    /// Gives a message of `holder` back that could not be sent for now, so that the next try need not wait for the lease to end.
    pub async fn release(&self, dispatch: DispatchId, holder: &str) -> Result<(), Unavailable> {
        let ours = Condition::new("done = :no AND leased_by = :holder").with(":no", value(false)).with(":holder", value(holder));
        update::apply(&self.0, &key::dispatch(dispatch), "REMOVE leased_until, leased_by", ours).await.map(|_| ())
    }

    /// Notes that a message is done and forgets what its link grew from; refused as [`Part::Dispatch`] if it was done before.
    pub fn finish(&self, dispatch: DispatchId) -> Write {
        let open = Condition::new("done = :no").with(":no", value(false)).with(":yes", value(true));
        Write::update(Part::Dispatch, &self.0, &key::dispatch(dispatch), "SET done = :yes REMOVE seed, leased_until, leased_by", open)
    }
}

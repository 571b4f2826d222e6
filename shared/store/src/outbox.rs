//! The outbox: messages that wait to be sent.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{
    ClientId, DispatchId, TextId,
    delivery::Report,
    dispatch::{Dispatch, Line, WentOut},
    policy,
};

use crate::{
    commit::{Condition, Part, Write, is_new},
    item::{Table, bodies, item, moment, padded, table, value},
    key,
    update::{self, Applied},
};

/// The table of what is to be sent.
#[derive(Debug, Clone)]
pub struct Outbox(Table);

/// The index of what is not done, by its line and by when it is due.
const BY_DUE: &str = "by-due";

table!(Outbox = "OUTBOX_TABLE", indexes & [BY_DUE]);

/// That a message waits for others to join it.
#[derive(Debug, serde::Serialize)]
struct Waits {
    /// Until when.
    #[serde(with = "postern_domain::moments::required")]
    not_before: Timestamp,
}

/// Which message a text message is.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Names {
    /// The message.
    dispatch: DispatchId,
}

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
    /// A new message, of one size whatever it is about.
    pub fn put(&self, dispatch: &Dispatch) -> Write {
        let row = item(&key::dispatch(dispatch.dispatch), Some(dispatch.expires_at + policy::DAY), dispatch);
        Write::put(Part::Dispatch, &self.0, padded(row), is_new())
    }

    /// A new message that waits for others to join it, unless one of the same client waits already: then refused as [`Part::Joined`], and all
    /// there is to say is said by that one.
    pub fn put_unless_joined(&self, dispatch: &Dispatch, client: ClientId) -> Vec<Write> {
        let place = key::waiting(&dispatch.scope(), client);
        let none_waits = Condition::new("attribute_not_exists(pk) OR not_before <= :now").with(":now", moment(dispatch.created_at));
        let waits = Waits { not_before: dispatch.not_before.unwrap_or(dispatch.created_at) };
        let row = item(&place, Some(dispatch.expires_at + policy::DAY), &waits);
        vec![Write::put(Part::Joined, &self.0, row, none_waits), self.put(dispatch)]
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

    /// Gives a message of `holder` back whose try failed, to be tried again at `next_try`, and by whoever comes before; with `went_out`, only
    /// to be written down.
    pub async fn release(
        &self,
        dispatch: DispatchId,
        holder: &str,
        next_try: Timestamp,
        went_out: Option<&WentOut>,
    ) -> Result<(), Unavailable> {
        let ours = Condition::new("done = :no AND leased_by = :holder")
            .with(":no", value(false))
            .with(":holder", value(holder))
            .with(":next", moment(next_try))
            .with(":one", value(1));
        let place = key::dispatch(dispatch);
        let released = match went_out {
            None => update::apply(&self.0, &place, "SET due_at = :next REMOVE leased_until, leased_by ADD tries :one", ours).await,
            Some(went_out) => {
                let update = "SET due_at = :next, went_out = :went_out REMOVE leased_until, leased_by ADD tries :one";
                update::apply(&self.0, &place, update, ours.with(":went_out", value(went_out))).await
            }
        };
        released.map(|_| ())
    }

    /// At most `limit` messages of `line` that are due at `now` and not done, those first that have waited longest; one that came a moment ago
    /// may be missing.
    pub async fn due(&self, line: Line, now: Timestamp, limit: u16) -> Result<Vec<DispatchId>, Unavailable> {
        let answer = (self.0.client.query().table_name(&self.0.name).index_name(BY_DUE))
            .key_condition_expression("line = :line AND due_at <= :now")
            .expression_attribute_values(":line", value(line))
            .expression_attribute_values(":now", moment(now))
            .limit(limit.into())
            .send()
            .await
            .map_err(Unavailable::new)?;
        Ok(answer.items.unwrap_or_default().iter().filter_map(key::dispatch_at).collect())
    }

    /// Notes that a message is done and forgets what its link grew from, and its recipient's salt; refused as [`Part::Dispatch`] if it was done before. It is kept for
    /// [`policy::REPORT_WAIT`], so that what comes back of it finds it.
    pub fn finish(&self, dispatch: DispatchId, now: Timestamp) -> Write {
        let open = (Condition::new("done = :no").with(":no", value(false)).with(":yes", value(true)))
            .naming("#ttl", "ttl")
            .with(":ttl", value((now + policy::REPORT_WAIT).as_second()));
        let update = "SET done = :yes, #ttl = :ttl REMOVE seed, salt, due_at, leased_until, leased_by";
        Write::update(Part::Dispatch, &self.0, &key::dispatch(dispatch), update, open)
    }

    /// Notes which message went out as the text message `text`.
    pub fn name_text(&self, text: TextId, dispatch: DispatchId, now: Timestamp) -> Write {
        let row = item(&key::text(text), Some(now + policy::REPORT_WAIT), &Names { dispatch });
        Write::put(Part::Text, &self.0, row, is_new())
    }

    /// The message that went out as the text message `text`, if one did and is remembered.
    pub async fn named(&self, text: TextId) -> Result<Option<DispatchId>, Unavailable> {
        Ok(self.0.get::<Names>(&key::text(text)).await?.map(|Names { dispatch }| dispatch))
    }

    /// A message, as long as it is remembered.
    pub async fn message(&self, dispatch: DispatchId) -> Result<Option<Dispatch>, Unavailable> {
        self.0.get(&key::dispatch(dispatch)).await
    }

    /// Notes that `report` came of a message; refused as [`Part::Dispatch`] if the same came before.
    pub fn note_report(&self, dispatch: DispatchId, report: Report) -> Write {
        let outcome = report.outcome().name();
        let first = Condition::new("attribute_exists(pk) AND (attribute_not_exists(reports) OR NOT contains(reports, :report))")
            .with(":report", value(outcome))
            .with(":reports", AttributeValue::Ss(vec![outcome.to_owned()]));
        Write::update(Part::Dispatch, &self.0, &key::dispatch(dispatch), "ADD reports :reports", first)
    }
}

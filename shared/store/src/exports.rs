//! Exports that a worker makes: they wait in the outbox, in a line of their own.

use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{
    ExportId, FirmScope,
    log_export::{LogExport, Progress},
    moments, policy,
};
use serde::{Deserialize, Serialize};

use crate::{
    commit::{Condition, Part, Write, is_new},
    item::{Table, body, item, moment, table, value},
    key,
    update::{self, Applied},
};

/// The table in which exports wait to be made.
#[derive(Debug, Clone)]
pub struct Exports(Table);

/// The index of what is not done, by its line and by when it is due.
const BY_DUE: &str = "by-due";
/// The line of exports.
const LINE: &str = "exports";

table!(Exports = "OUTBOX_TABLE", indexes & [BY_DUE]);

/// What has become of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is being made.
    Making,
    /// Its file is there.
    Ready,
}

/// An export as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    export: LogExport,
    line: String,
    state: State,
    #[serde(default, with = "moments::optional")]
    due_at: Option<Timestamp>,
    progress: Progress,
}

impl Exports {
    /// A new export.
    pub fn put(&self, export: &LogExport) -> Write {
        let (state, due_at, progress) = (State::Making, Some(export.asked_at), Progress::default());
        let kept = Kept { export: export.clone(), line: LINE.to_owned(), state, due_at, progress };
        Write::put(Part::Export, &self.0, item(&key::export(export.export), Some(export.asked_at + policy::EXPORT_LIFE), &kept), is_new())
    }

    /// An export of one firm, as long as its file is kept.
    pub async fn export(&self, scope: &FirmScope, export: ExportId, now: Timestamp) -> Result<Option<(LogExport, State)>, Unavailable> {
        let kept = self.0.get::<Kept>(&key::export(export)).await?;
        let kept = kept.filter(|kept| kept.export.firm == *scope.firm() && now < kept.export.asked_at + policy::EXPORT_LIFE);
        Ok(kept.map(|kept| (kept.export, kept.state)))
    }

    /// Takes an export to make for the worker `holder`; nothing if another holds it, or it is done.
    pub async fn claim(&self, export: ExportId, holder: &str, now: Timestamp) -> Result<Option<(LogExport, Progress)>, Unavailable> {
        let free =
            Condition::new("#state = :making AND (attribute_not_exists(leased_until) OR leased_until <= :now OR leased_by = :holder)")
                .naming("#state", "state")
                .with(":making", value(State::Making))
                .with(":now", moment(now))
                .with(":holder", value(holder))
                .with(":until", moment(now + policy::DISPATCH_LEASE));
        match update::apply(&self.0, &key::export(export), "SET leased_until = :until, leased_by = :holder", free).await? {
            Applied::Done(item) => body::<Kept>(item).map(|kept| Some((kept.export, kept.progress))),
            Applied::Refused(_) => Ok(None),
        }
    }

    /// Remembers how far `holder` has come with an export, and keeps it for them; answers whether they still held it.
    pub async fn advance(&self, export: ExportId, holder: &str, progress: &Progress, now: Timestamp) -> Result<bool, Unavailable> {
        let ours = held_by(holder).with(":until", moment(now + policy::DISPATCH_LEASE)).with(":progress", value(progress));
        let applied = update::apply(&self.0, &key::export(export), "SET leased_until = :until, progress = :progress", ours).await?;
        Ok(matches!(applied, Applied::Done(_)))
    }

    /// Gives an export back, to be gone on with at `due_at`.
    pub async fn release(&self, export: ExportId, holder: &str, due_at: Timestamp) -> Result<(), Unavailable> {
        let ours = held_by(holder).with(":due", moment(due_at));
        update::apply(&self.0, &key::export(export), "SET due_at = :due REMOVE leased_until, leased_by", ours).await.map(drop)
    }

    /// Notes that the file of an export is there.
    pub async fn finish(&self, export: ExportId, holder: &str) -> Result<(), Unavailable> {
        let ours = held_by(holder).with(":ready", value(State::Ready));
        update::apply(&self.0, &key::export(export), "SET #state = :ready REMOVE due_at, leased_until, leased_by", ours).await.map(drop)
    }

    /// At most `limit` exports that are due at `now` and not done.
    pub async fn due(&self, now: Timestamp, limit: u16) -> Result<Vec<ExportId>, Unavailable> {
        let answer = (self.0.client.query().table_name(&self.0.name).index_name(BY_DUE))
            .key_condition_expression("line = :line AND due_at <= :now")
            .expression_attribute_values(":line", value(LINE))
            .expression_attribute_values(":now", moment(now))
            .limit(limit.into())
            .send()
            .await
            .map_err(Unavailable::new)?;
        Ok(answer.items.unwrap_or_default().iter().filter_map(key::export_at).collect())
    }
}

fn held_by(holder: &str) -> Condition {
    Condition::new("#state = :making AND leased_by = :holder")
        .naming("#state", "state")
        .with(":making", value(State::Making))
        .with(":holder", value(holder))
}

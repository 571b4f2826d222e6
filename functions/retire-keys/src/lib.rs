//! Lets go of a former secret of a trust group, once no row names it. Invoked directly by whoever runs the portal; no route names it.

use jiff::Timestamp;
use postern_aws::{SECRETS_SETTLED, Unavailable, causes, reach};
use postern_domain::{Clock, keys::KeyId};
use postern_store::{AllRows, Group, Secrets};
use serde::{Deserialize, Serialize};

/// The name of the function.
pub const NAME: &str = "retire-keys";

reach! {
    secrets: Secrets [DescribeSecret, GetSecretValue, UpdateSecretVersionStage],
    rows: AllRows [Scan],
    clock: Clock,
}

/// Which version of whose secret is to go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retirement {
    /// The trust group.
    pub group: Group,
    /// The version.
    pub version: KeyId,
}

/// A version that is gone: Secrets Manager deletes it in its own time.
#[derive(Debug, Serialize)]
pub struct Retired {
    /// The trust group.
    pub group: Group,
    /// The version.
    pub retired: KeyId,
}

/// Why a version was not retired.
#[derive(Debug, thiserror::Error)]
pub enum RetireError {
    /// New things are made with it, or are to be.
    #[error("This version is the one with which new things are made. Rotate first, and retire it once nothing names it.")]
    InUse,
    /// No version of this name has a stage.
    #[error("The secret has no version of this name that is kept; `before` and `kept` in the answer of rotate-keys name them.")]
    Unknown,
    /// A function may still make something with it.
    #[error("The secret was changed a moment ago, and a function may still use the version before. Try again after {0}.")]
    Early(Timestamp),
    /// Attempts were counted under it.
    #[error("Attempts that were counted under this version are remembered until {0}. Try again then.")]
    Counted(Timestamp),
    /// Rows name it.
    #[error("Rows name this version yet, and nobody could read them without it. Nothing has changed. They are: {0}.")]
    Named(String),
    /// Secrets Manager or a table failed.
    #[error("What is kept could not be looked through, and the version is still there: {}. Try again.", causes(.0))]
    Unavailable(#[from] Unavailable),
}

/// Retires a version that no row names; whose rows are more than can be read in a quarter of an hour keeps it.
///
/// # Errors
/// If it is needed, or the store fails.
pub async fn handle(reach: Reach, Retirement { group, version }: Retirement) -> Result<Retired, RetireError> {
    let (versions, now) = (reach.secrets.of(group), reach.clock.now());
    let described = versions.described().await?;
    if version == described.current || Some(&version) == described.pending.as_ref() {
        return Err(RetireError::InUse);
    }
    let stages = described.stages.iter().find(|(id, _)| *id == version).map(|(_, stages)| stages).ok_or(RetireError::Unknown)?;
    let settled_at = described.changed_at + SECRETS_SETTLED;
    if now < settled_at {
        return Err(RetireError::Early(settled_at));
    }
    if let Some(until) = versions.text(&described.current).await?.counts_under(&version, now) {
        return Err(RetireError::Counted(until));
    }
    let named = reach.rows.naming(&version, now).await?;
    if !named.is_empty() {
        let tables = named.iter().map(|(table, rows)| format!("{rows} of {table}"));
        return Err(RetireError::Named(tables.collect::<Vec<_>>().join(", ")));
    }
    versions.release(&version, stages).await?;
    Ok(Retired { group, retired: version })
}

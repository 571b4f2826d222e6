//! Gives a trust group a new secret: what is made from now on is made with it. Invoked directly by whoever runs the portal; no route names it.

use jiff::Timestamp;
use postern_aws::{SECRETS_LIFE, Unavailable, Versions, causes, reach};
use postern_domain::{
    Clock, Dice,
    keys::{KeyId, SecretText},
    policy,
};
use postern_store::{Group, Secrets};
use serde::{Deserialize, Serialize};

/// The name of the function.
pub const NAME: &str = "rotate-keys";

reach! {
    secrets: Secrets [DescribeSecret, GetSecretValue, PutSecretValue, UpdateSecretVersionStage],
    clock: Clock,
    dice: Dice,
}

/// Whose secret is to be a new one.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The trust group.
    pub group: Group,
}

/// What holds after a rotation.
#[derive(Debug, Serialize)]
pub struct Rotated {
    /// The trust group.
    pub group: Group,
    /// The version with which new things are made.
    pub current: KeyId,
    /// The one before.
    pub before: KeyId,
    /// When the last function has taken the new one up.
    pub everywhere_at: Timestamp,
    /// The versions that are kept for what was made with them, until they are retired.
    pub kept: Vec<KeyId>,
}

/// That a secret was not rotated.
#[derive(Debug, thiserror::Error)]
#[error(
    "Secrets Manager could not be used: {}. Invoke this again, and it goes on where it stopped; if a limit is reached, retire versions that \
     nothing names any more.",
    causes(.0)
)]
pub struct RotateError(#[source] Unavailable);

impl From<Unavailable> for RotateError {
    fn from(error: Unavailable) -> Self {
        Self(error)
    }
}

/// Publishes a new version, makes sure that it can be read, and lets it take the place of the current one, which is kept. What was begun and not
/// ended is ended.
///
/// # Errors
/// If Secrets Manager fails; then the current version stays, and the next try goes on.
pub async fn handle(reach: Reach, Rotation { group }: Rotation) -> Result<Rotated, RotateError> {
    let (versions, now) = (reach.secrets.of(group), reach.clock.now());
    let before = versions.described().await?;
    let next = match before.pending.clone() {
        Some(begun) => begun,
        None => reach.publish(group, versions, &before.current, now).await?,
    };
    // Whoever meets what was made with it asks for it by its name: it must be there before anything is.
    versions.text(&next).await?;
    if !before.keeps(&before.current) {
        versions.keep(&before.current).await?;
    }
    versions.promote(&next, &before.current).await?;
    let kept = before.stages.into_iter().map(|(id, _)| id).filter(|id| *id != next).collect();
    Ok(Rotated { group, current: next, before: before.current, everywhere_at: now + SECRETS_LIFE, kept })
}

impl Reach {
    async fn publish(&self, group: Group, versions: &Versions, current: &KeyId, now: Timestamp) -> Result<KeyId, Unavailable> {
        let id = KeyId::new(&self.dice);
        let text = SecretText::new(&self.dice);
        let text = match group {
            // Who was counted under the former one is found by it for as long as anything of that is remembered.
            Group::SignIn => text.after(current.clone(), versions.text(current).await?, now + SECRETS_LIFE + policy::ATTEMPTS_MEMORY, now),
            Group::Gate | Group::Link | Group::Factor | Group::Log | Group::Chain => text,
        };
        versions.add(&id, &text).await?;
        Ok(id)
    }
}

//! The versions of a secret, for whoever rotates and retires them.

use std::fmt;

use aws_sdk_secretsmanager::Client;
use jiff::Timestamp;
use postern_domain::keys::{KeyId, SecretText};

use crate::{Aws, Misconfigured, Unavailable};

/// The stage of the version with which new things are made.
const CURRENT: &str = "AWSCURRENT";
/// The stage of one that is to take its place.
const PENDING: &str = "AWSPENDING";
/// What is followed by the id of a version, in the name of the stage that keeps it: Secrets Manager forgets versions without one.
const KEPT: &str = "kept-";

/// One secret with its versions.
#[derive(Clone)]
pub struct Versions {
    client: Client,
    name: String,
}

/// What is told of the versions of a secret.
#[derive(Debug)]
pub struct Described {
    /// The one with which new things are made.
    pub current: KeyId,
    /// The one that is to take its place, where a rotation was begun and not ended.
    pub pending: Option<KeyId>,
    /// Each that has a stage, with its stages.
    pub stages: Vec<(KeyId, Vec<String>)>,
    /// When anything of the secret was last changed.
    pub changed_at: Timestamp,
}

impl Described {
    /// Whether a version has a stage that keeps it.
    pub fn keeps(&self, id: &KeyId) -> bool {
        self.stages.iter().any(|(version, stages)| version == id && stages.contains(&kept(id)))
    }
}

fn kept(id: &KeyId) -> String {
    format!("{KEPT}{}", id.0)
}

impl Versions {
    /// Those of the secret that the setting `name` names.
    ///
    /// # Errors
    /// If the setting is missing.
    pub fn of(aws: &Aws, name: &str) -> Result<Self, Misconfigured> {
        Ok(Self { client: aws.client(Client::new), name: aws.variable(name)? })
    }

    /// What is told of them.
    ///
    /// # Errors
    /// If Secrets Manager fails, or none is the current one.
    pub async fn described(&self) -> Result<Described, Unavailable> {
        let told = self.client.describe_secret().secret_id(&self.name).send().await.map_err(Unavailable::new)?;
        let changed_at = told.last_changed_date.or(told.created_date).ok_or_else(|| Unavailable::new("the secret has no date"))?;
        let changed_at = Timestamp::from_second(changed_at.secs()).map_err(Unavailable::new)?;
        let stages = told.version_ids_to_stages.unwrap_or_default();
        let mut stages: Vec<_> = stages.into_iter().map(|(id, stages)| (KeyId(id), stages)).collect();
        stages.sort_by(|(one, _), (other, _)| one.0.cmp(&other.0));
        let at = |wanted: &str| stages.iter().find(|(_, stages)| stages.iter().any(|stage| stage == wanted)).map(|(id, _)| id.clone());
        let current = at(CURRENT).ok_or_else(|| Unavailable::new("the secret has no current version"))?;
        let pending = at(PENDING).filter(|pending| *pending != current);
        Ok(Described { current, pending, stages, changed_at })
    }

    /// The text of the version `id`.
    ///
    /// # Errors
    /// If it cannot be had.
    pub async fn text(&self, id: &KeyId) -> Result<SecretText, Unavailable> {
        let answer = self.client.get_secret_value().secret_id(&self.name).version_id(&id.0).send().await.map_err(Unavailable::new)?;
        let text = answer.secret_string.ok_or_else(|| Unavailable::new("the secret has no text"))?;
        Ok(SecretText::read(&text))
    }

    /// Adds the version `id`, which is to take the place of the current one. Done twice with the same text, it is done once.
    ///
    /// # Errors
    /// If Secrets Manager fails.
    pub async fn add(&self, id: &KeyId, text: &SecretText) -> Result<(), Unavailable> {
        let put = self.client.put_secret_value().secret_id(&self.name).client_request_token(&id.0).secret_string(text.written());
        put.version_stages(PENDING).version_stages(kept(id)).send().await.map_err(Unavailable::new)?;
        Ok(())
    }

    /// Gives the version `id` a stage that keeps it.
    ///
    /// # Errors
    /// If Secrets Manager fails, as it does beyond twenty stages of one secret.
    pub async fn keep(&self, id: &KeyId) -> Result<(), Unavailable> {
        self.stage(&kept(id), Some(id), None).await
    }

    /// Lets the version `id` take the place of `current`.
    ///
    /// # Errors
    /// If Secrets Manager fails, or another one is the current one.
    pub async fn promote(&self, id: &KeyId, current: &KeyId) -> Result<(), Unavailable> {
        self.stage(CURRENT, Some(id), Some(current)).await
    }

    /// Takes `stages` from the version `id`, whereupon Secrets Manager may forget it.
    ///
    /// # Errors
    /// If Secrets Manager fails.
    pub async fn release(&self, id: &KeyId, stages: &[String]) -> Result<(), Unavailable> {
        for stage in stages {
            self.stage(stage, None, Some(id)).await?;
        }
        Ok(())
    }

    async fn stage(&self, stage: &str, to: Option<&KeyId>, from: Option<&KeyId>) -> Result<(), Unavailable> {
        let id = |id: Option<&KeyId>| id.map(|id| id.0.clone());
        let moved = self.client.update_secret_version_stage().secret_id(&self.name).version_stage(stage);
        let Err(error) = moved.set_move_to_version_id(id(to)).set_remove_from_version_id(id(from)).send().await else { return Ok(()) };
        // Asked again after its answer was lost, Secrets Manager refuses what it has done: what stands tells.
        let stands = self.described().await?.stages;
        let holder = stands.iter().find(|(_, stages)| stages.iter().any(|other| other == stage)).map(|(id, _)| id);
        if holder == to { Ok(()) } else { Err(Unavailable::new(error)) }
    }
}

impl fmt::Debug for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Versions({})", self.name)
    }
}

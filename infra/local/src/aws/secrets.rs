//! Secrets Manager: keys from one file that is made at first run.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, ErrorKind},
    ops::RangeInclusive,
    path::Path,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{answer::Answer, files, random};
use crate::account;

/// How long ids of versions are.
const VERSION_LENGTH: RangeInclusive<usize> = 32..=64;

#[derive(Clone, Serialize, Deserialize)]
struct Secret {
    version_id: String,
    value: String,
}

/// The secrets by their id.
pub(super) struct Secrets(BTreeMap<String, Secret>);

impl Secrets {
    /// Reads the secrets under `path`, making those of `names` that are not there yet.
    pub(super) fn open(path: &Path, names: &[String]) -> io::Result<Self> {
        let mut secrets: BTreeMap<String, Secret> = match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        let known = secrets.len();
        for name in names {
            secrets.entry(name.clone()).or_insert_with(|| Secret { version_id: random::uuid(), value: random::letters(64) });
        }
        if secrets.len() > known {
            files::replace(path, &serde_json::to_vec_pretty(&secrets)?)?;
        }
        Ok(Self(secrets))
    }

    /// Answers one call.
    pub(super) fn answer(&self, operation: &str, body: &Value) -> Answer {
        if operation != "GetSecretValue" {
            return Answer::json_error(400, "InvalidRequestException", "Only GetSecretValue is offered here.");
        }
        let id = body["SecretId"].as_str().unwrap_or_default();
        let version_fits = body["VersionId"].as_str().is_none_or(|version| VERSION_LENGTH.contains(&version.len()));
        if id.is_empty() || !version_fits {
            return Answer::json_error(400, "InvalidParameterException", "SecretId is empty, or VersionId is no id of a version.");
        }
        let wants = |member: &str, held: &str| body[member].as_str().is_none_or(|wanted| wanted == held);
        match self.0.get(id) {
            Some(secret) if wants("VersionId", &secret.version_id) && wants("VersionStage", "AWSCURRENT") => Answer::json(&json!({
                "ARN": account::arn("secretsmanager", &format!("secret:{id}")),
                "Name": id,
                "VersionId": secret.version_id,
                "SecretString": secret.value,
                "VersionStages": ["AWSCURRENT"],
            })),
            _ => Answer::json_error(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
        }
    }
}

//! Secrets Manager: secrets in versions with stages, in one file that is made at first run.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, ErrorKind},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use postern_domain::Clock;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{answer::Answer, files, random};
use crate::account;

/// How long ids of versions are.
const VERSION_LENGTH: RangeInclusive<usize> = 32..=64;
/// The most stages that all versions of a secret have together.
const MOST_STAGES: usize = 20;
/// The longest name of a stage.
const STAGE_LENGTH: usize = 256;

const CURRENT: &str = "AWSCURRENT";
const PREVIOUS: &str = "AWSPREVIOUS";

/// One secret. Folders of before hold the one version that there was.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Kept")]
struct Secret {
    versions: BTreeMap<String, Version>,
    changed_at: Timestamp,
}

#[derive(Clone, Serialize, Deserialize)]
struct Version {
    value: String,
    stages: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Whole { versions: BTreeMap<String, Version>, changed_at: Timestamp },
    Single { version_id: String, value: String },
}

impl From<Kept> for Secret {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Whole { versions, changed_at } => Self { versions, changed_at },
            Kept::Single { version_id, value } => Self::first(version_id, value, Timestamp::UNIX_EPOCH),
        }
    }
}

/// What a call is refused with: the name of the exception and what it says.
type Refusal = (&'static str, String);

fn invalid(message: impl Into<String>) -> Refusal {
    ("InvalidParameterException", message.into())
}

fn absent(what: &str) -> Refusal {
    ("ResourceNotFoundException", format!("Secrets Manager can't find the specified {what}."))
}

impl Secret {
    fn first(id: String, value: String, now: Timestamp) -> Self {
        let version = Version { value, stages: vec![CURRENT.to_owned()] };
        Self { versions: BTreeMap::from([(id, version)]), changed_at: now }
    }

    fn holder(&self, stage: &str) -> Option<String> {
        let mut versions = self.versions.iter();
        versions.find(|(_, version)| version.stages.iter().any(|other| other == stage)).map(|(id, _)| id.clone())
    }

    /// Moves a stage; the one of the current version leaves another behind.
    fn attach(&mut self, stage: &str, id: &str) {
        let former = self.holder(stage).filter(|former| former != id);
        self.detach(stage);
        if let Some(version) = self.versions.get_mut(id) {
            version.stages.push(stage.to_owned());
        }
        if let Some(former) = former.filter(|_| stage == CURRENT) {
            self.attach(PREVIOUS, &former);
        }
    }

    fn detach(&mut self, stage: &str) {
        self.versions.values_mut().for_each(|version| version.stages.retain(|other| other != stage));
    }

    fn fits(&self) -> Result<(), Refusal> {
        let stages = self.versions.values().map(|version| version.stages.len()).sum::<usize>();
        if stages <= MOST_STAGES { Ok(()) } else { Err(("LimitExceededException", "The secret has too many staging labels.".to_owned())) }
    }

    fn told(&self, name: &str, id: &str) -> Value {
        let version = &self.versions[id];
        json!({ "ARN": arn(name), "Name": name, "VersionId": id, "VersionStages": version.stages })
    }

    fn get(&self, name: &str, body: &Value) -> Result<Value, Refusal> {
        let stage = body["VersionStage"].as_str();
        let id = match body["VersionId"].as_str() {
            Some(id) => self.versions.contains_key(id).then(|| id.to_owned()),
            None => self.holder(stage.unwrap_or(CURRENT)),
        };
        let fits = |id: &String| stage.is_none_or(|stage| self.versions[id].stages.iter().any(|other| other == stage));
        let id = id.filter(fits).ok_or_else(|| absent("secret value"))?;
        let mut told = self.told(name, &id);
        told["SecretString"] = json!(self.versions[&id].value);
        Ok(told)
    }

    fn describe(&self, name: &str) -> Value {
        let stages = self.versions.iter().filter(|(_, version)| !version.stages.is_empty());
        let stages: BTreeMap<_, _> = stages.map(|(id, version)| (id, &version.stages)).collect();
        json!({ "ARN": arn(name), "Name": name, "LastChangedDate": self.changed_at.as_second(), "VersionIdsToStages": stages })
    }

    fn put(&mut self, name: &str, body: &Value) -> Result<Value, Refusal> {
        let id = body["ClientRequestToken"].as_str().ok_or_else(|| invalid("You must provide a ClientRequestToken."))?;
        let value = body["SecretString"].as_str().filter(|value| (1..=65_536).contains(&value.len()));
        let value = value.ok_or_else(|| invalid("You must provide a SecretString of at most 65536 bytes."))?;
        let stages: Vec<&str> = match body["VersionStages"].as_array() {
            Some(stages) => stages.iter().filter_map(Value::as_str).collect(),
            None => vec![CURRENT],
        };
        if !VERSION_LENGTH.contains(&id.len()) || stages.is_empty() || stages.iter().any(|stage| !(1..=STAGE_LENGTH).contains(&stage.len()))
        {
            return Err(invalid("ClientRequestToken or VersionStages is too short or too long."));
        }
        match self.versions.get(id) {
            Some(version) if version.value == value => return Ok(self.told(name, id)),
            Some(_) => {
                let message = "You can't use ClientRequestToken because that value is already in use for a version of the secret.";
                return Err(("ResourceExistsException", message.to_owned()));
            }
            None => {}
        }
        self.versions.insert(id.to_owned(), Version { value: value.to_owned(), stages: Vec::new() });
        for stage in stages {
            self.attach(stage, id);
        }
        self.fits()?;
        Ok(self.told(name, id))
    }

    fn stage(&mut self, name: &str, body: &Value) -> Result<Value, Refusal> {
        let stage = body["VersionStage"].as_str().filter(|stage| (1..=STAGE_LENGTH).contains(&stage.len()));
        let stage = stage.ok_or_else(|| invalid("VersionStage is empty or too long."))?;
        let (to, from) = (body["MoveToVersionId"].as_str(), body["RemoveFromVersionId"].as_str());
        if [to, from].into_iter().flatten().any(|id| !self.versions.contains_key(id)) {
            return Err(absent("secret version"));
        }
        let holder = self.holder(stage);
        match (to, from) {
            (None, None) => return Err(invalid("You must provide MoveToVersionId or RemoveFromVersionId.")),
            (None, Some(_)) if stage == CURRENT => {
                return Err(invalid("You can only move staging label AWSCURRENT to a different version."));
            }
            (_, Some(from)) if holder.as_deref() != Some(from) => {
                return Err(invalid(format!("The staging label {stage} is not attached to version {from}.")));
            }
            (Some(to), None) if holder.as_deref().is_some_and(|holder| holder != to) => {
                return Err(invalid(format!("The staging label {stage} is attached to another version: provide RemoveFromVersionId.")));
            }
            (Some(to), _) => self.attach(stage, to),
            (None, Some(_)) => self.detach(stage),
        }
        self.fits()?;
        Ok(json!({ "ARN": arn(name), "Name": name }))
    }
}

fn arn(name: &str) -> String {
    account::arn("secretsmanager", &format!("secret:{name}"))
}

/// The secrets by their names, and the file that holds them.
pub(super) struct Secrets {
    all: Mutex<BTreeMap<String, Secret>>,
    file: PathBuf,
    clock: Clock,
}

impl Secrets {
    /// Reads the secrets under `path`, making those of `names` that are not there yet.
    pub(super) fn open(path: &Path, names: &[String], clock: Clock) -> io::Result<Self> {
        let mut all: BTreeMap<String, Secret> = match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        let known = all.len();
        for name in names {
            all.entry(name.clone()).or_insert_with(|| Secret::first(random::uuid(), random::letters(64), clock.now()));
        }
        if all.len() > known {
            keep(path, &all)?;
        }
        Ok(Self { all: Mutex::new(all), file: path.to_owned(), clock })
    }

    /// Answers one call.
    pub(super) fn answer(&self, operation: &str, body: &Value) -> Answer {
        match self.carry_out(operation, body) {
            Ok(answer) => Answer::json(&answer),
            Err((name, message)) => Answer::json_error(if name == "InternalServiceError" { 500 } else { 400 }, name, &message),
        }
    }

    fn carry_out(&self, operation: &str, body: &Value) -> Result<Value, Refusal> {
        let name = body["SecretId"].as_str().filter(|id| !id.is_empty()).ok_or_else(|| invalid("SecretId is empty."))?;
        let ids = ["VersionId", "MoveToVersionId", "RemoveFromVersionId"].into_iter().filter_map(|member| body[member].as_str());
        if ids.into_iter().any(|id| !VERSION_LENGTH.contains(&id.len())) {
            return Err(invalid("An id of a version is too short or too long."));
        }
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let secret = all.get(name).ok_or_else(|| absent("secret"))?;
        let mut changed = secret.clone();
        let answer = match operation {
            "GetSecretValue" => return secret.get(name, body),
            "DescribeSecret" => return Ok(secret.describe(name)),
            "PutSecretValue" => changed.put(name, body)?,
            "UpdateSecretVersionStage" => changed.stage(name, body)?,
            _ => return Err(("InvalidRequestException", format!("{operation} is not offered here."))),
        };
        changed.changed_at = self.clock.now();
        let mut after = all.clone();
        after.insert(name.to_owned(), changed);
        keep(&self.file, &after).map_err(|error| ("InternalServiceError", error.to_string()))?;
        *all = after;
        Ok(answer)
    }
}

fn keep(path: &Path, all: &BTreeMap<String, Secret>) -> io::Result<()> {
    files::replace(path, &serde_json::to_vec_pretty(all)?)
}

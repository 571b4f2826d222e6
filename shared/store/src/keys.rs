//! Keys: one secret of Secrets Manager for each trust group, from which each use derives its own key.

use std::{collections::HashMap, sync::Arc};

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use jiff::{SignedDuration, Timestamp};
use postern_domain::{
    Audience, Clock, Email, FirmScope, code, gate,
    keys::{Key, KeyId, Sealer, Secret},
    link,
};
use tokio::sync::Mutex;

use crate::{Aws, Misconfigured, Unavailable};

/// An unknown version is looked for at most this often, so that made-up ones cost nothing.
const REFETCH_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// The versions of one secret that were seen.
#[derive(Debug, Default)]
struct Seen {
    current: Option<KeyId>,
    versions: HashMap<KeyId, Secret>,
    missed_at: Option<Timestamp>,
}

/// One secret, fetched when first needed and kept for the life of the process.
#[derive(Debug, Clone)]
struct TrustGroup {
    client: aws_sdk_secretsmanager::Client,
    name: String,
    clock: Clock,
    seen: Arc<Mutex<Seen>>,
}

impl TrustGroup {
    fn new(aws: &Aws, variable: &str) -> Result<Self, Misconfigured> {
        let client = aws_sdk_secretsmanager::Client::new(&aws.sdk);
        Ok(Self { client, name: aws.variable(variable)?, clock: aws.clock.clone(), seen: Arc::default() })
    }

    /// The version of this name or the current one; nothing if there is none.
    async fn fetch(&self, version: Option<&KeyId>) -> Result<Option<Secret>, Unavailable> {
        let request = self.client.get_secret_value().secret_id(&self.name).set_version_id(version.map(|id| id.0.clone()));
        let answer = match request.send().await {
            Err(error) if error.as_service_error().is_some_and(GetSecretValueError::is_resource_not_found_exception) => return Ok(None),
            answer => answer.map_err(Unavailable::new)?,
        };
        let id = KeyId(answer.version_id.ok_or_else(|| Unavailable::new("the secret has no version"))?);
        let text = answer.secret_string.ok_or_else(|| Unavailable::new("the secret has no text"))?;
        Ok(Some(Secret::new(id, &text)))
    }

    /// The version with which new things are made.
    async fn current(&self) -> Result<Secret, Unavailable> {
        let mut seen = self.seen.lock().await;
        if let Some(secret) = seen.current.as_ref().and_then(|id| seen.versions.get(id)) {
            return Ok(secret.clone());
        }
        let secret = self.fetch(None).await?.ok_or_else(|| Unavailable::new("the secret is missing"))?;
        seen.current = Some(secret.id().clone());
        seen.versions.insert(secret.id().clone(), secret.clone());
        Ok(secret)
    }

    /// The version `id`, with which something was made before.
    async fn version(&self, id: &KeyId) -> Result<Secret, Unavailable> {
        let mut seen = self.seen.lock().await;
        if let Some(secret) = seen.versions.get(id) {
            return Ok(secret.clone());
        }
        let now = self.clock.now();
        if seen.missed_at.is_some_and(|at| now < at + REFETCH_PAUSE) {
            return Err(Unavailable::new("an unknown version of a secret was looked for a moment ago"));
        }
        // Only a version that is not there is not looked for again; after a failure the next caller may try at once.
        let Some(secret) = self.fetch(Some(id)).await? else {
            seen.missed_at = Some(now);
            return Err(Unavailable::new("there is no such version of a secret"));
        };
        seen.versions.insert(id.clone(), secret.clone());
        Ok(secret)
    }
}

/// Keys for codes and for counting attempts.
#[derive(Debug, Clone)]
pub struct SignInKeys(TrustGroup);

impl SignInKeys {
    /// The secret that `SIGN_IN_SECRET` names.
    ///
    /// # Errors
    /// If the variable is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        TrustGroup::new(aws, "SIGN_IN_SECRET").map(Self)
    }

    /// The key for new codes.
    pub async fn code(&self) -> Result<Key, Unavailable> {
        Ok(self.0.current().await?.key(code::LABEL))
    }

    /// The key of a code that was made before.
    pub async fn code_of(&self, id: &KeyId) -> Result<Key, Unavailable> {
        Ok(self.0.version(id).await?.key(code::LABEL))
    }

    /// By what the attempts of emails are counted, known or unknown alike.
    pub async fn attempts(&self) -> Result<AttemptMarks, Unavailable> {
        Ok(AttemptMarks(self.0.current().await?.key("attempts")))
    }
}

/// Marks by which attempts are counted.
#[derive(Debug, Clone)]
pub struct AttemptMarks(Key);

impl AttemptMarks {
    /// The mark of `email` at one firm and audience.
    pub fn of(&self, scope: &FirmScope, audience: Audience, email: &Email) -> String {
        self.0.mark(&[scope.firm().as_str().as_bytes(), audience.name().as_bytes(), email.as_str().as_bytes()])
    }

    /// The mark of a wrong gate and the browser that it came from.
    pub fn of_mistake(&self, gate_mark: &str, browser: [&str; 2]) -> String {
        self.0.mark(&[gate_mark.as_bytes(), browser[0].as_bytes(), browser[1].as_bytes()])
    }
}

/// Keys under which gates are kept.
#[derive(Debug, Clone)]
pub struct GateKeys(TrustGroup);

impl GateKeys {
    /// The secret that `GATE_SECRET` names.
    ///
    /// # Errors
    /// If the variable is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        TrustGroup::new(aws, "GATE_SECRET").map(Self)
    }

    /// The key for new gates.
    pub async fn current(&self) -> Result<Key, Unavailable> {
        Ok(self.0.current().await?.key(gate::LABEL))
    }

    /// The key of a gate that was kept before.
    pub async fn of(&self, id: &KeyId) -> Result<Key, Unavailable> {
        Ok(self.0.version(id).await?.key(gate::LABEL))
    }
}

/// The key from which links grow.
#[derive(Debug, Clone)]
pub struct LinkKeys(TrustGroup);

impl LinkKeys {
    /// The secret that `LINK_SECRET` names.
    ///
    /// # Errors
    /// If the variable is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        TrustGroup::new(aws, "LINK_SECRET").map(Self)
    }

    /// The key for new links; checking one needs none.
    pub async fn current(&self) -> Result<Key, Unavailable> {
        Ok(self.0.current().await?.key(link::LABEL))
    }
}

/// Keys for what the access log hides.
#[derive(Debug, Clone)]
pub struct LogKeys(TrustGroup);

impl LogKeys {
    /// The secret that `LOG_SECRET` names.
    ///
    /// # Errors
    /// If the variable is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        TrustGroup::new(aws, "LOG_SECRET").map(Self)
    }

    /// The keys for new records.
    pub async fn current(&self) -> Result<LogPen, Unavailable> {
        let secret = self.0.current().await?;
        Ok(LogPen { sealer: secret.sealer("email"), marker: secret.key("mark") })
    }

    /// The key that opens what was sealed before.
    pub async fn opener(&self, id: &KeyId) -> Result<Sealer, Unavailable> {
        Ok(self.0.version(id).await?.sealer("email"))
    }
}

/// What writes into the log that which only the log's readers may read.
#[derive(Debug, Clone)]
pub struct LogPen {
    /// Seals emails.
    pub sealer: Sealer,
    /// Marks emails and wrong gates.
    pub marker: Key,
}

impl LogPen {
    /// The mark by which records of `email` are found.
    pub fn email_mark(&self, scope: &FirmScope, email: &Email) -> String {
        self.marker.mark(&[b"email", scope.firm().as_str().as_bytes(), email.as_str().as_bytes()])
    }
}

//! Secrets: one of Secrets Manager for each trust group, from which each use derives its own key.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex as StdMutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_sdk_secretsmanager::{Client, operation::get_secret_value::GetSecretValueError};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use postern_domain::{
    Clock,
    keys::{KeyId, Secret},
};
use tokio::sync::Mutex;

use crate::{Unavailable, unavailable::causes};

/// An unknown version is looked for at most this often, so that made-up ones cost nothing; so is a newer one while that fails.
const REFETCH_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// A function asks this often whether its secrets were rotated, so that after this time none makes anything with the version before.
pub const SECRETS_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// All secrets that one function reaches. They are fetched at once, whatever of them will be needed: so a first request waits for none of
/// them in turn, and the time that it takes does not tell what was needed.
#[derive(Default)]
pub struct Keyring {
    groups: StdMutex<Vec<Arc<Group>>>,
}

impl Keyring {
    /// Does `work`, and beside it fetches all secrets that were never fetched, or not for a while. Whoever needs one that cannot be had learns of
    /// it.
    pub async fn beside<T>(&self, work: impl Future<Output = T>) -> T {
        let groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner).clone();
        futures_util::join!(join_all(groups.iter().map(|group| group.refresh())), work).1
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring")
    }
}

/// Time after a rotation from which on nothing is made with the version before: a function that began to work with it has ended too.
pub const SECRETS_SETTLED: SignedDuration = SignedDuration::from_mins(30);

/// One secret, kept for the life of the process.
struct Group {
    client: Client,
    name: String,
    clock: Clock,
    seen: Mutex<Seen>,
    /// How often it could not be had.
    failures: AtomicU64,
}

/// The versions of a secret that were seen.
#[derive(Default)]
struct Seen {
    current: Option<Secret>,
    /// From when on it may not be the current one any more.
    stale_at: Option<Timestamp>,
    others: HashMap<KeyId, Secret>,
    missed_at: Option<Timestamp>,
}

impl Group {
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

    /// The current version. Who waits while another's fetch fails shares that failure, and does not wait for one more.
    async fn current(&self) -> Result<Secret, Unavailable> {
        let failures = self.failures.load(Ordering::Relaxed);
        let mut seen = self.seen.lock().await;
        if let Some(secret) = &seen.current {
            return Ok(secret.clone());
        }
        if self.failures.load(Ordering::Relaxed) > failures {
            return Err(Unavailable::new("the secret could not be had"));
        }
        let fetched = self.fetch(None).await.and_then(|secret| secret.ok_or_else(|| Unavailable::new("the secret is missing")));
        match &fetched {
            Ok(secret) => {
                seen.current = Some(secret.clone());
                seen.stale_at = Some(self.clock.now() + SECRETS_LIFE);
            }
            Err(error) => {
                // Who shares the failure does not know its cause.
                tracing::warn!(secret = self.name, causes = causes(error), "a secret could not be had");
                self.failures.fetch_add(1, Ordering::Relaxed);
            }
        }
        fetched
    }

    /// Fetches the current version if there is none yet, or another may have taken its place. Nobody waits who needs one: until then, and while it
    /// cannot be had, the one that was seen last is as good.
    async fn refresh(&self) {
        let (now, mut seen) = (self.clock.now(), self.seen.lock().await);
        match seen.stale_at {
            Some(at) if now < at => return,
            Some(_) => seen.stale_at = Some(now + REFETCH_PAUSE),
            None => {
                drop(seen);
                // Whoever needs it is told of the failure.
                let _ = self.current().await;
                return;
            }
        }
        drop(seen);
        match self.fetch(None).await {
            Ok(Some(secret)) => {
                let mut seen = self.seen.lock().await;
                seen.stale_at = Some(now + SECRETS_LIFE);
                let former = seen.current.replace(secret);
                seen.others.extend(former.map(|former| (former.id().clone(), former)));
            }
            Ok(None) => tracing::warn!(secret = self.name, "a secret is missing"),
            Err(error) => tracing::warn!(secret = self.name, causes = causes(&error), "whether a secret was rotated could not be had"),
        }
    }

    /// The version `id`.
    async fn version(&self, id: &KeyId) -> Result<Secret, Unavailable> {
        let current = self.current().await?;
        if current.id() == id {
            return Ok(current);
        }
        let mut seen = self.seen.lock().await;
        if let Some(secret) = seen.others.get(id) {
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
        seen.others.insert(id.clone(), secret.clone());
        Ok(secret)
    }
}

/// One secret of a function's keyring.
#[derive(Clone)]
pub struct TrustGroup(Arc<Group>);

impl TrustGroup {
    pub(crate) fn new(keyring: &Keyring, client: Client, name: String, clock: Clock) -> Self {
        let mut groups = keyring.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let known = groups.iter().find(|group| group.name == name).cloned();
        Self(known.unwrap_or_else(|| {
            let group = Arc::new(Group { client, name, clock, seen: Mutex::default(), failures: AtomicU64::default() });
            groups.push(group.clone());
            group
        }))
    }

    /// The version with which new things are made.
    ///
    /// # Errors
    /// If it cannot be had.
    pub async fn current(&self) -> Result<Secret, Unavailable> {
        self.0.current().await
    }

    /// The version with which new things are counted, and those before it under which something is counted yet.
    ///
    /// # Errors
    /// If it cannot be had.
    pub async fn generations(&self) -> Result<Vec<Secret>, Unavailable> {
        let current = self.current().await?;
        let earlier: Vec<_> = current.earlier(self.0.clock.now()).cloned().collect();
        Ok([current].into_iter().chain(earlier).collect())
    }

    /// The version `id`, with which something was made before.
    ///
    /// # Errors
    /// If there is none, or it cannot be had.
    pub async fn version(&self, id: &KeyId) -> Result<Secret, Unavailable> {
        self.0.version(id).await
    }
}

impl fmt::Debug for TrustGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustGroup({})", self.0.name)
    }
}

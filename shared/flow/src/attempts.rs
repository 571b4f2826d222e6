//! What is remembered of the attempts of contacts.

use postern_aws::{Unavailable, reach};
use postern_domain::{AttemptKey, Audience, FirmScope, attempts::Attempts, contact::Contact};
use postern_store::{AccessStore, SignInKeys};

reach! {
    /// The way to what is remembered of the attempts of contacts.
    pub struct CountedAttempts {
        access: AccessStore [GetItem],
        sign_in_keys: SignInKeys,
    }
}

impl CountedAttempts {
    /// Which row belongs to `contact`; none where it has no email.
    ///
    /// # Errors
    /// If keys cannot be had.
    pub async fn key(&self, scope: &FirmScope, contact: &Contact) -> Result<Option<AttemptKey>, Unavailable> {
        let Some(email) = &contact.email else { return Ok(None) };
        Ok(Some(self.sign_in_keys.attempts().await?.key(scope, Audience::Client, email)))
    }

    /// What is remembered of the attempts of `contact`.
    ///
    /// # Errors
    /// If the store fails, or keys cannot be had.
    pub async fn of(&self, scope: &FirmScope, contact: &Contact) -> Result<Attempts, Unavailable> {
        match self.key(scope, contact).await? {
            Some(key) => self.access.attempts(scope, &key).await,
            None => Ok(Attempts::default()),
        }
    }

    /// The same of each of `contacts` (at most 100). May be a moment old.
    ///
    /// # Errors
    /// If the store fails, or keys cannot be had.
    pub async fn of_all(&self, scope: &FirmScope, contacts: &[Contact]) -> Result<Vec<Attempts>, Unavailable> {
        let hasher = self.sign_in_keys.attempts().await?;
        let emails = contacts.iter().filter_map(|contact| contact.email.as_ref());
        let keys: Vec<_> = emails.map(|email| hasher.key(scope, Audience::Client, email)).collect();
        let mut found = self.access.attempts_of_all(scope, &keys).await?.into_iter();
        Ok(contacts.iter().map(|contact| contact.email.as_ref().and_then(|_| found.next()).unwrap_or_default()).collect())
    }
}

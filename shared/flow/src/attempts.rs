//! What is remembered of the attempts of people.

use postern_aws::{Unavailable, reach};
use postern_domain::{AttemptKey, Audience, Email, FirmScope, attempts::Attempts, contact::Contact};
use postern_store::{AccessStore, SignInKeys};

reach! {
    /// The way to what is remembered of the attempts of people.
    pub struct CountedAttempts {
        access: AccessStore [GetItem],
        sign_in_keys: SignInKeys,
    }
}

impl CountedAttempts {
    /// Which row belongs to who signs in with `email` as one of `audience`.
    ///
    /// # Errors
    /// If keys cannot be had.
    pub async fn key(&self, scope: &FirmScope, audience: Audience, email: &Email) -> Result<AttemptKey, Unavailable> {
        Ok(self.sign_in_keys.attempts().await?.key(scope, audience, email))
    }

    /// What is remembered of the attempts of `contact`.
    ///
    /// # Errors
    /// If the store fails, or keys cannot be had.
    pub async fn of(&self, scope: &FirmScope, contact: &Contact) -> Result<Attempts, Unavailable> {
        let Some(email) = &contact.email else { return Ok(Attempts::default()) };
        self.access.attempts(scope, &self.key(scope, Audience::Client, email).await?).await
    }

    /// The same of each of at most 100 of `audience`, by their emails; nothing of who has none. May be a moment old.
    ///
    /// # Errors
    /// If the store fails, or keys cannot be had.
    pub async fn of_all(&self, scope: &FirmScope, audience: Audience, emails: &[Option<&Email>]) -> Result<Vec<Attempts>, Unavailable> {
        let hasher = self.sign_in_keys.attempts().await?;
        let keys: Vec<_> = emails.iter().flatten().map(|email| hasher.key(scope, audience, email)).collect();
        let mut found = self.access.attempts_of_all(scope, &keys).await?.into_iter();
        Ok(emails.iter().map(|email| email.and_then(|_| found.next()).unwrap_or_default()).collect())
    }
}

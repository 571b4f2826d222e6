//! Changing what is remembered of a contact's attempts, as staff do.

use postern_aws::reach;
use postern_domain::{ContactId, Occasion, attempts::Attempts, record::Outcome};
use postern_http::{Problem, Sessions, SignedIn};
use postern_store::{AccessLog, AccessStore, CommitError, Directory, Part, Turn, settle};

use crate::CountedAttempts;

reach! {
    /// What changing it touches.
    pub struct ChangeAttempts {
        sessions: Sessions,
        directory: Directory [GetItem],
        access: AccessStore [PutItem, DeleteItem],
        access_log: AccessLog [PutItem],
        counted: CountedAttempts,
    }
}

impl ChangeAttempts {
    /// Makes what `change` makes of what is remembered of `contact`, forgets the gates that were tried on its links, and writes down `outcome`,
    /// which names the staff member. Where nothing was ever counted there is nothing to change, and nothing to tell.
    ///
    /// # Errors
    /// If the session has ended, there is no such contact, or the store fails.
    pub async fn change(
        &self,
        signed_in: SignedIn,
        caller: &Occasion,
        contact: ContactId,
        change: fn(Attempts) -> Attempts,
        outcome: fn(String) -> Outcome,
    ) -> Result<(), Problem> {
        let read = |scope| async move { self.directory.contact(&scope, contact).await };
        let (acting, contact) = signed_in.with(&self.sessions, read).await?;
        let contact = contact.ok_or(Problem::NotFound)?;
        // Without an email nobody can have tried.
        let Some(key) = self.counted.key(&acting.scope, &contact).await? else { return Ok(()) };
        let (scope, key) = (&acting.scope, &key);
        let record = &acting.record(caller, outcome(acting.name())).about(Some(contact.identity()));
        settle(&caller.dice, self.counted.access.attempts(scope, key).await?, |attempts| async move {
            if attempts == Attempts::default() {
                return Ok(Turn::Done(()));
            }
            let access = &self.access;
            let changes =
                [access.put_attempts(scope, key, &change(attempts), caller.now), access.forget_link_gates(scope, key, caller.now)];
            match self.access_log.commit(record, changes).await {
                Ok(()) => Ok(Turn::Done(())),
                Err(CommitError::Refused(refusals)) => Ok(Turn::Again(refusals.found(Part::Attempts)?.unwrap_or_default())),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }
}

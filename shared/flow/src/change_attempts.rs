//! Changing what is remembered of someone's attempts, as staff do.

use postern_aws::reach;
use postern_domain::{Occasion, Person, Subject, attempts::Attempts, record::Outcome};
use postern_http::{Acting, Problem, Sessions, SignedIn};
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
    /// Makes what `change` makes of what is remembered of `whose` attempts, forgets the gates that were tried on their links, and writes down what
    /// `outcome` says of who acts and of them. Where nothing was ever counted there is nothing to change, and nothing to tell.
    ///
    /// # Errors
    /// If the session has ended, there is no such person, for the reasons of `outcome`, or if the store fails.
    pub async fn change(
        &self,
        signed_in: SignedIn,
        caller: &Occasion,
        whose: Subject,
        change: fn(Attempts) -> Attempts,
        outcome: impl Fn(&Acting, &Person) -> Result<Outcome, Problem>,
    ) -> Result<(), Problem> {
        let read = |scope| async move { self.directory.person(&scope, whose).await };
        let (acting, person) = signed_in.with(&self.sessions, read).await?;
        let person = person.ok_or(Problem::NotFound)?;
        let record = &acting.record(caller, outcome(&acting, &person)?).about(Some(person.identity()));
        // Without an email nobody can have tried.
        let Some(email) = person.email() else { return Ok(()) };
        let (scope, key) = (&acting.scope, &self.counted.key(&acting.scope, whose.audience(), email).await?);
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

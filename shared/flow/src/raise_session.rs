//! Raising a session: whoever proves a second factor gets a new one in its place, surer than the one before.

use std::collections::BTreeSet;

use postern_aws::{Unavailable, reach};
use postern_domain::{
    Audience, Email, Identity, Occasion,
    record::{AccessRecord, Outcome},
    session::{Assurance, Session, Stage},
};
use postern_http::{Acting, Held, NewCookies};
use postern_store::{AccessStore, CommitError, SignInKeys, Write};

use crate::{NewSession, OpenSession};

reach! {
    /// What raising a session touches.
    pub struct RaiseSession {
        open_session: OpenSession,
        access: AccessStore [GetItem, PutItem, DeleteItem],
        sign_in_keys: SignInKeys,
    }
}

/// The mailbox of who acts; whoever signed in has one.
fn mailbox(acting: &Acting) -> Result<&Email, Unavailable> {
    acting.person.email().ok_or_else(|| Unavailable::new("someone without an email is signed in"))
}

impl RaiseSession {
    /// Puts a new session in the place of the one by which someone acts, who is `identity` from then on, in a browser that held `held`, together with
    /// `changes`. `person` is what changes of them, on condition that they are who they were.
    ///
    /// # Errors
    /// If the session has ended, anything of it does not hold any more, or the store fails; then nothing has changed.
    pub async fn raise(
        &self,
        occasion: &Occasion,
        (acting, held): (&Acting, &Held),
        identity: Identity,
        record: &AccessRecord,
        person: Vec<Write>,
        mut changes: Vec<Write>,
    ) -> Result<NewCookies, CommitError> {
        let session = match acting.session.stage {
            Stage::Full => acting.session.renewed(Assurance::Totp, occasion),
            Stage::SecondFactor | Stage::Enrolment => acting.session.completed(&acting.firm.sign_in, occasion),
        };
        let session = Session { identity, ..session };
        let audience = identity.subject.audience();
        let attempts = self.sign_in_keys.attempts().await?.key(&acting.scope, audience, mailbox(acting)?);
        changes.push(self.access.end_session(&acting.token));
        let new = NewSession {
            scope: acting.scope.clone(),
            session,
            person,
            instead_of: BTreeSet::new(),
            known: held.known(audience, &attempts).map(|token| token.fingerprint()),
            attempts,
        };
        self.open_session.open(occasion, new, record, changes).await
    }

    /// Reopens what too many wrong codes closed for the staff member who acts, if anything is: a code and their second factor are all that a colleague
    /// could ask of them, and a sole owner has no colleague.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn reopen(&self, occasion: &Occasion, acting: &Acting) -> Result<Vec<Write>, Unavailable> {
        let (scope, mailbox) = (&acting.scope, mailbox(acting)?);
        let key = self.sign_in_keys.attempts().await?.key(scope, Audience::Staff, mailbox);
        let attempts = self.access.attempts(scope, &key).await?;
        if !attempts.any_is_closed() {
            return Ok(Vec::new());
        }
        let record = self.record(occasion, acting, Outcome::CodePathReopened { staff: acting.name() })?;
        let noted = self.open_session.access_log.append(&record).await?;
        Ok(vec![self.access.put_attempts(scope, &key, &attempts.reopened(), occasion.now), noted])
    }

    /// A record of `outcome` that is found by the email of who acts, as those of signing in are.
    ///
    /// # Errors
    /// If they have none.
    pub fn record(&self, occasion: &Occasion, acting: &Acting, outcome: Outcome) -> Result<AccessRecord, Unavailable> {
        Ok(AccessRecord { email: Some(mailbox(acting)?.to_string()), ..acting.record(occasion, outcome) })
    }
}

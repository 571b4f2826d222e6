//! Someone who is signed in: at first as their session says, then as they are proved to be.

use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::Timestamp;
use postern_aws::{Unavailable, reach};
use postern_domain::{
    Audience, ClientId, FirmScope, Occasion, Person, Subject,
    document::Document,
    firm::Firm,
    keys::Token,
    record::{AccessRecord, Outcome},
    session::Session,
};
use postern_store::{AccessLog, AccessStore, CommitError, Directory, NotFor, Refusals, Write};

use crate::Problem;

reach! {
    /// What it takes to prove that whoever is signed in still is who they were.
    pub struct Sessions {
        directory: Directory [GetItem],
        access: AccessStore [UpdateItem],
    }
}

/// Someone whom an operation admits by a session. Whether they still are who they were when they signed in is found out beside the main
/// work, and only then there is a scope in which anything can be reached: [`Self::with`] reads the person and gives it, [`Self::commit_for`]
/// makes it a condition of the change.
///
/// So a handler that forgets the check has nothing to work with. This compiles,
///
/// ```
/// fn scope(acting: &postern_http::Acting, signed_in: &postern_http::SignedIn) -> postern_domain::FirmScope {
///     acting.session.scope()
/// }
/// ```
///
/// and this, which differs in a word, does not:
///
/// ```compile_fail,E0616
/// fn scope(acting: &postern_http::Acting, signed_in: &postern_http::SignedIn) -> postern_domain::FirmScope {
///     signed_in.session.scope()
/// }
/// ```
#[derive(Debug, Clone)]
pub struct SignedIn {
    session: Session,
    token: Token,
    access: AccessStore,
    now: Timestamp,
}

/// Someone who is signed in and proved to be who they were, at work in their firm.
#[derive(Debug)]
pub struct Acting {
    /// The firm that they may see.
    pub scope: FirmScope,
    /// What that firm decides by now.
    pub firm: Firm,
    /// Who they are now.
    pub person: Person,
    /// By which session they act.
    pub session: Session,
    /// Its token.
    pub token: Token,
}

impl Acting {
    /// What people call them, for the log.
    pub fn name(&self) -> String {
        self.person.name().to_string()
    }

    /// A record of what they do; about themselves, if they are a contact.
    pub fn record(&self, caller: &Occasion, outcome: Outcome) -> AccessRecord {
        AccessRecord { attempt: self.session.attempt.clone(), ..caller.record(&self.scope, outcome).by(self.person.identity()) }
    }

    /// A record of what they do with a document; where staff do, about the contact that sent it.
    pub fn record_of(&self, caller: &Occasion, document: &Document, outcome: Outcome) -> AccessRecord {
        let record = self.record(caller, outcome).of_papers(document.document.client);
        // What staff do with papers is written down of the client: what those are called is the firm's, as the papers are.
        AccessRecord { contact: record.contact.or(document.by.contact()), ..record }
    }
}

impl SignedIn {
    pub(crate) fn new(session: Session, token: Token, access: AccessStore, now: Timestamp) -> Self {
        Self { session, token, access, now }
    }

    /// Who signed in.
    pub fn subject(&self) -> Subject {
        self.session.identity.subject
    }

    /// A record of what they do; about themselves, if they are a contact.
    pub fn record(&self, caller: &Occasion, outcome: Outcome) -> AccessRecord {
        caller.record(&self.session.scope(), outcome).by(self.session.identity)
    }

    /// Writes down that the session is in use, if that is due.
    async fn touch(&self) -> Result<(), Unavailable> {
        if self.session.is_due_for_touch(self.now) { self.access.touch_session(&self.token, self.now).await } else { Ok(()) }
    }

    /// The firm, and the person as they still are; if they changed or were signed out since they signed in, the session has ended.
    async fn prove(&self, directory: &Directory, scope: &FirmScope) -> Result<(Firm, Person), Problem> {
        let (firm, person) = futures_util::try_join!(directory.firm(scope), directory.person(scope, self.subject()))?;
        firm.zip(person).filter(|(firm, person)| self.session.goes_on(firm, person)).ok_or(Problem::SessionNeeded)
    }

    /// Does `work` within the firm and reads the person at the same time; if they changed since they signed in, the session has ended, and
    /// nothing comes of the work, which must be reading.
    ///
    /// # Errors
    /// If the session has ended, or the work or the store fails.
    pub async fn with<T, E, F>(self, sessions: &Sessions, work: impl FnOnce(FirmScope) -> F) -> Result<(Acting, T), Problem>
    where
        E: Into<Problem>,
        F: Future<Output = Result<T, E>>,
    {
        let scope = self.session.scope();
        let proved = self.prove(&sessions.directory, &scope);
        let touched = async { self.touch().await.map_err(Problem::from) };
        // On the heap: a future of the SDK is large, and this one holds several.
        let work = work(scope.clone());
        let work = Box::pin(async { work.await.map_err(Into::into) });
        let ((firm, person), (), done) = futures_util::try_join!(Box::pin(proved), Box::pin(touched), work)?;
        Ok((Acting { scope, firm, person, session: self.session, token: self.token }, done))
    }

    /// The same where there is no other work.
    ///
    /// # Errors
    /// If the session has ended, or the store fails.
    pub async fn alone(self, sessions: &Sessions) -> Result<Acting, Problem> {
        Ok(self.with(sessions, |_| async { Ok::<_, Problem>(()) }).await?.0)
    }

    /// Commits what `change` makes within the firm, on condition that the person is still who they were and acts for `client`. Answers with
    /// the scope, or with what else was refused.
    ///
    /// # Errors
    /// If the session has ended, the client is not theirs, or the store fails.
    pub async fn commit_for(
        &self,
        client: ClientId,
        directory: &Directory,
        access_log: &AccessLog,
        change: impl FnOnce(&FirmScope) -> (AccessRecord, Vec<Write>),
    ) -> Result<Result<FirmScope, Refusals>, Problem> {
        let scope = self.session.scope();
        let (record, mut writes) = change(&scope);
        writes.extend(directory.check_acts_for(&scope, &self.session.identity, client));
        let commit = async { Ok::<_, Problem>(access_log.commit(&record, writes).await) };
        // What a client began whom a change of settings signed out at that moment is answered to nobody.
        let touched = async { self.touch().await.map_err(Problem::from) };
        match futures_util::try_join!(Box::pin(commit), Box::pin(touched), Box::pin(self.prove(directory, &scope)))?.0 {
            Ok(()) => Ok(Ok(scope)),
            Err(CommitError::Refused(refusals)) => match NotFor::of(&refusals, &self.session.identity)? {
                Some(NotFor::Person) => Err(Problem::SessionNeeded),
                // Someone else's client is as unknown as one that does not exist.
                Some(NotFor::Client) => Err(Problem::field("client", "There is no such client.")),
                None => Ok(Err(refusals)),
            },
            Err(CommitError::Unavailable(error)) => Err(error.into()),
        }
    }

    /// Ends the session, and answers whose it was. That one holds it is all that this takes.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn end(self, access_log: &AccessLog, caller: &Occasion) -> Result<Audience, Problem> {
        match access_log.commit(&self.record(caller, Outcome::SignedOut), [self.access.end_session(&self.token)]).await {
            // Refused means that it has ended at this very moment, which is what was asked for.
            Ok(()) | Err(CommitError::Refused(_)) => Ok(self.subject().audience()),
            Err(CommitError::Unavailable(error)) => Err(error.into()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::no_entrance)
    }
}

//! A link with everything that deciding about it needs.

use jiff::SignedDuration;
use postern_domain::{
    FirmScope, Occasion, Person, RecordId,
    firm::Firm,
    keys::Token,
    link::Link,
    record::{AccessRecord, Outcome},
};
use postern_http::Problem;
use postern_store::Write;

use crate::Reach;

/// A link that is good, and whoever it belongs to.
pub(crate) struct Visit {
    pub token: Token,
    pub link: Link,
    pub scope: FirmScope,
    pub firm: Firm,
    pub person: Person,
}

impl Visit {
    /// A record of `outcome` about the link's person.
    pub(crate) fn record(&self, caller: &Occasion, outcome: Outcome) -> AccessRecord {
        caller.record(&self.scope, outcome).about(self.link.identity.subject.contact())
    }
}

impl Reach {
    /// The link of `token` with whoever it belongs to. Unknown, revoked and expired are one answer.
    pub(crate) async fn visit(&self, caller: &Occasion, token: Token) -> Result<Visit, Problem> {
        let (access, directory) = (&self.ask_for_code.access, &self.ask_for_code.directory);
        let link = access.link(&token).await?.ok_or(Problem::LinkGone)?;
        let scope = link.scope();
        let (firm, person) = tokio::try_join!(directory.firm(&scope), directory.person_of(&scope, &link.identity))?;
        let (Some(firm), Some(person)) = (firm, person) else { return Err(Problem::LinkGone) };
        let visit = Visit { token, link, scope, firm, person };
        if !visit.link.lives(caller.now) {
            self.ask_for_code.access_log.commit(&visit.record(caller, Outcome::LinkExpired), []).await?;
            return Err(Problem::LinkGone);
        }
        Ok(visit)
    }

    /// The record of the first time that someone acts on the link.
    pub(crate) fn first_opening(&self, caller: &Occasion, visit: &Visit) -> Option<Write> {
        visit.link.opened_at.is_none().then(|| {
            // It sorts before the record of what it led to, which is of the same instant.
            let id = RecordId::new(caller.now - SignedDuration::from_millis(1), &caller.dice);
            self.ask_for_code.access_log.append(&AccessRecord { record: id, ..visit.record(caller, Outcome::LinkOpened) })
        })
    }
}

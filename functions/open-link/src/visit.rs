//! A link with everything that deciding about it needs.

use jiff::{SignedDuration, Timestamp};
use postern_aws::Unavailable;
use postern_domain::{
    Audience, FirmScope, Occasion, Person, RecordId, TypedEmail,
    firm::Firm,
    keys::Token,
    link::{Link, WayIn},
    record::{AccessRecord, Outcome},
    settings::SignInPolicy,
};
use postern_flow::record_of_email;
use postern_http::Problem;
use postern_store::{CommitError, Write};

use crate::Reach;

/// A link that is good, and whoever it belongs to.
pub(crate) struct Visit {
    pub token: Token,
    pub link: Link,
    pub scope: FirmScope,
    pub firm: Firm,
    pub person: Person,
    pub email: TypedEmail,
}

impl Visit {
    pub(crate) fn audience(&self) -> Audience {
        self.link.identity.subject.audience()
    }

    /// By what the person comes in now, where text messages can be sent (`texting`).
    pub(crate) fn way_in(&self, texting: bool, now: Timestamp) -> WayIn {
        self.link.way_in(&self.policy(), texting, self.person.missing(&self.firm.sign_in, texting).is_empty(), now)
    }

    /// What the firm decides about the person.
    pub(crate) fn policy(&self) -> SignInPolicy {
        self.person.sign_in_record().account.policy(&self.firm.sign_in)
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
        let email = TypedEmail::from(person.email().ok_or(Problem::LinkGone)?.clone());
        let visit = Visit { token, link, scope, firm, person, email };
        if !visit.link.lives(caller.now) {
            self.log_expiry(caller, &visit).await?;
            return Err(Problem::LinkGone);
        }
        Ok(visit)
    }

    /// Writes down that someone came too late, once for each link.
    async fn log_expiry(&self, caller: &Occasion, visit: &Visit) -> Result<(), Problem> {
        if visit.link.expiry_logged {
            return Ok(());
        }
        let record = Self::record(caller, visit, Outcome::LinkExpired);
        match self.ask_for_code.access_log.commit(&record, [self.access.log_link_expiry(&visit.token)]).await {
            // Refused means that it is written down already.
            Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A record of `outcome` about the link's person.
    pub(crate) fn record(caller: &Occasion, visit: &Visit, outcome: Outcome) -> AccessRecord {
        record_of_email(caller, &visit.scope, &visit.email, Some(&visit.person.sign_in_record().account), outcome)
    }

    /// What is written the first time that someone acts on the link.
    pub(crate) async fn first_opening(&self, caller: &Occasion, visit: &Visit) -> Result<Vec<Write>, Unavailable> {
        if visit.link.opened_at.is_some() {
            return Ok(Vec::new());
        }
        // It sorts before the record of what it led to, which is of the same instant.
        let id = RecordId::new(caller.now - SignedDuration::from_millis(1), &caller.dice);
        let record = AccessRecord { record: id, ..Self::record(caller, visit, Outcome::LinkOpened) };
        Ok(vec![self.ask_for_code.access_log.append(&record).await?])
    }
}

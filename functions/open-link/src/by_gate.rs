//! The first use of a link within a day: the gate alone opens.

use axum::response::Response;
use postern_domain::{
    Audience,
    contact::Contact,
    gate::{GateDigits, NotAGate},
    link::Link,
    record::{AccessRecord, Outcome},
    sign_in::{Attempts, GateTry},
};
use postern_http::Problem;
use postern_store::{CommitError, read_gates};

use crate::{Reach, Stop, Visit};

impl Reach {
    /// Tries typed digits at the gates of the link's contact.
    pub(crate) async fn try_gate(&self, visit: &Visit, contact: &Contact, typed: &str, keep: bool) -> Result<Response, Stop> {
        let digits = match GateDigits::parse(typed) {
            Ok(digits) => digits,
            Err(reason) => {
                if reason == NotAGate::NotDigits {
                    self.access_log.commit(&self.record(visit, Outcome::AutofillSuspected), []).await?;
                }
                return Err(Stop::Problem(Problem::field("gate", reason)));
            }
        };
        let (pen, marks) = (self.log_keys.current().await?, self.sign_in_keys.attempts().await?);
        let (person, check) = (contact.sign_in(), visit.firm.sign_in.identity_check);
        let keys = (&self.gate_keys, &pen, &marks);
        let (tried, reading) = read_gates(keys, &visit.scope, Some(&person), check, &digits, visit.caller.browser()).await?;
        let GateTry::Wrong { mark, .. } = tried else { return self.admit(visit, keep, reading.label).await };

        let Some(email) = &contact.email else { return Err(Stop::Problem(Problem::LinkGone)) };
        let row = marks.of(&visit.scope, Audience::Client, email);
        let attempts = self.access.attempts(&visit.scope, &row).await?;
        let record = AccessRecord { gate_mark: reading.mark, ..self.record(visit, Outcome::LinkGateMismatch) };
        self.count_mistake(visit, &row, &attempts, &mark, &record).await
    }

    /// Counts a wrong gate against the link and the person, and refuses it.
    async fn count_mistake(
        &self,
        visit: &Visit,
        row: &str,
        attempts: &Attempts,
        mark: &str,
        record: &AccessRecord,
    ) -> Result<Response, Stop> {
        let now = visit.now;
        let mut attempts = attempts.clone();
        attempts.version += 1;
        attempts.count_gate_failure(mark, now);
        attempts.fail(Outcome::LinkGateMismatch, now);
        let link = &visit.link;
        let after = Link { gate_failures: link.gate_failures + 1, opened_at: link.opened_at.or(Some(now)), ..link.clone() };
        let mut changes =
            vec![self.access.step_link(&visit.token, link, &after), self.access.put_attempts(&visit.scope, row, &attempts, now)];
        changes.extend(self.first_opening(visit));
        match self.access_log.commit(record, changes).await {
            Ok(()) => Err(Stop::Problem(Problem::GateRejected)),
            Err(CommitError::Refused(_)) => Err(Stop::Changed),
            Err(error) => Err(error.into()),
        }
    }
}

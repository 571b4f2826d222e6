//! The first use of a link within a day: the gate alone opens.

use axum::response::Response;
use postern_domain::{
    Occasion, TypedEmail,
    link::Link,
    record::{AccessRecord, Outcome},
    sign_in::{GateField, GateTry, gate_field},
};
use postern_http::Problem;
use postern_store::CommitError;

use crate::{Reach, Stop, visit::Visit};

impl Reach {
    /// Tries typed digits at the gates of the link's contact.
    pub(crate) async fn come_in_by_gate(&self, caller: &Occasion, visit: &Visit, typed: &str, keep: bool) -> Result<Response, Stop> {
        let check = visit.firm.sign_in.identity_check;
        let digits = match gate_field(check, Some(typed)) {
            GateField::Digits(digits) => digits,
            GateField::Autofilled(reason) => {
                self.ask_for_code.access_log.commit(&visit.record(caller, Outcome::AutofillSuspected), []).await?;
                return Err(Stop::Problem(Problem::field("gate", reason)));
            }
            GateField::Malformed(reason) => return Err(Stop::Problem(Problem::field("gate", reason))),
            GateField::NotChecked | GateField::Missing => return self.send_code(caller, visit).await,
        };
        let person = visit.person.sign_in_record();
        match self.try_gate.attempt(&visit.scope, Some(&person), check, &digits, &caller.origin).await? {
            GateTry::Wrong { hash, gate_hash, .. } => self.count_mistake(caller, visit, &hash, gate_hash).await,
            GateTry::Opened(label) => self.admit(caller, visit, keep, label).await,
            GateTry::NotChecked | GateTry::Link => self.send_code(caller, visit).await,
        }
    }

    /// Counts a wrong gate against the link and the person, and refuses it.
    async fn count_mistake(&self, caller: &Occasion, visit: &Visit, hash: &str, gate_hash: String) -> Result<Response, Stop> {
        let (ask, now, Visit { token, link, scope, person, .. }) = (&self.ask_for_code, caller.now, visit);
        let email = TypedEmail::from(person.email().ok_or(Problem::LinkGone)?.clone());
        let (key, mut attempts) = ask.counted(scope, link.identity.subject.audience(), &email).await?;
        attempts.count_gate_failure(hash, now);
        attempts.remember_failure(Outcome::LinkGateMismatch, now);
        let after = Link { gate_failures: link.gate_failures + 1, ..link.opened(now) };
        let mut changes = vec![ask.access.step_link(token, link, &after), ask.access.put_attempts(scope, &key, &attempts, now)];
        changes.extend(self.first_opening(caller, visit));
        let record = AccessRecord { gate_hash: Some(gate_hash), ..visit.record(caller, Outcome::LinkGateMismatch) };
        match ask.access_log.commit(&record, changes).await {
            Ok(()) => Err(Stop::Problem(Problem::GateRejected)),
            Err(CommitError::Refused(_)) => Err(Stop::Changed),
            Err(error) => Err(error.into()),
        }
    }
}

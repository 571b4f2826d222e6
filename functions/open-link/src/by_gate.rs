//! The first use of a link within a day: the gate alone opens. Each try is counted before anyone compares it.

use axum::response::Response;
use postern_domain::{
    AttemptKey, Occasion,
    attempts::{Attempts, Way},
    record::{AccessRecord, Outcome},
    sign_in::{GateField, GateTry, gate_field},
};
use postern_http::Problem;
use postern_store::{CommitError, Part, Turn, settle};

use crate::{Coming, Reach, Stop, visit::Visit};

impl Reach {
    /// Tries typed digits at the gates of the link's contact.
    pub(crate) async fn come_in_by_gate(&self, caller: &Occasion, visit: &Visit, typed: &str, coming: &Coming) -> Result<Response, Stop> {
        let (ask, scope) = (&self.ask_for_code, &visit.scope);
        let digits = match gate_field(visit.policy().identity_check, Some(typed)) {
            GateField::Digits(digits) => digits,
            GateField::Autofilled(reason) => {
                let (key, attempts) = ask.counted(scope, visit.audience(), &visit.email).await?;
                let record = Self::record(caller, visit, Outcome::AutofillSuspected);
                ask.log_autofill(caller, scope, &record, (&key, attempts)).await?;
                return Err(Stop::Problem(Problem::field("gate", reason)));
            }
            GateField::Malformed(reason) => return Err(Stop::Problem(Problem::field("gate", reason))),
            GateField::NotChecked | GateField::Missing => return self.send_code(caller, visit).await,
        };
        let (key, attempts) = ask.counted(scope, visit.audience(), &visit.email).await?;
        if !self.access.count_gate_try(scope, &key, &visit.token, caller.now).await? {
            return self.send_code(caller, visit).await;
        }
        let person = visit.person.sign_in_record();
        match self.try_gate.attempt(scope, Some(&person), &visit.firm.sign_in, &digits).await? {
            GateTry::Wrong { hash, gate_hash, .. } => self.count_mistake(caller, visit, (&key, attempts), &hash, gate_hash).await,
            GateTry::Opened(label, remade) => {
                // What was never counted needs no forgiving.
                let forgiven = (attempts != Attempts::default()).then(|| self.access.forgive_gates(scope, &key, &attempts, caller.now));
                self.admit(caller, visit, coming, Some((label, remade)), forgiven.into_iter().collect()).await
            }
            GateTry::NotChecked | GateTry::Link | GateTry::Session => self.send_code(caller, visit).await,
        }
    }

    /// Counts a wrong gate for the person too, and refuses it.
    async fn count_mistake(
        &self,
        caller: &Occasion,
        visit: &Visit,
        (key, attempts): (&AttemptKey, Attempts),
        hash: &str,
        gate_hash: String,
    ) -> Result<Response, Stop> {
        let (ask, now, Visit { scope, .. }) = (&self.ask_for_code, caller.now, visit);
        let record = Self::record(caller, visit, Outcome::LinkGateMismatch);
        let record = &AccessRecord { gate_hash: Some(gate_hash), ..record };
        let mut opening = self.first_opening(caller, visit).await?;
        if !opening.is_empty() {
            opening.push(self.access.open_link(&visit.token, now));
        }
        let opening = &opening;
        settle(&caller.dice, (attempts, true), |(before, opens)| async move {
            let mut attempts = before.clone();
            attempts.of(Way::Page).count_gate_failure(hash, visit.firm.sign_in.lockout_after, now);
            attempts.remember_failure(Outcome::LinkGateMismatch, now);
            let opening = opening.iter().filter(|_| opens).cloned();
            let changes = [ask.access.put_attempts(scope, key, &attempts, now)].into_iter().chain(opening);
            match ask.access_log.commit(record, changes).await {
                Ok(()) => Ok(Turn::Done(())),
                Err(CommitError::Refused(refusals)) if refusals.name(Part::Attempts) => {
                    Ok(Turn::Again((refusals.found(Part::Attempts)?.unwrap_or_default(), opens)))
                }
                // Someone else opened it at this moment. What was compared counts nevertheless.
                Err(CommitError::Refused(_)) if opens => Ok(Turn::Again((before, false))),
                Err(CommitError::Refused(_)) => Err(Stop::Changed),
                Err(CommitError::Unavailable(error)) => Err(Stop::from(error)),
            }
        })
        .await?;
        Err(Stop::Problem(Problem::GateRejected))
    }
}

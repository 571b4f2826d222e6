//! `DELETE /api/session`: ends a session.

use axum::{
    Router,
    extract::{FromRef, State},
    response::Response,
};
use postern_domain::{
    Clock, Dice, RecordId,
    record::{AccessRecord, Outcome},
};
use postern_http::{Caller, OpenTo, Operation, Problem, Reader, closed, openapi::Described};
use postern_store::{Access, AccessLog, Aws, CommitError, Misconfigured};

/// The route.
pub const OPERATION: Operation = Operation::delete("sign-out", "/api/session", OpenTo::ClientsAndStaff);

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone, FromRef)]
pub struct Reach {
    /// Where sessions stand.
    pub access: Access,
    /// Where it is written down.
    pub access_log: AccessLog,
    /// The time.
    pub clock: Clock,
    /// The randomness.
    pub dice: Dice,
}

impl Reach {
    /// What is reached from `aws`.
    ///
    /// # Errors
    /// If a setting is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self { access: Access::new(aws)?, access_log: AccessLog::new(aws)?, clock: aws.clock.clone(), dice: aws.dice.clone() })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(sign_out, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION.described("Ends the session.").empty_answer(204, "It has ended.")
}

async fn sign_out(State(reach): State<Reach>, Reader(member): Reader, caller: Caller) -> Result<Response, Problem> {
    let (now, subject) = (reach.clock.now(), member.session.subject);
    let record = RecordId::new(now, &reach.dice);
    let record = AccessRecord::new(record, member.session.firm.clone(), now, Outcome::SignedOut, caller.origin).about(subject.contact());
    match reach.access_log.commit(&record, [reach.access.end_session(&member.token)]).await {
        // Refused means that it has ended at this very moment, which is what was asked for.
        Ok(()) | Err(CommitError::Refused(_)) => Ok(closed(subject.audience())),
        Err(CommitError::Unavailable(error)) => Err(error.into()),
    }
}

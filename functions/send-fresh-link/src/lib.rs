//! `POST /api/firms/{firm}/links`: sends a fresh link to the address on file, and learns nothing from the answer.

use axum::extract::State;
use http::StatusCode;
use postern_aws::{Texting, reach};
use postern_domain::{
    Audience, Email, FirmId, FirmScope, Occasion, TypedEmail,
    attempts::Attempts,
    sign_in::{self, FreshLink},
};
use postern_flow::{AskForCode, Known, record_of_email};
use postern_http::{Access, Body, Caller, Described, Held, Id, Operation, Problem, ProblemKind};
use postern_store::{CommitError, Part, Turn, settle};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("send-fresh-link", "/api/firms/{firm}/links", Access::Anyone);

reach! { ask_for_code: AskForCode, texting: Texting }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Sends a fresh link to the address on file. The answer is the same whether one is sent or not.")
        .body::<SendFreshLink>()
        .empty_answer(202, "If there is such a contact, a link is on its way.")
        .problems(&[ProblemKind::TooManyRequests])
}

/// Whose link it is: by the address, or by a link that is no longer good.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendFreshLink {
    /// The email on file.
    #[serde(default)]
    email: Option<Email>,
    /// The token of an earlier link.
    #[serde(default)]
    token: Option<String>,
}

/// Answers a request.
#[expect(clippy::disallowed_methods, reason = "the page of a firm's links is open to anyone")]
pub async fn handle(
    State(reach): State<Reach>,
    Id(firm): Id<FirmId>,
    Caller(caller): Caller,
    held: Held,
    Body(whose): Body<SendFreshLink>,
) -> Result<StatusCode, Problem> {
    let scope = FirmScope::of_public_path(firm);
    let email = match (whose.email, whose.token) {
        (Some(email), None) => Some(email),
        (None, Some(token)) => reach.ask_for_code.owner_of(&scope, &token).await?,
        _ => return Err(Problem::field("email", "Give either the email or the token of a link.")),
    };
    let Some(email) = email.map(TypedEmail::from) else { return Ok(StatusCode::ACCEPTED) };
    let known = reach.ask_for_code.known(&caller, &scope, Audience::Client, &email, &held).await?;
    known.firm.as_ref().ok_or(Problem::NotFound)?;
    let (reach, caller, scope, email, known) = (&reach, &caller, &scope, &email, &known);
    settle(&caller.dice, known.attempts.clone(), |attempts| async move {
        match reach.commit(caller, scope, email, known, &attempts).await {
            Ok(()) => Ok(Turn::Done(StatusCode::ACCEPTED)),
            Err(CommitError::Refused(refusals)) if refusals.name(Part::Attempts) => {
                Ok(Turn::Again(refusals.found(Part::Attempts)?.unwrap_or_default()))
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

impl Reach {
    /// Decides about the request and commits what was decided, in the same shape for known and unknown.
    async fn commit(
        &self,
        caller: &Occasion,
        scope: &FirmScope,
        email: &TypedEmail,
        known: &Known,
        attempts: &Attempts,
    ) -> Result<(), CommitError> {
        let account = known.person.as_ref().map(|person| &person.account);
        let policy = known.firm.as_ref().map(|firm| &firm.sign_in);
        let missing = known.person.as_ref().zip(policy).map(|(person, policy)| person.missing(policy, self.texting.0));
        let FreshLink::Answered { attempts, outcome, kind } = sign_in::decide_fresh_link(missing, attempts, caller.now) else {
            return Ok(());
        };
        let ask = &self.ask_for_code;
        let dispatch = caller.dispatch(scope, account.map(|account| account.identity), *kind);
        let record = record_of_email(caller, scope, email, account, outcome);
        let changes = [ask.access.put_attempts(scope, &known.key, &attempts, caller.now), ask.outbox.put(&dispatch)];
        ask.access_log.commit_alike(&record, changes).await
    }
}

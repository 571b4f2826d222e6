//! `POST /api/firms/{firm}/help`: tells the firm that someone cannot get in, and learns nothing from the answer.

use axum::extract::State;
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{
    Audience, ChallengeId, Email, FirmId, FirmScope, Occasion, TypedEmail,
    attempts::{Attempts, Way},
    dispatch::DispatchKind,
    help::HelpMessage,
    record::{AccessRecord, Attempt, Outcome},
};
use postern_flow::{AskForCode, Known, record_of_email};
use postern_http::{Access, Body, Caller, Described, Held, Id, Operation, Problem, ProblemKind};
use postern_store::{CommitError, Part, Turn, settle};
use schemars::JsonSchema;
use serde::Deserialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("ask-for-help", "/api/firms/{firm}/help", Access::Anyone);

reach! { ask_for_code: AskForCode }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described(
            "Tells the firm by mail that someone cannot get in, once an hour at most. The answer is the same whether it does or not.",
        )
        .body::<AskForHelp>()
        .empty_answer(202, "The firm is told, unless it was told a while ago.")
        .problems(&[ProblemKind::TooManyRequests])
}

/// Who asks for help: by a challenge that they began, a link that they have, or their email.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskForHelp {
    /// The challenge that was asked for.
    #[serde(default)]
    challenge: Option<ChallengeId>,
    /// The token of a link, good or not.
    #[serde(default)]
    token: Option<String>,
    /// The email that they use.
    #[serde(default)]
    email: Option<Email>,
    /// What they write to the firm.
    #[serde(default)]
    message: HelpMessage,
}

/// Answers a request.
#[expect(clippy::disallowed_methods, reason = "whoever cannot get in has no session")]
pub async fn handle(
    State(reach): State<Reach>,
    Id(firm): Id<FirmId>,
    Caller(caller): Caller,
    held: Held,
    Body(AskForHelp { challenge, token, email, message }): Body<AskForHelp>,
) -> Result<StatusCode, Problem> {
    let (scope, ask) = (FirmScope::of_public_path(firm), &reach.ask_for_code);
    let found = match (&challenge, token, email) {
        (Some(challenge), None, None) => ask.asked_with(&scope, challenge).await?,
        (None, Some(token), None) => ask.owner_of(&scope, &token).await?.map(|email| (email, true)),
        (None, None, Some(email)) => Some((email, false)),
        _ => return Err(Problem::field("email", "Give either the email, a challenge, or the token of a link.")),
    };
    let Some((email, has_own)) = found else { return Ok(StatusCode::ACCEPTED) };
    let email = TypedEmail::from(email);
    let known = ask.known(&caller, &scope, Audience::Client, &email, &held).await?;
    known.firm.as_ref().ok_or(Problem::NotFound)?;
    let is_owner = has_own || matches!(known.way.way, Way::Browser(_));
    let call = Call { scope, email, is_owner, attempt: challenge.as_ref().map(Attempt::of), message };
    let (reach, caller, call, known) = (&reach, &caller, &call, &known);
    settle(&caller.dice, known.attempts.clone(), |attempts| async move {
        match reach.commit(caller, call, known, attempts).await {
            Ok(()) => Ok(Turn::Done(StatusCode::ACCEPTED)),
            Err(CommitError::Refused(refusals)) if refusals.name(Part::Attempts) => {
                Ok(Turn::Again(refusals.found(Part::Attempts)?.unwrap_or_default()))
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// A call for help.
struct Call {
    scope: FirmScope,
    email: TypedEmail,
    /// Whether it comes by a link, a code or a browser of the person's own.
    is_owner: bool,
    /// Which attempt led to it, if that is known.
    attempt: Option<Attempt>,
    message: HelpMessage,
}

impl Reach {
    /// Commits that the firm is to be told, in the same shape for known and unknown; nothing, where it was told within the hour.
    async fn commit(&self, caller: &Occasion, call: &Call, known: &Known, mut attempts: Attempts) -> Result<(), CommitError> {
        if !attempts.call_for_help(call.is_owner, caller.now) {
            return Ok(());
        }
        let (ask, Call { scope, email, attempt, message, .. }) = (&self.ask_for_code, call);
        let account = known.person.as_ref().map(|person| &person.account);
        let record = record_of_email(caller, scope, email, account, Outcome::HelpRequested);
        let record = AccessRecord { attempt: attempt.clone(), ..record };
        let kind = DispatchKind::Help {
            contact: record.contact,
            email: ask.sealed(caller, scope, email.typed.as_str()).await?,
            message: ask.sealed(caller, scope, &message.filled_up()).await?,
            failure: attempts.last_failure.clone(),
        };
        let dispatch = caller.dispatch(scope, None, kind).in_attempt(record.attempt());
        let changes = [ask.access.put_attempts(scope, &known.key, &attempts, caller.now), ask.outbox.put(&dispatch)];
        ask.access_log.commit_alike(&record, changes).await
    }
}

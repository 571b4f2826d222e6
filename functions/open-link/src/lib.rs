//! `POST /api/links/redemption`: what a person does with a link. It says who; alone it lets nobody in.

mod by_code;
mod by_gate;
mod visit;

use axum::{extract::State, response::Response};
use postern_aws::{Texting, Unavailable, reach};
use postern_domain::{
    Occasion,
    keys::Token,
    link::{Link, WayIn},
    record::{AccessRecord, Outcome},
    session::Assurance,
};
use postern_flow::{AskForCode, NewSession, OpenSession, TryGate};
use postern_http::{Access, Body, Caller, Described, Opened, Operation, Problem, ProblemKind, opened};
use postern_store::{CommitError, OUTER_TURNS, Turn, settle_in};
use schemars::JsonSchema;
use serde::Deserialize;

use self::{by_code::CodeOnItsWay, visit::Visit};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("open-link", "/api/links/redemption", Access::Anyone);

reach! { ask_for_code: AskForCode, open_session: OpenSession, try_gate: TryGate, texting: Texting }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Continues with a link: by the gate on its first use, else by a code.")
        .body::<OpenLink>()
        .answer::<Opened>(201, "The gate was right: a session, in a cookie.")
        .answer::<CodeOnItsWay>(202, "A code is on its way.")
        .problems(&[ProblemKind::GateRejected, ProblemKind::LinkGone, ProblemKind::TooManyRequests])
}

/// What someone does with a link.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenLink {
    /// What stands behind the `#` of the link.
    token: String,
    /// The last four digits of the SSN or tax id, or the PIN.
    #[serde(default)]
    gate: Option<String>,
    /// Whether this browser is to stay signed in.
    #[serde(default)]
    keep: bool,
}

/// Why a step did not come to its end.
enum Stop {
    /// Another browser took a step with the same link; look at it again.
    Changed,
    /// The caller is told.
    Problem(Problem),
}

impl<E: Into<Problem>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Caller(caller): Caller,
    Body(OpenLink { token, gate, keep }): Body<OpenLink>,
) -> Result<Response, Problem> {
    // A token that was cut short on its way is as gone as an unknown one.
    let token = Token::parse(&token).map_err(|_| Problem::LinkGone)?;
    let (reach, caller, token, gate) = (&reach, &caller, &token, gate.as_deref());
    settle_in(OUTER_TURNS, &caller.dice, (), |()| async move {
        let visit = reach.visit(caller, token.clone()).await?;
        let step = match (visit.link.way_in(visit.firm.sign_in.identity_check, caller.now), gate) {
            (WayIn::Itself, _) => reach.admit(caller, &visit, keep, None).await,
            (WayIn::Gate, Some(gate)) => reach.come_in_by_gate(caller, &visit, gate, keep).await,
            (WayIn::Gate, None) | (WayIn::Code, _) => reach.send_code(caller, &visit).await,
        };
        match step {
            Ok(response) => Ok(Turn::Done(response)),
            Err(Stop::Changed) => Ok(Turn::Again(())),
            Err(Stop::Problem(problem)) => Err(problem),
        }
    })
    .await
}

impl Reach {
    /// Opens a session and uses the link up; all of it or nothing. `gate` is the label of the gate that opened.
    async fn admit(&self, caller: &Occasion, visit: &Visit, keep: bool, gate: Option<String>) -> Result<Response, Stop> {
        let Visit { token, link, scope, person, .. } = visit;
        let account = person.sign_in_record().account;
        let record = AccessRecord { gate, ..visit.record(caller, Outcome::signed_in(account.identity.subject.audience())) };
        let after = Link { used: true, ..link.opened(caller.now) };
        let mut used_up = vec![self.open_session.access.step_link(token, link, &after)];
        used_up.extend(self.first_opening(caller, visit));
        let new = NewSession { scope: scope.clone(), account, assurance: Assurance::Link, by_sms: false, keep };
        match self.open_session.open(caller, new, &record, used_up).await {
            Ok((token, session)) => Ok(opened(&token, &session)),
            Err(CommitError::Refused(_)) => Err(Stop::Changed),
            Err(CommitError::Unavailable(error)) => Err(Unavailable::into(error)),
        }
    }
}

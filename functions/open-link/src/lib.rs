//! `POST /api/links/redemption`: what a person does with a link. It says who; alone it lets nobody in.

mod by_code;
mod by_gate;
mod visit;

use axum::{extract::State, response::Response};
use postern_aws::{Texting, Unavailable, reach};
use postern_domain::{
    Occasion,
    gate::RemadeGate,
    keys::Token,
    link::WayIn,
    record::AccessRecord,
    session::{Assurance, Keep, Session, Stage},
};
use postern_flow::{AskForCode, NewSession, OpenSession, TryGate};
use postern_http::{Access, Body, Caller, Described, Held, Opened, Operation, Problem, ProblemKind, opened};
use postern_store::{AccessStore, CommitError, Directory, OUTER_TURNS, Turn, Write, settle_in};
use schemars::JsonSchema;
use serde::Deserialize;

use self::{by_code::CodeOnItsWay, visit::Visit};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("open-link", "/api/links/redemption", Access::Anyone);

reach! {
    ask_for_code: AskForCode,
    open_session: OpenSession,
    try_gate: TryGate,
    directory: Directory [ConditionCheckItem],
    access: AccessStore [UpdateItem],
    texting: Texting,
}

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
    held: Held,
    Body(OpenLink { token, gate, keep }): Body<OpenLink>,
) -> Result<Response, Problem> {
    // A token that was cut short on its way is as gone as an unknown one.
    let token = Token::parse(&token).map_err(|_| Problem::LinkGone)?;
    let (reach, caller, token, gate, coming) = (&reach, &caller, &token, gate.as_deref(), &Coming { keep, held });
    settle_in(OUTER_TURNS, &caller.dice, (), |()| async move {
        let visit = reach.visit(caller, token.clone()).await?;
        let step = match (visit.way_in(reach.texting.0, caller.now), gate) {
            (WayIn::Itself, _) => reach.admit(caller, &visit, coming, None, Vec::new()).await,
            (WayIn::Gate, Some(gate)) => reach.come_in_by_gate(caller, &visit, gate, coming).await,
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

/// How someone means to come in.
struct Coming {
    /// Whether this browser is to stay signed in.
    keep: bool,
    /// What it holds already.
    held: Held,
}

impl Reach {
    /// Opens a session and uses the link up, together with `changes`; all of it or nothing. `gate` is the label of the gate that opened, and how it is
    /// remade.
    async fn admit(
        &self,
        caller: &Occasion,
        visit: &Visit,
        Coming { keep, held }: &Coming,
        gate: Option<(Option<String>, Option<RemadeGate>)>,
        changes: Vec<Write>,
    ) -> Result<Response, Stop> {
        let (label, remade) = gate.unwrap_or_default();
        let Visit { token, scope, person, .. } = visit;
        let account = person.sign_in_record().account;
        let audience = account.identity.subject.audience();
        let (identity, policy) = (account.identity, &visit.firm.sign_in);
        let stage = Stage::after_one_factor(&account, policy);
        let record = AccessRecord { gate: label, ..Self::record(caller, visit, stage.outcome(audience)) };
        let mut used_up = vec![self.access.use_link(token, caller.now)];
        used_up.extend(changes);
        used_up.extend(self.first_opening(caller, visit).await?);
        let attempts = self.ask_for_code.key(scope, audience, &visit.email).await?;
        let mailbox = Directory::mailbox(scope, audience, &visit.email.email);
        let remade = remade.as_ref().map(|gate| (gate, mailbox.as_str()));
        let new = NewSession {
            scope: scope.clone(),
            // Which of their browsers it is takes a read to find out, and a link asks for no limits.
            session: Session::begin(
                scope,
                (identity, visit.firm.version),
                (Assurance::Link, stage),
                Keep::under(policy, *keep),
                None,
                caller,
            ),
            person: self.open_session.person(scope, &account, false, remade, (stage, caller.now)),
            instead_of: held.session(audience).iter().map(Token::fingerprint).collect(),
            known: held.known(audience, &attempts).map(|token| token.fingerprint()),
            attempts,
        };
        match self.open_session.open(caller, new, &record, used_up).await {
            Ok(cookies) => Ok(opened(&cookies, held)),
            Err(CommitError::Refused(_)) => Err(Stop::Changed),
            Err(CommitError::Unavailable(error)) => Err(Unavailable::into(error)),
        }
    }
}

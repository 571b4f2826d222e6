//! `PATCH /api/contacts/{contact}`: changes a contact, and ends what the change makes invalid.

use axum::{Json, extract::State};
use postern_aws::{Texting, reach};
use postern_domain::{
    ContactId, Occasion,
    admission::admit_fresh,
    contact::{Contact, ContactPatch, Patched},
    dispatch::DispatchKind,
    policy,
    record::Outcome,
    role::Right,
};
use postern_flow::CountedAttempts;
use postern_http::{Access, Acting, Body, Caller, ContactView, Described, Id, Operation, Problem, ProblemKind, Sessions, SignedIn};
use postern_store::{AccessLog, CommitError, Directory, GateKeys, Outbox, Part, Roster, Turn, settle};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::patch("update-contact", "/api/contacts/{contact}", Access::Staff(Right::Work));

reach! {
    sessions: Sessions,
    directory: Directory [GetItem, BatchGetItem, PutItem, UpdateItem, DeleteItem],
    roster: Roster [UpdateItem],
    attempts: CountedAttempts,
    access_log: AccessLog [PutItem],
    outbox: Outbox [PutItem],
    gate_keys: GateKeys,
    texting: Texting,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described(
            "Changes a contact: null clears, what is absent stays, and so do the digits of a gate. Another exception takes a fresh proof.",
        )
        .body::<ContactPatch>()
        .answer::<ContactView>(200, "The contact.")
        .problems(&[ProblemKind::EmailTaken, ProblemKind::MobileTaken, ProblemKind::ContactChanged, ProblemKind::StepUpNeeded])
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(contact): Id<ContactId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(patch): Body<ContactPatch>,
) -> Result<Json<ContactView>, Problem> {
    if patch.relies_on_gates() && patch.version.is_none() {
        return Err(Problem::field("version", "Say from which version gates keep their digits, or enter the digits of all."));
    }
    let (directory, wanted) = (&reach.directory, patch.clients.as_deref().unwrap_or_default());
    let known = |scope| async move { tokio::try_join!(directory.clients(&scope, wanted), directory.contact(&scope, contact)) };
    let (acting, (clients, found)) = signed_in.with(&reach.sessions, known).await?;
    let before = found.ok_or(Problem::NotFound)?;
    if clients.len() < wanted.len() {
        return Err(Problem::field("clients", "One of these clients does not exist."));
    }
    let clients = patch.clients.is_some().then_some(clients);
    let gate_key = reach.gate_keys.current().await?;

    let (reach, acting, caller, patch, clients, gate_key) = (&reach, &acting, &caller, &patch, &clients, &gate_key);
    let (contact, attempts) = settle(&caller.dice, before, |before| async move {
        if patch.version.is_some_and(|version| version != before.version) {
            return Err(Problem::ContactChanged);
        }
        let patched = patch.clone().apply(&before, clients.clone(), (gate_key, &acting.firm), &caller.dice);
        let patched = patched.map_err(|refused| Problem::field("gates", refused))?;
        if patched.needs_fresh_proof() {
            admit_fresh(acting.session.proved_at(), policy::STEP_UP, caller.now)?;
        }
        let commit = async { Ok(reach.commit(caller, acting, &before, &patched).await) };
        let (committed, attempts) = tokio::try_join!(commit, reach.attempts.of(&acting.scope, &patched.contact))?;
        match committed {
            Ok(()) => Ok(Turn::Done((patched.contact, attempts))),
            // Looked at first: what an outdated contact meant to free or to take says nothing about who has it.
            Err(CommitError::Refused(refusals)) if refusals.name(Part::Contact) => {
                refusals.found(Part::Contact)?.map(Turn::Again).ok_or(Problem::NotFound)
            }
            Err(error) => Err(Problem::of_keeping(error)),
        }
    })
    .await?;
    Ok(Json(ContactView::of(&contact, &attempts, &acting.firm.sign_in, reach.texting.0, caller.now)))
}

impl Reach {
    /// Commits a patch with all that follows from it.
    async fn commit(&self, caller: &Occasion, acting: &Acting, before: &Contact, patched: &Patched) -> Result<(), CommitError> {
        let (scope, after) = (&acting.scope, &patched.contact);
        if patched.changed.is_empty() {
            return Ok(());
        }
        let mut changes = self.directory.keep_contact(scope, Some(before), after);
        changes.push(self.roster.keep(scope, after));
        if patched.tells_old_address {
            let (email, mobile) = (before.email != after.email, before.mobile != after.mobile);
            let kind = DispatchKind::Changed { version: after.version, email, mobile };
            changes.push(self.outbox.put(&caller.dispatch(scope, Some(after.identity()), kind)));
        }
        let outcome = Outcome::ContactUpdated { staff: acting.name(), fields: patched.changed.clone() };
        self.access_log.commit(&acting.record(caller, outcome).about(Some(after.identity())), changes).await
    }
}

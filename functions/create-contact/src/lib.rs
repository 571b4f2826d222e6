//! `POST /api/contacts`: keeps a new contact.

use axum::{Json, extract::State};
use http::StatusCode;
use postern_aws::{Texting, reach};
use postern_domain::{ClientId, attempts::Attempts, client::Client, contact::NewContact, record::Outcome, role::Right};
use postern_http::{Access, Body, Caller, ContactView, Described, Operation, Problem, ProblemKind, Sessions, SignedIn};
use postern_store::{AccessLog, Directory, GateKeys, Roster};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("create-contact", "/api/contacts", Access::Staff(Right::Work));

reach! {
    sessions: Sessions,
    directory: Directory [GetItem, BatchGetItem, PutItem],
    roster: Roster [UpdateItem],
    access_log: AccessLog [PutItem],
    gate_keys: GateKeys,
    texting: Texting,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Keeps a new contact.")
        .body::<NewContact>()
        .answer::<ContactView>(201, "The contact.")
        .problems(&[ProblemKind::EmailTaken, ProblemKind::MobileTaken])
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(new): Body<NewContact>,
) -> Result<(StatusCode, Json<ContactView>), Problem> {
    let (directory, wanted) = (&reach.directory, &new.clients);
    let known = |scope| async move { directory.clients(&scope, wanted).await };
    let (acting, clients) = signed_in.with(&reach.sessions, known).await?;
    if clients.len() < new.clients.len() {
        return Err(Problem::field("clients", "One of these clients does not exist."));
    }

    let own = clients.is_empty().then(|| Client { client: ClientId::new(caller.now, &caller.dice), name: new.name.clone() });
    let clients = clients.into_iter().chain(own.clone()).collect();
    let gate_key = reach.gate_keys.current().await?;
    let contact = new.keep(clients, &gate_key, acting.scope.firm(), caller.now, &caller.dice);
    let mut changes = directory.keep_contact(&acting.scope, None, &contact);
    changes.push(reach.roster.keep(&acting.scope, &contact));
    changes.extend(own.map(|client| directory.put_client(&acting.scope, &client)));
    let record = acting.record(&caller, Outcome::ContactCreated { staff: acting.name() }).about(Some(contact.identity()));
    reach.access_log.commit(&record, changes).await.map_err(Problem::of_keeping)?;
    let view = ContactView::of(&contact, &Attempts::default(), &acting.firm.sign_in, reach.texting.0, caller.now);
    Ok((StatusCode::CREATED, Json(view)))
}

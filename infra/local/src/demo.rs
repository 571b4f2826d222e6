//! The demo firm that a newcomer finds: some contacts who can sign in, and some whom staff have yet to set up.

use create_firm::NewFirm;
use postern_aws::{Aws, Reachable as _};
use postern_domain::{
    ClientId, FirmScope, Occasion,
    client::Client,
    contact::NewContact,
    keys::Key,
    record::{Origin, Outcome},
};
use postern_store::GateKeys;
use serde_json::{Value, from_value, json};

use crate::start_error::StartError;

const OWNER: &str = "Olive Owner";

/// Makes the demo firm where it is not there yet, and answers with the link that lets its owner in.
#[expect(clippy::disallowed_methods, reason = "the demo firm is named here")]
pub(crate) async fn make(aws: &Aws) -> Result<Option<String>, StartError> {
    let (reach, gate_keys) = (create_firm::Reach::reach(aws)?, GateKeys::reach(aws)?);
    let new: NewFirm = from_value(firm()).map_err(failed)?;
    let scope = FirmScope::of_public_path(new.firm.clone());
    if reach.directory.firm(&scope).await.map_err(failed)?.is_some() {
        return Ok(None);
    }
    let created = create_firm::handle(reach.clone(), new).await.map_err(failed)?;
    let gate_key = gate_keys.current().await.map_err(failed)?;
    for contact in contacts() {
        keep(&reach, &gate_key, &scope, from_value(contact).map_err(failed)?).await?;
    }
    Ok(Some(created.owner_link))
}

fn failed(error: impl std::fmt::Display) -> StartError {
    StartError::Demo(error.to_string())
}

fn firm() -> Value {
    json!({
        "firm": "demo",
        "name": "Demo & Daughters CPA",
        "phone": "(252) 555-0142",
        "contact_address": "office@demo.test",
        "owner": { "name": OWNER, "email": "owner@demo.test" },
        // Nothing here is real, and a newcomer has no app at hand.
        "staff_second_factor": false,
    })
}

fn contacts() -> [Value; 4] {
    [
        json!({
            "name": "Jane Smith",
            "email": "jane@example.com",
            "mobile": "+12525885772",
            "gates": [{ "kind": "ssn_last4", "digits": "6789" }],
        }),
        json!({
            "name": "Sam and Robin Miller",
            "email": "millers@example.com",
            "mobile": "(252) 555-0151",
            "gates": [
                { "kind": "ssn_last4", "digits": "1111", "label": "Sam" },
                { "kind": "ssn_last4", "digits": "2222", "label": "Robin" },
            ],
        }),
        json!({ "name": "Lee Park", "email": "lee@example.com" }),
        json!({ "name": "Maria Garcia", "mobile": "(252) 555-0152", "gates": [{ "kind": "pin", "digits": "482913" }] }),
    ]
}

/// Keeps a contact as the owner would have entered it.
async fn keep(reach: &create_firm::Reach, gate_key: &Key, scope: &FirmScope, new: NewContact) -> Result<(), StartError> {
    let occasion = Occasion { now: reach.clock.now(), origin: Origin::default(), language: None, dice: reach.dice.clone() };
    let client = Client { client: ClientId::new(occasion.now, &occasion.dice), name: new.name.clone() };
    let contact = new.keep(vec![client.clone()], gate_key, scope.firm(), occasion.now, &occasion.dice);
    let mut changes = reach.directory.keep_contact(scope, None, &contact);
    changes.push(reach.directory.put_client(scope, &client));
    let record = occasion.record(scope, Outcome::ContactCreated { staff: OWNER.to_owned() }).about(Some(contact.identity()));
    reach.access_log.commit(&record, changes).await.map_err(failed)
}

//! The demo firm that a newcomer finds: some contacts who can sign in, and some whom staff have yet to set up.

use create_firm::{NewFirm, create_firm};
use postern_domain::{
    Audience, ClientId, FirmScope, RecordId,
    contact::NewContact,
    firm::Client,
    keys::Key,
    record::{AccessRecord, Origin, Outcome},
};
use postern_store::{Aws, GateKeys};
use serde_json::{Value, from_value, json};

use crate::StartError;

const OWNER: &str = "Olive Owner";

/// Makes the demo firm where it is not there yet, and answers with the link that lets its owner in.
pub(crate) async fn make(aws: &Aws) -> Result<Option<String>, StartError> {
    let aws = aws.named(create_firm::NAME);
    let reach = create_firm::Reach::new(&aws)?;
    let new: NewFirm = from_value(firm()).map_err(failed)?;
    let scope = FirmScope::of_public_path(new.firm.clone());
    if reach.directory.firm(&scope).await.map_err(failed)?.is_some() {
        return Ok(None);
    }
    let created = create_firm(&reach, new).await.map_err(failed)?;
    let gate_key = GateKeys::new(&aws)?.current().await.map_err(failed)?;
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
    let (now, directory) = (reach.clock.now(), &reach.directory);
    let client = Client { client: ClientId::new(now, &reach.dice), name: new.name.clone() };
    let contact = new.keep(vec![client.clone()], gate_key, scope.firm(), now, &reach.dice);
    let mut changes = vec![directory.put_contact(scope, &contact), directory.put_client(scope, &client)];
    changes.extend(contact.email.as_ref().map(|email| directory.take_email(scope, Audience::Client, email, &contact.sign_in())));
    changes.extend(contact.reserved_mobile().map(|mobile| directory.take_mobile(scope, mobile, contact.contact)));
    let outcome = Outcome::ContactCreated { staff: OWNER.to_owned() };
    let record = AccessRecord::new(RecordId::new(now, &reach.dice), scope.firm().clone(), now, outcome, Origin::default());
    reach.access_log.commit(&record.about(contact.contact), changes).await.map_err(failed)
}

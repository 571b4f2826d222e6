//! What whoever runs the portal does: they invoke functions that no route names.

use create_firm::{Created, NewFirm};
use postern_aws::{Aws, Reachable};
use postern_store::Group;
use rotate_keys::{Rotated, Rotation};
use serde_json::{from_value, json};

/// Sets a firm up as whoever deploys does, or asks for another link for its owner.
///
/// # Errors
/// If another firm has this name, or the store fails.
pub async fn create_firm(aws: &Aws, firm: &str, owner: &str) -> Result<Created, String> {
    let new: NewFirm = from_value(json!({
        "firm": firm,
        "name": "Elm Street Tax",
        "phone": "(252) 555-0177",
        "contact_address": "office@elm.test",
        "owner": {"name": "Otto Other", "email": owner},
        "staff_second_factor": false,
    }))
    .map_err(|error| error.to_string())?;
    create_firm::handle(reach(aws, create_firm::NAME)?, new).await.map_err(|error| error.to_string())
}

/// Gives a trust group a new secret.
///
/// # Errors
/// If the endpoint fails.
pub async fn rotate_keys(aws: &Aws, group: Group) -> Result<Rotated, String> {
    rotate_keys::handle(reach(aws, rotate_keys::NAME)?, Rotation { group }).await.map_err(|error| error.to_string())
}

/// What the function of this name reaches.
fn reach<R: Reachable>(aws: &Aws, name: &'static str) -> Result<R, String> {
    aws.named(name).and_then(|aws| R::reach(&aws)).map_err(|error| error.to_string())
}

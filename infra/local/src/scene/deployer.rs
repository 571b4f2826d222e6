//! What whoever runs the portal does: they invoke functions that no route names.

use std::path::Path;

use create_firm::{Created, NewFirm};
use hyper::Method;
use postern_aws::{Aws, Reachable, SECRETS_SETTLED};
use postern_store::Group;
use rotate_keys::{Rotated, Rotation};
use serde_json::{Value, from_value, json};

use super::{Scene, surroundings};
use crate::functions::workers;

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

/// Invokes the function of this name, which has no route, on the instance that runs on the folder `data`; answers with what it answers.
///
/// # Errors
/// If there is no such function or instance, the event is no JSON, or the function fails.
pub async fn invoke(name: &str, event: &str, data: &Path) -> Result<Value, String> {
    let event = serde_json::from_str(event).map_err(|error| format!("The event cannot be used: {error}."))?;
    let mut workers = workers(&surroundings(data)?.1).map_err(|error| error.to_string())?;
    let Some(worker) = workers.remove(name) else {
        let mut names: Vec<_> = workers.into_keys().collect();
        names.sort_unstable();
        return Err(format!("No function without a route is called {name}; there are {}.", names.join(", ")));
    };
    worker(event).await
}

impl Scene {
    /// Makes what whoever runs the portal has of keys.
    pub(super) async fn make_of_deployer(&self, name: &str) -> Result<String, String> {
        if name == "gate_version" {
            return Ok(rotate_keys(&self.aws, Group::Gate).await?.current.0);
        }
        let rotated = rotate_keys(&self.aws, Group::Link).await?;
        // By then nobody makes anything with the version before.
        self.lab(Method::POST, "/_local/clock", json!({"advance_seconds": SECRETS_SETTLED.as_secs() + 1})).await?;
        Ok(rotated.before.0)
    }
}

/// What the function of this name reaches.
fn reach<R: Reachable>(aws: &Aws, name: &'static str) -> Result<R, String> {
    aws.named(name).and_then(|aws| R::reach(&aws)).map_err(|error| error.to_string())
}

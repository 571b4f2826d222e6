//! Clients: whom or what work is done for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ClientId, Name};

/// What work is done for: a person or an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Client {
    /// Its identifier.
    pub client: ClientId,
    /// Its name.
    pub name: Name,
}

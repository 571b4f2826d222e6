//! The ways by which codes go out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way to send a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A text message to the mobile on file.
    Sms,
    /// A mail to the address on file.
    Email,
}

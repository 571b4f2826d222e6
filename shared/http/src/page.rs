//! Pages of lists.

use schemars::JsonSchema;
use serde::Serialize;

/// A page of a list; it may be short or empty while its cursor is not null.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "PageOf{T}")]
pub struct Page<T, C> {
    /// What stands on it.
    pub items: Vec<T>,
    /// Where the next page begins; null at the end.
    pub cursor: Option<C>,
}

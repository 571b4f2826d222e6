//! A staff member as colleagues see them.

use jiff::Timestamp;
use postern_domain::{Email, Name, StaffId, role::Role, staff::StaffMember};
use schemars::JsonSchema;
use serde::Serialize;

use crate::SecondFactorKind;

/// A staff member as colleagues see them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "StaffMember")]
pub struct StaffView {
    staff: StaffId,
    name: Name,
    email: Email,
    role: Role,
    second_factor: SecondFactorKind,
    /// When they were invited; null for the first owner of the firm.
    invited_at: Option<Timestamp>,
    last_access_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<StaffMember> for StaffView {
    fn from(member: StaffMember) -> Self {
        let StaffMember { staff, name, email, role, second_factor, invited_at, last_access_at, created_at, .. } = member;
        Self { staff, name, email, role, second_factor: second_factor.into(), invited_at, last_access_at, created_at }
    }
}

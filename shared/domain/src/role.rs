//! Roles of staff, and what each may do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a staff member is at the firm, most powerful first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May do everything, and decides on owners.
    Owner,
    /// Runs the firm: settings, staff, keys, and what cannot be undone.
    Admin,
    /// Works with contacts, documents and messages.
    Staff,
    /// Reads.
    Viewer,
}

/// What an operation asks of a staff member's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To read everything, the access log and downloads too.
    View,
    /// To do the work: contacts, invitations, documents, unlocking.
    Work,
    /// To run the firm: settings, staff below owner, keys, deletion.
    Administer,
    /// To decide on owners.
    Own,
}

impl Role {
    /// All roles, most powerful first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Staff, Self::Viewer];

    /// Whether this role has `right`.
    pub const fn may(self, right: Right) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => matches!(right, Right::View | Right::Work | Right::Administer),
            Self::Staff => matches!(right, Right::View | Right::Work),
            Self::Viewer => matches!(right, Right::View),
        }
    }

    /// The right that it takes to give this role to someone, or to change or remove someone who has it: owners are decided on by owners alone.
    pub const fn right_over(self) -> Right {
        match self {
            Self::Owner => Right::Own,
            Self::Admin | Self::Staff | Self::Viewer => Right::Administer,
        }
    }

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Staff => "staff",
            Self::Viewer => "viewer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_its_rights_and_no_others() {
        let rights = [Right::View, Right::Work, Right::Administer, Right::Own];
        let table = Role::ALL.map(|role| rights.map(|right| role.may(right)));
        assert_eq!(table, [[true, true, true, true], [true, true, true, false], [true, true, false, false], [true, false, false, false]]);
    }
}

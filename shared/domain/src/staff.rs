//! Staff: the firm's own people.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Email, Name, StaffId,
    account::{Account, SignInRecord, is_false},
    delivery::Troubles,
    identity::Identity,
    moments,
    role::Role,
    settings::Overrides,
};

/// Someone who works at a firm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffMember {
    /// Their identifier.
    pub staff: StaffId,
    /// Their name.
    pub name: Name,
    /// The mailbox that they sign in with.
    pub email: Email,
    /// What they may do. Rows from before there were roles name none: every staff member was an owner then.
    #[serde(default = "owner")]
    pub role: Role,
    /// Counts the changes that end their challenges and sessions.
    pub epoch: u32,
    /// Whether they have a second factor that is confirmed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub second_factor: bool,
    /// When they last signed in.
    #[serde(with = "moments::optional", default)]
    pub last_access_at: Option<Timestamp>,
    /// When they were added.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
}

fn owner() -> Role {
    Role::Owner
}

impl StaffMember {
    /// Who this is, as of now.
    pub fn identity(&self) -> Identity {
        Identity::of_staff(self.staff, self.role, self.epoch)
    }

    /// What asking for a code needs to know of this staff member.
    pub fn sign_in_record(&self) -> SignInRecord {
        let account = Account {
            identity: self.identity(),
            mobile_epoch: 0,
            has_mobile: false,
            troubles: Troubles::default(),
            second_factor: self.second_factor,
            overrides: Overrides::default(),
        };
        SignInRecord { account, gates: Vec::new() }
    }
}

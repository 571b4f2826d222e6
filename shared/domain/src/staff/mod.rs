//! Staff: the firm's own people.

mod change;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use change::{NotChanged, StaffChange, StaffPatch, StaffRemoval};

use crate::{
    Dice, Email, Name, StaffId,
    account::{Account, SignInRecord, is_false},
    contact::FormerEmail,
    delivery::Troubles,
    identity::{Identity, is_none_yet},
    keys::Salt,
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
    /// Counts the changes that end their challenges, links and sessions: of email and of role.
    pub epoch: u32,
    /// Counts the times that all their sessions were ended.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub session_epoch: u32,
    /// Counts all changes by colleagues, so that two of them lose nothing.
    #[serde(default)]
    pub version: u32,
    /// Whether they have a second factor that is confirmed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub second_factor: bool,
    /// When they were invited; the first owner of a firm was not.
    #[serde(with = "moments::optional", default)]
    pub invited_at: Option<Timestamp>,
    /// When they last signed in.
    #[serde(with = "moments::optional", default)]
    pub last_access_at: Option<Timestamp>,
    /// Addresses that they had before, by the version that replaced them.
    #[serde(default)]
    pub former: Vec<FormerEmail>,
    /// What the key is made with under which the log seals what tells of them. Whoever deletes it erases them from the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<Salt>,
    /// When they were added.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
}

fn owner() -> Role {
    Role::Owner
}

impl StaffMember {
    /// The first owner of a firm.
    pub fn first_owner(name: Name, email: Email, now: Timestamp, dice: &Dice) -> Self {
        let new = NewStaffMember { name, email, role: Role::Owner };
        Self { invited_at: None, ..new.invite(now, dice) }
    }

    /// Who this is, as of now.
    pub fn identity(&self) -> Identity {
        Identity::of_staff(self.staff, self.role, self.epoch).at_session_epoch(self.session_epoch).salted(self.salt)
    }

    /// What asking for a code needs to know of this staff member.
    pub fn sign_in_record(&self) -> SignInRecord {
        let account = Account {
            identity: self.identity(),
            mobile_epoch: 0,
            has_mobile: false,
            mobile_country: None,
            troubles: Troubles::default(),
            second_factor: self.second_factor,
            overrides: Overrides::default(),
        };
        SignInRecord { account, gates: Vec::new() }
    }

    /// The address that `version` replaced by another.
    pub fn email_before(&self, version: u32) -> Option<&Email> {
        self.former.iter().find(|former| former.version == version).map(|former| &former.email)
    }
}

/// A colleague who is to be invited.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStaffMember {
    /// Their name.
    pub name: Name,
    /// The mailbox that they are to sign in with.
    pub email: Email,
    /// What they are to do.
    pub role: Role,
}

impl NewStaffMember {
    /// The staff member that is invited now.
    pub fn invite(self, now: Timestamp, dice: &Dice) -> StaffMember {
        let Self { name, email, role } = self;
        StaffMember {
            staff: StaffId::new(now, dice),
            name,
            email,
            role,
            epoch: 0,
            session_epoch: 0,
            version: 0,
            second_factor: false,
            invited_at: Some(now),
            last_access_at: None,
            former: Vec::new(),
            salt: Some(Salt::new(dice)),
            created_at: now,
        }
    }
}

/// Someone who worked at a firm, and who took over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerStaffMember {
    /// Who it was.
    pub staff: StaffId,
    /// Their name.
    pub name: Name,
    /// Who took over what was theirs. If that one leaves too, their own successor goes on.
    pub successor: StaffId,
    /// What stands under the same name with those who work there: that they left erases nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<Salt>,
    /// When they were removed.
    #[serde(with = "moments::required")]
    pub removed_at: Timestamp,
}

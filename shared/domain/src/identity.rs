//! Who someone is, and as of when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ContactId, StaffId,
    keys::Salt,
    role::{Right, Role},
};

/// For whom a challenge, a session or a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Contacts of a firm.
    Client,
    /// The firm's own people.
    Staff,
}

impl Audience {
    /// The name as it stands in keys, headers and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Staff => "staff",
        }
    }
}

/// Who signs in, hands over, or is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A contact.
    Contact(ContactId),
    /// A staff member.
    Staff(StaffId),
}

impl Subject {
    /// The audience to which this person belongs.
    pub fn audience(self) -> Audience {
        match self {
            Self::Contact(_) => Audience::Client,
            Self::Staff(_) => Audience::Staff,
        }
    }

    /// The contact, if it is one.
    pub fn contact(self) -> Option<ContactId> {
        match self {
            Self::Contact(contact) => Some(contact),
            Self::Staff(_) => None,
        }
    }

    /// The staff member, if it is one.
    pub fn staff(self) -> Option<StaffId> {
        match self {
            Self::Contact(_) => None,
            Self::Staff(staff) => Some(staff),
        }
    }
}

/// Someone as they were at an epoch. Whatever names one (a session, a link, a challenge, a message) ends when the person has another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Who.
    pub subject: Subject,
    /// Counts the changes of the person that end what was begun before.
    pub epoch: u32,
    /// Counts the times that all their sessions were ended. What leads in anew, and what is sent to them, goes on.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub session_epoch: u32,
    /// A staff member's role, which changes with the epoch alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    /// What the key is made with under which the log seals what tells of them; people of before have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<Salt>,
}

impl Identity {
    /// A contact at an epoch.
    pub fn of_contact(contact: ContactId, epoch: u32) -> Self {
        Self { subject: Subject::Contact(contact), epoch, session_epoch: 0, role: None, salt: None }
    }

    /// A staff member at an epoch.
    pub fn of_staff(staff: StaffId, role: Role, epoch: u32) -> Self {
        Self { subject: Subject::Staff(staff), epoch, session_epoch: 0, role: Some(role), salt: None }
    }

    /// The same person, whose records are sealed with `salt`.
    #[must_use]
    pub fn salted(self, salt: Option<Salt>) -> Self {
        Self { salt, ..self }
    }

    /// The same person, all of whose sessions were ended so often.
    #[must_use]
    pub fn at_session_epoch(self, session_epoch: u32) -> Self {
        Self { session_epoch, ..self }
    }

    /// The same person once all their sessions were ended again, and with them what was begun to open one.
    #[must_use]
    pub fn signed_out(self) -> Self {
        self.at_session_epoch(self.session_epoch + 1)
    }

    /// The same person at the next epoch, at which all ends that was begun at this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self { epoch: self.epoch + 1, ..self }
    }

    /// The role of a staff member; none for a contact. Rows from before there were roles name none: every staff member was an owner then.
    pub fn role(&self) -> Option<Role> {
        match self.subject {
            Subject::Contact(_) => None,
            Subject::Staff(_) => Some(self.role.unwrap_or(Role::Owner)),
        }
    }

    /// Whether this person's role has `right`; a contact has none.
    pub fn may(&self, right: Right) -> bool {
        self.role().is_some_and(|role| role.may(right))
    }

    /// Whether this is the same person, unchanged since.
    pub fn is(&self, now: &Self) -> bool {
        (self.subject, self.epoch, self.role()) == (now.subject, now.epoch, now.role())
    }

    /// Whether who signed in as this still is in: the same person, unchanged since, whose sessions were not ended either.
    pub fn is_in(&self, now: &Self) -> bool {
        self.is(now) && self.session_epoch == now.session_epoch
    }
}

/// Whether `epoch` need not stand in a row.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
pub(crate) fn is_none_yet(epoch: &u32) -> bool {
    *epoch == 0
}

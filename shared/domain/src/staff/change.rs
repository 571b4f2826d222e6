//! How staff are changed and removed, and by whom.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{FormerStaffMember, StaffMember};
use crate::{
    Dice, Email, Name, StaffId,
    contact::{FormerEmail, given},
    identity::Identity,
    keys::Salt,
    role::Role,
};

/// Earlier addresses that are remembered until they were told of a change, however late mail goes out.
const FORMER_MOST: usize = 10;

/// Changes to a staff member, as a merge patch (RFC 7396): what is absent stays, and nothing can be cleared.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffPatch {
    /// Another name.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Name")]
    pub name: Option<Name>,
    /// Another mailbox.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Email")]
    pub email: Option<Email>,
    /// Another role.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Role")]
    pub role: Option<Role>,
}

/// Why staff are not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotChanged {
    /// Whoever asks may not decide on someone of that role.
    NotAllowed,
    /// There is no such staff member.
    Unknown,
    /// The successor is nobody at the firm, or the one who is to be removed.
    NoSuccessor,
    /// The firm would be left without an owner.
    LastOwner,
}

/// A staff member before and after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffChange {
    /// As they were.
    pub before: StaffMember,
    /// As they are from now on.
    pub after: StaffMember,
    /// Who else has to be unchanged when it is made: whoever makes it, and where an owner is one no longer, an owner who stays.
    pub relies_on: Vec<Identity>,
}

/// A staff member who is removed, and who takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRemoval {
    /// Who is removed.
    pub member: StaffMember,
    /// Who takes over.
    pub successor: StaffMember,
    /// Who else has to be unchanged when it is done: whoever does it, the successor, and where an owner goes, an owner who stays.
    pub relies_on: Vec<Identity>,
}

impl StaffPatch {
    /// Applies the patch to `member`, one of `all` staff of the firm, as `acting` asks. Who lacks something since before gets it from `dice`.
    ///
    /// # Errors
    /// If that is not for them to decide, there is no such staff member, or no owner would be left.
    pub fn apply(self, all: &[StaffMember], acting: &Identity, member: StaffId, dice: &Dice) -> Result<StaffChange, NotChanged> {
        if self.role.is_some_and(|role| !acting.may(role.right_over())) {
            return Err(NotChanged::NotAllowed);
        }
        let before = decided_on(all, acting, member)?;
        let mut after = before.clone();
        if let Some(name) = self.name {
            after.name = name;
        }
        if let Some(email) = self.email {
            after.email = email;
        }
        if let Some(role) = self.role {
            after.role = role;
        }
        let (moved, ranked) = (after.email != before.email, after.role != before.role);
        after.epoch += u32::from(moved || ranked);
        after.version += u32::from(after != *before);
        after.salt = before.salt.or_else(|| Some(Salt::new(dice)));
        if moved {
            after.former.insert(0, FormerEmail { version: after.version, email: before.email.clone() });
            after.former.truncate(FORMER_MOST);
        }
        let stays = if ranked { owner_beside(all, acting, before)? } else { None };
        Ok(StaffChange { before: before.clone(), after, relies_on: others(member, [Some(*acting), stays]) })
    }
}

impl StaffChange {
    /// The names of the members that changed, but for the role.
    pub fn fields(&self) -> Vec<String> {
        let changed = [("name", self.before.name != self.after.name), ("email", self.tells_old_address())];
        changed.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()).collect()
    }

    /// Whether the old address is to be told.
    pub fn tells_old_address(&self) -> bool {
        self.before.email != self.after.email
    }
}

impl StaffRemoval {
    /// The removal of `member`, one of `all` staff of the firm, as `acting` asks, who names a `successor`.
    ///
    /// # Errors
    /// If that is not for them to decide, there is no such staff member or successor, or no owner would be left.
    pub fn of(all: &[StaffMember], acting: &Identity, member: StaffId, successor: StaffId) -> Result<Self, NotChanged> {
        let leaving = decided_on(all, acting, member)?;
        let successor = all.iter().find(|other| other.staff == successor && other.staff != member).ok_or(NotChanged::NoSuccessor)?;
        let stays = owner_beside(all, acting, leaving)?;
        let relies_on = others(member, [Some(*acting), Some(successor.identity()), stays]);
        Ok(Self { member: leaving.clone(), successor: successor.clone(), relies_on })
    }

    /// What is remembered of who was removed.
    pub fn remembered(&self, now: Timestamp) -> FormerStaffMember {
        let StaffMember { staff, name, salt, .. } = self.member.clone();
        FormerStaffMember { staff, name, salt, successor: self.successor.staff, removed_at: now }
    }
}

/// The one of `all` on whom `acting` decides.
fn decided_on<'a>(all: &'a [StaffMember], acting: &Identity, member: StaffId) -> Result<&'a StaffMember, NotChanged> {
    let member = all.iter().find(|one| one.staff == member).ok_or(NotChanged::Unknown)?;
    if acting.may(member.role.right_over()) { Ok(member) } else { Err(NotChanged::NotAllowed) }
}

/// An owner who stays when `leaving` is an owner no longer; none is needed where they were none. That this one still is an owner when the
/// change is made keeps the last one, however many go at once: of any two changes that rely on each other's owner one comes too late. A count
/// would be one more row to keep true, and firms of before have none.
fn owner_beside(all: &[StaffMember], acting: &Identity, leaving: &StaffMember) -> Result<Option<Identity>, NotChanged> {
    if leaving.role != Role::Owner {
        return Ok(None);
    }
    let owners = || all.iter().filter(|one| one.role == Role::Owner && one.staff != leaving.staff).map(StaffMember::identity);
    // Whoever acts is relied on anyway.
    let stays = owners().find(|owner| owner.is(acting)).or_else(|| owners().next());
    stays.map(Some).ok_or(NotChanged::LastOwner)
}

/// Each of `people` once, but for `member` itself: no two parts of a transaction may be of one row.
fn others<const N: usize>(member: StaffId, people: [Option<Identity>; N]) -> Vec<Identity> {
    let mut others: Vec<Identity> = Vec::new();
    for person in people.into_iter().flatten() {
        if person.subject.staff() != Some(member) && !others.iter().any(|other| other.subject == person.subject) {
            others.push(person);
        }
    }
    others
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;

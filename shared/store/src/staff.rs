//! Staff, with the emails that they alone may have.

use postern_domain::{
    Audience, FirmScope, Subject,
    staff::{FormerStaffMember, StaffChange, StaffMember},
};

use crate::{
    commit::{Condition, Part, Write, anything, is_new},
    directory::{Directory, unchanged},
    item::{item, value},
    key,
};

impl Directory {
    /// A new staff member, and their email; refused as [`Part::Email`] if a colleague has it.
    pub fn add_staff(&self, scope: &FirmScope, member: &StaffMember) -> Vec<Write> {
        let row = item(&key::staff(scope, member.staff), None, member);
        vec![Write::put(Part::Staff, &self.0, row, is_new()), self.take_email(scope, &member.email, &member.sign_in_record())]
    }

    /// Keeps a staff member as they are after a change; refused as [`Part::Staff`] unless they stand as before, and as [`Part::Email`] if a
    /// colleague has the email. Sets nothing that signing in writes.
    pub fn change_staff(&self, scope: &FirmScope, StaffChange { before, after, .. }: &StaffChange) -> Vec<Write> {
        let update = "SET #name = :name, email = :email, #role = :role, epoch = :epoch_after, version = :version_after, former = :former, salt = :salt";
        let condition = (as_read(before).naming("#name", "name").naming("#role", "role"))
            .with(":name", value(&after.name))
            .with(":email", value(&after.email))
            .with(":role", value(after.role))
            .with(":epoch_after", value(after.epoch))
            .with(":version_after", value(after.version))
            .with(":former", value(&after.former))
            .with(":salt", value(after.salt));
        let mut writes = vec![Write::update(Part::Staff, &self.0, &key::staff(scope, after.staff), update, condition)];
        let record = after.sign_in_record();
        if before.email != after.email {
            writes.push(self.free_staff_email(scope, before));
            writes.push(self.take_email(scope, &after.email, &record));
        } else if before.epoch != after.epoch {
            let row = item(&key::sign_in(scope, Audience::Staff, &after.email), None, &record);
            writes.push(Write::put(Part::Email, &self.0, row, theirs(after)));
        }
        writes
    }

    /// Removes a staff member, gives their email free, forgets their second factor and remembers who took over; refused as [`Part::Staff`] unless they stand as read.
    pub fn remove_staff(&self, scope: &FirmScope, member: &StaffMember, remembered: &FormerStaffMember) -> Vec<Write> {
        let row = item(&key::former_staff(scope, member.staff), None, remembered);
        vec![
            Write::delete(Part::Staff, &self.0, &key::staff(scope, member.staff), as_read(member)),
            self.free_staff_email(scope, member),
            Write::delete(Part::SecondFactor, &self.0, &key::second_factor(scope, Subject::Staff(member.staff)), anything()),
            Write::put(Part::FormerStaff, &self.0, row, is_new()),
        ]
    }

    fn free_staff_email(&self, scope: &FirmScope, member: &StaffMember) -> Write {
        Write::delete(Part::FormerEmail, &self.0, &key::sign_in(scope, Audience::Staff, &member.email), theirs(member))
    }
}

/// That nobody changed a staff member since they were read. Rows of before have no version.
fn as_read(member: &StaffMember) -> Condition {
    let version = match member.version {
        0 => "(attribute_not_exists(version) OR version = :version)",
        _ => "version = :version",
    };
    // The row where signing in looks is made from what was read, so that what stands there of a second factor must be the same.
    let factor = if member.second_factor { "second_factor = :factor" } else { "attribute_not_exists(second_factor)" };
    let condition = unchanged(&member.identity()).and(version).and(factor);
    let condition = if member.second_factor { condition.with(":factor", value(true)) } else { condition };
    condition.with(":version", value(member.version))
}

/// That an email is the one of a staff member.
fn theirs(member: &StaffMember) -> Condition {
    Condition::new("subject = :subject").with(":subject", value(member.identity().subject))
}

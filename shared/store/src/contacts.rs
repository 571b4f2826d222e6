//! Contacts with what they alone may have: an email, and a mobile unless they share it.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{
    Audience, ContactId, Email, FirmScope, Phone, Subject,
    account::SignInRecord,
    contact::{Contact, Invitation},
};

use crate::{
    commit::{Condition, Part, Refusals, Write, is_new},
    directory::Directory,
    item::{item, moment, value},
    key,
};

/// That a mobile is taken.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Reservation {
    /// The contact that has it.
    contact: ContactId,
}

/// What of a contact someone else has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The email; and which contact has it.
    Email(Option<ContactId>),
    /// The mobile; and which contact has it.
    Mobile(Option<ContactId>),
}

/// What stood in the way of keeping a contact, if it was that someone else has something of it.
///
/// # Errors
/// If it cannot be understood who has it.
pub fn taken(refusals: &Refusals) -> Result<Option<Taken>, Unavailable> {
    if refusals.name(Part::Email) {
        let owner = refusals.found::<SignInRecord>(Part::Email)?;
        return Ok(Some(Taken::Email(owner.and_then(|owner| owner.account.identity.subject.contact()))));
    }
    if refusals.name(Part::Mobile) {
        return Ok(Some(Taken::Mobile(refusals.found::<Reservation>(Part::Mobile)?.map(|owner| owner.contact))));
    }
    Ok(None)
}

impl Directory {
    /// Keeps a contact as it is `after` a change, or anew where there was none `before`, together with its email and mobile. Refused as
    /// [`Part::Contact`] unless it still stands at the version before, and as [`taken`] says.
    pub fn keep_contact(&self, scope: &FirmScope, before: Option<&Contact>, after: &Contact) -> Vec<Write> {
        let kept = before.map_or_else(|| self.put_contact(scope, after), |before| self.change_contact(scope, before.version, after));
        let mut writes = vec![kept];
        let person = after.sign_in_record();
        match (before.and_then(|before| before.email.as_ref()), &after.email) {
            (Some(old), Some(new)) if old == new => writes.push(self.keep_email(scope, new, &person)),
            (old, new) => {
                writes.extend(old.map(|old| self.free_email(scope, old, after.contact)));
                writes.extend(new.as_ref().map(|new| self.take_email(scope, new, &person)));
            }
        }
        let (old, new) = (before.and_then(Contact::reserved_mobile), after.reserved_mobile());
        if old != new {
            writes.extend(old.map(|old| self.free_mobile(scope, old, after.contact)));
            writes.extend(new.map(|new| self.take_mobile(scope, new, after.contact)));
        }
        writes
    }

    fn put_contact(&self, scope: &FirmScope, contact: &Contact) -> Write {
        let mut row = item(&key::contact(scope, contact.contact), None, contact);
        row.insert("client_ids".to_owned(), client_ids(contact));
        Write::put(Part::Contact, &self.0, row, is_new())
    }

    /// Touches nothing that signing in or inviting writes.
    fn change_contact(&self, scope: &FirmScope, seen: u32, contact: &Contact) -> Write {
        let mut set = vec!["version = :version", "epoch = :epoch", "mobile_epoch = :mobile_epoch"];
        set.extend([
            "#name = :name",
            "share_mobile = :share_mobile",
            "gates = :gates",
            "clients = :clients",
            "client_ids = :client_ids",
            "former = :former",
        ]);
        let mut condition = Condition::new("attribute_exists(pk) AND version = :seen")
            .naming("#name", "name")
            .with(":seen", value(seen))
            .with(":version", value(contact.version))
            .with(":epoch", value(contact.epoch))
            .with(":mobile_epoch", value(contact.mobile_epoch))
            .with(":name", value(&contact.name))
            .with(":share_mobile", value(contact.share_mobile))
            .with(":gates", value(&contact.gates))
            .with(":clients", value(&contact.clients))
            .with(":client_ids", client_ids(contact))
            .with(":former", value(&contact.former));
        let mut remove = Vec::new();
        match &contact.email {
            Some(email) => {
                set.push("email = :email");
                condition = condition.with(":email", value(email));
            }
            None => remove.push("email"),
        }
        match &contact.mobile {
            Some(mobile) => {
                set.push("mobile = :mobile");
                condition = condition.with(":mobile", value(mobile));
            }
            None => remove.push("mobile"),
        }
        let mut update = format!("SET {}", set.join(", "));
        if !remove.is_empty() {
            update.push_str(&format!(" REMOVE {}", remove.join(", ")));
        }
        Write::update(Part::Contact, &self.0, &key::contact(scope, contact.contact), &update, condition)
    }

    /// An invitation of a contact; refused as [`Part::Contact`] if it changed or was sent another one meanwhile.
    pub fn invite(&self, scope: &FirmScope, contact: &Contact, invitation: &Invitation, now: Timestamp) -> Write {
        let list = |mails: &[Timestamp]| AttributeValue::L(mails.iter().copied().map(moment).collect());
        let condition = Condition::new("attribute_exists(pk) AND epoch = :epoch AND mails = :seen")
            .with(":epoch", value(contact.epoch))
            .with(":seen", list(&contact.mails))
            .with(":mails", list(&invitation.mails))
            .with(":now", moment(now));
        Write::update(Part::Contact, &self.0, &key::contact(scope, contact.contact), "SET invited_at = :now, mails = :mails", condition)
    }

    /// What changed of a contact who keeps their email.
    fn keep_email(&self, scope: &FirmScope, email: &Email, person: &SignInRecord) -> Write {
        let subject = value(person.account.identity.subject);
        let theirs = Condition::new("attribute_exists(pk) AND subject = :subject").with(":subject", subject);
        Write::put(Part::Email, &self.0, item(&key::sign_in(scope, Audience::Client, email), None, person), theirs)
    }

    fn free_email(&self, scope: &FirmScope, email: &Email, contact: ContactId) -> Write {
        let theirs = Condition::new("subject = :subject").with(":subject", value(Subject::Contact(contact)));
        Write::delete(Part::FormerEmail, &self.0, &key::sign_in(scope, Audience::Client, email), theirs)
    }

    fn take_mobile(&self, scope: &FirmScope, mobile: &Phone, contact: ContactId) -> Write {
        let free = Condition::new("attribute_not_exists(pk) OR contact = :contact").with(":contact", value(contact));
        Write::put(Part::Mobile, &self.0, item(&key::phone(scope, mobile), None, &Reservation { contact }), free)
    }

    /// Gives a mobile free, if this contact has it.
    fn free_mobile(&self, scope: &FirmScope, mobile: &Phone, contact: ContactId) -> Write {
        let theirs = Condition::new("attribute_not_exists(pk) OR contact = :contact").with(":contact", value(contact));
        Write::delete(Part::FormerMobile, &self.0, &key::phone(scope, mobile), theirs)
    }
}

/// The clients of a contact as a condition can look through them.
fn client_ids(contact: &Contact) -> AttributeValue {
    value(contact.clients.iter().map(|client| client.client).collect::<Vec<_>>())
}

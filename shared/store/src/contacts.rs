//! Contacts with what they alone may have: an email, and a mobile unless they share it.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{
    Audience, ContactId, Email, FirmScope, Phone, Subject,
    account::SignInRecord,
    contact::{Contact, Invitation},
    delivery::Troubles,
};

use crate::{
    commit::{Assigned, Condition, Part, Refusals, Write, is_new},
    directory::Directory,
    item::{Item, item, moment, value},
    key,
};

/// That a mobile is taken.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Reservation {
    /// The contact that has it.
    contact: ContactId,
}

/// What signing in and inviting write of a contact, while staff may be changing it.
const WRITTEN_BY_OTHERS: [&str; 4] = ["invited_at", "last_access_at", "mails", "reports"];

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
        let kept = before.map_or_else(|| self.put_contact(scope, after), |before| self.change_contact(scope, before, after));
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
        Write::put(Part::Contact, &self.0, row(scope, contact), is_new())
    }

    /// Sets nothing that signing in or inviting writes.
    fn change_contact(&self, scope: &FirmScope, before: &Contact, after: &Contact) -> Write {
        let place = key::contact(scope, after.contact);
        let (before_row, mut after_row) = (row(scope, before), row(scope, after));
        let gone: Vec<_> = before_row.into_keys().filter(|name| !after_row.contains_key(name)).map(|name| (name, None)).collect();
        after_row.retain(|name, _| !place.key().contains_key(name) && !WRITTEN_BY_OTHERS.contains(&name.as_str()));
        let assigned = Assigned(after_row.into_iter().map(|(name, value)| (name, Some(value))).chain(gone).collect());
        Write::update(Part::Contact, &self.0, &place, &assigned.update(), as_read(before).assigning(assigned))
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

    /// What keeps messages from a contact by now, also where asking for a code looks for it. Refused as [`Part::Contact`] if the contact changed
    /// since it was read.
    pub fn note_troubles(&self, scope: &FirmScope, contact: &Contact, troubles: &Troubles) -> Vec<Write> {
        let troubles = || {
            Assigned(vec![
                ("email_trouble".to_owned(), troubles.email.map(value)),
                ("mobile_trouble".to_owned(), troubles.mobile.map(value)),
            ])
        };
        let (update, place) = (troubles().update(), key::contact(scope, contact.contact));
        let as_read = as_read(contact).assigning(troubles()).with(":one", value(1));
        let mut writes = vec![Write::update(Part::Contact, &self.0, &place, &format!("{update} ADD reports :one"), as_read)];
        if let Some(email) = &contact.email {
            let theirs = Condition::new("subject = :subject").with(":subject", value(Subject::Contact(contact.contact)));
            let (place, theirs) = (key::sign_in(scope, Audience::Client, email), theirs.assigning(troubles()));
            writes.push(Write::update(Part::Email, &self.0, &place, &update, theirs));
        }
        writes
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

/// That neither staff nor what came back of messages changed a contact since it was read.
fn as_read(contact: &Contact) -> Condition {
    Condition::new("attribute_exists(pk) AND version = :seen AND (attribute_not_exists(reports) OR reports = :reports)")
        .with(":seen", value(contact.version))
        .with(":reports", value(contact.reports))
}

/// The row of a contact; the ids of its clients stand apart too, for conditions.
fn row(scope: &FirmScope, contact: &Contact) -> Item {
    let mut row = item(&key::contact(scope, contact.contact), None, contact);
    row.insert("client_ids".to_owned(), client_ids(contact));
    row
}

/// The clients of a contact as a condition can look through them.
fn client_ids(contact: &Contact) -> AttributeValue {
    value(contact.clients.iter().map(|client| client.client).collect::<Vec<_>>())
}

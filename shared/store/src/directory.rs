//! The directory: firms, staff, clients, contacts, and who signs in with which email.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use postern_domain::{
    Audience, ClientId, ContactId, Email, FirmScope, Name, Phone, StaffId, Subject,
    contact::Contact,
    firm::{Client, Firm, StaffMember},
    sign_in::SignIn,
};
use serde::Deserialize;

use crate::{
    Aws, Misconfigured, Unavailable, Write,
    commit::{Condition, is_new},
    item::{Table, body, item, moment, value},
    key,
};

/// The table of lasting things.
#[derive(Debug, Clone)]
pub struct Directory(Table);

impl Directory {
    /// The table that `DIRECTORY_TABLE` names.
    ///
    /// # Errors
    /// If the variable is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self(Table { client: aws_sdk_dynamodb::Client::new(&aws.sdk), name: aws.variable("DIRECTORY_TABLE")? }))
    }

    /// The firm of this scope.
    pub async fn firm(&self, scope: &FirmScope) -> Result<Option<Firm>, Unavailable> {
        self.0.get(&key::firm_itself(scope)).await
    }

    /// Who signs in with `email`.
    pub async fn sign_in(&self, scope: &FirmScope, audience: Audience, email: &Email) -> Result<Option<SignIn>, Unavailable> {
        self.0.get(&key::sign_in(scope, audience, email)).await
    }

    /// A contact.
    pub async fn contact(&self, scope: &FirmScope, contact: ContactId) -> Result<Option<Contact>, Unavailable> {
        self.0.get(&key::contact(scope, contact)).await
    }

    /// A staff member.
    pub async fn staff(&self, scope: &FirmScope, staff: StaffId) -> Result<Option<StaffMember>, Unavailable> {
        self.0.get(&key::staff(scope, staff)).await
    }

    /// At most `limit` contacts after the contact `after`, oldest first, and after which one to go on.
    pub async fn contacts(
        &self,
        scope: &FirmScope,
        after: Option<ContactId>,
        limit: u16,
    ) -> Result<(Vec<Contact>, Option<ContactId>), Unavailable> {
        let answer = (self.0.client.query().table_name(&self.0.name))
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :contacts)")
            .expression_attribute_values(":pk", value(key::firm_itself(scope).pk))
            .expression_attribute_values(":contacts", value(key::CONTACTS))
            .set_exclusive_start_key(after.map(|after| key::contact(scope, after).key()))
            .limit(limit.into())
            .send()
            .await
            .map_err(Unavailable::new)?;
        let more = answer.last_evaluated_key.is_some();
        let contacts: Vec<Contact> = answer.items.unwrap_or_default().into_iter().map(body).collect::<Result<_, _>>()?;
        let next = contacts.last().map(|contact| contact.contact).filter(|_| more);
        Ok((contacts, next))
    }

    /// What the contacts among `ids` that exist are called; a change may take a second to show.
    pub async fn contact_names(&self, scope: &FirmScope, ids: &BTreeSet<ContactId>) -> Result<HashMap<ContactId, Name>, Unavailable> {
        #[derive(Deserialize)]
        struct Named {
            contact: ContactId,
            name: Name,
        }
        let places: Vec<_> = ids.iter().map(|id| key::contact(scope, *id)).collect();
        let named: Vec<Named> = self.0.get_many(&places, false).await?;
        Ok(named.into_iter().map(|Named { contact, name }| (contact, name)).collect())
    }

    /// The clients among `ids` that exist, oldest first.
    pub async fn clients(&self, scope: &FirmScope, ids: &[ClientId]) -> Result<Vec<Client>, Unavailable> {
        let places: Vec<_> = ids.iter().map(|id| key::client(scope, *id)).collect();
        let mut clients: Vec<Client> = self.0.get_many(&places, true).await?;
        clients.sort_unstable_by_key(|client| client.client);
        Ok(clients)
    }

    /// A new firm; refused as `firm` if there is one of that name.
    pub fn put_firm(&self, firm: &Firm) -> Write {
        Write::put("firm", &self.0, item(&key::firm_itself(&firm.scope()), None, firm), is_new())
    }

    /// A new staff member.
    pub fn put_staff(&self, scope: &FirmScope, staff: &StaffMember) -> Write {
        Write::put("staff", &self.0, item(&key::staff(scope, staff.staff), None, staff), is_new())
    }

    /// A new client.
    pub fn put_client(&self, scope: &FirmScope, client: &Client) -> Write {
        Write::put("client", &self.0, item(&key::client(scope, client.client), None, client), is_new())
    }

    /// A new contact.
    pub fn put_contact(&self, scope: &FirmScope, contact: &Contact) -> Write {
        let mut row = item(&key::contact(scope, contact.contact), None, contact);
        row.insert("client_ids".to_owned(), client_ids(contact));
        Write::put("contact", &self.0, row, is_new())
    }

    /// What staff changed of a contact; refused as `contact` unless it is still at the version before. Touches nothing that
    /// signing in or inviting writes.
    pub fn change_contact(&self, scope: &FirmScope, contact: &Contact) -> Write {
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
            .with(":seen", value(contact.version - 1))
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
        Write::update("contact", &self.0, &key::contact(scope, contact.contact), &update, condition)
    }

    /// An invitation of a contact, with the `mails` that staff sent it within a day; refused as `contact` if others were sent meanwhile.
    pub fn invite(&self, scope: &FirmScope, contact: &Contact, mails: &[Timestamp], now: Timestamp) -> Write {
        let list = |mails: &[Timestamp]| AttributeValue::L(mails.iter().copied().map(moment).collect());
        let condition = Condition::new("attribute_exists(pk) AND epoch = :epoch AND mails = :seen")
            .with(":epoch", value(contact.epoch))
            .with(":seen", list(&contact.mails))
            .with(":mails", list(mails))
            .with(":now", moment(now));
        Write::update("contact", &self.0, &key::contact(scope, contact.contact), "SET invited_at = :now, mails = :mails", condition)
    }

    /// Takes an email for someone; refused as `email` with who has it.
    pub fn take_email(&self, scope: &FirmScope, audience: Audience, email: &Email, person: &SignIn) -> Write {
        Write::put("email", &self.0, item(&key::sign_in(scope, audience, email), None, person), is_new())
    }

    /// What changed of someone who keeps their email.
    pub fn keep_email(&self, scope: &FirmScope, audience: Audience, email: &Email, person: &SignIn) -> Write {
        let theirs = Condition::new("attribute_exists(pk) AND subject = :subject").with(":subject", value(person.subject));
        Write::put("email", &self.0, item(&key::sign_in(scope, audience, email), None, person), theirs)
    }

    /// Gives an email of a contact free.
    pub fn free_email(&self, scope: &FirmScope, email: &Email, contact: ContactId) -> Write {
        let theirs = Condition::new("subject = :subject").with(":subject", value(Subject::Contact(contact)));
        Write::delete("former email", &self.0, &key::sign_in(scope, Audience::Client, email), theirs)
    }

    /// Takes a mobile for a contact; refused as `mobile` with the contact that has it.
    pub fn take_mobile(&self, scope: &FirmScope, mobile: &Phone, contact: ContactId) -> Write {
        let reservation = Reservation { contact };
        let free = Condition::new("attribute_not_exists(pk) OR contact = :contact").with(":contact", value(contact));
        Write::put("mobile", &self.0, item(&key::phone(scope, mobile), None, &reservation), free)
    }

    /// Gives a mobile of a contact free, if it has it.
    pub fn free_mobile(&self, scope: &FirmScope, mobile: &Phone, contact: ContactId) -> Write {
        let theirs = Condition::new("attribute_not_exists(pk) OR contact = :contact").with(":contact", value(contact));
        Write::delete("former mobile", &self.0, &key::phone(scope, mobile), theirs)
    }

    /// Notes that someone signs in; refused as `person` if they changed since (`epoch`, and for codes by SMS `mobile_epoch`).
    pub fn sign_in_person(&self, scope: &FirmScope, subject: Subject, epoch: u32, mobile_epoch: Option<u32>, now: Timestamp) -> Write {
        let mut condition = unchanged(epoch).with(":now", moment(now));
        if let Some(mobile_epoch) = mobile_epoch {
            condition.expression = "epoch = :epoch AND mobile_epoch = :mobile_epoch";
            condition = condition.with(":mobile_epoch", value(mobile_epoch));
        }
        Write::update("person", &self.0, &key::subject(scope, subject), "SET last_access_at = :now", condition)
    }

    /// Makes a change for a client depend on that a contact is unchanged and acts for it; refused as `person`.
    pub fn check_acts_for(&self, scope: &FirmScope, contact: ContactId, epoch: u32, client: ClientId) -> Write {
        let mut condition = unchanged(epoch).with(":client", value(client));
        condition.expression = "epoch = :epoch AND contains(client_ids, :client)";
        Write::check("person", &self.0, &key::contact(scope, contact), condition)
    }

    /// Makes a change depend on that there is this client; refused as `client`.
    pub fn check_client(&self, scope: &FirmScope, client: ClientId) -> Write {
        Write::check("client", &self.0, &key::client(scope, client), Condition::new("attribute_exists(pk)"))
    }

    /// Makes a change depend on that someone is still who they were; refused as `person`.
    pub fn check_person(&self, scope: &FirmScope, subject: Subject, epoch: u32) -> Write {
        Write::check("person", &self.0, &key::subject(scope, subject), unchanged(epoch))
    }
}

fn unchanged(epoch: u32) -> Condition {
    Condition::new("epoch = :epoch").with(":epoch", value(epoch))
}

/// The clients of a contact as a condition can look through them.
fn client_ids(contact: &Contact) -> AttributeValue {
    value(contact.clients.iter().map(|client| client.client).collect::<Vec<_>>())
}

/// That a mobile is taken.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Reservation {
    /// The contact that has it.
    pub contact: ContactId,
}

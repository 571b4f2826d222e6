//! People: whoever signs in, as the directory has them.

use crate::{
    ClientId, Email, Name, account::SignInRecord, client::Client, contact::Contact, identity::Identity, readiness::Missing,
    settings::SignInPolicy, staff::StaffMember,
};

/// A contact or a staff member.
#[derive(Debug, Clone)]
pub enum Person {
    /// A contact.
    Contact(Box<Contact>),
    /// A staff member.
    Staff(Box<StaffMember>),
}

impl Person {
    /// Who this is, as of now.
    pub fn identity(&self) -> Identity {
        match self {
            Self::Contact(contact) => contact.identity(),
            Self::Staff(staff) => staff.identity(),
        }
    }

    /// The contact, if it is one.
    pub fn contact(&self) -> Option<&Contact> {
        match self {
            Self::Contact(contact) => Some(contact),
            Self::Staff(_) => None,
        }
    }

    /// What people call this person.
    pub fn name(&self) -> &Name {
        match self {
            Self::Contact(contact) => &contact.name,
            Self::Staff(staff) => &staff.name,
        }
    }

    /// Whether this person has a second factor that is confirmed.
    pub fn has_second_factor(&self) -> bool {
        match self {
            Self::Contact(contact) => contact.second_factor,
            Self::Staff(staff) => staff.second_factor,
        }
    }

    /// The mailbox that this person signs in with; a contact may have none.
    pub fn email(&self) -> Option<&Email> {
        match self {
            Self::Contact(contact) => contact.email.as_ref(),
            Self::Staff(staff) => Some(&staff.email),
        }
    }

    /// What asking for a code needs to know of this person.
    pub fn sign_in_record(&self) -> SignInRecord {
        match self {
            Self::Contact(contact) => contact.sign_in_record(),
            Self::Staff(staff) => staff.sign_in_record(),
        }
    }

    /// What this person lacks to sign in; staff lack nothing.
    pub fn missing(&self, policy: &SignInPolicy, texting: bool) -> Vec<Missing> {
        match self {
            Self::Contact(contact) => contact.missing(policy, texting),
            Self::Staff(_) => Vec::new(),
        }
    }

    /// The clients that this person acts for: staff, for none.
    pub fn clients(&self) -> &[Client] {
        match self {
            Self::Contact(contact) => &contact.clients,
            Self::Staff(_) => &[],
        }
    }

    /// Whether this person may see what belongs to `client`: staff see all of their firm.
    pub fn acts_for(&self, client: ClientId) -> bool {
        match self {
            Self::Contact(contact) => contact.clients.iter().any(|own| own.client == client),
            Self::Staff(_) => true,
        }
    }
}

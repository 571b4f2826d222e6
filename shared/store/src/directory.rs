//! The directory: firms, staff, clients, contacts, and who signs in with which email.

use std::{collections::HashMap, str::FromStr};

use aws_sdk_dynamodb::types::Select;
use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{
    Audience, ChallengeId, ClientId, ContactId, Email, FirmScope, Identity, Name, Person, StaffId, Subject,
    account::{Account, SignInRecord},
    client::Client,
    contact::Contact,
    firm::Firm,
    gate::RemadeGate,
    keys::Salt,
    policy,
    staff::StaffMember,
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    commit::{Condition, Part, Refusals, Write, is_new},
    item::{Place, Table, bodies, body, item, last_place, moment, table, value},
    key,
};

/// The table of lasting things.
#[derive(Debug, Clone)]
pub struct Directory(pub(crate) Table);

table!(Directory = "DIRECTORY_TABLE", indexes & []);

/// What reading the log must know of someone.
#[derive(Debug, Clone, Deserialize)]
pub struct Known {
    #[serde(default)]
    contact: Option<ContactId>,
    #[serde(default)]
    staff: Option<StaffId>,
    /// What they are called.
    pub name: Name,
    /// What their records are sealed with; nothing of people of before, and of those who were erased.
    #[serde(default)]
    pub salt: Option<Salt>,
}

impl Known {
    fn subject(&self) -> Option<Subject> {
        self.contact.map(Subject::Contact).or(self.staff.map(Subject::Staff))
    }
}

impl Directory {
    /// The firm of this scope.
    pub async fn firm(&self, scope: &FirmScope) -> Result<Option<Firm>, Unavailable> {
        self.0.get(&key::firm_itself(scope)).await
    }

    /// The firm at which a challenge was asked for, if its id says which. That is true only if there is such a challenge.
    pub async fn firm_named_by(&self, challenge: &ChallengeId) -> Result<Option<Firm>, Unavailable> {
        let Some((_, firm)) = challenge.counted() else { return Ok(None) };
        self.0.get(&key::firm_named(firm)).await
    }

    /// Who signs in with `email`.
    pub async fn sign_in_record(&self, scope: &FirmScope, audience: Audience, email: &Email) -> Result<Option<SignInRecord>, Unavailable> {
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

    /// Someone, whatever became of them since.
    pub async fn person(&self, scope: &FirmScope, subject: Subject) -> Result<Option<Person>, Unavailable> {
        // On the heap: a future of the SDK is large, and this one is part of many.
        Ok(match subject {
            Subject::Contact(id) => Box::pin(self.contact(scope, id)).await?.map(|contact| Person::Contact(Box::new(contact))),
            Subject::Staff(id) => Box::pin(self.staff(scope, id)).await?.map(|staff| Person::Staff(Box::new(staff))),
        })
    }

    /// Someone, if they are still who they were.
    pub async fn person_of(&self, scope: &FirmScope, identity: &Identity) -> Result<Option<Person>, Unavailable> {
        Ok(self.person(scope, identity.subject).await?.filter(|person| identity.is(&person.identity())))
    }

    /// At most `limit` contacts after the contact `after`, oldest first, and after which one to go on.
    pub async fn contacts(
        &self,
        scope: &FirmScope,
        after: Option<ContactId>,
        limit: u16,
    ) -> Result<(Vec<Contact>, Option<ContactId>), Unavailable> {
        self.page(scope, key::CONTACTS, after.map(|after| key::contact(scope, after)), limit).await
    }

    /// At most `limit` staff members after `after`, oldest first, and after which one to go on.
    pub async fn staff_members(
        &self,
        scope: &FirmScope,
        after: Option<StaffId>,
        limit: u16,
    ) -> Result<(Vec<StaffMember>, Option<StaffId>), Unavailable> {
        self.page(scope, key::STAFF, after.map(|after| key::staff(scope, after)), limit).await
    }

    /// All staff members, oldest first.
    pub async fn all_staff(&self, scope: &FirmScope) -> Result<Vec<StaffMember>, Unavailable> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = self.staff_members(scope, after, policy::PAGE_MOST).await?;
            all.extend(page);
            after = next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// At most `limit` rows of the firm whose sort keys begin with `kind`, after the one at `start`, and after which one to go on.
    async fn page<T: DeserializeOwned, I: FromStr>(
        &self,
        scope: &FirmScope,
        kind: &str,
        start: Option<Place>,
        limit: u16,
    ) -> Result<(Vec<T>, Option<I>), Unavailable> {
        let answer = (self.0.client.query().table_name(&self.0.name))
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :kind)")
            .expression_attribute_values(":pk", value(key::firm_itself(scope).pk))
            .expression_attribute_values(":kind", value(kind))
            .set_exclusive_start_key(start.map(|start| start.key()))
            .limit(limit.into())
            .send()
            .await
            .map_err(Unavailable::new)?;
        let next = last_place(answer.last_evaluated_key, kind);
        Ok((bodies(answer.items.unwrap_or_default()), next))
    }

    /// How many contacts the firm has.
    pub async fn count_contacts(&self, scope: &FirmScope) -> Result<usize, Unavailable> {
        let (mut contacts, mut start) = (0, None);
        loop {
            let answer = (self.0.client.query().table_name(&self.0.name))
                .select(Select::Count)
                .key_condition_expression("pk = :pk AND begins_with(sk, :contacts)")
                .expression_attribute_values(":pk", value(key::firm_itself(scope).pk))
                .expression_attribute_values(":contacts", value(key::CONTACTS))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(Unavailable::new)?;
            contacts += usize::try_from(answer.count).unwrap_or_default();
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(contacts);
            }
        }
    }

    /// The contacts that act for `client` now. Looks through all of the firm.
    pub async fn contacts_of(&self, scope: &FirmScope, client: ClientId) -> Result<Vec<Contact>, Unavailable> {
        let mut contacts = Vec::new();
        let mut start = None;
        loop {
            let answer = (self.0.client.query().table_name(&self.0.name))
                .consistent_read(true)
                .key_condition_expression("pk = :pk AND begins_with(sk, :contacts)")
                .filter_expression("contains(client_ids, :client)")
                .expression_attribute_values(":pk", value(key::firm_itself(scope).pk))
                .expression_attribute_values(":contacts", value(key::CONTACTS))
                .expression_attribute_values(":client", value(client))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(Unavailable::new)?;
            contacts.extend(bodies(answer.items.unwrap_or_default()));
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(contacts);
            }
        }
    }

    /// What reading the log must know of those among `people` who exist, or worked here; as many as one call takes, which is 50.
    pub async fn known(&self, scope: &FirmScope, people: &[Subject]) -> Result<HashMap<Subject, Known>, Unavailable> {
        let places = people.iter().flat_map(|who| match who {
            Subject::Contact(contact) => vec![key::contact(scope, *contact)],
            Subject::Staff(staff) => vec![key::staff(scope, *staff), key::former_staff(scope, *staff)],
        });
        // Strongly: who came a moment ago must not look like someone who was erased.
        let known = bodies::<Known>(self.0.get_many(&places.collect::<Vec<_>>(), true).await?);
        Ok(known.into_iter().filter_map(|known| Some((known.subject()?, known))).collect())
    }

    /// The clients among `ids` that exist, oldest first.
    pub async fn clients(&self, scope: &FirmScope, ids: &[ClientId]) -> Result<Vec<Client>, Unavailable> {
        let places: Vec<_> = ids.iter().map(|id| key::client(scope, *id)).collect();
        let items = self.0.get_many(&places, true).await?;
        let mut clients: Vec<Client> = items.into_iter().map(body).collect::<Result<_, _>>()?;
        clients.sort_unstable_by_key(|client| client.client);
        Ok(clients)
    }

    /// A new firm; refused as [`Part::Firm`] if there is one of that name.
    pub fn put_firm(&self, firm: &Firm) -> Write {
        Write::put(Part::Firm, &self.0, item(&key::firm_itself(&firm.scope()), None, firm), is_new())
    }

    /// A firm after a change of its settings; refused as [`Part::Firm`], with the firm as it stands, if others were changed since it was read.
    pub fn keep_firm(&self, before: &Firm, after: &Firm) -> Write {
        let as_read = match before.version {
            // Firms of before counted no changes.
            0 => Condition::new("attribute_not_exists(version) OR version = :seen"),
            _ => Condition::new("version = :seen"),
        };
        Write::put(Part::Firm, &self.0, item(&key::firm_itself(&after.scope()), None, after), as_read.with(":seen", value(before.version)))
    }

    /// A new client.
    pub fn put_client(&self, scope: &FirmScope, client: &Client) -> Write {
        Write::put(Part::Client, &self.0, item(&key::client(scope, client.client), None, client), is_new())
    }

    /// Makes a change depend on that someone is still who they were; refused as [`Part::Person`].
    pub fn check_identity(&self, scope: &FirmScope, identity: &Identity) -> Write {
        Write::check(Part::Person, &self.0, &key::subject(scope, identity.subject), unchanged(identity))
    }

    /// Takes an email for someone; refused as [`Part::Email`] with who has it.
    pub fn take_email(&self, scope: &FirmScope, email: &Email, person: &SignInRecord) -> Write {
        let place = key::sign_in(scope, person.account.identity.subject.audience(), email);
        Write::put(Part::Email, &self.0, item(&place, None, person), is_new())
    }

    /// Notes that someone signs in; refused as [`Part::Person`] if they changed since, their second factor or what is decided for them alone
    /// did, or, where the code went `by_sms`, their mobile did.
    pub fn sign_in_person(&self, scope: &FirmScope, account: &Account, by_sms: bool, now: Timestamp) -> Write {
        let condition = as_they_began(account, by_sms).with(":now", moment(now));
        Write::update(Part::Person, &self.0, &key::subject(scope, account.identity.subject), "SET last_access_at = :now", condition)
    }

    /// The same, or where there is no `now` the same while nobody is in by it; and a gate of theirs that they opened is kept under the newest key, in
    /// the row of the contact and in the one by which `mailbox` is found. Refused as [`Part::Person`] also if that gate has changed.
    pub fn remake_gate(
        &self,
        scope: &FirmScope,
        account: &Account,
        by_sms: bool,
        (gate, mailbox): (&RemadeGate, &str),
        now: Option<Timestamp>,
    ) -> [Write; 2] {
        let (mac, subject) = (format!("gates[{}].mac", gate.place), account.identity.subject);
        let (set, stands) = (format!("SET {mac} = :after"), format!("{mac} = :before"));
        let same = |condition: Condition| condition.and(&stands).with(":before", value(&gate.before)).with(":after", value(&gate.after));
        let (person, theirs) = (same(as_they_began(account, by_sms)), same(Condition::new("subject = :subject")));
        let (set_of_person, person) = match now {
            Some(now) => (format!("{set}, last_access_at = :now"), person.with(":now", moment(now))),
            None => (set.clone(), person),
        };
        let theirs = theirs.with(":subject", value(subject));
        [
            Write::update(Part::Person, &self.0, &key::subject(scope, subject), &set_of_person, person),
            Write::update(Part::Person, &self.0, &key::sign_in_of(mailbox), &set, theirs),
        ]
    }

    /// By what the mailbox of `email` is found: a hash that says nothing else.
    pub fn mailbox(scope: &FirmScope, audience: Audience, email: &Email) -> String {
        key::mailbox(scope, audience, email)
    }

    /// Makes a change depend on the same, while nobody is in by it.
    pub fn check_person(&self, scope: &FirmScope, account: &Account, by_sms: bool) -> Write {
        Write::check(Part::Person, &self.0, &key::subject(scope, account.identity.subject), as_they_began(account, by_sms))
    }

    /// Makes a change for a client depend on that someone is still who they were and may act for it; refused as [`NotFor`] says.
    pub fn check_acts_for(&self, scope: &FirmScope, identity: &Identity, client: ClientId) -> Vec<Write> {
        match identity.subject {
            Subject::Contact(_) => {
                let condition = unchanged(identity).and("contains(client_ids, :client)").with(":client", value(client));
                vec![Write::check(Part::Person, &self.0, &key::subject(scope, identity.subject), condition)]
            }
            Subject::Staff(_) => {
                let there = Condition::new("attribute_exists(pk)");
                vec![self.check_identity(scope, identity), Write::check(Part::Client, &self.0, &key::client(scope, client), there)]
            }
        }
    }
}

/// Why a change for a client was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFor {
    /// Someone is not who they were.
    Person,
    /// The client is not theirs, or there is none.
    Client,
}

impl NotFor {
    /// Which of both stood in the way of a change that depended on [`Directory::check_acts_for`]; nothing if neither did.
    ///
    /// # Errors
    /// If it cannot be understood who the person is now.
    pub fn of(refusals: &Refusals, identity: &Identity) -> Result<Option<Self>, Unavailable> {
        #[derive(Deserialize)]
        struct AsOf {
            epoch: u32,
            #[serde(default)]
            session_epoch: u32,
        }
        if refusals.name(Part::Person) {
            // One condition asks for both; the row that did not meet it tells which it was.
            let is_same = |now: AsOf| (now.epoch, now.session_epoch) == (identity.epoch, identity.session_epoch);
            let same = refusals.found::<AsOf>(Part::Person)?.is_some_and(is_same);
            return Ok(Some(if same { Self::Client } else { Self::Person }));
        }
        Ok(refusals.name(Part::Client).then_some(Self::Client))
    }
}

/// That someone is still as they were when they began to sign in.
fn as_they_began(account: &Account, by_sms: bool) -> Condition {
    let Account { identity, mobile_epoch, second_factor, overrides, .. } = account;
    let mut condition = unchanged(identity);
    if by_sms {
        condition = condition.and("mobile_epoch = :mobile_epoch").with(":mobile_epoch", value(mobile_epoch));
    }
    condition = if *second_factor {
        condition.and("second_factor = :second_factor").with(":second_factor", value(true))
    } else {
        condition.and("attribute_not_exists(second_factor)")
    };
    if overrides.are_none() {
        condition.and("attribute_not_exists(overrides)")
    } else {
        condition.and("overrides = :overrides").with(":overrides", value(overrides))
    }
}

/// That someone is still who they were, and that their sessions were not ended since.
pub(crate) fn unchanged(identity: &Identity) -> Condition {
    let unchanged = Condition::new("epoch = :epoch").with(":epoch", value(identity.epoch));
    match identity.session_epoch {
        0 => unchanged.and("attribute_not_exists(session_epoch)"),
        epoch => unchanged.and("session_epoch = :session_epoch").with(":session_epoch", value(epoch)),
    }
}

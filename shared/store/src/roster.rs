//! The roster: the contacts of a firm as lists have them. What of it staff write is written along with the contact, the rest within seconds by the
//! stream of the log.

use futures_util::future::try_join_all;
use postern_aws::Unavailable;
use postern_domain::{
    ContactId, FirmScope,
    attempts::AttemptsSeen,
    contact::Contact,
    roster::{Entry, RosterPlace, Sort},
    standing::Standing,
};
use serde::Deserialize;

use crate::{
    commit::{Assigned, Condition, Part, Write, anything},
    item::{Item, Table, bodies, item, last_place, table, value},
    key,
    update::{Applied, apply},
};

/// The table of contacts as lists have them.
#[derive(Debug, Clone)]
pub struct Roster(Table);

table!(Roster = "ROSTER_TABLE", indexes & ["by-name", "by-last-access", "by-invited"]);

/// The same table for whoever counts contacts, and sees no name.
#[derive(Debug, Clone)]
pub struct Standings(Table);

table!(Standings = "ROSTER_TABLE", indexes & ["by-standing"]);

/// What of a row others write than whoever changes a contact.
const WRITTEN_BY_OTHERS: [&str; 8] =
    ["invited_at", "last_access_at", "email_trouble", "mobile_trouble", "second_factor", "locked_until", "is_closed", "last_failure"];
/// What a row may be without.
const MAY_LACK: [&str; 4] = ["email", "mobile", "language", "overrides"];

/// An entry as it was read.
#[derive(Debug, Clone, Deserialize)]
pub struct Noted {
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
    /// Counts the times that it was written.
    writes: u64,
}

/// A part of the roster, in some order.
#[derive(Debug)]
pub struct Listed {
    /// The contacts.
    pub entries: Vec<Entry>,
    /// Behind which place others follow.
    pub next: Option<RosterPlace>,
}

/// The index that has contacts in this order, and by what they are sorted there; for those by their ids, none.
fn index(sort: Sort) -> Option<(&'static str, &'static str)> {
    match sort {
        Sort::Name => Some(("by-name", "sort_key")),
        Sort::LastAccess => Some(("by-last-access", "last_access_at")),
        Sort::Invited => Some(("by-invited", "invited_at")),
        Sort::Created => None,
    }
}

/// The key of a contact in the table and in the index by which it is sorted.
fn key_of(scope: &FirmScope, place: &RosterPlace, sort: Sort) -> Item {
    let mut key = key::contact(scope, place.contact()).key();
    let sorted_by = match place {
        RosterPlace::Named(sort_key, _) => Some(value(sort_key)),
        RosterPlace::Dated(at, _) => Some(value(at)),
        RosterPlace::Added(_) => None,
    };
    key.extend(index(sort).zip(sorted_by).map(|((_, attribute), value)| (attribute.to_owned(), value)));
    key
}

/// The place of which the store says that it ended there.
fn place_of(key: Item, sort: Sort) -> Option<RosterPlace> {
    let sorted_by = index(sort).and_then(|(_, attribute)| key.get(attribute).cloned());
    let contact: ContactId = last_place(Some(key), key::CONTACTS)?;
    match sort {
        Sort::Name => Some(RosterPlace::Named(sorted_by?.as_s().ok()?.clone(), contact)),
        Sort::LastAccess | Sort::Invited => Some(RosterPlace::Dated(sorted_by?.as_n().ok()?.parse().ok()?, contact)),
        Sort::Created => Some(RosterPlace::Added(contact)),
    }
}

/// The row of an entry, with what indexes are made of.
fn row(scope: &FirmScope, entry: &Entry) -> Item {
    let mut row = item(&key::contact(scope, entry.contact), None, entry);
    row.insert("sort_key".to_owned(), value(entry.sort_key()));
    row.insert("standing_pk".to_owned(), value(key::shard(scope, key::shard_of(entry.contact))));
    row.insert("facts".to_owned(), value(entry.standing().facts));
    row
}

/// What sets a row to what it is from now on, but for `others`.
fn assigned(scope: &FirmScope, entry: &Entry, nullable: &[&str], others: &[&str]) -> Assigned {
    let place = key::contact(scope, entry.contact).key();
    let mut row = row(scope, entry);
    row.retain(|name, _| !place.contains_key(name) && !others.contains(&name.as_str()));
    let gone: Vec<_> = nullable.iter().filter(|name| !row.contains_key(**name)).map(|name| ((*name).to_owned(), None)).collect();
    Assigned(row.into_iter().map(|(name, value)| (name, Some(value))).chain(gone).collect())
}

impl Roster {
    /// What staff wrote of a contact; what others do stays as it was until that is noted too.
    pub fn keep(&self, scope: &FirmScope, contact: &Contact) -> Write {
        let entry = Entry::of(contact, AttemptsSeen::default());
        // Of a contact who is new nothing else was written.
        let others: &[&str] = if contact.version == 0 { &[] } else { &WRITTEN_BY_OTHERS };
        let assigned = assigned(scope, &entry, &MAY_LACK, others);
        let update = format!("{} ADD writes :one", assigned.update());
        let condition = anything().assigning(assigned).with(":one", value(1));
        Write::update(Part::Roster, &self.0, &key::contact(scope, contact.contact), &update, condition)
    }

    /// The entry of a contact, read strongly.
    pub async fn noted(&self, scope: &FirmScope, contact: ContactId) -> Result<Option<Noted>, Unavailable> {
        self.0.get(&key::contact(scope, contact)).await
    }

    /// Writes an entry anew that was read as `before`, and says whether it did; it does not where it was written meanwhile.
    pub async fn note(&self, scope: &FirmScope, before: Option<&Noted>, entry: &Entry) -> Result<bool, Unavailable> {
        let assigned = assigned(scope, entry, &[&MAY_LACK[..], &WRITTEN_BY_OTHERS[..]].concat(), &[]);
        let update = format!("{} ADD writes :one", assigned.update());
        let condition = match before {
            Some(before) => Condition::new("writes = :before").with(":before", value(before.writes)),
            None => Condition::new("attribute_not_exists(pk)"),
        };
        let condition = condition.assigning(assigned).with(":one", value(1));
        Ok(matches!(apply(&self.0, &key::contact(scope, entry.contact), &update, condition).await?, Applied::Done(_)))
    }

    /// Contacts in this order behind the place `after`: at most `limit`, or as many as 1 MB holds. May be a moment old.
    pub async fn listed(
        &self,
        scope: &FirmScope,
        sort: Sort,
        after: Option<&RosterPlace>,
        limit: Option<u16>,
    ) -> Result<Listed, Unavailable> {
        let answer = (self.0.client.query().table_name(&self.0.name))
            .set_index_name(index(sort).map(|(name, _)| name.to_owned()))
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", value(key::firm_itself(scope).pk))
            .set_exclusive_start_key(after.map(|after| key_of(scope, after, sort)))
            .set_limit(limit.map(Into::into))
            .scan_index_forward(sort == Sort::Name)
            .send()
            .await
            .map_err(Unavailable::new)?;
        let next = answer.last_evaluated_key.and_then(|key| place_of(key, sort));
        Ok(Listed { entries: bodies(answer.items.unwrap_or_default()), next })
    }
}

impl Standings {
    /// How all contacts of the firm stand; parts of the index are read side by side. May be a moment old.
    pub async fn of(&self, scope: &FirmScope) -> Result<Vec<Standing>, Unavailable> {
        let parts = (0..key::SHARDS).map(|shard| self.part(key::shard(scope, shard)));
        Ok(try_join_all(parts).await?.into_iter().flatten().collect())
    }

    async fn part(&self, shard: String) -> Result<Vec<Standing>, Unavailable> {
        let (mut standings, mut start) = (Vec::new(), None);
        loop {
            let answer = (self.0.client.query().table_name(&self.0.name).index_name("by-standing"))
                .key_condition_expression("standing_pk = :pk")
                .expression_attribute_values(":pk", value(&shard))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(Unavailable::new)?;
            standings.extend(bodies(answer.items.unwrap_or_default()));
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(standings);
            }
        }
    }
}

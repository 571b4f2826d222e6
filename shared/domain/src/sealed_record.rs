//! Access records as their table holds them: what tells of a person is sealed, that of each under a key that it takes their salt to make. The
//! chain of the log is made of records so sealed, so that it stays whole when a salt is deleted and nobody reads what was sealed with it any more.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Dice, Identity, RecordId, Subject,
    keys::{KeyId, Salt, Sealed, Sealer, Secret},
    record::{AccessRecord, Outcome},
};

/// What stands in a text in place of what was erased.
pub const ERASED: &str = "[erased]";

/// What the keys are derived by.
const LABEL: &str = "record";
/// What the key is derived by under which a firm's emails are sealed; records of before have theirs so.
pub const EMAIL_LABEL: &str = "email";

/// The members of a record that tell of a person, whatever happened.
const OF_ALL: [&str; 5] = ["email", "gate", "gate_mark", "ip", "user_agent"];
/// Those of what happened, by the places in its text.
const OF_OUTCOME: [&str; 6] = ["staff", "by", "member", "successor", "document", "name"];
/// What staff say of a person in words of their own; elsewhere, it is ours.
const REASON: &str = "reason";

/// A record with what tells of people sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SealedRecord {
    /// What tells of nobody.
    #[serde(flatten)]
    plain: Map<String, Value>,
    /// What tells of people. Records of before have none.
    #[serde(default)]
    sealed: Vec<Part>,
}

/// What tells of one person, or of nobody who is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Part {
    /// Whose it is; without anybody, the firm's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<Subject>,
    /// Which members.
    members: Vec<String>,
    /// Those members.
    #[serde(flatten)]
    sealed: Sealed,
}

/// Which of the members of a record of `outcome` tell of people.
fn personal(outcome: &Outcome) -> impl Iterator<Item = &'static str> {
    let reason = matches!(outcome, Outcome::SecondFactorReset { .. }).then_some(REASON);
    OF_ALL.into_iter().chain(OF_OUTCOME).chain(reason)
}

/// The key for what is of someone with `salt`; for what is the firm's, without.
fn sealer(secret: &Secret, salt: Option<&Salt>) -> Sealer {
    salt.map_or_else(|| secret.sealer(LABEL), |salt| secret.sealer_of(LABEL, salt))
}

impl SealedRecord {
    /// `record`, sealed. What is of someone who has no salt is the firm's.
    pub fn of(record: &AccessRecord, secret: &Secret, dice: &Dice) -> Self {
        let Ok(Value::Object(mut plain)) = serde_json::to_value(record) else { unreachable!("a record is an object with text keys") };
        plain.retain(|_, value| !value.is_null());
        let mut parts: Vec<(Option<Identity>, Map<String, Value>)> = Vec::new();
        for member in personal(&record.outcome) {
            let Some(value) = plain.remove(member) else { continue };
            let owner = record.people.whose(member).filter(|who| who.salt.is_some());
            let subject = |who: &Option<Identity>| who.map(|who| who.subject);
            match parts.iter_mut().find(|(other, _)| subject(other) == subject(&owner)) {
                Some((_, members)) => drop(members.insert(member.to_owned(), value)),
                None => parts.push((owner, Map::from_iter([(member.to_owned(), value)]))),
            }
        }
        let context = context(&plain);
        let seal = |(owner, members): (Option<Identity>, Map<String, Value>)| Part {
            of: owner.map(|who| who.subject),
            members: members.keys().cloned().collect(),
            sealed: sealer(secret, owner.and_then(|who| who.salt).as_ref()).seal(&Value::Object(members).to_string(), &context, dice),
        };
        Self { sealed: parts.into_iter().map(seal).collect(), plain }
    }

    /// Which record it is, if it is one.
    pub fn record(&self) -> Option<RecordId> {
        self.text("record")?.parse().ok()
    }

    /// One of its members that tell of nobody.
    pub fn text(&self, member: &str) -> Option<&str> {
        self.plain.get(member)?.as_str()
    }

    /// Whose salts it takes to read it.
    pub fn people(&self) -> impl Iterator<Item = Subject> {
        self.sealed.iter().filter_map(|part| part.of)
    }

    /// With which versions of the log's secret it was sealed.
    pub fn keys(&self) -> impl Iterator<Item = KeyId> {
        let former = self.former_email().map(|sealed| sealed.key);
        self.sealed.iter().map(|part| part.sealed.key.clone()).chain(former)
    }

    /// What a record of before has for an email.
    fn former_email(&self) -> Option<Sealed> {
        serde_json::from_value(self.plain.get("email")?.clone()).ok()
    }

    /// The record, opened with the secrets that it names and the salts of people. What cannot be opened counts as erased.
    ///
    /// # Errors
    /// If it is none that this version can read.
    pub fn open<'a>(
        mut self,
        secret: impl Fn(&KeyId) -> Option<&'a Secret>,
        salt: impl Fn(Subject) -> Option<Salt>,
    ) -> Result<AccessRecord, serde_json::Error> {
        if let Some(sealed) = self.former_email() {
            let firm = self.text("firm").unwrap_or_default().as_bytes().to_vec();
            let email = secret(&sealed.key).and_then(|secret| secret.sealer(EMAIL_LABEL).open(&sealed, &firm));
            self.plain.insert("email".to_owned(), email.into());
        }
        let (context, mut erased) = (context(&self.plain), Vec::new());
        for Part { of, members, sealed } in self.sealed {
            let open = || {
                let salt = match of {
                    Some(who) => Some(salt(who)?),
                    None => None,
                };
                serde_json::from_str(&sealer(secret(&sealed.key)?, salt.as_ref()).open(&sealed, &context)?).ok()
            };
            let opened = open().unwrap_or_else(|| {
                let texts = members.iter().filter(|member| !OF_ALL.contains(&member.as_str()));
                let texts = texts.map(|member| (member.clone(), ERASED.into())).collect();
                erased.extend(members);
                texts
            });
            self.plain.extend::<Map<String, Value>>(opened);
        }
        Ok(AccessRecord { erased, ..serde_json::from_value(Value::Object(self.plain))? })
    }
}

/// In which record a part opens, and in no other.
fn context(plain: &Map<String, Value>) -> Vec<u8> {
    let text = |member| plain.get(member).and_then(Value::as_str).unwrap_or_default();
    [text("firm"), "\n", text("record")].concat().into_bytes()
}

#[cfg(test)]
#[path = "sealed_record_tests.rs"]
mod tests;

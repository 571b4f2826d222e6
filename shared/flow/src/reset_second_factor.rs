//! Taking someone's second factor away: it is asked for no more, all that was begun before ends, and they are told.

use postern_aws::{Texting, Unavailable, reach};
use postern_domain::{
    FirmScope, Occasion, Person, Subject,
    dispatch::{DispatchKind, FactorChange},
    record::AccessRecord,
    second_factor::SecondFactor,
    text::Reason,
};
use postern_http::Problem;
use postern_store::{AccessLog, CommitError, Directory, Outbox, Switch, Turn, Write, settle};
use schemars::JsonSchema;
use serde::Deserialize;

reach! {
    /// What resetting a second factor touches.
    pub struct ResetSecondFactor {
        directory: Directory [GetItem, UpdateItem, DeleteItem],
        access_log: AccessLog [PutItem],
        outbox: Outbox [PutItem],
        texting: Texting,
    }
}

/// Why a second factor is reset.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetReason {
    /// For the access log: how it was made sure who asked.
    #[schemars(with = "String", extend("minLength" = 1, "maxLength" = 200))]
    pub reason: Reason,
}

impl ResetSecondFactor {
    /// Someone with their second factor.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn read(&self, scope: &FirmScope, subject: Subject) -> Result<Option<(Person, SecondFactor)>, Unavailable> {
        let (person, factor) =
            futures_util::try_join!(self.directory.person(scope, subject), self.directory.second_factor(scope, subject))?;
        Ok(person.map(|person| (person, factor)))
    }

    /// Takes away the second factor of who was `read`, as `by` decided, and writes down `record`, if they are someone for whom it `may` be done. Where
    /// there is none, nothing changes.
    ///
    /// # Errors
    /// If they are gone, for the reasons of `may`, or if the store fails.
    pub async fn reset(
        &self,
        occasion: &Occasion,
        scope: &FirmScope,
        read: (Person, SecondFactor),
        (by, may): (&str, impl Fn(&Person) -> Result<(), Problem>),
        record: &AccessRecord,
    ) -> Result<(), Problem> {
        let may = &may;
        settle(&occasion.dice, read, |(person, factor)| async move {
            may(&person)?;
            if !factor.is_confirmed() {
                return Ok(Turn::Done(()));
            }
            match self.access_log.commit(record, self.changes(occasion, scope, &person, &factor, by)).await {
                Ok(()) => Ok(Turn::Done(())),
                // They changed, or used it, at this very moment.
                Err(CommitError::Refused(_)) => {
                    Ok(Turn::Again(self.read(scope, person.identity().subject).await?.ok_or(Problem::NotFound)?))
                }
                Err(CommitError::Unavailable(error)) => Err(error.into()),
            }
        })
        .await
    }

    /// What that changes, the notices among it.
    pub fn changes(&self, occasion: &Occasion, scope: &FirmScope, person: &Person, factor: &SecondFactor, by: &str) -> Vec<Write> {
        let identity = person.identity();
        let mut changes = self.directory.switch_second_factor(scope, person, Switch::Reset);
        changes.push(self.directory.drop_second_factor(scope, identity.subject, factor));
        let by_mail = DispatchKind::SecondFactor(FactorChange::Reset { by: by.to_owned() });
        let is_texted = self.texting.0 && person.sign_in_record().account.has_mobile;
        let kinds = [by_mail].into_iter().chain(is_texted.then_some(DispatchKind::FactorResetText));
        changes.extend(kinds.map(|kind| self.outbox.put(&occasion.dispatch(scope, Some(identity.next()), kind))));
        changes
    }
}

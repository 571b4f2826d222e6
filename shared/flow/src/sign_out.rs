//! Signing someone out everywhere: all their sessions end, whether they are in yet or not, and their browsers are known no more.

use postern_aws::{Unavailable, reach};
use postern_domain::{FirmScope, Occasion, Person, Subject, record::AccessRecord};
use postern_http::Problem;
use postern_store::{AccessLog, AccessStore, CommitError, Devices, Directory, Turn, settle};

reach! {
    /// What signing someone out everywhere touches.
    pub struct SignOut {
        directory: Directory [GetItem, UpdateItem],
        access: AccessStore [GetItem, UpdateItem, DeleteItem],
        access_log: AccessLog [PutItem],
    }
}

impl SignOut {
    /// The browsers in which `subject` signed in.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn devices(&self, scope: &FirmScope, subject: Subject) -> Result<Devices, Unavailable> {
        self.access.devices(scope, subject).await
    }

    /// Someone with the browsers in which they signed in.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn read(&self, scope: &FirmScope, subject: Subject) -> Result<Option<(Person, Devices)>, Unavailable> {
        let (person, devices) = futures_util::try_join!(self.directory.person(scope, subject), self.devices(scope, subject))?;
        Ok(person.map(|person| (person, devices)))
    }

    /// Signs who was `read` out of all browsers, the sessions that no list names among them, and writes down `record`.
    ///
    /// # Errors
    /// If they are gone, or the store fails.
    pub async fn everywhere(
        &self,
        occasion: &Occasion,
        scope: &FirmScope,
        read: (Person, Devices),
        record: &AccessRecord,
    ) -> Result<(), Problem> {
        settle(&occasion.dice, read, |(person, devices)| async move {
            let subject = person.identity().subject;
            let mut changes = self.directory.sign_out(scope, &person);
            changes.extend(self.access.end_devices(scope, subject, &devices.0.iter().collect::<Vec<_>>()));
            match self.access_log.commit(record, changes).await {
                Ok(()) => Ok(Turn::Done(())),
                // They changed, or signed in or out somewhere, at this very moment.
                Err(CommitError::Refused(_)) => Ok(Turn::Again(self.read(scope, subject).await?.ok_or(Problem::NotFound)?)),
                Err(CommitError::Unavailable(error)) => Err(error.into()),
            }
        })
        .await
    }
}

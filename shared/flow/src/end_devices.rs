//! Signing someone out of browsers: their sessions end, and the browsers are known no more.

use postern_aws::{Unavailable, reach};
use postern_domain::{DeviceId, FirmScope, Occasion, Subject, record::AccessRecord};
use postern_http::Problem;
use postern_store::{AccessLog, AccessStore, CommitError, Devices, Part, Turn, settle};

reach! {
    /// What signing someone out touches.
    pub struct EndDevices {
        access: AccessStore [GetItem, UpdateItem, DeleteItem],
        access_log: AccessLog [PutItem],
    }
}

impl EndDevices {
    /// The browsers in which `subject` signed in.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn read(&self, scope: &FirmScope, subject: Subject) -> Result<Devices, Unavailable> {
        self.access.devices(scope, subject).await
    }

    /// Signs `subject` out of one of the browsers that were `read`, or of all, and writes down `record`; tells whether there was any.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn end(
        &self,
        occasion: &Occasion,
        (scope, subject): (&FirmScope, Subject),
        read: Devices,
        which: Option<DeviceId>,
        record: &AccessRecord,
    ) -> Result<bool, Problem> {
        settle(&occasion.dice, read, |devices| async move {
            let ended: Vec<_> = devices.0.iter().filter(|(id, _)| which.is_none_or(|which| which == **id)).collect();
            if ended.is_empty() {
                return Ok(Turn::Done(false));
            }
            match self.access_log.commit(record, self.access.end_devices(scope, subject, &ended)).await {
                Ok(()) => Ok(Turn::Done(true)),
                Err(CommitError::Refused(refusals)) => Ok(Turn::Again(refusals.found(Part::Devices)?.unwrap_or_default())),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }
}

//! Occasions: what causes things to be written down.

use jiff::Timestamp;

use crate::{
    Dice, FirmScope, Language, RecordId,
    dispatch::{Dispatch, DispatchKind},
    identity::Identity,
    record::{AccessRecord, Origin, Outcome},
};

/// One request, or one piece of a worker's work: all that comes of it is of one instant and one origin.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// When it takes place.
    pub now: Timestamp,
    /// From where it came.
    pub origin: Origin,
    /// The language in which whoever caused it reads, if they said.
    pub language: Option<Language>,
    /// The randomness that it draws on.
    pub dice: Dice,
}

impl Occasion {
    /// A record of `outcome` that names nobody yet.
    pub fn record(&self, scope: &FirmScope, outcome: Outcome) -> AccessRecord {
        let record = RecordId::new(self.now, &self.dice);
        AccessRecord::new(record, scope.firm().clone(), self.now, outcome, self.origin.clone())
    }

    /// A message of `kind` for `to`.
    pub fn dispatch(&self, scope: &FirmScope, to: Option<Identity>, kind: DispatchKind) -> Dispatch {
        Dispatch::new(scope.firm().clone(), to, kind, self.origin.clone(), self.now, &self.dice).asked_in(self.language)
    }
}

//! Second factors: a row beside their person, at a version, so that of several uses of one code at once one counts.

use postern_aws::Unavailable;
use postern_domain::{FirmScope, Subject, second_factor::SecondFactor};

use crate::{
    commit::{Condition, Part, Write, is_new},
    directory::Directory,
    item::{item, value},
    key,
};

impl Directory {
    /// The second factor of someone, who may have none.
    pub async fn second_factor(&self, scope: &FirmScope, subject: Subject) -> Result<SecondFactor, Unavailable> {
        Ok(self.0.get(&key::second_factor(scope, subject)).await?.unwrap_or_default())
    }

    /// A second factor as it is from now on, at the version after the one that was read; refused as [`Part::SecondFactor`], with the row that
    /// stands, if it was changed meanwhile.
    pub fn keep_second_factor(&self, scope: &FirmScope, subject: Subject, factor: &SecondFactor) -> Write {
        let mut factor = factor.clone();
        let seen = unchanged(&factor);
        factor.version += 1;
        Write::put(Part::SecondFactor, &self.0, item(&key::second_factor(scope, subject), None, &factor), seen)
    }

    /// Takes a second factor away with all that is remembered of it, at the version that was read; refused as [`Part::SecondFactor`] likewise.
    pub fn drop_second_factor(&self, scope: &FirmScope, subject: Subject, factor: &SecondFactor) -> Write {
        Write::delete(Part::SecondFactor, &self.0, &key::second_factor(scope, subject), unchanged(factor))
    }
}

fn unchanged(seen: &SecondFactor) -> Condition {
    match seen.version {
        0 => is_new(),
        version => Condition::new("version = :seen").with(":seen", value(version)),
    }
}

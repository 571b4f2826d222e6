//! Which firm a piece of work is for.

use crate::{FirmId, challenge::Challenge, dispatch::Dispatch, firm::Firm, link::Link, session::Session};

/// The one firm that a piece of work may touch. It comes only from where a firm was proved or is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmScope(FirmId);

impl FirmScope {
    /// The scope of a page or route that names its firm and is open to anyone.
    pub fn of_public_path(firm: FirmId) -> Self {
        Self(firm)
    }

    /// The firm.
    pub fn firm(&self) -> &FirmId {
        &self.0
    }
}

macro_rules! scope_of {
    ($($owner:ty),*) => {
        $(impl $owner {
            /// The firm to which this belongs.
            pub fn scope(&self) -> FirmScope {
                FirmScope(self.firm.clone())
            }
        })*
    };
}

scope_of!(Challenge, Dispatch, Firm, Link, Session);

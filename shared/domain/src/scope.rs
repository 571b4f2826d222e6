//! Which firm a piece of work is for.

use crate::FirmId;

/// The one firm that a piece of work may touch. It comes only from where a firm was proved or is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmScope(FirmId);

impl FirmScope {
    /// The scope of a page or route that names its firm and is open to anyone. Each use says why that is so (`clippy.toml`).
    pub fn of_public_path(firm: FirmId) -> Self {
        Self(firm)
    }

    /// The scope of a row that was found by its unguessable key.
    pub(crate) fn of_row(firm: &FirmId) -> Self {
        Self(firm.clone())
    }

    /// The firm.
    pub fn firm(&self) -> &FirmId {
        &self.0
    }
}

/// Gives a row its scope.
macro_rules! of_one_firm {
    ($owner:ty) => {
        impl $owner {
            /// The firm to which this belongs.
            pub fn scope(&self) -> $crate::FirmScope {
                $crate::FirmScope::of_row(&self.firm)
            }
        }
    };
}
pub(crate) use of_one_firm;

//! Whether an upload may begin.

use super::{DocumentName, refusal_by_name};
use crate::policy;

/// Why an upload does not begin: which member of the request stands in the way, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotUploadable {
    /// The member.
    pub member: &'static str,
    /// What to do, in words for a person.
    pub advice: &'static str,
}

/// Whether a file of this name and `size` in bytes can be sent here.
///
/// # Errors
/// If it cannot.
pub fn uploadable(name: &DocumentName, size: u64) -> Result<(), NotUploadable> {
    let refused = |member, advice| Err(NotUploadable { member, advice });
    if size == 0 {
        return refused("size", "This file is empty. Choose the file again, or another one.");
    }
    if size > policy::UPLOAD_BYTES {
        return refused("size", "This file is larger than 100 MiB. Split it or make it smaller, then choose it again.");
    }
    refusal_by_name(name).map_or(Ok(()), |advice| refused("name", advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_fits_and_is_no_program() {
        for (name, size, outcome) in [
            ("a.pdf", 1, Ok(())),
            ("a.pdf", policy::UPLOAD_BYTES, Ok(())),
            ("a.pdf", 0, Err("size")),
            ("a.pdf", policy::UPLOAD_BYTES + 1, Err("size")),
            ("a.exe", 1, Err("name")),
        ] {
            let name = DocumentName::parse(name).expect("a name");
            assert_eq!(uploadable(&name, size).map_err(|refused| refused.member), outcome, "{name:?} {size}");
        }
    }
}

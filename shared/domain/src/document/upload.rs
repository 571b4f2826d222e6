//! Whether an upload may begin, and for whom it is.

use super::{DocumentName, refusal_by_name};
use crate::{ClientId, Subject, policy};

/// Why an upload does not begin: which member of the request stands in the way, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotUploadable {
    /// The member.
    pub member: &'static str,
    /// What to do, in words for a person.
    pub advice: &'static str,
}

/// The client for whom `by`, who acts for the clients `own`, hands over a file of this name and `size` in bytes. Someone else's client is as
/// unknown as one that does not exist.
///
/// # Errors
/// If it is not said for which of several clients it is, or the file cannot be sent here.
pub fn uploadable(
    by: Subject,
    own: &[ClientId],
    wanted: Option<ClientId>,
    name: &DocumentName,
    size: u64,
) -> Result<ClientId, NotUploadable> {
    let refused = |member, advice| Err(NotUploadable { member, advice });
    let client = match (by, wanted) {
        (Subject::Staff(_), Some(client)) => client,
        (Subject::Contact(_), Some(client)) if own.contains(&client) => client,
        (Subject::Contact(_), Some(_)) => return refused("client", "There is no such client."),
        (Subject::Contact(_), None) if own.len() == 1 => own[0],
        (_, None) => return refused("client", "Say for which client this document is."),
    };
    if size == 0 {
        return refused("size", "This file is empty. Choose the file again, or another one.");
    }
    if size > policy::UPLOAD_BYTES {
        return refused("size", "This file is larger than 100 MiB. Split it or make it smaller, then choose it again.");
    }
    refusal_by_name(name).map_or(Ok(client), |advice| refused("name", advice))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{ContactId, Dice, StaffId};

    fn client(byte: u8) -> ClientId {
        ClientId::new(Timestamp::UNIX_EPOCH, &Dice::new(move |bytes| bytes.fill(byte)))
    }

    #[test]
    fn a_file_belongs_to_one_client_fits_and_is_no_program() {
        let (now, dice) = (Timestamp::UNIX_EPOCH, Dice::new(|bytes| bytes.fill(1)));
        let (ann, olive) = (Subject::Contact(ContactId::new(now, &dice)), Subject::Staff(StaffId::new(now, &dice)));
        let (one, two) = (client(1), client(2));
        for (by, own, wanted, name, size, outcome) in [
            (ann, vec![one], None, "a.pdf", 1, Ok(one)),
            (ann, vec![one], Some(one), "a.pdf", policy::UPLOAD_BYTES, Ok(one)),
            (ann, vec![one, two], Some(two), "a.pdf", 1, Ok(two)),
            (ann, vec![one], Some(two), "a.pdf", 1, Err("client")),
            (ann, vec![one, two], None, "a.pdf", 1, Err("client")),
            (ann, vec![], None, "a.pdf", 1, Err("client")),
            (olive, vec![], Some(two), "a.pdf", 1, Ok(two)),
            (olive, vec![], None, "a.pdf", 1, Err("client")),
            (ann, vec![one], None, "a.pdf", 0, Err("size")),
            (ann, vec![one], None, "a.pdf", policy::UPLOAD_BYTES + 1, Err("size")),
            (ann, vec![one], None, "a.exe", 1, Err("name")),
        ] {
            let name = DocumentName::parse(name).expect("a name");
            let decided = uploadable(by, &own, wanted, &name, size).map_err(|refused| refused.member);
            assert_eq!(decided, outcome, "{by:?} {own:?} {wanted:?} {name:?} {size}");
        }
    }
}

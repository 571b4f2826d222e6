//! Recovery codes: on paper, for the day on which the phone is gone. Each lets in once.

use std::fmt;

use crate::{Dice, keys::fingerprint, policy, text::squeeze};

/// Letters and digits that are not mistaken for one another: it has no I, L, O and U, and reads those that look like digits as such.
const ALPHABET: base32::Alphabet = base32::Alphabet::Crockford;
/// Characters of a code, without what stands between them.
const LENGTH: usize = (policy::RECOVERY_CODE * 8).div_ceil(5);
/// Characters that stand together on paper.
const GROUP: usize = 4;

/// A recovery code; tables hold only its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode([u8; policy::RECOVERY_CODE]);

impl RecoveryCode {
    /// A code that nobody can guess.
    pub(super) fn new(dice: &Dice) -> Self {
        Self(dice.bytes())
    }

    /// Reads what a person typed: upper and lower case, and whatever stands between the groups.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let typed = squeeze(text);
        if typed.len() != LENGTH || !typed.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let code = Self(base32::decode(ALPHABET, &typed)?.try_into().ok()?);
        Some(code)
    }

    /// The code as it stands on paper, in groups.
    pub fn reveal(&self) -> String {
        let text = base32::encode(ALPHABET, &self.0);
        let groups = text.as_bytes().chunks(GROUP).map(|group| group.iter().copied().map(char::from).collect::<String>());
        groups.collect::<Vec<_>>().join("-")
    }

    /// What tables know the code by. It has more bits than anyone can try, so that a plain hash is enough.
    pub(super) fn fingerprint(&self) -> String {
        fingerprint(&[b"recovery", &self.0])
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PRINTED: &str = "07K6-5T1Q-9W2B-5GQ9-R8RB-P1QK-AC";

    #[test]
    fn a_code_is_read_however_a_person_types_it() {
        let code = RecoveryCode::parse(PRINTED).expect("a code");
        assert_eq!(code.reveal(), PRINTED);
        for typed in [
            "07k65t1q9w2b5gq9r8rbp1qkac",
            " 07K6 5T1Q 9W2B 5GQ9 R8RB P1QK AC ",
            "O7K6-5TIQ-9W2B-5GQ9-R8RB-PLQK-AC",
            "o7k6\u{2013}5tiq\u{2013}9w2b\u{2013}5gq9\u{2013}r8rb\u{2013}plqk\u{2013}ac",
        ] {
            assert_eq!(RecoveryCode::parse(typed), Some(code.clone()), "{typed:?}");
        }
        for bad in
            ["", "012345", "07K6-5T1Q-9W2B-5GQ9-R8RB-P1QK-A", "07K6-5T1Q-9W2B-5GQ9-R8RB-P1QK-ACD", "U7K6-5T1Q-9W2B-5GQ9-R8RB-P1QK-AC"]
        {
            assert_eq!(RecoveryCode::parse(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read(bytes: [u8; policy::RECOVERY_CODE]) {
            let code = RecoveryCode(bytes);
            prop_assert_eq!(RecoveryCode::parse(&code.reveal()), Some(code.clone()));
            prop_assert_eq!(code.reveal().len(), 32);
        }

        #[test]
        fn whatever_is_typed_is_no_panic(text: String) {
            let read = RecoveryCode::parse(&text);
            prop_assert!(read.is_none() || squeeze(&text).len() == LENGTH);
        }
    }
}

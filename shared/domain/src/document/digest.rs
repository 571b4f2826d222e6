//! SHA-256 checksums as they are written outside.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The SHA-256 of a document's bytes: 64 hex digits of either case when read, lower case when written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^[0-9a-fA-F]{64}$"))]
pub struct Sha256Hex([u8; 32]);

/// A string is not 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("The SHA-256 checksum must be written as 64 hexadecimal digits.")]
pub struct Sha256Error;

impl Sha256Hex {
    /// Reads a checksum.
    pub fn parse(digits: &str) -> Result<Self, Sha256Error> {
        let digits: &[u8; 64] = digits.as_bytes().try_into().map_err(|_| Sha256Error)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Ok(Self(bytes))
    }

    /// The 32 bytes that the digits stand for.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Sha256Hex {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl TryFrom<String> for Sha256Hex {
    type Error = Sha256Error;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        Self::parse(&digits)
    }
}

fn value(digit: u8) -> Result<u8, Sha256Error> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(Sha256Error),
    }
}

impl From<Sha256Hex> for String {
    fn from(digest: Sha256Hex) -> Self {
        digest.to_string()
    }
}

impl fmt::Display for Sha256Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_64_hex_digits_are_a_checksum() {
        let good = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert!(Sha256Hex::parse(good).is_ok());
        let table = [
            String::new(),
            good[1..].to_owned(),
            format!("{good}0"),
            format!("+{}", &good[1..]),
            format!("g{}", &good[1..]),
            format!(" {}", &good[1..]),
            format!("é{}", &good[2..]),
        ];
        for digits in table {
            assert_eq!(Sha256Hex::parse(&digits), Err(Sha256Error), "{digits:?}");
        }
    }

    proptest! {
        #[test]
        fn a_checksum_is_read_in_either_case_and_written_in_lower(bytes in any::<[u8; 32]>()) {
            let digest = Sha256Hex::from(bytes);
            let written = serde_json::to_string(&digest).expect("json");
            prop_assert_eq!(&written, &written.to_lowercase());
            prop_assert_eq!(Sha256Hex::parse(&digest.to_string().to_uppercase()), Ok(digest));
            let read: Sha256Hex = serde_json::from_str(&written).expect("a checksum");
            prop_assert_eq!(read.bytes(), &bytes);
        }
    }
}

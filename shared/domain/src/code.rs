//! One-time codes: never stored, always derived again from what their challenge holds.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use crate::{Audience, ChallengeId, FirmId, keys::Key, policy, text::squeeze};

/// Label of the key from which codes are derived.
pub const LABEL: &str = "code";

/// Codes below this bound are distributed evenly.
const CODES: u32 = 10_u32.pow(policy::CODE_DIGITS);
/// The largest multiple of [`CODES`] that a `u32` holds; draws from here on are rejected, or small codes would be likelier.
const EVEN: u32 = u32::MAX / CODES * CODES;

/// A six-digit one-time code.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// The code of a challenge: the same each time, and unknown without `key` and `nonce`.
    pub fn derive(key: &Key, nonce: &[u8], challenge: &ChallengeId, firm: &FirmId, audience: Audience) -> Self {
        let challenge = challenge.to_string();
        let parts = [nonce, challenge.as_bytes(), firm.as_str().as_bytes(), audience.name().as_bytes()];
        // A round draws eight times; that all eight are rejected happens once in 10^29.
        let number = (0..u32::MAX)
            .flat_map(|round| {
                let tag = key.tag(&[parts[0], parts[1], parts[2], parts[3], &round.to_be_bytes()]);
                tag.as_chunks::<4>().0.iter().copied().map(u32::from_be_bytes).collect::<Vec<_>>()
            })
            .find(|draw| *draw < EVEN)
            .expect("four thousand million rounds are enough")
            % CODES;
        Self(format!("{number:0width$}", width = policy::CODE_DIGITS as usize))
    }

    /// Whether `guess` is this code, compared in constant time.
    pub fn is(&self, guess: &Guess) -> bool {
        self.0.as_bytes().ct_eq(guess.0.as_bytes()).into()
    }

    /// The digits, for the message that carries them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code")
    }
}

/// Text that is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter the six digits of the code.")]
pub struct NotACode;

/// A code as a person typed it; spaces and hyphens are forgiven.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Guess(String);

impl TryFrom<String> for Guess {
    type Error = NotACode;
    fn try_from(text: String) -> Result<Self, NotACode> {
        if text.len() > 64 {
            return Err(NotACode);
        }
        let digits = squeeze(&text);
        let six = digits.len() == policy::CODE_DIGITS as usize && digits.bytes().all(|b| b.is_ascii_digit());
        if six { Ok(Self(digits)) } else { Err(NotACode) }
    }
}

impl fmt::Debug for Guess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guess")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Dice,
        keys::{KeyId, Secret},
    };

    fn code(nonce: u32) -> Code {
        let key = Secret::new(KeyId("1".into()), "secret").key(LABEL);
        let challenge = ChallengeId::new(&Dice::new(|bytes| bytes.fill(1)));
        Code::derive(&key, &nonce.to_be_bytes(), &challenge, &"demo".parse().expect("a firm"), Audience::Client)
    }

    #[test]
    fn every_digit_appears_in_every_place_equally_often() {
        let mut counts = [[0_u32; 10]; policy::CODE_DIGITS as usize];
        for nonce in 0..20_000 {
            for (place, digit) in code(nonce).reveal().bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        // 2,000 are expected of each; five standard deviations are 212.
        assert!(counts.iter().flatten().all(|count| (1788..=2212).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_code_is_the_same_each_time_and_for_its_audience_only() {
        assert_eq!(code(1), code(1));
        assert_ne!(code(1), code(2));
    }

    #[test]
    fn guesses_are_six_ascii_digits() {
        for good in ["012345", " 012 345 ", "012-345", "\u{200b}012345\u{a0}"] {
            assert_eq!(Guess::try_from(good.to_owned()), Ok(Guess("012345".into())), "{good:?}");
        }
        for bad in ["", "12345", "1234567", "12345a", "１２３４５６", "٠١٢٣٤٥", "+12345", "12345\u{0}"] {
            assert_eq!(Guess::try_from(bad.to_owned()), Err(NotACode), "{bad:?}");
        }
    }
}

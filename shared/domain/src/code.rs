//! One-time codes: never stored, always derived again from what their challenge holds.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use crate::{
    Audience, ChallengeId, FirmId,
    keys::Key,
    policy,
    text::{seen, squeeze},
};

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
        guess.is(&self.0)
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

/// Most bytes of what is pasted with a code: ours are shorter than a page.
const PASTED_MOST: usize = 4096;

/// Text that is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter the six digits of the code.")]
pub struct NotACode;

/// A code as a person typed or pasted it: six digits and what stands between digits, or a text in which one six-digit number stands.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend("minLength" = policy::CODE_DIGITS, "maxLength" = PASTED_MOST))]
pub struct Guess(String);

impl TryFrom<String> for Guess {
    type Error = NotACode;
    fn try_from(text: String) -> Result<Self, NotACode> {
        if text.len() > PASTED_MOST {
            return Err(NotACode);
        }
        let is_code = |digits: &str| digits.len() == policy::CODE_DIGITS as usize && digits.bytes().all(|b| b.is_ascii_digit());
        let (digits, text) = (squeeze(&text), seen(&text));
        if is_code(&digits) {
            return Ok(Self(digits));
        }
        // A text message tells its code twice: once for people, once for browsers.
        let mut codes: Vec<_> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| is_code(word)).collect();
        codes.dedup();
        if let [code] = codes[..] { Ok(Self(code.to_owned())) } else { Err(NotACode) }
    }
}

impl Guess {
    /// Whether it is these digits, compared in constant time.
    pub(crate) fn is(&self, digits: &str) -> bool {
        self.0.as_bytes().ct_eq(digits.as_bytes()).into()
    }
}

impl fmt::Debug for Guess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guess")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Dice,
        keys::{KeyId, Secret},
        text::tests::unseen,
    };

    fn code(nonce: u32) -> Code {
        let key = Secret::new(KeyId("1".into()), "secret").key(LABEL);
        let firm = "demo".parse().expect("a firm");
        let challenge = ChallengeId::new(&firm, key.attempts(&[]), &Dice::new(|bytes| bytes.fill(1)));
        Code::derive(&key, &nonce.to_be_bytes(), &challenge, &firm, Audience::Client)
    }

    #[test]
    fn every_digit_appears_in_every_place_equally_often() {
        let mut counts = [[0_u32; 10]; policy::CODE_DIGITS as usize];
        for nonce in 0..200_000 {
            for (place, digit) in code(nonce).reveal().bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        // 20,000 are expected of each; five standard deviations are 671.
        assert!(counts.iter().flatten().all(|count| (19_329..=20_671).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_code_is_the_same_each_time_and_for_its_audience_only() {
        assert_eq!(code(1), code(1));
        assert_ne!(code(1), code(2));
    }

    #[test]
    fn guesses_are_six_ascii_digits() {
        for good in
            ["012345", " 012 345 ", "012-345", "\u{200b}012345\u{a0}", "\u{202a}012345\u{202c}", "012345.", "(012\u{ad}345)", "0 1 2 3 4 5"]
        {
            assert_eq!(Guess::try_from(good.to_owned()), Ok(Guess("012345".into())), "{good:?}");
        }
        for bad in [
            "",
            "12345",
            "1234567",
            "12345a",
            "１２３４５６",
            "٠١٢٣٤٥",
            "+12345",
            "12345\u{0}",
            "0x012345",
            "012345a",
            "012345٦",
            "1012345",
        ] {
            assert_eq!(Guess::try_from(bad.to_owned()), Err(NotACode), "{bad:?}");
        }
    }

    #[test]
    fn the_one_six_digit_number_of_a_text_is_its_code() {
        let texted = "Smith & Jones CPA: code 012345, asked 10:41 AM. Lasts 10 minutes. Do not share it. Help: 252-588-5772\n\
                      @a1b2c3d4e5.execute-api.us-east-1.amazonaws.com #012345";
        for good in [texted, "My code: 012345", "code=012345;", "\u{201c}012345\u{201d}", "Su código es 012345 (10 minutos)"] {
            assert_eq!(Guess::try_from(good.to_owned()), Ok(Guess("012345".into())), "{good:?}");
        }
        for bad in ["012345 or 543210", "from 2525885772", "code 012 345", "2025-11-21", &"012345 and so on ".repeat(300)] {
            assert_eq!(Guess::try_from(bad.to_owned()), Err(NotACode), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_not_seen_makes_no_other_code(hidden in unseen(), at in 0..=6_usize) {
            let mut typed = "012345".to_owned();
            typed.insert(at, hidden);
            prop_assert_eq!(Guess::try_from(typed), Ok(Guess("012345".into())));
        }
    }
}

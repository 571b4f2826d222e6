//! Chance for the endpoint's own names and secrets.

use ring::rand::{SecureRandom, SystemRandom};
use uuid::Builder;

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A fresh version 4 UUID.
pub(super) fn uuid() -> String {
    Builder::from_random_bytes(bytes()).into_uuid().to_string()
}

/// `length` letters and digits, each equally likely.
pub(super) fn letters(length: usize) -> String {
    // 248 is the greatest multiple of 62 within a byte: what lies above would favour the first letters.
    std::iter::repeat_with(bytes::<64>)
        .flatten()
        .filter(|byte| *byte < 248)
        .take(length)
        .map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]))
        .collect()
}

//! The seed that a person's authenticator app shares with us, and the codes that grow from it (RFC 6238).

use std::{fmt, ops::RangeInclusive};

use jiff::Timestamp;
use qrcode::{EcLevel, QrCode, render::svg};
use totp_rs::{Builder, Totp};

use crate::{
    Dice, Email, Name,
    code::Guess,
    keys::{Sealed, Sealer},
    policy,
    text::shown,
};

/// Characters of a firm's name that an app is told: a picture with many more is hard to scan.
const ISSUER_MOST: usize = 40;

/// What an authenticator app needs to make codes: whoever has it can make them too, so it stands nowhere but sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed([u8; policy::FACTOR_SEED]);

/// What a person takes over into an authenticator app.
pub struct Enrolment {
    /// The seed and its names as an address that apps understand.
    pub otpauth_uri: String,
    /// The same as a picture (SVG) to scan.
    pub qr_svg: String,
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment")
    }
}

/// The steps whose codes are taken at `now`.
fn steps_at(now: Timestamp) -> RangeInclusive<u64> {
    let step = u64::try_from(now.as_second()).unwrap_or_default() / policy::FACTOR_STEP;
    step.saturating_sub(policy::FACTOR_SKEW)..=step + policy::FACTOR_SKEW
}

impl Seed {
    /// A seed that nobody can guess.
    pub fn new(dice: &Dice) -> Self {
        Self(dice.bytes())
    }

    fn builder(&self) -> Builder {
        Builder::new().with_secret(self.0.to_vec()).with_step_duration(policy::FACTOR_STEP)
    }

    fn totp(&self) -> Totp {
        self.builder().build().expect("a seed of 160 bits is long enough")
    }

    /// The newest step whose code `guess` is, of those that are taken at `now`. All of them are compared.
    pub(super) fn step_of(&self, guess: &Guess, now: Timestamp) -> Option<u64> {
        let totp = self.totp();
        steps_at(now).filter(|step| guess.is(&totp.generate(step * policy::FACTOR_STEP).to_string())).max()
    }

    /// What `account`, who signs in at the firm `issuer`, takes over into an app.
    pub fn enrolment(&self, issuer: &Name, account: &Email) -> Enrolment {
        // A colon stands between the two names; neither may hold one.
        let named = |text: &str, most| shown(&text.replace(':', " ").chars().take(most).collect::<String>());
        let issuer = Some(named(issuer.as_str(), ISSUER_MOST)).filter(|issuer| !issuer.is_empty());
        let totp = self.builder().with_issuer(issuer).with_account_name(named(account.as_str(), usize::MAX)).build();
        let otpauth_uri = totp.and_then(|totp| totp.to_url()).expect("names without colons and a long seed make an address");
        let code = QrCode::with_error_correction_level(&otpauth_uri, EcLevel::M).expect("the longest names fit into a picture");
        Enrolment { qr_svg: code.render::<svg::Color<'_>>().build(), otpauth_uri }
    }

    /// The seed as a row holds it; it opens in the same `context` only.
    pub(super) fn seal(&self, sealer: &Sealer, context: &str, dice: &Dice) -> Sealed {
        sealer.seal(&base32::encode(base32::Alphabet::Rfc4648 { padding: false }, &self.0), context.as_bytes(), dice)
    }

    /// What was sealed in `context`; nothing if it was altered or moved, or sealed with another key.
    pub(super) fn open(sealed: &Sealed, sealer: &Sealer, context: &str) -> Option<Self> {
        let text = sealer.open(sealed, context.as_bytes())?;
        let bytes = base32::decode(base32::Alphabet::Rfc4648 { padding: false }, &text)?;
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed")
    }
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::SignedDuration;

    use super::*;

    /// The seed of the vectors of RFC 6238 (appendix B) and RFC 4226 (appendix D).
    pub(in super::super) const SEED: Seed = Seed(*b"12345678901234567890");

    pub(in super::super) fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    pub(in super::super) fn guess(code: &str) -> Guess {
        Guess::try_from(code.to_owned()).expect("six digits")
    }

    /// The code of the seed at an instant.
    pub(in super::super) fn code_at(now: Timestamp) -> Guess {
        guess(&SEED.totp().generate(now.as_second().unsigned_abs()).to_string())
    }

    fn email(text: &str) -> Email {
        Email::parse(text).expect("an email")
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // The vectors of the RFC have eight digits, whose last six are the code of six.
        for (second, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let step = u64::try_from(second).expect("after the epoch") / 30;
            assert_eq!(SEED.step_of(&guess(&code[2..]), at(second)), Some(step), "{second}");
        }
    }

    #[test]
    fn a_code_is_taken_in_its_step_and_one_either_side() {
        // The code of step 37,037,036, which begins at second 1,111,111,080.
        let (code, begins) = (guess("081804"), 1_111_111_080);
        let (instant, step) = (SignedDuration::from_millis(1), Some(37_037_036));
        for (now, expected) in [
            (at(begins - 30) - instant, None),
            (at(begins - 30), step),
            (at(begins), step),
            (at(begins + 60) - instant, step),
            (at(begins + 60), None),
        ] {
            assert_eq!(SEED.step_of(&code, now), expected, "{now}");
        }
    }

    #[test]
    fn the_first_step_of_all_has_none_before_it() {
        // RFC 4226, appendix D: the codes of the counters 0 and 1.
        assert_eq!([guess("755224"), guess("287082")].map(|code| SEED.step_of(&code, at(0))), [Some(0), Some(1)]);
        assert_eq!(SEED.step_of(&guess("755224"), at(-1)), Some(0), "a clock before the epoch is no panic");
    }

    #[test]
    fn an_app_is_told_seed_firm_and_account() {
        let firm = Name::parse("Smith & Jones: CPA").expect("a name");
        let told = SEED.enrolment(&firm, &email("ann+tax@example.com"));
        let expected = "otpauth://totp/Smith%20%26%20Jones%20CPA:ann%2Btax%40example.com\
                        ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Smith%20%26%20Jones%20CPA";
        assert_eq!(told.otpauth_uri, expected);
        assert!(told.qr_svg.contains("<svg ") && told.qr_svg.ends_with("</svg>") && !told.qr_svg.contains("style"));
    }

    #[test]
    fn the_longest_names_fit_into_a_picture() {
        let firm = Name::parse(&"𠜎".repeat(120)).expect("a name");
        let account = format!("{}@{}.com", "a".repeat(64), ["b".repeat(60), "c".repeat(60), "d".repeat(60)].join("."));
        assert!(SEED.enrolment(&firm, &email(&account)).qr_svg.contains("<path"));
        assert!(!SEED.enrolment(&Name::parse(":").expect("a name"), &email(&account)).otpauth_uri.contains("issuer"));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let enrolment = SEED.enrolment(&Name::parse("Demo").expect("a name"), &email("ann@x.com"));
        assert_eq!(format!("{SEED:?} {enrolment:?}"), "Seed Enrolment");
    }
}

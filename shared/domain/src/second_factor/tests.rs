use jiff::SignedDuration;

use super::{
    seed::tests::{SEED, at, code_at, guess},
    *,
};
use crate::{ContactId, keys::Secret};

/// The code of step 1 (RFC 4226, appendix D), with which the factor is confirmed, and those after it.
const CODES: [&str; 9] = ["287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
const WRONG: &str = "000000";

fn firm() -> FirmScope {
    FirmScope::of_row(&"demo".parse().expect("a firm"))
}

fn who(byte: u8) -> Subject {
    Subject::Contact(ContactId::new(Timestamp::UNIX_EPOCH, &Dice::new(move |bytes| bytes.fill(byte))))
}

fn sealer(id: &str) -> Sealer {
    Secret::new(KeyId(id.into()), id).sealer(LABEL)
}

fn counting() -> Dice {
    let next = std::sync::atomic::AtomicU8::new(0);
    Dice::new(move |bytes| bytes.fill(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)))
}

/// A factor that was confirmed in step 1, and its recovery codes.
fn confirmed() -> (SecondFactor, Vec<RecoveryCode>) {
    let (scope, subject, dice) = (firm(), who(1), counting());
    let enrolled = SecondFactor { version: 7, ..SecondFactor::default() }
        .enrol(&SEED, (&scope, subject), &sealer("1"), &dice, at(0))
        .expect("it is the first");
    assert!(!enrolled.is_confirmed() && enrolled.key_of_enrolled() == Some(&KeyId("1".into())));
    enrolled.confirm(&guess(CODES[0]), (&scope, subject), &sealer("1"), &dice, at(30)).expect("the code is right")
}

/// Tries `proof` at `now` and keeps what is remembered.
fn attempt(factor: &mut SecondFactor, proof: &Proof, now: Timestamp) -> Result<Proved, NotProved> {
    let (judged, after) = factor.judge(proof, (&firm(), who(1)), &sealer("1"), now);
    *factor = after;
    judged
}

fn code(code: &str) -> Proof {
    Proof::Code(guess(code))
}

fn unknown_recovery_code() -> Proof {
    Proof::Recovery(RecoveryCode::new(&Dice::new(|bytes| bytes.fill(0xAA))))
}

#[test]
fn what_is_confirmed_begins_with_ten_codes_and_nothing_of_before() {
    let (factor, codes) = confirmed();
    assert!(factor.is_confirmed() && factor.key_of_enrolled().is_none() && factor.version == 7);
    let distinct: std::collections::BTreeSet<_> = codes.iter().map(RecoveryCode::reveal).collect();
    assert_eq!(distinct.len(), 10);
    let stored = serde_json::to_string(&factor).expect("it can be written");
    assert!(codes.iter().all(|code| !stored.contains(&code.reveal())), "codes are kept by hash");
    assert!(!stored.contains("GEZDGNBVGY3TQOJQ"), "the seed is sealed");
}

#[test]
fn a_seed_is_confirmed_within_ten_minutes_or_not_at_all() {
    let (scope, subject, dice) = (firm(), who(1), counting());
    let enrolled = SecondFactor::default().enrol(&SEED, (&scope, subject), &sealer("1"), &dice, at(0)).expect("it is the first");
    let confirm = |now| enrolled.confirm(&code_at(now), (&scope, subject), &sealer("1"), &dice, now);
    let end = at(0) + SignedDuration::from_mins(10);
    assert!(confirm(end - SignedDuration::from_millis(1)).is_ok());
    assert_eq!(confirm(end).err(), Some(None), "and nothing counts");
}

#[test]
fn the_code_that_confirmed_is_used() {
    let (mut factor, _) = confirmed();
    assert_eq!(attempt(&mut factor, &code(CODES[0]), at(31)), Err(NotProved::Used));
    assert_eq!(attempt(&mut factor, &code(CODES[1]), at(31)), Ok(Proved::App));
}

#[test]
fn each_step_is_taken_once_and_none_older_than_the_last() {
    let (mut factor, _) = confirmed();
    // In step 3 the codes of the steps 2, 3 and 4 are taken.
    for (proof, expected) in [
        (code(CODES[2]), Ok(Proved::App)),
        (code(CODES[2]), Err(NotProved::Used)),
        (code(CODES[1]), Err(NotProved::Used)),
        (code(CODES[3]), Ok(Proved::App)),
        (code(CODES[2]), Err(NotProved::Used)),
        (code(CODES[4]), Err(NotProved::Wrong)),
    ] {
        assert_eq!(attempt(&mut factor, &proof, at(90)), expected, "{proof:?}");
    }
}

#[test]
fn only_an_unused_code_of_what_is_set_up_confirms() {
    let (scope, subject, dice) = (firm(), who(1), counting());
    let enrolled = SecondFactor::default().enrol(&SEED, (&scope, subject), &sealer("1"), &dice, at(0)).expect("it is the first");
    let confirms =
        |factor: &SecondFactor, typed, subject, key| factor.confirm(&guess(typed), (&scope, subject), &sealer(key), &dice, at(30)).is_ok();
    assert!(confirms(&enrolled, CODES[0], subject, "1"));
    assert!(!confirms(&enrolled, WRONG, subject, "1") && !confirms(&SecondFactor::default(), CODES[0], subject, "1"));
    assert!(!confirms(&enrolled, CODES[0], who(2), "1"), "a row that was moved to someone else opens nothing");
    assert!(!confirms(&enrolled, CODES[0], subject, "2"), "nor does another key");
}

#[test]
fn a_seed_is_given_up_after_five_wrong_codes_and_ten_are_handed_out_an_hour() {
    let (scope, subject, dice) = (firm(), who(1), counting());
    let enrol = |factor: SecondFactor, now| factor.enrol(&SEED, (&scope, subject), &sealer("1"), &dice, now);
    let confirm = |factor: &SecondFactor, typed| factor.confirm(&guess(typed), (&scope, subject), &sealer("1"), &dice, at(30));
    let mut factor = enrol(SecondFactor::default(), at(0)).expect("it is the first");
    for wrong in 1..=5 {
        factor = *confirm(&factor, WRONG).expect_err("it is wrong").expect("it is counted");
        assert_eq!((factor.wrong_confirmations, factor.enrolled.is_some()), (wrong, wrong < 5));
    }
    assert_eq!(confirm(&factor, CODES[0]), Err(None), "nothing is left to try");
    for second in 1..10 {
        factor = enrol(factor, at(second)).expect("ten are handed out");
    }
    let (hour, instant) = (policy::HOUR, SignedDuration::from_millis(1));
    assert_eq!(enrol(factor.clone(), at(0) + hour - instant), Err(at(0) + hour));
    let again = enrol(factor, at(0) + hour).expect("the first counts no more");
    assert!(again.wrong_confirmations == 0 && confirm(&again, CODES[0]).is_ok());
}

#[test]
fn the_log_says_of_a_mistake_what_it_led_to() {
    let (mut factor, _) = confirmed();
    let day = SignedDuration::from_hours(24);
    for tries in 1..=20 {
        let now = if tries <= 5 { at(60) } else { at(60) + day * tries };
        attempt(&mut factor, &code(WRONG), now).expect_err("it is wrong");
        let expected = match tries {
            5 => Outcome::SecondFactorLocked { time: LockedUntil(at(60) + policy::FACTOR_LOCK) },
            20 => Outcome::SecondFactorClosed,
            _ => Outcome::SecondFactorMismatch,
        };
        assert_eq!(factor.outcome_of_mistake(&code(WRONG), now), expected, "{tries}");
    }
    assert_eq!(factor.outcome_of_mistake(&unknown_recovery_code(), at(60)), Outcome::SecondFactorMismatch);
}

#[test]
fn setting_up_another_app_leaves_the_one_before_in_force_until_it_is_confirmed() {
    let (factor, _) = confirmed();
    let other = Seed::new(&Dice::new(|bytes| bytes.fill(9)));
    let mut factor = factor.enrol(&other, (&firm(), who(1)), &sealer("2"), &counting(), at(31)).expect("it is the second");
    assert_eq!((factor.key(), factor.key_of_enrolled()), (Some(&KeyId("1".into())), Some(&KeyId("2".into()))));
    assert_eq!(attempt(&mut factor, &code(CODES[1]), at(60)), Ok(Proved::App));
}

#[test]
fn without_a_confirmed_factor_nothing_proves_it() {
    let mut none = SecondFactor::default();
    assert_eq!(attempt(&mut none, &code(CODES[0]), at(30)), Err(NotProved::None));
    let enrolled = none.enrol(&SEED, (&firm(), who(1)), &sealer("1"), &counting(), at(0)).expect("it is the first");
    let judged = enrolled.judge(&code(CODES[0]), (&firm(), who(1)), &sealer("1"), at(30));
    assert_eq!(judged, (Err(NotProved::None), enrolled), "what is set up proves nothing, and nothing is counted");
}

#[test]
fn five_wrong_codes_in_a_quarter_of_an_hour_lock_for_a_quarter_of_an_hour() {
    let (minute, instant) = (SignedDuration::from_mins(1), SignedDuration::from_millis(1));
    let (mut factor, _) = confirmed();
    let begin = at(600);
    for tries in 0..4 {
        assert_eq!(attempt(&mut factor, &code(WRONG), begin + minute * tries), Err(NotProved::Wrong));
    }
    let mut late = factor.clone();
    assert_eq!(attempt(&mut late, &code(WRONG), begin + minute * 15), Err(NotProved::Wrong), "the first counts no more");
    assert_eq!(attempt(&mut late, &code(WRONG), begin + minute * 15), Err(NotProved::Wrong), "that was the fifth");
    assert!(late.locked_until.is_some());

    let fifth = begin + minute * 15 - instant;
    assert_eq!(attempt(&mut factor, &code(WRONG), fifth), Err(NotProved::Wrong));
    let until = fifth + minute * 15;
    let locked = factor.clone();
    for now in [fifth, until - instant] {
        assert_eq!(attempt(&mut factor, &code(WRONG), now), Err(NotProved::Locked(until)));
    }
    assert_eq!(factor, locked, "a lock is never extended, and nothing counts meanwhile");
    assert_eq!(attempt(&mut factor, &code(WRONG), until), Err(NotProved::Wrong), "codes are compared again");
}

#[test]
fn a_right_code_forgets_the_wrong_ones_of_the_app_alone() {
    let (mut factor, _) = confirmed();
    assert_eq!(attempt(&mut factor, &unknown_recovery_code(), at(60)), Err(NotProved::Wrong));
    for _ in 0..4 {
        attempt(&mut factor, &code(WRONG), at(60)).expect_err("it is wrong");
    }
    assert_eq!(attempt(&mut factor, &code(CODES[1]), at(60)), Ok(Proved::App));
    assert_eq!((factor.failures.len(), factor.failures_in_a_row, factor.recovery_failures.len()), (0, 0, 1));
}

#[test]
fn twenty_in_a_row_close_it_until_it_is_made_anew() {
    let (mut factor, codes) = confirmed();
    let day = SignedDuration::from_hours(24);
    for tries in 0..20 {
        assert_eq!(attempt(&mut factor, &code(WRONG), at(60) + day * tries), Err(NotProved::Wrong), "{tries}");
    }
    // Long after, a code that is right: 254676 is that of step 5.
    factor.last_step = None;
    assert_eq!(attempt(&mut factor, &code(CODES[4]), at(150)), Err(NotProved::Closed));
    let recovery = Proof::Recovery(codes[0].clone());
    assert_eq!(attempt(&mut factor, &recovery, at(150)), Ok(Proved::Recovery(9)), "recovery codes pass");
    assert_eq!(attempt(&mut factor, &code(CODES[4]), at(150)), Err(NotProved::Closed), "and do not reopen");
}

#[test]
fn recovery_codes_pass_the_lock_and_let_in_once_each() {
    let (mut factor, codes) = confirmed();
    for _ in 0..5 {
        attempt(&mut factor, &code(WRONG), at(60)).expect_err("it is wrong");
    }
    for (used, recovery) in codes.iter().enumerate() {
        let proof = Proof::Recovery(recovery.clone());
        assert_eq!(attempt(&mut factor, &proof, at(60)), Ok(Proved::Recovery(9 - used)));
        assert_eq!(attempt(&mut factor, &proof, at(60)), Err(NotProved::Wrong));
    }
    assert!(factor.locked_until.is_some(), "the app stays locked");
}

#[test]
fn after_five_wrong_recovery_codes_in_an_hour_none_is_compared() {
    let (mut factor, codes) = confirmed();
    let (hour, instant) = (policy::HOUR, SignedDuration::from_millis(1));
    for _ in 0..5 {
        assert_eq!(attempt(&mut factor, &unknown_recovery_code(), at(60)), Err(NotProved::Wrong));
    }
    let right = Proof::Recovery(codes[3].clone());
    assert_eq!(attempt(&mut factor, &right, at(60) + hour - instant), Err(NotProved::Locked(at(60) + hour)));
    assert_eq!(attempt(&mut factor, &right, at(60) + hour), Ok(Proved::Recovery(9)));
}

#[test]
fn what_is_typed_is_a_code_or_a_recovery_code() {
    let (_, codes) = confirmed();
    let read = |text: &str| Proof::try_from(text.to_owned());
    assert_eq!(read("287 082"), Ok(code("287082")));
    assert_eq!(read(&codes[1].reveal().to_lowercase()), Ok(Proof::Recovery(codes[1].clone())));
    for bad in ["", "12345", "1234567", "no code"] {
        assert_eq!(read(bad), Err(NotAProof), "{bad:?}");
    }
    assert_eq!(format!("{:?}", read("287082")), "Ok(Code(Guess))");
}

use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::{
    Dice,
    contact::NewContact,
    delivery::{Trouble, TroubleKind},
    keys::{KeyId, Secret},
    record::{LockedUntil, Origin},
    settings::{LockoutAfter, TimeZoneName},
};

const NOW: Timestamp = Timestamp::constant(1_772_445_600, 0);

fn ago(seconds: i64) -> Timestamp {
    NOW - SignedDuration::from_secs(seconds)
}

fn ann() -> Contact {
    let new: NewContact = serde_json::from_value(json!({"name": "Ann Lee", "email": "ann@example.com"})).expect("a contact");
    let (key, dice) = (Secret::new(KeyId("1".into()), "secret").key("gate"), Dice::new(|bytes| bytes.fill(1)));
    new.keep(Vec::new(), &key, &"demo".parse().expect("a firm"), ago(100_000), &dice)
}

/// A record of so many seconds ago.
fn record(seconds: i64, outcome: Outcome) -> AccessRecord {
    let dice = Dice::new(|bytes| bytes.fill(3));
    let origin = Origin { ip: Some("192.0.2.1".into()), user_agent: Some("Firefox".into()), request_id: None };
    AccessRecord::new(RecordId::new(ago(seconds), &dice), "demo".parse().expect("a firm"), ago(seconds), outcome, origin)
}

fn wrong(seconds: i64, hash: &str) -> AccessRecord {
    AccessRecord { gate_hash: Some(hash.into()), ..record(seconds, Outcome::SsnMismatch) }
}

fn elsewhere(record: AccessRecord) -> AccessRecord {
    AccessRecord { origin: Origin { user_agent: Some("Safari".into()), ..record.origin.clone() }, ..record }
}

fn asked(seconds: i64, channel: Channel) -> AccessRecord {
    AccessRecord { channel: Some(channel), ..record(seconds, Outcome::CodeRequested) }
}

fn updated(seconds: i64, field: &str) -> AccessRecord {
    record(seconds, Outcome::ContactUpdated { staff: "Olive".into(), fields: vec![field.into()] })
}

fn unknown(seconds: i64, email: &str) -> (Email, RecordId, Timestamp) {
    let record = record(seconds, Outcome::NoContact);
    (Email::parse(email).expect("an email"), record.record, record.at)
}

/// What may be special about a case; the rest is Ann, who was invited and lacks nothing.
#[derive(Default)]
struct Special {
    missing: Vec<Missing>,
    attempts: Attempts,
    /// Newest first.
    records: Vec<AccessRecord>,
    unknown: Vec<(Email, RecordId, Timestamp)>,
    entered_ago: Option<i64>,
    never_invited: bool,
    stage: Stage,
    factor: SecondFactor,
    email_trouble: bool,
    mobile_trouble: bool,
}

impl Special {
    fn of(records: Vec<AccessRecord>) -> Self {
        Self { records, ..Self::default() }
    }

    fn diagnosed(&self) -> Diagnosis {
        let trouble = |kind| Some(Trouble { kind, at: ago(50) });
        let mut contact = ann();
        contact.invited_at = (!self.never_invited).then(|| ago(90_000));
        contact.last_access_at = self.entered_ago.map(ago);
        contact.troubles.email = self.email_trouble.then(|| trouble(TroubleKind::Bounced)).flatten();
        contact.troubles.mobile = self.mobile_trouble.then(|| trouble(TroubleKind::OptedOut)).flatten();
        let Self { missing, attempts, stage, factor, records, unknown, .. } = self;
        Case { contact: &contact, missing, attempts, stage: *stage, factor, records, unknown, now: NOW }.diagnose()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "each case is made where it is judged")]
fn is(special: Special, verdict: &Verdict, action: Action, evidence: usize) {
    let found = special.diagnosed();
    assert_eq!((&found.verdict, found.verdict.action(), found.evidence.len()), (verdict, action, evidence));
    assert!(Verdict::NAMES.contains(&found.verdict.name()));
    let (sentence, advice) = (found.verdict.sentence(&TimeZoneName::default()), found.verdict.advice());
    assert!(sentence.ends_with('.') && advice.ends_with('.'), "{sentence} {advice}");
}

fn locked() -> Attempts {
    let mut attempts = Attempts::default();
    for digits in ["1", "2", "3", "4", "5"] {
        attempts.of(crate::attempts::Way::Page).count_gate_failure(digits, LockoutAfter::MOST, ago(30));
    }
    attempts.remember_failure(Outcome::SsnMismatch, ago(30));
    attempts
}

fn closed() -> Attempts {
    let mut attempts = Attempts::default();
    for _ in 0..policy::CODE_FAILURES_MOST {
        attempts.count_code_failure(crate::attempts::Way::Links, LockoutAfter::MOST, ago(30));
    }
    attempts
}

#[test]
fn the_same_wrong_digits_from_one_browser_are_a_saved_password_and_others_are_wrong() {
    let saved = |tries| Verdict::SavedPassword { tries };
    let differ = |tries| Verdict::WrongDigits { typed: Typed::Check, tries };
    let thrice = || vec![wrong(10, "a"), wrong(20, "a"), wrong(30, "a")];
    is(Special::of(thrice()), &saved(3), Action::SendByEmail, 3);
    is(Special::of(thrice()[..2].to_vec()), &differ(2), Action::Edit, 2);
    is(Special::of(vec![wrong(10, "a"), wrong(20, "a"), wrong(30, "b")]), &differ(3), Action::Edit, 3);
    is(Special::of(vec![wrong(10, "a"), wrong(20, "a"), elsewhere(wrong(30, "a"))]), &differ(3), Action::Edit, 3);
    let unmarked = thrice().into_iter().map(|record| AccessRecord { gate_hash: None, ..record }).collect();
    is(Special::of(unmarked), &differ(3), Action::Edit, 3);
    is(Special::of(vec![record(10, Outcome::PinMismatch)]), &differ(1), Action::Edit, 1);
    is(Special::of(vec![record(10, Outcome::LinkGateMismatch)]), &differ(1), Action::Edit, 1);
    is(Special::of(vec![record(10, Outcome::AutofillSuspected)]), &saved(1), Action::SendByEmail, 1);
    // The mail that tells of it is no step of theirs, and what was corrected is over.
    is(
        Special::of(vec![record(9, Outcome::HonestMailSent), wrong(10, "a"), asked(20, Channel::Sms), wrong(30, "a")]),
        &differ(1),
        Action::Edit,
        1,
    );
}

#[test]
fn wrong_and_old_codes_are_told_apart() {
    let codes = |typed, tries| Verdict::WrongDigits { typed, tries };
    let mismatch = |seconds| record(seconds, Outcome::CodeMismatch);
    is(Special::of(vec![mismatch(5), mismatch(8), asked(10, Channel::Sms)]), &codes(Typed::Code, 2), Action::SendByEmail, 2);
    is(Special::of(vec![record(5, Outcome::CodeExpired)]), &codes(Typed::OldCode, 1), Action::SendByEmail, 1);
}

#[test]
fn an_unknown_email_one_mistake_away_is_named() {
    for (typed, near) in [
        ("ann@exmaple.com", true),
        ("an@example.com", true),
        ("anne@example.com", true),
        ("amn@example.com", true),
        ("amm@example.com", false),
        ("ann@example.org", false),
        ("bob@example.com", false),
    ] {
        let special = Special { unknown: vec![unknown(9, "stranger@x.com"), unknown(10, typed)], ..Special::default() };
        assert_eq!(special.diagnosed().verdict.name(), if near { "near-email" } else { "never-tried" }, "{typed}");
    }
    let near = |seconds| vec![unknown(seconds, "ann@exmaple.com")];
    let verdict = Verdict::NearEmail { email: Email::parse("ann@exmaple.com").expect("an email"), at: ago(10) };
    is(Special { unknown: near(10), records: vec![wrong(11, "a")], ..Special::default() }, &verdict, Action::None, 1);
    // What went wrong under the right email is newer, or they got in since.
    for special in [
        Special { unknown: near(10), records: vec![wrong(10, "a")], ..Special::default() },
        Special { unknown: near(10), entered_ago: Some(10), ..Special::default() },
    ] {
        assert_ne!(special.diagnosed().verdict.name(), "near-email");
    }
}

#[test]
fn a_code_is_on_its_way_for_ten_minutes_and_what_did_not_arrive_is_told() {
    let life = policy::CODE_LIFE.as_secs();
    is(Special::of(vec![asked(life - 1, Channel::Sms)]), &Verdict::InProgress { since: ago(life - 1) }, Action::None, 1);
    let not = |why, seconds, mail_fails| Verdict::NotDelivered { why, at: ago(seconds), mail_fails };
    is(Special::of(vec![asked(life, Channel::Sms)]), &not(Undelivered::TextUnused, life, false), Action::SendByEmail, 1);
    is(Special::of(vec![asked(life, Channel::Email)]), &not(Undelivered::MailUnused, life, false), Action::SendByEmail, 1);
    let arrived = Special::of(vec![record(life - 5, Outcome::SmsDelivered), asked(life, Channel::Sms)]);
    is(arrived, &Verdict::NothingToDo { why: Well::CodeArrived, at: ago(life) }, Action::None, 1);

    let bounced = |email_trouble| Special { email_trouble, ..Special::of(vec![record(10, Outcome::EmailBounced)]) };
    is(bounced(true), &not(Undelivered::MailBounced, 10, true), Action::Edit, 1);
    assert_eq!(bounced(false).diagnosed().verdict.name(), "never-tried", "the address was mended");
    let spam = Special { email_trouble: true, ..Special::of(vec![record(10, Outcome::EmailMarkedAsSpam)]) };
    is(spam, &not(Undelivered::MailMarkedAsSpam, 10, true), Action::SendByEmail, 1);
    let stopped = |email_trouble| Special {
        email_trouble,
        mobile_trouble: true,
        ..Special::of(vec![record(10, Outcome::SmsOptedOut), asked(20, Channel::Sms)])
    };
    is(stopped(false), &not(Undelivered::PhoneOptedOut, 10, false), Action::SendByEmail, 1);
    is(stopped(true), &not(Undelivered::PhoneOptedOut, 10, true), Action::Edit, 1);
    let failed = Special { mobile_trouble: true, ..Special::of(vec![record(10, Outcome::SmsFailed)]) };
    is(failed, &not(Undelivered::TextFailed, 10, false), Action::SendByEmail, 1);
    let given_up = record(10, Outcome::MessageGivenUp { reason: "throttled".into() });
    is(Special::of(vec![given_up]), &not(Undelivered::GivenUp, 10, false), Action::SendByEmail, 1);
    let (day, window) = (policy::DAY.as_secs(), policy::REQUEST_WINDOW.as_secs());
    is(Special::of(vec![record(day - 1, Outcome::TooManyMessages)]), &not(Undelivered::TooMany, day - 1, false), Action::Unlock, 1);
    assert_eq!(Special::of(vec![record(day, Outcome::TooManyMessages)]).diagnosed().verdict.name(), "never-tried");
    is(Special::of(vec![record(window - 1, Outcome::TooManyRequests)]), &not(Undelivered::TooMany, window - 1, false), Action::Unlock, 1);
    assert_eq!(Special::of(vec![record(window, Outcome::TooManyRequests)]).diagnosed().verdict.name(), "never-tried");
}

#[test]
fn a_lock_says_until_when_and_after_what() {
    let until = locked().locked_until(NOW).expect("locked");
    let five = || ["1", "2", "3", "4", "5"].into_iter().zip(30..).map(|(hash, seconds)| wrong(seconds, hash)).collect::<Vec<_>>();
    let special = |records| Special { attempts: locked(), ..Special::of(records) };
    let lock = record(20, Outcome::Locked { time: LockedUntil(until) });
    let told = [vec![lock], five()].concat();
    is(special(told), &Verdict::Locked { until, tries: 5, one_browser: true }, Action::Unlock, 5);
    let mut others = five();
    others[2] = elsewhere(others[2].clone());
    is(special(others), &Verdict::Locked { until, tries: 5, one_browser: false }, Action::Unlock, 5);
    is(special(vec![]), &Verdict::Locked { until, tries: 0, one_browser: false }, Action::Unlock, 0);
}

/// A second factor after so many wrong codes in a row, which is locked for so many seconds.
fn factor(failures: u32, locked_for: i64) -> SecondFactor {
    let until = (NOW + SignedDuration::from_secs(locked_for)).as_millisecond();
    serde_json::from_value(json!({"version": 1, "failures_in_a_row": failures, "locked_until": until})).expect("a second factor")
}

#[test]
fn who_stops_at_the_second_factor_is_told_from_who_got_no_code() {
    let life = policy::PARTIAL_SESSION_LIFE.as_secs();
    let tried = |stage, records: Vec<AccessRecord>| Special { stage, ..Special::of(records) };
    let unproved = Verdict::SecondFactor;
    let awaited = |seconds| vec![record(seconds, Outcome::SecondFactorAwaited), asked(seconds + 20, Channel::Sms)];
    let setup = |seconds| vec![record(seconds, Outcome::SecondFactorSetupAwaited), asked(seconds + 20, Channel::Sms)];
    let wrong = |seconds| record(seconds, Outcome::SecondFactorMismatch);
    let reset = |seconds| record(seconds, Outcome::SecondFactorReset { staff: "Olive".into(), reason: "lost".into() });
    let (second, enrolment, full) = (Stage::SecondFactor, Stage::Enrolment, Stage::Full);
    for (stage, records) in [(second, awaited(life - 1)), (enrolment, setup(life - 1))] {
        is(tried(stage, records), &Verdict::InProgress { since: ago(life - 1) }, Action::None, 1);
    }
    let reset_it = Action::ResetSecondFactor;
    is(tried(second, awaited(life)), &unproved(Unproved::Awaited { at: ago(life) }), reset_it, 1);
    is(tried(enrolment, setup(life)), &unproved(Unproved::SetupAwaited { at: ago(life), tries: 0 }), Action::None, 1);
    // A code that does not match is told at once.
    let with = |wrong: &[AccessRecord], records: Vec<AccessRecord>| [wrong.to_vec(), records].concat();
    is(tried(second, with(&[wrong(5)], awaited(10))), &unproved(Unproved::Wrong { tries: 1 }), reset_it, 1);
    is(tried(second, with(&[wrong(3), wrong(5)], awaited(10))), &unproved(Unproved::Wrong { tries: 2 }), reset_it, 2);
    let setting_up = with(&[wrong(5)], setup(10));
    is(tried(enrolment, setting_up), &unproved(Unproved::SetupAwaited { at: ago(10), tries: 1 }), Action::None, 1);
    // Those of a factor that was reset are over.
    let anew = [setup(life), vec![reset(life + 30), wrong(life + 40)], awaited(life + 50)].concat();
    is(tried(enrolment, anew), &unproved(Unproved::SetupAwaited { at: ago(life), tries: 0 }), Action::None, 1);
    // What they did since goes before.
    let again = with(&[asked(1, Channel::Sms)], awaited(life));
    is(tried(second, again), &Verdict::InProgress { since: ago(1) }, Action::None, 1);
    // Staff reset it, they set it up, or the firm asks for none any more.
    let mended = Verdict::NothingToDo { why: Well::Mended, at: ago(life) };
    is(tried(full, with(&[reset(5), wrong(6)], awaited(life))), &mended, Action::None, 1);
    for (stage, records) in [(enrolment, awaited(life)), (second, setup(life)), (full, setup(life))] {
        is(tried(stage, records), &mended, Action::None, 1);
    }
    // Who proves it within a session is in.
    let within = Special { entered_ago: Some(10), ..tried(second, vec![wrong(5)]) };
    is(within, &Verdict::NothingToDo { why: Well::Entered, at: ago(10) }, Action::None, 0);
}

#[test]
fn a_second_factor_that_takes_no_codes_is_told_until_it_does() {
    let five = || {
        let until = LockedUntil(NOW + SignedDuration::from_secs(60));
        let wrong = (2..6).map(|seconds| record(seconds, Outcome::SecondFactorMismatch));
        [record(1, Outcome::SecondFactorLocked { time: until })].into_iter().chain(wrong).collect::<Vec<_>>()
    };
    let special = |factor, records: Vec<AccessRecord>| Special { stage: Stage::SecondFactor, factor, ..Special::of(records) };
    let awaited = || record(10, Outcome::SecondFactorAwaited);
    let locked = Verdict::SecondFactor(Unproved::Locked { until: NOW + SignedDuration::from_secs(60), tries: 5 });
    is(special(factor(5, 60), [five(), vec![awaited()]].concat()), &locked, Action::ResetSecondFactor, 5);
    // Another code does not help as long as it lasts.
    is(special(factor(5, 60), [vec![asked(0, Channel::Sms)], five()].concat()), &locked, Action::ResetSecondFactor, 5);
    let over = special(factor(5, 0), [five(), vec![awaited()]].concat());
    is(over, &Verdict::SecondFactor(Unproved::Wrong { tries: 5 }), Action::ResetSecondFactor, 5);
    let recovered = Special { entered_ago: Some(0), ..special(factor(5, 60), five()) };
    is(recovered, &Verdict::NothingToDo { why: Well::Entered, at: ago(0) }, Action::None, 0);
    let closed = |failures| Special { entered_ago: Some(0), ..special(factor(failures, 0), vec![record(1, Outcome::SecondFactorClosed)]) };
    let most = policy::FACTOR_FAILURES_MOST;
    is(closed(most), &Verdict::SecondFactor(Unproved::Closed), Action::ResetSecondFactor, 1);
    assert_eq!(closed(most - 1).diagnosed().verdict.name(), "nothing-to-do");
    let values = locked.values();
    assert_eq!(json!(values), json!({"why": "locked", "until": NOW + SignedDuration::from_secs(60), "tries": 5}));
}

#[test]
fn links_that_are_too_old_and_invitations_are_told() {
    let expired = |more: Vec<AccessRecord>| Special::of([more, vec![record(10, Outcome::LinkExpired)]].concat());
    is(expired(vec![]), &Verdict::NotInvited { expired_at: Some(ago(10)) }, Action::Invite, 1);
    is(expired(vec![record(5, Outcome::FreshLinkSent)]), &Verdict::NeverTried { invited_at: ago(90_000) }, Action::Invite, 0);
    is(Special { never_invited: true, ..Special::default() }, &Verdict::NotInvited { expired_at: None }, Action::Invite, 0);
    is(Special::of(vec![record(90_000, Outcome::InviteSent)]), &Verdict::NeverTried { invited_at: ago(90_000) }, Action::Invite, 1);
}

#[test]
fn what_is_true_now_goes_before_what_was() {
    let fields = vec![Missing::Gate];
    let everything = || Special { missing: fields.clone(), attempts: closed(), ..Special::of(vec![wrong(10, "a")]) };
    is(everything(), &Verdict::NotSetUp { missing: fields.clone() }, Action::Edit, 0);
    is(Special { missing: vec![], ..everything() }, &Verdict::Closed, Action::Reopen, 0);
    // Whoever got in since needs nothing, though a stranger's lock stands on the page.
    let entered = |seconds, attempts, records| Special { entered_ago: Some(seconds), attempts, ..Special::of(records) };
    let well = |seconds| Verdict::NothingToDo { why: Well::Entered, at: ago(seconds) };
    is(entered(30, locked(), vec![wrong(31, "a")]), &well(30), Action::None, 0);
    assert_eq!(entered(31, locked(), vec![]).diagnosed().verdict.name(), "locked");
    is(entered(10, Attempts::default(), vec![wrong(10, "a")]), &well(10), Action::None, 0);
    assert_eq!(entered(11, Attempts::default(), vec![wrong(10, "a")]).diagnosed().verdict.name(), "wrong-digits");
    // The contact's row may not have it yet.
    let recorded = vec![record(10, Outcome::SignedIn), wrong(20, "a")];
    is(Special::of(recorded), &well(10), Action::None, 1);
    // A lock that is over is none.
    let over = record(200, Outcome::Locked { time: LockedUntil(ago(100)) });
    assert_eq!(Special::of(vec![over, wrong(201, "a")]).diagnosed().verdict.name(), "wrong-digits");
}

#[test]
fn what_was_mended_since_asks_for_nothing() {
    let mended = |seconds| Verdict::NothingToDo { why: Well::Mended, at: ago(seconds) };
    is(Special::of(vec![updated(5, "gates"), wrong(10, "a")]), &mended(10), Action::None, 1);
    assert_eq!(Special::of(vec![updated(5, "name"), wrong(10, "a")]).diagnosed().verdict.name(), "wrong-digits");
    assert_eq!(Special::of(vec![wrong(5, "a"), updated(10, "gates")]).diagnosed().verdict.name(), "wrong-digits");
    is(Special::of(vec![record(10, Outcome::NotSetUp { fields: vec![Missing::Gate] })]), &mended(10), Action::None, 1);
    let reopened = record(5, Outcome::CodePathReopened { staff: "Olive".into() });
    is(Special::of(vec![reopened, record(10, Outcome::CodeMismatch)]), &mended(10), Action::None, 1);
}

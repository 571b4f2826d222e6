//! What is decided about requests and guesses, as tables.

use jiff::SignedDuration;

use super::*;
use crate::{
    Audience, ChallengeId, ContactId, DeviceId, Dice, FirmScope,
    challenge::ChallengeFor,
    delivery::Troubles,
    identity::Identity,
    keys::{KeyId, Secret},
    policy,
    settings::{AccessMode, LockoutAfter, Overrides},
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn after(seconds: i64) -> Timestamp {
    NOW + SignedDuration::from_secs(seconds)
}

fn ann() -> Account {
    let contact = ContactId::new(NOW, &Dice::new(|bytes| bytes.fill(1)));
    Account {
        identity: Identity::of_contact(contact, 0),
        has_mobile: true,
        mobile_country: None,
        mobile_epoch: 0,
        troubles: Troubles::default(),
        second_factor: false,
        overrides: Overrides::default(),
    }
}

fn asker(gate: GateTry) -> Asker {
    Asker { account: ann(), policy: SignInPolicy::default(), missing: Vec::new(), gate }
}

fn wrong(hash: &str) -> GateTry {
    GateTry::Wrong { kind: GateKind::SsnLast4, hash: hash.into(), gate_hash: String::new() }
}

#[test]
fn a_gate_field_is_read_as_the_firm_checks() {
    use IdentityCheck::{Either, None as No};
    let digits = |text: &str| GateField::Digits(GateDigits::parse(text).expect("digits"));
    for (check, typed, field) in [
        (No, None, GateField::NotChecked),
        (No, Some("hunter2"), GateField::NotChecked),
        (Either, None, GateField::Missing),
        (Either, Some("4321"), digits("4321")),
        (Either, Some("123-45-6789"), digits("6789")),
        (Either, Some("hunter2"), GateField::Autofilled(NotAGate::NotDigits)),
        (Either, Some("123"), GateField::Malformed(NotAGate::Length)),
        (Either, Some(""), GateField::Malformed(NotAGate::Length)),
    ] {
        assert_eq!(gate_field(check, typed), field, "{check:?} {typed:?}");
    }
}

fn ask(attempts: &mut Attempts, gate: GateTry, now: Timestamp) -> (Outcome, Sending) {
    match decide(Some(&asker(gate)), attempts, Way::Page, Channel::Sms, now) {
        Decision::Answered { attempts: after, outcome, sending } => {
            *attempts = *after;
            (outcome, sending)
        }
        refused @ Decision::Refused { .. } => panic!("{refused:?}"),
    }
}

#[test]
fn the_eleventh_request_in_a_quarter_of_an_hour_is_refused_whatever_the_outcome() {
    for known in [true, false] {
        let mut attempts = Attempts::default();
        for second in 0..10 {
            let person = known.then(|| asker(wrong(&second.to_string())));
            let Decision::Answered { attempts: row, .. } = decide(person.as_ref(), &attempts, Way::Page, Channel::Sms, after(second))
            else {
                panic!("request {second} is refused")
            };
            attempts = *row;
        }
        let refused = decide(None, &attempts, Way::Page, Channel::Sms, after(899));
        let Decision::Refused { retry_at, logged: Some(row) } = refused else { panic!("{refused:?}") };
        assert_eq!(retry_at, after(900));
        let again = decide(None, &row, Way::Page, Channel::Sms, after(899));
        assert!(matches!(again, Decision::Refused { logged: None, .. }), "one record per window");
        assert!(matches!(decide(None, &row, Way::Page, Channel::Sms, after(900)), Decision::Answered { .. }));
    }
}

#[test]
fn five_different_wrong_gates_lock_silently_for_a_minute_and_three_more_for_five() {
    let mut attempts = Attempts::default();
    for guess in 0..5 {
        assert_eq!(ask(&mut attempts, wrong(&guess.to_string()), after(guess)).0, Outcome::SsnMismatch);
    }
    let until = LockedUntil(after(4 + 60));
    assert_eq!(ask(&mut attempts, GateTry::Opened(None, None), after(10)).0, Outcome::Locked { time: until });
    assert_eq!(ask(&mut attempts, wrong("9"), after(63)).0, Outcome::Locked { time: until }, "a locked attempt does not extend");
    for guess in 0..3 {
        assert_eq!(ask(&mut attempts, wrong(&guess.to_string()), after(64 + guess)).0, Outcome::SsnMismatch);
    }
    assert_eq!(attempts.locked_until(after(70)), Some(after(66 + 300)));
}

#[test]
fn the_same_mistake_counts_once_and_old_mistakes_do_not() {
    let mut attempts = Attempts::default();
    for second in 0..5 {
        ask(&mut attempts, wrong("same"), after(second));
    }
    for guess in 0..3 {
        ask(&mut attempts, wrong(&guess.to_string()), after(10 + guess));
    }
    assert_eq!(attempts.locked_until(after(20)), None, "four different ones");
    let mut attempts = Attempts::default();
    for guess in 0..4 {
        ask(&mut attempts, wrong(&guess.to_string()), after(guess));
    }
    ask(&mut attempts, wrong("late"), after(900));
    assert_eq!(attempts.locked_until(after(900)), None);
    ask(&mut attempts, wrong("later"), after(900));
    assert_eq!(attempts.locked_until(after(900)), Some(after(960)));
}

#[test]
fn a_right_gate_forgets_the_wrong_ones() {
    let mut attempts = Attempts::default();
    for guess in 0..4 {
        ask(&mut attempts, wrong(&guess.to_string()), NOW);
    }
    ask(&mut attempts, GateTry::Opened(None, None), NOW);
    ask(&mut attempts, wrong("4"), NOW);
    assert_eq!(attempts.locked_until(NOW), None);
}

/// A challenge that is answered by `way`, of a person to whom a code went out or of nobody.
fn challenge(way: Way, is_decoy: bool) -> Challenge {
    let dice = Dice::new(|bytes| bytes.fill(1));
    let secret = Secret::new(KeyId("1".into()), "secret");
    let (key, email) = (secret.key("attempts"), secret.sealer("email").seal("ann@x.com", b"", &dice));
    let scope = FirmScope::of_row(&"demo".parse().expect("a firm"));
    let attempts = key.attempts(&[]);
    let asked = ChallengeFor {
        scope,
        audience: Audience::Client,
        settings_version: 0,
        attempts,
        email,
        person: None,
        way,
        known: None,
        known_session: None,
        renewal: None,
        remade: None,
    };
    Challenge::begin(
        ChallengeId::new(asked.scope.firm(), asked.attempts.clone(), &dice),
        asked,
        (!is_decoy).then(ann),
        Channel::Sms,
        &key,
        NOW,
        &dice,
    )
}

fn guess(attempts: &mut Attempts, way: Way, found: Result<Account, Outcome>, now: Timestamp) -> Result<Account, Outcome> {
    let (judged, after) = judge(&challenge(way, false), found, attempts, &SignInPolicy::default(), now);
    *attempts = after;
    judged
}

const WRONG: Result<Account, Outcome> = Err(Outcome::CodeMismatch);

#[test]
fn ten_wrong_codes_over_challenges_lock_and_the_right_one_forgets_them() {
    let mut attempts = Attempts::default();
    for second in 0..9 {
        assert_eq!(guess(&mut attempts, Way::Page, WRONG, after(second)), WRONG);
    }
    let mut forgiven = attempts.clone();
    assert!(guess(&mut forgiven, Way::Page, Ok(ann()), after(9)).is_ok());
    assert_eq!(guess(&mut forgiven, Way::Page, WRONG, after(9)), WRONG);
    assert_eq!(forgiven.locked_until(after(9)), None);

    assert_eq!(guess(&mut attempts, Way::Page, WRONG, after(9)), WRONG);
    let time = LockedUntil(after(9 + 60));
    assert_eq!(guess(&mut attempts, Way::Page, Ok(ann()), after(68)), Err(Outcome::Locked { time }), "the right one does not open it");
    assert!(guess(&mut attempts, Way::Page, Ok(ann()), after(69)).is_ok());
}

#[test]
fn a_wrong_code_where_none_went_out_does_not_count() {
    let mut attempts = Attempts::default();
    for _ in 0..policy::CODE_FAILURES_MOST {
        attempts = judge(&challenge(Way::Page, true), WRONG, &attempts, &SignInPolicy::default(), NOW).1;
    }
    assert_eq!((attempts.locked_until(NOW), attempts.any_is_closed(), attempts.last_failure), (None, false, None));
}

/// Wrong codes by `way`, each as soon as it counts, until that is closed; how many.
fn closed(attempts: &mut Attempts, way: Way) -> u32 {
    let (mut now, mut counted) = (NOW, 0);
    while !attempts.is_closed(way) {
        now = attempts.lock_of(way, now).unwrap_or(now);
        guess(attempts, way, WRONG, now).expect_err("wrong");
        counted += 1;
    }
    counted
}

#[test]
fn fifty_wrong_codes_in_a_row_close_their_way_alone_until_staff_reopen_it() {
    let dice = Dice::new(|bytes| bytes.fill(1));
    let ways = [Way::Page, Way::Browser(DeviceId::new(NOW, &dice)), Way::Links];
    let far = after(400 * 24 * 3600);
    for way in ways {
        let mut attempts = Attempts::default();
        assert_eq!(closed(&mut attempts, way), policy::CODE_FAILURES_MOST);
        for other in ways {
            let (expected, mut attempts) = (if other == way { Err(Outcome::CodePathClosed) } else { Ok(ann()) }, attempts.clone());
            assert_eq!(guess(&mut attempts, other, Ok(ann()), far), expected, "{way:?} is closed, {other:?} is not");
            let asked = decide(Some(&asker(GateTry::NotChecked)), &attempts, other, Channel::Sms, far);
            let Decision::Answered { outcome, .. } = asked else { panic!("{asked:?}") };
            assert_eq!(outcome == Outcome::CodePathClosed, other == way);
        }
        assert_eq!(attempts.forgotten_at(far), None, "nor does time open it");
        assert!(attempts.clone().unlocked().is_closed(way), "nor does an unlock");
        assert!(guess(&mut attempts.reopened(), way, Ok(ann()), far).is_ok());
    }
}

#[test]
fn nobody_who_uses_one_way_can_shut_another() {
    let browser = Way::Browser(DeviceId::new(NOW, &Dice::new(|bytes| bytes.fill(1))));
    let mut attempts = Attempts::default();
    for guess in 0..10 {
        ask(&mut attempts, wrong(&guess.to_string()), after(guess));
    }
    let refused = decide(Some(&asker(GateTry::Opened(None, None))), &attempts, Way::Page, Channel::Sms, after(10));
    assert!(matches!(refused, Decision::Refused { .. }));
    for way in [browser, Way::Links] {
        let gate = if way == Way::Links { GateTry::Link } else { GateTry::Opened(None, None) };
        let asked = decide(Some(&asker(gate)), &attempts, way, Channel::Sms, after(10));
        assert!(matches!(asked, Decision::Answered { sending: Sending::Code(_), .. }), "{asked:?}");
    }
}

#[test]
fn five_codes_an_hour_and_ten_a_day_go_out() {
    let mut attempts = Attempts::default();
    let mut sent = |at| ask(&mut attempts, GateTry::NotChecked, after(at)).0 == Outcome::CodeRequested;
    assert_eq!((0..6).filter(|n| sent(n * 600)).count(), 5);
    assert!(!sent(3599) && sent(3600));
    assert_eq!((0..9).filter(|n| sent(8000 + n * 4000)).count(), 4, "ten in all");
    assert!(!sent(86399) && sent(86400));
}

#[test]
fn honest_mails_rest_half_an_hour_and_are_three_a_day() {
    let mut attempts = Attempts::default();
    let mut mailed = |at: i64| match ask(&mut attempts, wrong("1"), after(at)).1 {
        Sending::Honest(HonestReason::GateMismatch, life) => Some(life),
        _ => None,
    };
    let (each, last) = (Some(policy::WAY_IN_LIFE), Some(policy::LAST_WAY_IN_LIFE));
    assert_eq!([0, 1799, 1800].map(&mut mailed), [each, None, each]);
    assert_eq!([3600, 7200].map(&mut mailed), [last, None], "the third of a day holds until there is another");
    assert_eq!([86400, 90000].map(&mut mailed), [last, each]);
}

/// Three days of someone who asks each minute, and of the owner of the mailbox who asks right after.
fn besieged(stranger: impl Fn(i64) -> GateTry) {
    let (mut attempts, mut way_in_until) = (Attempts::default(), NOW);
    for minute in 0..3 * 24 * 60 {
        for (gate, at) in [(stranger(minute), after(minute * 60)), (GateTry::Opened(None, None), after(minute * 60 + 1))] {
            let is_owner = gate == GateTry::Opened(None, None);
            let before = attempts.clone();
            let Decision::Answered { attempts: next, outcome, sending } =
                decide(Some(&asker(gate)), &before, Way::Page, Channel::Email, at)
            else {
                continue;
            };
            attempts = *next;
            if let Sending::Honest(reason, life) = &sending
                && reason.shuts_out()
            {
                way_in_until = way_in_until.max(at + *life);
            }
            let is_refused = is_owner && outcome != Outcome::CodeRequested;
            assert!(!is_refused || at < way_in_until, "minute {minute}: {outcome:?}, {sending:?}");
        }
    }
}

#[test]
fn whoever_is_refused_in_silence_has_a_way_in_that_lives_whatever_others_ask_for() {
    besieged(|_| GateTry::Opened(None, None));
    besieged(|minute| wrong(&minute.to_string()));
    besieged(|minute| if minute % 40 < 7 { wrong(&minute.to_string()) } else { GateTry::Opened(None, None) });
}

#[test]
fn only_codes_that_go_out_are_answered_by_code() {
    let nobody = decide(None, &Attempts::default(), Way::Page, Channel::Sms, NOW);
    assert!(matches!(nobody, Decision::Answered { outcome: Outcome::NoContact, sending: Sending::Nothing, .. }));
    let fields = vec![Missing::Mobile];
    let unready = decide(
        Some(&Asker { missing: fields.clone(), ..asker(GateTry::Opened(None, None)) }),
        &Attempts::default(),
        Way::Page,
        Channel::Sms,
        NOW,
    );
    assert!(
        matches!(unready, Decision::Answered { outcome: Outcome::NotSetUp { fields: missing }, sending: Sending::Honest(HonestReason::NotSetUp, _), .. } if missing == fields)
    );
}

#[test]
fn codes_go_by_sms_where_they_can_and_by_email_on_wish() {
    let policy = SignInPolicy::default();
    use Channel::{Email, Sms};
    for (texting, has_mobile, wish, by) in [
        (true, true, None, Sms),
        (true, true, Some(Sms), Sms),
        (true, true, Some(Email), Email),
        (true, false, Some(Sms), Email),
        (false, true, None, Email),
    ] {
        assert_eq!(channel(&policy, texting, has_mobile, wish), by, "{texting} {has_mobile} {wish:?}");
    }
}

#[test]
fn who_is_admitted_by_links_alone_gets_a_link_in_place_of_a_code() {
    let mode = |access_mode| SignInPolicy { access_mode, ..SignInPolicy::default() };
    let browser = Way::Browser(DeviceId::new(NOW, &Dice::new(|bytes| bytes.fill(1))));
    for (access_mode, way, is_admitted) in [
        (AccessMode::LinkAndLogin, Way::Page, true),
        (AccessMode::LinkAndLogin2fa, Way::Page, true),
        (AccessMode::LinkOnly, Way::Page, false),
        (AccessMode::LinkOnly, browser, false),
        (AccessMode::LinkOnly, Way::Links, true),
    ] {
        let asked = Asker { policy: mode(access_mode), ..asker(wrong("1")) };
        let asked = if way == Way::Links { Asker { gate: GateTry::Link, ..asked } } else { asked };
        let Decision::Answered { outcome, sending, .. } = decide(Some(&asked), &Attempts::default(), way, Channel::Sms, NOW) else {
            panic!("the first request is refused")
        };
        let sent_a_link = sending == Sending::Honest(HonestReason::LinkOnly, policy::WAY_IN_LIFE);
        assert_eq!((outcome == Outcome::LinkOnly, sent_a_link), (!is_admitted, !is_admitted), "{access_mode:?} {way:?}");
        let judged = judge(&challenge(way, false), Ok(ann()), &Attempts::default(), &mode(access_mode), NOW).0;
        assert_eq!(judged, if is_admitted { Ok(ann()) } else { Err(Outcome::LinkOnly) }, "as the firm decides by now");
    }
    let own = Overrides { access_mode: Some(AccessMode::LinkOnly), ..Overrides::default() };
    let theirs = Account { overrides: own, ..ann() };
    let judged = judge(&challenge(Way::Page, false), Ok(theirs), &Attempts::default(), &SignInPolicy::default(), NOW).0;
    assert_eq!(judged, Err(Outcome::LinkOnly), "what is decided for one alone goes first");
}

#[test]
fn a_firm_may_lock_sooner() {
    for (lockout_after, gates, codes) in [(3, 3, 6), (4, 4, 8), (5, 5, 10)] {
        let policy = SignInPolicy { lockout_after: LockoutAfter::clamped(lockout_after), ..SignInPolicy::default() };
        let mut attempts = Attempts::default();
        let wrong_gates = (1..=10).find(|guess| {
            let asked = Asker { policy: policy.clone(), ..asker(wrong(&guess.to_string())) };
            let Decision::Answered { attempts: next, .. } = decide(Some(&asked), &attempts, Way::Page, Channel::Sms, NOW) else {
                panic!("refused")
            };
            attempts = *next;
            attempts.lock_of(Way::Page, NOW).is_some()
        });
        let mut attempts = Attempts::default();
        let wrong_codes = (1..=20).find(|_| {
            attempts = judge(&challenge(Way::Page, false), WRONG, &attempts, &policy, NOW).1;
            attempts.lock_of(Way::Page, NOW).is_some()
        });
        assert_eq!((wrong_gates, wrong_codes), (Some(gates), Some(codes)));
    }
}

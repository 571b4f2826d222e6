//! Signing in: what is decided about a request for a code or for a fresh link, and about a guess.

use jiff::{SignedDuration, Timestamp};

use crate::{
    account::Account,
    attempts::{Attempts, Way},
    challenge::Challenge,
    channel::Channel,
    dispatch::{DispatchKind, HonestReason},
    gate::{GateDigits, GateKind, IdentityCheck, NotAGate},
    readiness::Missing,
    record::{LockedUntil, Outcome},
    settings::SignInPolicy,
};

/// What came in the field for the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateField {
    /// The firm checks no gate; whatever came is passed over.
    NotChecked,
    /// Digits to be tried.
    Digits(GateDigits),
    /// Nothing, where digits are needed: no attempt.
    Missing,
    /// Text that cannot be digits, as a saved password that the browser filled in: logged, and no attempt.
    Autofilled(NotAGate),
    /// Digits that can be no gate: no attempt.
    Malformed(NotAGate),
}

/// What `typed` means at a firm with this `check`.
pub fn gate_field(check: IdentityCheck, typed: Option<&str>) -> GateField {
    match (check, typed.map(GateDigits::parse)) {
        (IdentityCheck::None, _) => GateField::NotChecked,
        (_, None) => GateField::Missing,
        (_, Some(Ok(digits))) => GateField::Digits(digits),
        (_, Some(Err(reason @ NotAGate::NotDigits))) => GateField::Autofilled(reason),
        (_, Some(Err(reason @ NotAGate::Length))) => GateField::Malformed(reason),
    }
}

/// How the person passes the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateTry {
    /// The firm checks none, or this audience has none.
    NotChecked,
    /// Digits that open one of the gates, which may have a label.
    Opened(Option<String>),
    /// A link from the person's own mailbox stands in for the gate; no lock blocks it.
    Link,
    /// Digits that open none.
    Wrong {
        /// What the digits were compared with.
        kind: GateKind,
        /// A keyed hash of the digits, by which equal mistakes are counted once.
        hash: String,
        /// A keyed hash of the value, by which the log recognises equal mistakes.
        gate_hash: String,
    },
}

/// What is sent to the person on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// A code, by this channel.
    Code(Channel),
    /// A mail that says why none came, with how long its way in lives.
    Honest(HonestReason, SignedDuration),
    /// Nothing.
    Nothing,
}

/// What is decided about a request for a code.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Too many requests; the caller is told.
    Refused {
        /// When the next request may come.
        retry_at: Timestamp,
        /// The row to write where this refusal is the first of its window and is to be logged.
        logged: Option<Box<Attempts>>,
    },
    /// A challenge is given out, whatever else is decided; only the person on file learns more.
    Answered {
        /// The row of attempts as it is from now on.
        attempts: Box<Attempts>,
        /// What the log says.
        outcome: Outcome,
        /// What is sent.
        sending: Sending,
    },
}

/// The channel for a code: the wish of the caller where firm and contact allow it.
pub fn channel(policy: &SignInPolicy, texting: bool, has_mobile: bool, wish: Option<Channel>) -> Channel {
    let by_sms = policy.channels(texting).contains(&Channel::Sms) && has_mobile && wish != Some(Channel::Email);
    if by_sms { Channel::Sms } else { Channel::Email }
}

/// Decides about a request for a code that comes by `way`. `person` is who has this email, with what they lack and how they passed the gate.
pub fn decide(
    person: Option<(&Account, Vec<Missing>, GateTry)>,
    attempts: &Attempts,
    way: Way,
    channel: Channel,
    now: Timestamp,
) -> Decision {
    let mut attempts = Box::new(attempts.clone().tidied(now));
    if let Err(retry_at) = attempts.of(way).count_request(now) {
        let logged = attempts.of(way).log_refusal(now).then_some(attempts);
        return Decision::Refused { retry_at, logged };
    }
    let (outcome, sending) = match person {
        None => (Outcome::NoContact, Ok(None)),
        Some((_, fields, _)) if !fields.is_empty() => (Outcome::NotSetUp { fields }, Err(HonestReason::NotSetUp)),
        Some(_) if attempts.is_closed(way) => {
            let links = attempts.is_closed(Way::Links);
            (Outcome::CodePathClosed, Err(HonestReason::Closed { links }))
        }
        Some(_) if let Some(until) = attempts.lock_of(way, now).map(LockedUntil) => {
            (Outcome::Locked { time: until }, Err(HonestReason::Paused { until }))
        }
        Some((_, _, GateTry::Wrong { kind, hash, .. })) => {
            attempts.of(way).count_gate_failure(&hash, now);
            // Whoever is locked by this very mistake learns that, and has a way in at once.
            let until = attempts.lock_of(way, now).map(LockedUntil);
            let reason = until.map_or(HonestReason::GateMismatch, |until| HonestReason::Paused { until });
            (Outcome::gate_mismatch(kind), Err(reason))
        }
        Some((account, _, gate)) => {
            if matches!(gate, GateTry::Opened(_)) {
                attempts.of(way).forget_gate_failures();
            }
            if attempts.of(way).count_send(account.identity.subject.audience(), now) {
                (Outcome::CodeRequested, Ok(Some(channel)))
            } else {
                (Outcome::TooManyMessages, Err(HonestReason::TooMany))
            }
        }
    };
    if outcome != Outcome::CodeRequested {
        attempts.remember_failure(outcome.clone(), now);
    }
    let sending = match sending {
        Ok(code) => code.map_or(Sending::Nothing, Sending::Code),
        Err(reason) => attempts.tell(&reason, now).map_or(Sending::Nothing, |life| Sending::Honest(reason, life)),
    };
    Decision::Answered { attempts, outcome, sending }
}

/// Judges a guess at the code of `challenge`, of which `found` is who it lets in or what is wrong with it, upon what is remembered of the email;
/// and what is remembered from now on.
pub fn judge(
    challenge: &Challenge,
    found: Result<Account, Outcome>,
    attempts: &Attempts,
    now: Timestamp,
) -> (Result<Account, Outcome>, Attempts) {
    let (way, mut attempts) = (challenge.way, attempts.clone().tidied(now));
    let judged = found.and_then(|account| match attempts.lock_of(way, now) {
        _ if attempts.is_closed(way) => Err(Outcome::CodePathClosed),
        Some(until) => Err(Outcome::Locked { time: LockedUntil(until) }),
        None => Ok(account),
    });
    match &judged {
        Ok(_) => attempts.of(way).forget_code_failures(),
        // Failures on a challenge for which no code went out do not count against the person; they cost the same.
        Err(_) if challenge.account.is_none() => {}
        Err(outcome) => {
            if *outcome == Outcome::CodeMismatch {
                attempts.count_code_failure(way, now);
            }
            attempts.remember_failure(outcome.clone(), now);
        }
    }
    (judged, attempts)
}

/// What is decided about a request for a fresh link.
#[derive(Debug, Clone, PartialEq)]
pub enum FreshLink {
    /// Too many requests; nothing is written and nobody is told.
    Ignored,
    /// It is written down.
    Answered {
        /// The row of attempts as it is from now on.
        attempts: Box<Attempts>,
        /// What the log says.
        outcome: Outcome,
        /// What is sent: a link or nothing.
        kind: Box<DispatchKind>,
    },
}

/// Decides about a request for a fresh link for an email, and for what its person lacks if it is someone's. Beyond the limits nothing more is
/// sent: the links that went out before are still good.
pub fn decide_fresh_link(person: Option<Vec<Missing>>, attempts: &Attempts, now: Timestamp) -> FreshLink {
    let mut attempts = Box::new(attempts.clone());
    if !attempts.count_fresh_link(now) {
        return FreshLink::Ignored;
    }
    let (outcome, kind) = match person {
        None => (Outcome::NoContact, DispatchKind::Nothing),
        Some(fields) if fields.is_empty() => (Outcome::FreshLinkRequested, DispatchKind::FreshLink),
        Some(fields) => {
            let outcome = Outcome::NotSetUp { fields };
            attempts.remember_failure(outcome.clone(), now);
            let told = attempts.tell(&HonestReason::NotSetUp, now).is_some();
            (outcome, if told { DispatchKind::Honest(HonestReason::NotSetUp) } else { DispatchKind::Nothing })
        }
    };
    FreshLink::Answered { attempts, outcome, kind: Box::new(kind) }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{
        Audience, ChallengeId, ContactId, DeviceId, Dice, FirmScope,
        challenge::ChallengeFor,
        delivery::Troubles,
        identity::Identity,
        keys::{KeyId, Secret},
        policy,
    };

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(seconds: i64) -> Timestamp {
        NOW + SignedDuration::from_secs(seconds)
    }

    fn ann() -> Account {
        let contact = ContactId::new(NOW, &Dice::new(|bytes| bytes.fill(1)));
        Account { identity: Identity::of_contact(contact, 0), has_mobile: true, mobile_epoch: 0, troubles: Troubles::default() }
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
        match decide(Some((&ann(), Vec::new(), gate)), attempts, Way::Page, Channel::Sms, now) {
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
                let person = ann();
                let person = known.then(|| (&person, Vec::new(), wrong(&second.to_string())));
                let Decision::Answered { attempts: row, .. } = decide(person, &attempts, Way::Page, Channel::Sms, after(second)) else {
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
        assert_eq!(ask(&mut attempts, GateTry::Opened(None), after(10)).0, Outcome::Locked { time: until });
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
        ask(&mut attempts, GateTry::Opened(None), NOW);
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
            attempts,
            email,
            email_hash: String::new(),
            way,
            known: None,
            known_session: None,
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
        let (judged, after) = judge(&challenge(way, false), found, attempts, now);
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
            attempts = judge(&challenge(Way::Page, true), WRONG, &attempts, NOW).1;
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
                let asked = decide(Some((&ann(), Vec::new(), GateTry::NotChecked)), &attempts, other, Channel::Sms, far);
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
        let refused = decide(Some((&ann(), Vec::new(), GateTry::Opened(None))), &attempts, Way::Page, Channel::Sms, after(10));
        assert!(matches!(refused, Decision::Refused { .. }));
        for way in [browser, Way::Links] {
            let gate = if way == Way::Links { GateTry::Link } else { GateTry::Opened(None) };
            let asked = decide(Some((&ann(), Vec::new(), gate)), &attempts, way, Channel::Sms, after(10));
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
        let mut mailed =
            |at: i64| ask(&mut attempts, wrong("1"), after(at)).1 == Sending::Honest(HonestReason::GateMismatch, policy::WAY_IN_LIFE);
        assert!(mailed(0) && !mailed(1799) && mailed(1800) && mailed(3600));
        assert!(!mailed(7200), "three a day");
        assert!(mailed(86400));
    }

    /// Three days of someone who asks each minute, and of the owner of the mailbox who asks right after.
    fn besieged(stranger: impl Fn(i64) -> GateTry) {
        let (mut attempts, mut way_in_until) = (Attempts::default(), NOW);
        for minute in 0..3 * 24 * 60 {
            for (gate, at) in [(stranger(minute), after(minute * 60)), (GateTry::Opened(None), after(minute * 60 + 1))] {
                let is_owner = gate == GateTry::Opened(None);
                let (account, before) = (ann(), attempts.clone());
                let Decision::Answered { attempts: next, outcome, sending } =
                    decide(Some((&account, vec![], gate)), &before, Way::Page, Channel::Email, at)
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
        besieged(|_| GateTry::Opened(None));
        besieged(|minute| wrong(&minute.to_string()));
        besieged(|minute| if minute % 40 < 7 { wrong(&minute.to_string()) } else { GateTry::Opened(None) });
    }

    #[test]
    fn only_codes_that_go_out_are_answered_by_code() {
        let nobody = decide(None, &Attempts::default(), Way::Page, Channel::Sms, NOW);
        assert!(matches!(nobody, Decision::Answered { outcome: Outcome::NoContact, sending: Sending::Nothing, .. }));
        let fields = vec![Missing::Mobile];
        let unready = decide(Some((&ann(), fields.clone(), GateTry::Opened(None))), &Attempts::default(), Way::Page, Channel::Sms, NOW);
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
}

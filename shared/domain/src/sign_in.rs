//! Signing in: what is decided about a request for a code or for a fresh link.

use jiff::{SignedDuration, Timestamp};

use crate::{
    account::Account,
    attempts::Attempts,
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

/// Decides about a request for a code. `person` is who has this email, with what they lack and how they passed the gate.
pub fn decide(person: Option<(&Account, Vec<Missing>, GateTry)>, attempts: &Attempts, channel: Channel, now: Timestamp) -> Decision {
    let mut attempts = Box::new(attempts.clone());
    let by_link = person.as_ref().is_some_and(|(_, _, gate)| *gate == GateTry::Link);
    let asked = if by_link { &mut attempts.links } else { &mut attempts.page };
    if let Err(retry_at) = asked.count_request(now) {
        let logged = asked.log_refusal(now).then_some(attempts);
        return Decision::Refused { retry_at, logged };
    }
    let (outcome, sending) = match person {
        None => (Outcome::NoContact, Ok(None)),
        Some((_, fields, _)) if !fields.is_empty() => (Outcome::NotSetUp { fields }, Err(HonestReason::NotSetUp)),
        Some(_) if !by_link && let Some(until) = attempts.locked_until(now).map(LockedUntil) => {
            (Outcome::Locked { time: until }, Err(HonestReason::Paused { until }))
        }
        Some((_, _, GateTry::Wrong { kind, hash, .. })) => {
            attempts.count_gate_failure(&hash, now);
            // Whoever is locked by this very mistake learns that, and has a way in at once.
            let until = attempts.locked_until(now).map(LockedUntil);
            let reason = until.map_or(HonestReason::GateMismatch, |until| HonestReason::Paused { until });
            (Outcome::gate_mismatch(kind), Err(reason))
        }
        Some((account, _, gate)) => {
            if matches!(gate, GateTry::Opened(_)) {
                attempts.gate_failures.clear();
            }
            let asked = if by_link { &mut attempts.links } else { &mut attempts.page };
            if asked.count_send(account.identity.subject.audience(), now) {
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
        kind: DispatchKind,
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
    FreshLink::Answered { attempts, outcome, kind }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{ContactId, Dice, delivery::Troubles, identity::Identity, policy};

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
        match decide(Some((&ann(), Vec::new(), gate)), attempts, Channel::Sms, now) {
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
                let Decision::Answered { attempts: row, .. } = decide(person, &attempts, Channel::Sms, after(second)) else {
                    panic!("request {second} is refused")
                };
                attempts = *row;
            }
            let refused = decide(None, &attempts, Channel::Sms, after(899));
            let Decision::Refused { retry_at, logged: Some(row) } = refused else { panic!("{refused:?}") };
            assert_eq!(retry_at, after(900));
            let again = decide(None, &row, Channel::Sms, after(899));
            assert!(matches!(again, Decision::Refused { logged: None, .. }), "one record per window");
            assert!(matches!(decide(None, &row, Channel::Sms, after(900)), Decision::Answered { .. }));
        }
    }

    #[test]
    fn five_different_wrong_gates_lock_silently_for_a_quarter_of_an_hour() {
        let mut attempts = Attempts::default();
        for guess in 0..5 {
            assert_eq!(ask(&mut attempts, wrong(&guess.to_string()), after(guess)).0, Outcome::SsnMismatch);
        }
        let until = LockedUntil(after(4 + 900));
        assert_eq!(ask(&mut attempts, GateTry::Opened(None), after(10)).0, Outcome::Locked { time: until });
        assert_eq!(ask(&mut attempts, wrong("9"), after(903)).0, Outcome::Locked { time: until }, "a locked attempt does not extend");
        assert_eq!(ask(&mut attempts, GateTry::Opened(None), after(904)).1, Sending::Code(Channel::Sms));
    }

    #[test]
    fn the_same_mistake_counts_once_and_old_mistakes_do_not() {
        let mut attempts = Attempts::default();
        for second in 0..9 {
            ask(&mut attempts, wrong("same"), after(second));
        }
        assert_eq!(attempts.locked_until, None);
        let mut attempts = Attempts::default();
        for guess in 0..4 {
            ask(&mut attempts, wrong(&guess.to_string()), after(guess));
        }
        ask(&mut attempts, wrong("late"), after(900));
        assert_eq!((attempts.locked_until, attempts.gate_failures.len()), (None, 4));
    }

    #[test]
    fn a_right_gate_forgets_the_wrong_ones() {
        let mut attempts = Attempts::default();
        ask(&mut attempts, wrong("1"), NOW);
        ask(&mut attempts, GateTry::Opened(None), NOW);
        assert!(attempts.gate_failures.is_empty());
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
                    decide(Some((&account, vec![], gate)), &before, Channel::Email, at)
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
        let nobody = decide(None, &Attempts::default(), Channel::Sms, NOW);
        assert!(matches!(nobody, Decision::Answered { outcome: Outcome::NoContact, sending: Sending::Nothing, .. }));
        let fields = vec![Missing::Mobile];
        let unready = decide(Some((&ann(), fields.clone(), GateTry::Opened(None))), &Attempts::default(), Channel::Sms, NOW);
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

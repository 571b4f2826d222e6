//! Asking for a code: what is known of an email, and what is decided about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ClientId,
    contact::{self, Missing},
    firm::{Channel, SignInPolicy},
    gate::{Gate, GateKind},
    moments, policy,
    record::{LockedUntil, Outcome},
    session::Subject,
};

/// What asking for a code must know of a person; kept by email, and written together with the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignIn {
    /// Whose mailbox it is.
    pub subject: Subject,
    /// What this person must know.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// Whether a mobile is on file.
    pub has_mobile: bool,
    /// The clients that this person acts for; none for staff.
    #[serde(default)]
    pub clients: Vec<ClientId>,
    /// The person's epoch.
    pub epoch: u32,
    /// The person's mobile epoch.
    pub mobile_epoch: u32,
}

/// A wrong gate that still counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateFailure {
    /// When it was tried.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
    /// A keyed mark of value and browser: the same mistake from one browser counts once.
    pub mark: String,
}

/// What last went wrong for an email.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastFailure {
    /// When.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What is remembered of the attempts of one email at one firm, known or unknown alike.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attempts {
    /// Counts the changes of this row, so that of two requests at once none is lost.
    pub version: u64,
    /// Requests for a code that still count.
    #[serde(with = "moments::list")]
    pub requests: Vec<Timestamp>,
    /// When a refusal by count was last written to the log.
    #[serde(with = "moments::optional", default)]
    pub refusal_noted_at: Option<Timestamp>,
    /// Wrong gates that still count.
    pub gate_failures: Vec<GateFailure>,
    /// Until when sign-in is locked.
    #[serde(with = "moments::optional", default)]
    pub locked_until: Option<Timestamp>,
    /// Challenges for which a code went out within the last day.
    #[serde(with = "moments::list")]
    pub sends: Vec<Timestamp>,
    /// Honest mails within the last day.
    #[serde(with = "moments::list")]
    pub honest_mails: Vec<Timestamp>,
    /// What last went wrong.
    #[serde(default)]
    pub last_failure: Option<LastFailure>,
}

impl Attempts {
    /// Until when sign-in is locked, if it is.
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|until| now < *until)
    }

    /// Counts one request for a code; over the limit, says when the next may come.
    fn count_request(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        self.requests.retain(|at| now < *at + policy::REQUEST_WINDOW);
        match self.requests.first() {
            Some(oldest) if self.requests.len() >= policy::REQUESTS => Err(*oldest + policy::REQUEST_WINDOW),
            _ => {
                self.requests.push(now);
                Ok(())
            }
        }
    }

    /// Counts a wrong gate, and locks at the fifth different one.
    pub fn count_gate_failure(&mut self, mark: &str, now: Timestamp) {
        self.gate_failures.retain(|failure| now < failure.at + policy::GATE_WINDOW);
        if self.gate_failures.iter().any(|failure| failure.mark == mark) {
            return;
        }
        self.gate_failures.push(GateFailure { at: now, mark: mark.to_owned() });
        if self.gate_failures.len() >= policy::GATE_FAILURES {
            self.locked_until = Some(now + policy::LOCK);
            self.gate_failures.clear();
        }
    }

    /// Counts a code that goes out; refuses beyond the limits of hour and day.
    fn count_send(&mut self, now: Timestamp) -> bool {
        self.sends.retain(|at| now < *at + policy::DAY);
        let this_hour = self.sends.iter().filter(|at| now < **at + policy::HOUR).count();
        let allowed = self.sends.len() < policy::SENDS_PER_DAY && this_hour < policy::SENDS_PER_HOUR;
        if allowed {
            self.sends.push(now);
        }
        allowed
    }

    /// Counts an honest mail, if one may go out.
    pub fn count_honest_mail(&mut self, now: Timestamp) -> bool {
        self.honest_mails.retain(|at| now < *at + policy::DAY);
        let rested = self.honest_mails.last().is_none_or(|last| now >= *last + policy::HONEST_MAIL_PAUSE);
        let allowed = rested && self.honest_mails.len() < policy::HONEST_MAILS_PER_DAY;
        if allowed {
            self.honest_mails.push(now);
        }
        allowed
    }

    /// Remembers what went wrong.
    pub fn fail(&mut self, outcome: Outcome, now: Timestamp) {
        self.last_failure = Some(LastFailure { at: now, outcome });
    }
}

/// What the caller gave to pass the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateTry {
    /// The firm checks none, or this audience has none.
    NotChecked,
    /// Digits that open one of the gates.
    Opened,
    /// A link from the person's own mailbox stands in for the gate; no lock blocks it.
    Link,
    /// Digits that open none; `mark` tells value and browser.
    Wrong {
        /// What the digits were compared with.
        kind: GateKind,
        /// A keyed mark of value and browser.
        mark: String,
    },
}

/// Why a known person gets no code, for the mail that tells them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum HonestReason {
    /// The gate did not match.
    GateMismatch,
    /// Sign-in is locked.
    Paused {
        /// Until when.
        until: LockedUntil,
    },
    /// Something is missing.
    NotSetUp,
}

/// What is sent to the person on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// A code, by this channel.
    Code(Channel),
    /// A mail that says why none came.
    Honest(HonestReason),
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
        note: Option<Box<Attempts>>,
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
pub fn decide(person: Option<(&SignIn, Vec<Missing>, GateTry)>, attempts: &Attempts, channel: Channel, now: Timestamp) -> Decision {
    let mut attempts = Box::new(attempts.clone());
    attempts.version += 1;
    if let Err(retry_at) = attempts.count_request(now) {
        let noted = attempts.refusal_noted_at.is_some_and(|at| now < at + policy::REQUEST_WINDOW);
        attempts.refusal_noted_at = Some(now);
        return Decision::Refused { retry_at, note: (!noted).then_some(attempts) };
    }
    let locked = attempts.locked_until(now);
    let (outcome, sending) = match person {
        None => (Outcome::NoContact, Sending::Nothing),
        Some((_, fields, _)) if !fields.is_empty() => (Outcome::NotSetUp { fields }, Sending::Honest(HonestReason::NotSetUp)),
        Some((_, _, ref gate))
            if *gate != GateTry::Link
                && let Some(until) = locked.map(LockedUntil) =>
        {
            (Outcome::Locked { time: until }, Sending::Honest(HonestReason::Paused { until }))
        }
        Some((_, _, GateTry::Wrong { kind, mark })) => {
            attempts.count_gate_failure(&mark, now);
            (Outcome::gate_mismatch(kind), Sending::Honest(HonestReason::GateMismatch))
        }
        Some((_, _, gate)) => {
            if gate == GateTry::Opened {
                attempts.gate_failures.clear();
            }
            if attempts.count_send(now) {
                (Outcome::CodeRequested, Sending::Code(channel))
            } else {
                (Outcome::TooManyMessages, Sending::Nothing)
            }
        }
    };
    if outcome != Outcome::CodeRequested {
        attempts.fail(outcome.clone(), now);
    }
    let sending = match sending {
        Sending::Honest(_) if !attempts.count_honest_mail(now) => Sending::Nothing,
        sending => sending,
    };
    Decision::Answered { attempts, outcome, sending }
}

/// What is decided about a request for a fresh link.
#[derive(Debug, Clone, PartialEq)]
pub enum FreshLink {
    /// Too many requests; nothing is written and nobody is told.
    Ignored,
    /// It is written down, and a link may be sent.
    Answered {
        /// The row of attempts as it is from now on.
        attempts: Box<Attempts>,
        /// What the log says.
        outcome: Outcome,
        /// Whether a link is sent.
        sent: bool,
    },
}

/// Decides about a request for a fresh link: it counts like a request for a code, and its mail like a code that goes out.
pub fn decide_fresh_link(known: bool, attempts: &Attempts, now: Timestamp) -> FreshLink {
    let mut attempts = Box::new(attempts.clone());
    attempts.version += 1;
    if attempts.count_request(now).is_err() {
        return FreshLink::Ignored;
    }
    let sent = known && attempts.count_send(now);
    let outcome = match (known, sent) {
        (false, _) => Outcome::NoContact,
        (true, false) => Outcome::TooManyMessages,
        (true, true) => Outcome::FreshLinkRequested,
    };
    FreshLink::Answered { attempts, outcome, sent }
}

/// What is lacking of `person` under `policy`, to be handed to [`decide`]. Staff lack nothing.
pub fn lacking(person: &SignIn, policy: &SignInPolicy, texting: bool) -> Vec<Missing> {
    match person.subject {
        Subject::Contact(_) => contact::missing(policy, texting, true, &person.gates, person.has_mobile),
        Subject::Staff(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{ContactId, Dice};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(seconds: i64) -> Timestamp {
        NOW + SignedDuration::from_secs(seconds)
    }

    fn ann() -> SignIn {
        let contact = ContactId::new(NOW, &Dice::new(|bytes| bytes.fill(1)));
        SignIn { subject: Subject::Contact(contact), gates: Vec::new(), has_mobile: true, clients: Vec::new(), epoch: 0, mobile_epoch: 0 }
    }

    fn wrong(mark: &str) -> GateTry {
        GateTry::Wrong { kind: GateKind::SsnLast4, mark: mark.into() }
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
            let Decision::Refused { retry_at, note: Some(row) } = refused else { panic!("{refused:?}") };
            assert_eq!(retry_at, after(900));
            let again = decide(None, &row, Channel::Sms, after(899));
            assert!(matches!(again, Decision::Refused { note: None, .. }), "one record per window");
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
        assert_eq!(ask(&mut attempts, GateTry::Opened, after(10)).0, Outcome::Locked { time: until });
        assert_eq!(ask(&mut attempts, wrong("9"), after(903)).0, Outcome::Locked { time: until }, "a locked attempt does not extend");
        assert_eq!(ask(&mut attempts, GateTry::Opened, after(904)).1, Sending::Code(Channel::Sms));
    }

    #[test]
    fn the_same_mistake_of_one_browser_counts_once_and_old_mistakes_do_not() {
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
        ask(&mut attempts, GateTry::Opened, NOW);
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
        let mut mailed = |at: i64| ask(&mut attempts, wrong("1"), after(at)).1 == Sending::Honest(HonestReason::GateMismatch);
        assert!(mailed(0) && !mailed(1799) && mailed(1800) && mailed(3600));
        assert!(!mailed(7200), "three a day");
        assert!(mailed(86400));
    }

    #[test]
    fn only_codes_that_go_out_are_answered_by_code() {
        let nobody = decide(None, &Attempts::default(), Channel::Sms, NOW);
        assert!(matches!(nobody, Decision::Answered { outcome: Outcome::NoContact, sending: Sending::Nothing, .. }));
        let fields = vec![Missing::Mobile];
        let unready = decide(Some((&ann(), fields.clone(), GateTry::Opened)), &Attempts::default(), Channel::Sms, NOW);
        assert!(
            matches!(unready, Decision::Answered { outcome: Outcome::NotSetUp { fields: missing }, sending: Sending::Honest(HonestReason::NotSetUp), .. } if missing == fields)
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

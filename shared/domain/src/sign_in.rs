//! Signing in: what is decided about a request for a code or for a fresh link, and about a guess.

use jiff::{SignedDuration, Timestamp};

use crate::{
    account::{Account, SignInRecord},
    attempts::{Attempts, Way},
    challenge::Challenge,
    channel::Channel,
    dispatch::{DispatchKind, HonestReason},
    gate::{GateDigits, GateKind, IdentityCheck, NotAGate, RemadeGate},
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
    /// Digits that open one of the gates, which may have a label, and may be remade.
    Opened(Option<String>, Option<RemadeGate>),
    /// A link from the person's own mailbox stands in for the gate; no lock blocks it.
    Link,
    /// They are in already, and prove anew who they are.
    Session,
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

/// Someone who asks for a code with an email that is theirs.
#[derive(Debug, Clone, PartialEq)]
pub struct Asker {
    /// Who.
    pub account: Account,
    /// What their firm decides about them.
    pub policy: SignInPolicy,
    /// What they lack.
    pub missing: Vec<Missing>,
    /// How they pass the gate.
    pub gate: GateTry,
}

impl Asker {
    /// Whoever is on file as `person` and passed the gate so, at a firm with this `policy` where text messages can be sent (`texting`).
    pub fn new(person: SignInRecord, policy: &SignInPolicy, texting: bool, gate: GateTry) -> Self {
        let (missing, policy) = (person.missing(policy, texting), person.account.policy(policy));
        Self { account: person.account, policy, missing, gate }
    }
}

/// Decides about a request for a code that comes by `way`. `person` is who has this email.
pub fn decide(person: Option<&Asker>, attempts: &Attempts, way: Way, channel: Channel, now: Timestamp) -> Decision {
    let mut attempts = Box::new(attempts.clone().tidied(now));
    if let Err(retry_at) = attempts.of(way).count_request(now) {
        let logged = attempts.of(way).log_refusal(now).then_some(attempts);
        return Decision::Refused { retry_at, logged };
    }
    let (outcome, sending) = match person {
        None => (Outcome::NoContact, Ok(None)),
        Some(Asker { missing, .. }) if !missing.is_empty() => (Outcome::NotSetUp { fields: missing.clone() }, Err(HonestReason::NotSetUp)),
        Some(Asker { policy, gate, .. }) if *gate != GateTry::Session && !way.leads_in(policy.access_mode) => {
            (Outcome::LinkOnly, Err(HonestReason::LinkOnly))
        }
        Some(_) if attempts.is_closed(way) => {
            let links = attempts.is_closed(Way::Links);
            (Outcome::CodePathClosed, Err(HonestReason::Closed { links }))
        }
        Some(_) if let Some(until) = attempts.lock_of(way, now).map(LockedUntil) => {
            (Outcome::Locked { time: until }, Err(HonestReason::Paused { until }))
        }
        Some(Asker { gate: GateTry::Wrong { kind, hash, .. }, policy, .. }) => {
            attempts.of(way).count_gate_failure(hash, policy.lockout_after, now);
            // Whoever is locked by this very mistake learns that, and has a way in at once.
            let until = attempts.lock_of(way, now).map(LockedUntil);
            let reason = until.map_or(HonestReason::GateMismatch, |until| HonestReason::Paused { until });
            (Outcome::gate_mismatch(*kind), Err(reason))
        }
        Some(Asker { account, gate, .. }) => {
            if matches!(gate, GateTry::Opened(..)) {
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

/// Judges a guess at the code of `challenge`, of which `found` is who it lets in or what is wrong with it, upon what is remembered of the email
/// and what the firm decides by now (`policy`); and what is remembered from now on.
pub fn judge(
    challenge: &Challenge,
    found: Result<Account, Outcome>,
    attempts: &Attempts,
    policy: &SignInPolicy,
    now: Timestamp,
) -> (Result<Account, Outcome>, Attempts) {
    let (way, mut attempts) = (challenge.way, attempts.clone().tidied(now));
    let judged = found.and_then(|account| match attempts.lock_of(way, now) {
        // Who is in already does not come in.
        _ if challenge.renewal.is_none() && !way.leads_in(account.policy(policy).access_mode) => Err(Outcome::LinkOnly),
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
                attempts.count_code_failure(way, policy.lockout_after, now);
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
#[path = "sign_in_tests.rs"]
mod tests;

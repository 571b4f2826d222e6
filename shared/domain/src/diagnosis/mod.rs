//! Why someone cannot get in: one verdict, what to do about it, and the records that show it. Judged by what is true now.

mod verdict;
mod words;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub use self::verdict::{Action, Typed, Undelivered, Unproved, Verdict, Well};
use crate::{
    Email, RecordId,
    attempts::Attempts,
    channel::Channel,
    contact::Contact,
    policy,
    readiness::Missing,
    record::{AccessRecord, Outcome},
    second_factor::SecondFactor,
    session::Stage,
};

/// All that a verdict is found by.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Whom it is about.
    pub contact: &'a Contact,
    /// What they lack.
    pub missing: &'a [Missing],
    /// What is remembered of their attempts.
    pub attempts: &'a Attempts,
    /// How far a code alone leads them.
    pub stage: Stage,
    /// Their second factor.
    pub factor: &'a SecondFactor,
    /// Their newest records, newest first.
    pub records: &'a [AccessRecord],
    /// The newest records of emails that nobody has, newest first, with those emails.
    pub unknown: &'a [(Email, RecordId, Timestamp)],
    /// At which instant.
    pub now: Timestamp,
}

/// A verdict, and the records that show it, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The verdict.
    pub verdict: Verdict,
    /// What shows it.
    pub evidence: Vec<RecordId>,
}

/// Whether the right digits of someone did not come.
fn is_wrong_check(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::SsnMismatch | Outcome::PinMismatch | Outcome::LinkGateMismatch)
}

/// Whether the second factor was not proved.
fn is_wrong_factor(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::SecondFactorMismatch | Outcome::SecondFactorLocked { .. } | Outcome::SecondFactorClosed)
}

/// Whether both came from one browser, as far as that can be told.
fn from_one_browser(one: &AccessRecord, other: &AccessRecord) -> bool {
    one.origin.ip.is_some() && one.origin.ip == other.origin.ip && one.origin.user_agent == other.origin.user_agent
}

impl Case<'_> {
    /// The verdict. States that keep everyone out come first, then whether they got in since, a lock, and what went wrong last.
    pub fn diagnose(&self) -> Diagnosis {
        if !self.missing.is_empty() {
            return self.shown(Verdict::NotSetUp { missing: self.missing.to_vec() }, |outcome| matches!(outcome, Outcome::NotSetUp { .. }));
        }
        if self.attempts.any_is_closed() {
            return self.shown(Verdict::Closed, |outcome| *outcome == Outcome::CodePathClosed);
        }
        if self.factor.is_closed() {
            return self.shown(Verdict::SecondFactor(Unproved::Closed), |outcome| *outcome == Outcome::SecondFactorClosed);
        }
        let trouble = self.latest_trouble();
        let near = self.near_email().filter(|(_, _, at)| trouble.as_ref().is_none_or(|(_, trouble_at)| trouble_at < at));
        let failed_since = self.attempts.last_failure.as_ref().is_none_or(|failure| self.is_news(failure.at));
        if let Some(until) = self.attempts.locked_until(self.now).filter(|_| failed_since) {
            return self.locked(until);
        }
        let wrong_factors = self.wrong_factors();
        if let Some(until) = self.factor.locked_until(self.now).filter(|_| !wrong_factors.is_empty()) {
            let why = Unproved::Locked { until, tries: self.factor.failures_in_a_row() };
            return Diagnosis { verdict: Verdict::SecondFactor(why), evidence: evidence(wrong_factors) };
        }
        if let Some((email, record, at)) = near {
            return Diagnosis { verdict: Verdict::NearEmail { email: email.clone(), at: *at }, evidence: vec![*record] };
        }
        if let Some((diagnosis, _)) = trouble {
            return diagnosis;
        }
        let verdict = match (self.entered_at(), self.contact.invited_at) {
            (Some(at), _) => Verdict::NothingToDo { why: Well::Entered, at },
            (None, None) => Verdict::NotInvited { expired_at: None },
            (None, Some(invited_at)) => Verdict::NeverTried { invited_at },
        };
        self.shown(verdict, |outcome| matches!(outcome, Outcome::SignedIn | Outcome::InviteSent | Outcome::InviteResent))
    }

    /// When they last got in.
    fn entered_at(&self) -> Option<Timestamp> {
        let recorded = self.records.iter().find(|record| record.outcome == Outcome::SignedIn).map(|record| record.at);
        self.contact.last_access_at.max(recorded)
    }

    /// Whether something happened after they last got in.
    fn is_news(&self, at: Timestamp) -> bool {
        self.entered_at().is_none_or(|entered| entered < at)
    }

    fn news(&self) -> impl Iterator<Item = &AccessRecord> {
        self.records.iter().filter(|record| self.is_news(record.at))
    }

    /// `verdict`, with the newest record that `shows` it.
    fn shown(&self, verdict: Verdict, shows: fn(&Outcome) -> bool) -> Diagnosis {
        let record = self.records.iter().find(|record| shows(&record.outcome));
        Diagnosis { verdict, evidence: record.map(|record| record.record).into_iter().collect() }
    }

    fn locked(&self, until: Timestamp) -> Diagnosis {
        let wrong: Vec<_> =
            self.news().filter(|record| is_wrong_check(&record.outcome) || record.outcome == Outcome::CodeMismatch).collect();
        let one_browser = wrong.len() > 1 && wrong.iter().all(|record| from_one_browser(record, wrong[0]));
        let verdict = Verdict::Locked { until, tries: wrong.len(), one_browser };
        Diagnosis { verdict, evidence: evidence(wrong) }
    }

    /// The newest unknown email that is this contact's but for one mistake.
    fn near_email(&self) -> Option<&(Email, RecordId, Timestamp)> {
        let own = self.contact.email.as_ref()?.as_str();
        self.unknown.iter().find(|(email, _, at)| self.is_news(*at) && strsim::osa_distance(own, email.as_str()) == 1)
    }

    /// What went wrong last, and when; nothing where nothing did since they got in.
    fn latest_trouble(&self) -> Option<(Diagnosis, Timestamp)> {
        let mut mended: Option<&[String]> = None;
        let mut was_reopened = false;
        let mut has_fresh_link = false;
        for record in self.news() {
            let at = record.at;
            let by_itself = |verdict| Some((Diagnosis { verdict, evidence: vec![record.record] }, at));
            let undelivered = |why| {
                let mail_fails = self.contact.troubles.email.is_some();
                by_itself(Verdict::NotDelivered { why, at, mail_fails })
            };
            let well = |why| by_itself(Verdict::NothingToDo { why, at });
            let is_recent = |window| self.now < at + window;
            match &record.outcome {
                Outcome::ContactUpdated { fields, .. } => mended = mended.or(Some(fields)),
                Outcome::CodePathReopened { .. } => was_reopened = true,
                Outcome::InviteSent | Outcome::InviteResent | Outcome::FreshLinkSent => has_fresh_link = true,
                outcome if is_wrong_check(outcome) || *outcome == Outcome::AutofillSuspected => {
                    let is_mended = mended.is_some_and(|fields| fields.iter().any(|field| field == "gates"));
                    return if is_mended { well(Well::Mended) } else { Some((self.wrong_check(record), at)) };
                }
                Outcome::CodeMismatch | Outcome::CodeExpired if was_reopened => return well(Well::Mended),
                Outcome::CodeMismatch => return Some((self.wrong_codes(), at)),
                Outcome::CodeExpired => return by_itself(Verdict::WrongDigits { typed: Typed::OldCode, tries: 1 }),
                // Nothing is missing by now.
                Outcome::NotSetUp { .. } => return well(Well::Mended),
                Outcome::TooManyMessages if is_recent(policy::DAY) => return undelivered(Undelivered::TooMany),
                Outcome::TooManyRequests if is_recent(policy::REQUEST_WINDOW) => return undelivered(Undelivered::TooMany),
                // What became of an address since stands with the contact.
                Outcome::EmailBounced | Outcome::EmailRejected if self.contact.troubles.email.is_some() => {
                    return undelivered(Undelivered::MailBounced);
                }
                Outcome::EmailMarkedAsSpam if self.contact.troubles.email.is_some() => return undelivered(Undelivered::MailMarkedAsSpam),
                Outcome::SmsOptedOut if self.contact.troubles.mobile.is_some() => return undelivered(Undelivered::PhoneOptedOut),
                Outcome::SmsFailed if self.contact.troubles.mobile.is_some() => return undelivered(Undelivered::TextFailed),
                Outcome::MessageGivenUp { .. } | Outcome::MessageTooLate => return undelivered(Undelivered::GivenUp),
                Outcome::LinkExpired if !has_fresh_link => return by_itself(Verdict::NotInvited { expired_at: Some(at) }),
                Outcome::SecondFactorAwaited | Outcome::SecondFactorSetupAwaited => return Some((self.unproved(record), at)),
                Outcome::CodeRequested | Outcome::CodeRequestedAgain => {
                    let arrived = self.news().any(|other| is_arrival(&other.outcome) && other.at >= at);
                    return match record.channel {
                        _ if is_recent(policy::CODE_LIFE) => by_itself(Verdict::InProgress { since: at }),
                        _ if arrived => well(Well::CodeArrived),
                        Some(Channel::Sms) => undelivered(Undelivered::TextUnused),
                        _ => undelivered(Undelivered::MailUnused),
                    };
                }
                _ => {}
            }
        }
        None
    }

    /// What wrong digits tell, of which `last` are the newest. Right ones in between would have corrected those before.
    fn wrong_check(&self, last: &AccessRecord) -> Diagnosis {
        if last.outcome == Outcome::AutofillSuspected {
            return Diagnosis { verdict: Verdict::SavedPassword { tries: 1 }, evidence: vec![last.record] };
        }
        let wrong: Vec<_> = (self.news())
            .take_while(|record| record.outcome != Outcome::CodeRequested)
            .filter(|record| is_wrong_check(&record.outcome))
            .collect();
        let is_same =
            |record: &&AccessRecord| last.gate_hash.is_some() && record.gate_hash == last.gate_hash && from_one_browser(record, last);
        let same: Vec<_> = wrong.iter().copied().filter(is_same).collect();
        if same.len() >= policy::SAVED_PASSWORD_TRIES {
            return Diagnosis { verdict: Verdict::SavedPassword { tries: same.len() }, evidence: evidence(same) };
        }
        Diagnosis { verdict: Verdict::WrongDigits { typed: Typed::Check, tries: wrong.len() }, evidence: evidence(wrong) }
    }

    /// What it tells that a second factor was `awaited` last. Wrong ones are told here: whoever proves one within a session is in already.
    fn unproved(&self, awaited: &AccessRecord) -> Diagnosis {
        let (at, wrong) = (awaited.at, self.wrong_factors());
        let (is_setup, tries) = (awaited.outcome == Outcome::SecondFactorSetupAwaited, wrong.len());
        let reached = if is_setup { Stage::Enrolment } else { Stage::SecondFactor };
        // It was reset, set up or asked for no more since.
        let verdict = if self.stage != reached {
            Verdict::NothingToDo { why: Well::Mended, at }
        } else if tries == 0 && self.now < at + policy::PARTIAL_SESSION_LIFE {
            Verdict::InProgress { since: at }
        } else if is_setup {
            Verdict::SecondFactor(Unproved::SetupAwaited { at, tries })
        } else if tries > 0 {
            Verdict::SecondFactor(Unproved::Wrong { tries })
        } else {
            Verdict::SecondFactor(Unproved::Awaited { at })
        };
        let shows_wrong = matches!(verdict, Verdict::SecondFactor(_)) && tries > 0;
        Diagnosis { verdict, evidence: if shows_wrong { evidence(wrong) } else { vec![awaited.record] } }
    }

    /// Wrong second factors, but for those of one that was reset since.
    fn wrong_factors(&self) -> Vec<&AccessRecord> {
        (self.news())
            .take_while(|record| !matches!(record.outcome, Outcome::SecondFactorReset { .. }))
            .filter(|record| is_wrong_factor(&record.outcome))
            .collect()
    }

    fn wrong_codes(&self) -> Diagnosis {
        let wrong: Vec<_> = self.news().filter(|record| record.outcome == Outcome::CodeMismatch).collect();
        Diagnosis { verdict: Verdict::WrongDigits { typed: Typed::Code, tries: wrong.len() }, evidence: evidence(wrong) }
    }
}

fn is_arrival(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::SmsDelivered | Outcome::EmailDelivered)
}

fn evidence(records: Vec<&AccessRecord>) -> Vec<RecordId> {
    records.into_iter().map(|record| record.record).take(policy::EVIDENCE).collect()
}

//! Why someone cannot get in: one verdict, what to do about it, and the records that show it. Judged by what is true now.

mod words;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

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

/// Why someone cannot get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The same wrong digits came again and again from one browser, or what is no digits at all.
    SavedPassword {
        /// How often.
        tries: usize,
    },
    /// What was typed did not match.
    WrongDigits {
        /// What it was.
        typed: Typed,
        /// How often.
        tries: usize,
    },
    /// An email that nobody has came, which is theirs but for one mistake.
    NearEmail {
        /// As it was typed.
        email: Email,
        /// When.
        at: Timestamp,
    },
    /// What was sent, or should have been, did not get to them.
    NotDelivered {
        /// Why.
        why: Undelivered,
        /// When that was learned.
        at: Timestamp,
        /// Whether mail is known not to arrive either.
        mail_fails: bool,
    },
    /// Sign-in is locked.
    Locked {
        /// Until when.
        until: Timestamp,
        /// After how many wrong tries, as far as records tell.
        tries: usize,
        /// Whether all those came from one browser.
        one_browser: bool,
    },
    /// Sign-in by code is closed until staff reopen it.
    Closed,
    /// They came as far as the second factor, and no further.
    SecondFactor(Unproved),
    /// Something is missing.
    NotSetUp {
        /// What.
        missing: Vec<Missing>,
    },
    /// They have no link that opens.
    NotInvited {
        /// When they tried one that was too old, if they did.
        expired_at: Option<Timestamp>,
    },
    /// They were invited, and did not try yet.
    NeverTried {
        /// When they were invited.
        invited_at: Timestamp,
    },
    /// They are signing in right now.
    InProgress {
        /// Since when.
        since: Timestamp,
    },
    /// All is well, as far as is known.
    NothingToDo {
        /// Why.
        why: Well,
        /// Since when.
        at: Timestamp,
    },
}

/// What was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Typed {
    /// The last four, or a PIN.
    Check,
    /// A code.
    Code,
    /// A code that was no longer good.
    OldCode,
}

/// Why something did not get to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undelivered {
    /// Mail to them comes back, or is not taken.
    MailBounced,
    /// They marked mail of the firm as spam.
    MailMarkedAsSpam,
    /// Their phone takes no text messages (STOP).
    PhoneOptedOut,
    /// A text message did not get through.
    TextFailed,
    /// It could not be sent in time.
    GivenUp,
    /// So many codes were asked for that none is sent for a while.
    TooMany,
    /// A text message with a code went out, and nothing is known of it since.
    TextUnused,
    /// A mail with a code went out, and nothing is known of it since.
    MailUnused,
}

/// Why a second factor was not proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Unproved {
    /// It takes no codes of the app for a while.
    Locked {
        /// Until when.
        until: Timestamp,
        /// After how many wrong ones.
        tries: u32,
    },
    /// It takes no codes of the app until it is made anew.
    Closed,
    /// What was typed did not match.
    Wrong {
        /// How often.
        tries: usize,
    },
    /// It has to be set up first, and is not.
    SetupAwaited {
        /// Since when.
        at: Timestamp,
        /// How often a code with which they tried to did not match.
        tries: usize,
    },
    /// Nothing was typed.
    Awaited {
        /// Since when.
        at: Timestamp,
    },
}

/// Why nothing is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Well {
    /// They got in.
    Entered,
    /// What kept them out was mended, and they did not try since.
    Mended,
    /// A code arrived, and they did not use it.
    CodeArrived,
}

/// What staff can do about it with one press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Unlock.
    Unlock,
    /// Invite.
    Invite,
    /// Edit the contact.
    Edit,
    /// Send a way in by mail.
    SendByEmail,
    /// Reopen sign-in by code.
    Reopen,
    /// Reset the second factor.
    ResetSecondFactor,
    /// Nothing.
    None,
}

/// A verdict, and the records that show it, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The verdict.
    pub verdict: Verdict,
    /// What shows it.
    pub evidence: Vec<RecordId>,
}

impl Verdict {
    /// The names of all verdicts.
    pub const NAMES: [&'static str; 12] = [
        "saved-password",
        "wrong-digits",
        "near-email",
        "not-delivered",
        "locked",
        "closed",
        "second-factor",
        "not-set-up",
        "not-invited",
        "never-tried",
        "in-progress",
        "nothing-to-do",
    ];

    /// Its stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SavedPassword { .. } => "saved-password",
            Self::WrongDigits { .. } => "wrong-digits",
            Self::NearEmail { .. } => "near-email",
            Self::NotDelivered { .. } => "not-delivered",
            Self::Locked { .. } => "locked",
            Self::Closed => "closed",
            Self::SecondFactor(_) => "second-factor",
            Self::NotSetUp { .. } => "not-set-up",
            Self::NotInvited { .. } => "not-invited",
            Self::NeverTried { .. } => "never-tried",
            Self::InProgress { .. } => "in-progress",
            Self::NothingToDo { .. } => "nothing-to-do",
        }
    }

    /// What varies in it.
    pub fn values(&self) -> Map<String, Value> {
        let values = match self {
            Self::SavedPassword { tries } => json!({"tries": tries}),
            Self::WrongDigits { typed, tries } => json!({"typed": typed, "tries": tries}),
            Self::NearEmail { email, at } => json!({"email": email, "at": at}),
            Self::NotDelivered { why, at, .. } => json!({"why": why, "at": at}),
            Self::Locked { until, tries, one_browser } => json!({"until": until, "tries": tries, "one_browser": one_browser}),
            Self::SecondFactor(why) => json!(why),
            Self::NotSetUp { missing } => json!({"missing": missing}),
            Self::NotInvited { expired_at } => json!({"expired_at": expired_at}),
            Self::NeverTried { invited_at } => json!({"invited_at": invited_at}),
            Self::InProgress { since } => json!({"since": since}),
            Self::NothingToDo { why, at } => json!({"why": why, "at": at}),
            Self::Closed => json!({}),
        };
        values.as_object().cloned().unwrap_or_default()
    }

    /// What staff can do about it with one press.
    pub fn action(&self) -> Action {
        match self {
            // Where a second factor is to be set up, there is none that could be reset: they do that themselves.
            Self::NearEmail { .. }
            | Self::InProgress { .. }
            | Self::NothingToDo { .. }
            | Self::SecondFactor(Unproved::SetupAwaited { .. }) => Action::None,
            Self::SecondFactor(_) => Action::ResetSecondFactor,
            // Mail goes to them as before.
            Self::NotDelivered { why: Undelivered::MailMarkedAsSpam, .. } => Action::SendByEmail,
            Self::Locked { .. } | Self::NotDelivered { why: Undelivered::TooMany, .. } => Action::Unlock,
            Self::Closed => Action::Reopen,
            Self::NotInvited { .. } | Self::NeverTried { .. } => Action::Invite,
            Self::WrongDigits { typed: Typed::Check, .. }
            | Self::NotSetUp { .. }
            | Self::NotDelivered { why: Undelivered::MailBounced, .. }
            | Self::NotDelivered { mail_fails: true, .. } => Action::Edit,
            Self::SavedPassword { .. } | Self::WrongDigits { .. } | Self::NotDelivered { .. } => Action::SendByEmail,
        }
    }
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

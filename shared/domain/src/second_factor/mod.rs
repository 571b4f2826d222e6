//! Second factors: an authenticator app, and recovery codes for the day on which it is gone.

mod recovery;
mod seed;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Dice, FirmScope, Subject,
    code::Guess,
    keys::{KeyId, Sealed, Sealer},
    moments, policy,
    record::{LockedUntil, Outcome},
};
pub use recovery::RecoveryCode;
pub use seed::{Enrolment, Seed};

/// Label of the key under which seeds are sealed.
pub const LABEL: &str = "seed";

/// Text that is neither a code of an app nor a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter the six digits from your app, or a recovery code.")]
pub struct NotAProof;

/// What a person types to prove the second factor.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend("minLength" = policy::CODE_DIGITS))]
pub enum Proof {
    /// The six digits that the app shows.
    Code(Guess),
    /// A recovery code.
    Recovery(RecoveryCode),
}

impl TryFrom<String> for Proof {
    type Error = NotAProof;
    fn try_from(text: String) -> Result<Self, NotAProof> {
        match RecoveryCode::parse(&text) {
            Some(code) => Ok(Self::Recovery(code)),
            None => Guess::try_from(text).map(Self::Code).map_err(|_| NotAProof),
        }
    }
}

/// By what the second factor was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proved {
    /// By the app.
    App,
    /// By a recovery code; so many are left.
    Recovery(usize),
}

impl Proved {
    /// What the log says of it.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::App => Outcome::SecondFactorAccepted,
            Self::Recovery(left) => Outcome::RecoveryCodeUsed { left: left.to_string() },
        }
    }
}

/// Why the second factor was not proved. Whoever tries is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotProved {
    /// The code is not one of those that are taken now.
    Wrong,
    /// The code is right, but it or a newer one was used before.
    Used,
    /// So many wrong ones came that none is compared for a while.
    Locked(Timestamp),
    /// So many wrong ones came in a row that none is compared until the factor is made anew.
    Closed,
    /// No factor is confirmed.
    None,
}

/// The second factor of a person, as the directory has it: what is confirmed, what is being set up, and what is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// Counts the changes of this row, so that of two uses of one code at once one is refused. The store sets it.
    pub version: u64,
    /// The seed that was handed out and is not confirmed yet; what is confirmed goes on until then.
    #[serde(default)]
    enrolled: Option<Sealed>,
    /// When seeds were handed out within the last hour.
    #[serde(with = "moments::list", default)]
    enrolled_at: Vec<Timestamp>,
    /// Wrong codes with which someone tried to confirm the one that was handed out last.
    #[serde(default)]
    wrong_confirmations: u32,
    /// The seed that was confirmed.
    #[serde(default)]
    seed: Option<Sealed>,
    /// The last step whose code was used.
    #[serde(default)]
    last_step: Option<u64>,
    /// Wrong codes of the app that still count.
    #[serde(with = "moments::list", default)]
    failures: Vec<Timestamp>,
    /// Wrong codes of the app since the last right one.
    #[serde(default)]
    failures_in_a_row: u32,
    /// Until when codes of the app are locked.
    #[serde(with = "moments::optional", default)]
    locked_until: Option<Timestamp>,
    /// Hashes of the recovery codes that were not used.
    #[serde(default)]
    recovery_codes: Vec<String>,
    /// Wrong recovery codes that still count.
    #[serde(with = "moments::list", default)]
    recovery_failures: Vec<Timestamp>,
}

/// What a seed is sealed for: it opens for this person alone.
fn context(scope: &FirmScope, subject: Subject) -> String {
    match subject {
        Subject::Contact(contact) => format!("{}/contact/{contact}", scope.firm()),
        Subject::Staff(staff) => format!("{}/staff/{staff}", scope.firm()),
    }
}

impl SecondFactor {
    /// Whether a factor is confirmed, and so asked for.
    pub fn is_confirmed(&self) -> bool {
        self.seed.is_some()
    }

    /// The key that opens the seed that is confirmed.
    pub fn key(&self) -> Option<&KeyId> {
        self.seed.as_ref().map(|seed| &seed.key)
    }

    /// The key that opens the seed that is being set up.
    pub fn key_of_enrolled(&self) -> Option<&KeyId> {
        self.enrolled.as_ref().map(|seed| &seed.key)
    }

    /// The same with `seed` to be confirmed, in place of one that was not.
    ///
    /// # Errors
    /// If so many were handed out within an hour; when the next one may be.
    pub fn enrol(
        mut self,
        seed: &Seed,
        (scope, subject): (&FirmScope, Subject),
        sealer: &Sealer,
        dice: &Dice,
        now: Timestamp,
    ) -> Result<Self, Timestamp> {
        self.enrolled_at.retain(|at| now < *at + policy::HOUR);
        if let Some(oldest) = self.enrolled_at.first().filter(|_| self.enrolled_at.len() >= policy::FACTOR_ENROLMENTS) {
            return Err(*oldest + policy::HOUR);
        }
        self.enrolled_at.push(now);
        Ok(Self { enrolled: Some(seed.seal(sealer, &context(scope, subject), dice)), wrong_confirmations: 0, ..self })
    }

    /// The factor that begins with `guess`, a code of the seed that is being set up, and its recovery codes. Nothing of the one before goes on;
    /// what confirmed it counts as used.
    ///
    /// # Errors
    /// If the guess is not right; what is remembered of that, where a seed is being set up. It is given up after some: whoever holds another session
    /// of this person must not find its code by trying. And after a while, so that nobody confirms it who proved long ago who they are.
    pub fn confirm(
        &self,
        guess: &Guess,
        (scope, subject): (&FirmScope, Subject),
        opener: &Sealer,
        dice: &Dice,
        now: Timestamp,
    ) -> Result<(Self, Vec<RecoveryCode>), Option<Box<Self>>> {
        let is_fresh = self.enrolled_at.last().is_some_and(|at| now < *at + policy::FACTOR_ENROLMENT_LIFE);
        let enrolled = self.enrolled.as_ref().filter(|_| is_fresh).ok_or(None)?;
        let Some(step) = Seed::open(enrolled, opener, &context(scope, subject)).and_then(|seed| seed.step_of(guess, now)) else {
            let wrong_confirmations = self.wrong_confirmations + 1;
            let enrolled = self.enrolled.clone().filter(|_| wrong_confirmations < policy::FACTOR_CONFIRMATIONS);
            return Err(Some(Box::new(Self { enrolled, wrong_confirmations, ..self.clone() })));
        };
        let codes: Vec<_> = (0..policy::RECOVERY_CODES).map(|_| RecoveryCode::new(dice)).collect();
        let confirmed = Self {
            version: self.version,
            seed: Some(enrolled.clone()),
            last_step: Some(step),
            recovery_codes: codes.iter().map(RecoveryCode::fingerprint).collect(),
            enrolled_at: self.enrolled_at.clone(),
            ..Self::default()
        };
        Ok((confirmed, codes))
    }

    /// Whether `proof` proves the factor, and what is remembered after it. Codes of the app and recovery codes are counted apart, so that who
    /// is locked out of one has the other.
    pub fn judge(
        &self,
        proof: &Proof,
        (scope, subject): (&FirmScope, Subject),
        opener: &Sealer,
        now: Timestamp,
    ) -> (Result<Proved, NotProved>, Self) {
        let mut after = self.clone();
        let seed = self.seed.as_ref().and_then(|seed| Seed::open(seed, opener, &context(scope, subject)));
        let judged = match (seed, proof) {
            (None, _) => Err(NotProved::None),
            (Some(seed), Proof::Code(guess)) => after.try_code(&seed, guess, now),
            (Some(_), Proof::Recovery(code)) => after.try_recovery(code, now),
        };
        (judged, after)
    }

    /// What the log says of `proof`, which was wrong and led to this.
    pub fn outcome_of_mistake(&self, proof: &Proof, now: Timestamp) -> Outcome {
        match self.locked_until.filter(|until| now < *until) {
            _ if matches!(proof, Proof::Recovery(_)) => Outcome::SecondFactorMismatch,
            _ if self.failures_in_a_row >= policy::FACTOR_FAILURES_MOST => Outcome::SecondFactorClosed,
            Some(until) => Outcome::SecondFactorLocked { time: LockedUntil(until) },
            None => Outcome::SecondFactorMismatch,
        }
    }

    fn try_code(&mut self, seed: &Seed, guess: &Guess, now: Timestamp) -> Result<Proved, NotProved> {
        if self.failures_in_a_row >= policy::FACTOR_FAILURES_MOST {
            return Err(NotProved::Closed);
        }
        if let Some(until) = self.locked_until.filter(|until| now < *until) {
            return Err(NotProved::Locked(until));
        }
        let step = seed.step_of(guess, now);
        if let Some(step) = step.filter(|step| self.last_step.is_none_or(|last| last < *step)) {
            (self.last_step, self.failures_in_a_row, self.locked_until) = (Some(step), 0, None);
            self.failures.clear();
            return Ok(Proved::App);
        }
        self.failures.retain(|at| now < *at + policy::FACTOR_WINDOW);
        self.failures.push(now);
        self.failures_in_a_row += 1;
        if self.failures.len() >= policy::FACTOR_FAILURES {
            self.locked_until = Some(now + policy::FACTOR_LOCK);
            self.failures.clear();
        }
        Err(if step.is_some() { NotProved::Used } else { NotProved::Wrong })
    }

    fn try_recovery(&mut self, code: &RecoveryCode, now: Timestamp) -> Result<Proved, NotProved> {
        self.recovery_failures.retain(|at| now < *at + policy::HOUR);
        if let Some(oldest) = self.recovery_failures.first().filter(|_| self.recovery_failures.len() >= policy::RECOVERY_FAILURES) {
            return Err(NotProved::Locked(*oldest + policy::HOUR));
        }
        let hash = code.fingerprint();
        let Some(at) = self.recovery_codes.iter().position(|kept| *kept == hash) else {
            self.recovery_failures.push(now);
            return Err(NotProved::Wrong);
        };
        self.recovery_codes.remove(at);
        self.recovery_failures.clear();
        Ok(Proved::Recovery(self.recovery_codes.len()))
    }
}

#[cfg(test)]
mod tests;

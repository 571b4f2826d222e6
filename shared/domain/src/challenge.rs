//! Challenges: one attempt to sign in by a code.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ChallengeId, ClientId, Dice, FirmId,
    code::{Code, Guess},
    firm::Channel,
    keys::{Key, KeyId, Sealed},
    moments, policy,
    record::Outcome,
    session::{Assurance, Audience, Subject},
    sign_in::SignIn,
};

/// One attempt to sign in. It never holds its code, only what the code is derived from.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Challenge {
    /// Its identifier, known to whoever asked.
    pub challenge: ChallengeId,
    /// The firm at which it was asked for.
    pub firm: FirmId,
    /// The audience for which it was asked for.
    pub audience: Audience,
    /// Who may answer it; nobody, where no code went out.
    #[serde(default)]
    pub account: Option<Account>,
    /// 128 random bits that no answer ever carries.
    pub nonce: [u8; 16],
    /// The secret from which its code is derived.
    pub code_key: KeyId,
    /// Which row of attempts belongs to the email.
    pub attempts: String,
    /// The email as typed, sealed for the log.
    pub email: Sealed,
    /// The mark by which the log finds the email.
    pub email_mark: String,
    /// Whether it was asked for with a link, which no lock blocks.
    pub by_link: bool,
    /// How the code was last sent.
    pub channel: Channel,
    /// Whether the code ever went out by mail, or was to.
    pub mailed: bool,
    /// Whether the code ever went out by text message, or was to.
    pub texted: bool,
    /// Guesses so far.
    pub guesses: u32,
    /// Sendings after the first.
    pub resends: u32,
    /// When the code was last sent.
    #[serde(with = "moments::required")]
    pub sent_at: Timestamp,
    /// When it was asked for.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
    /// From when on nothing opens it.
    #[serde(with = "moments::required")]
    pub expires_at: Timestamp,
    /// Whether it has opened a session.
    pub spent: bool,
}

impl std::fmt::Debug for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Challenge({})", self.challenge)
    }
}

/// The person who may answer a challenge, as they were when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Who.
    pub subject: Subject,
    /// Their epoch; another one ends the challenge.
    pub epoch: u32,
    /// Their mobile epoch; another one ends a challenge sent by SMS.
    pub mobile_epoch: u32,
    /// Whether a text message is a way to reach them.
    pub has_mobile: bool,
    /// The clients that they act for.
    pub clients: Vec<ClientId>,
}

impl From<&SignIn> for Account {
    fn from(person: &SignIn) -> Self {
        Self {
            subject: person.subject,
            epoch: person.epoch,
            mobile_epoch: person.mobile_epoch,
            has_mobile: person.has_mobile,
            clients: person.clients.clone(),
        }
    }
}

/// For which email a challenge is asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The firm.
    pub firm: FirmId,
    /// The audience.
    pub audience: Audience,
    /// Which row of attempts belongs to the email.
    pub attempts: String,
    /// The email as typed, sealed.
    pub email: Sealed,
    /// The mark by which the log finds it.
    pub email_mark: String,
    /// Whether it is asked for with a link.
    pub by_link: bool,
}

impl Challenge {
    /// A challenge that begins now; without an `account` it is a decoy that nothing opens.
    pub fn begin(
        challenge: ChallengeId,
        asked: Asked,
        account: Option<Account>,
        channel: Channel,
        code_key: &Key,
        now: Timestamp,
        dice: &Dice,
    ) -> Self {
        Self {
            challenge,
            firm: asked.firm,
            audience: asked.audience,
            account,
            nonce: dice.bytes(),
            code_key: code_key.id().clone(),
            attempts: asked.attempts,
            email: asked.email,
            email_mark: asked.email_mark,
            by_link: asked.by_link,
            channel,
            mailed: channel == Channel::Email,
            texted: channel == Channel::Sms,
            guesses: 0,
            resends: 0,
            sent_at: now,
            created_at: now,
            expires_at: now + policy::CODE_LIFE,
            spent: false,
        }
    }

    /// Whether a guess may still be compared.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.expires_at && !self.spent && self.guesses < policy::GUESSES
    }

    /// The same challenge, with its code sent by `channel` from now on.
    #[must_use]
    pub fn sent_by(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self.mailed |= channel == Channel::Email;
        self.texted |= channel == Channel::Sms;
        self
    }

    /// How sure a session is that this code opens: as sure as the weakest way that it went.
    pub fn assurance(&self) -> Assurance {
        if self.mailed { Assurance::Email } else { Assurance::Sms }
    }

    /// The code that opens this challenge.
    pub fn code(&self, key: &Key) -> Code {
        Code::derive(key, &self.nonce, &self.challenge, &self.firm, self.audience)
    }

    /// Judges a guess that was counted. A decoy is compared alike and then refused.
    pub fn judge(&self, guess: &Guess, key: &Key) -> Result<Account, Outcome> {
        match (self.code(key).is(guess), self.account.clone()) {
            (true, Some(account)) => Ok(account),
            (true, None) | (false, _) => Err(Outcome::CodeMismatch),
        }
    }

    /// Decides about sending the code again: how many sendings are left then, or when to come back.
    pub fn resend(&self, now: Timestamp) -> Result<u32, Timestamp> {
        let rested = self.sent_at + policy::RESEND_PAUSE;
        match policy::RESENDS.checked_sub(self.resends + 1) {
            None => Err(self.expires_at),
            Some(_) if now < rested => Err(rested),
            Some(left) => Ok(left),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{ContactId, keys::Secret};

    fn challenge(decoy: bool) -> (Challenge, Key, Timestamp) {
        let (now, dice) = (Timestamp::UNIX_EPOCH, Dice::new(|bytes| bytes.fill(1)));
        let secret = Secret::new(KeyId("1".into()), "secret");
        let key = secret.key(crate::code::LABEL);
        let account = Account {
            subject: Subject::Contact(ContactId::new(now, &dice)),
            epoch: 0,
            mobile_epoch: 0,
            has_mobile: true,
            clients: Vec::new(),
        };
        let asked = Asked {
            firm: "demo".parse().expect("a firm"),
            audience: Audience::Client,
            attempts: String::new(),
            email: secret.sealer("email").seal("ann@x.com", b"", &dice),
            email_mark: String::new(),
            by_link: false,
        };
        let challenge = Challenge::begin(ChallengeId::new(&dice), asked, (!decoy).then_some(account), Channel::Sms, &key, now, &dice);
        (challenge, key, now)
    }

    #[test]
    fn the_right_code_opens_and_a_decoy_never_does() {
        for decoy in [false, true] {
            let (challenge, key, _) = challenge(decoy);
            let code = challenge.code(&key).reveal().to_owned();
            let wrong = if code == "000000" { "000001" } else { "000000" };
            let judge = |text: &str| challenge.judge(&Guess::try_from(text.to_owned()).expect("six digits"), &key);
            assert_eq!(judge(&code).is_ok(), !decoy);
            assert_eq!(judge(wrong), Err(Outcome::CodeMismatch));
        }
    }

    #[test]
    fn a_challenge_closes_at_ten_minutes_five_guesses_or_one_use() {
        let (fresh, _, now) = challenge(false);
        let end = now + policy::CODE_LIFE;
        assert!(fresh.is_open(end - SignedDuration::from_millis(1)) && !fresh.is_open(end));
        let with = |change: fn(&mut Challenge)| {
            let mut challenge = fresh.clone();
            change(&mut challenge);
            challenge.is_open(now)
        };
        assert!(with(|challenge| challenge.guesses = 4) && !with(|challenge| challenge.guesses = 5));
        assert!(!with(|challenge| challenge.spent = true));
    }

    #[test]
    fn a_code_is_sent_again_three_times_half_a_minute_apart() {
        let (mut challenge, _, now) = challenge(false);
        let later = now + policy::RESEND_PAUSE;
        assert_eq!(challenge.resend(later - SignedDuration::from_millis(1)), Err(later));
        assert_eq!(challenge.resend(later), Ok(2));
        challenge.resends = 2;
        assert_eq!(challenge.resend(later), Ok(0));
        challenge.resends = 3;
        assert_eq!(challenge.resend(later), Err(challenge.expires_at));
    }
}

//! Challenges: one attempt to sign in by a code.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    AttemptKey, Audience, ChallengeId, Dice, FirmId, FirmScope, Identity, Occasion,
    account::Account,
    attempts::Way,
    channel::Channel,
    code::{Code, Guess},
    firm::Firm,
    gate::RemadeGate,
    keys::{Key, KeyId, Sealed, Token},
    moments, policy,
    record::{AccessRecord, Attempt, Outcome},
    scope::of_one_firm,
    session::{Assurance, Session},
    settings::SignInPolicy,
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
    /// Under which version of the firm's settings whoever asked for it began to come in.
    #[serde(default)]
    pub settings_version: u32,
    /// Who may answer it; nobody, where no code went out.
    #[serde(default)]
    pub account: Option<Account>,
    /// 128 random bits that no answer ever carries.
    pub nonce: [u8; 16],
    /// The secret from which its code is derived.
    pub code_key: KeyId,
    /// Which row of attempts belongs to the email.
    pub attempts: AttemptKey,
    /// Who has the email, if anybody has, whether or not a code went out to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Identity>,
    /// The email as typed, sealed.
    pub email: Sealed,
    /// By which way it was asked for.
    #[serde(default)]
    pub way: Way,
    /// The fingerprint of the token by which the browser was known that asked for it.
    #[serde(default)]
    pub known: Option<String>,
    /// The fingerprint of the token of the session that was opened in it last.
    #[serde(default)]
    pub known_session: Option<String>,
    /// The session of whoever asked for it to prove anew who they are. It opens nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<Renewal>,
    /// The gate that was opened to ask for it, where it is to be remade, and by what the mailbox is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remade: Option<(RemadeGate, String)>,
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
    /// Whether it was written down that someone came with a code too late.
    #[serde(default)]
    pub expiry_logged: bool,
}

impl std::fmt::Debug for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Challenge({})", self.challenge)
    }
}

/// The session that a challenge is asked for in, as it was then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Renewal {
    /// The session.
    pub session: Session,
    /// The fingerprint of its token.
    pub token: String,
}

/// For which email a challenge is asked.
#[derive(Debug, Clone)]
pub struct ChallengeFor {
    /// The firm.
    pub scope: FirmScope,
    /// The audience.
    pub audience: Audience,
    /// Under which version of the firm's settings whoever asks began to come in.
    pub settings_version: u32,
    /// Which row of attempts belongs to the email.
    pub attempts: AttemptKey,
    /// Who has it, if anybody has.
    pub person: Option<Identity>,
    /// The email as typed, sealed.
    pub email: Sealed,
    /// By which way it is asked for.
    pub way: Way,
    /// The fingerprint of the token by which the browser is known, if it is.
    pub known: Option<String>,
    /// The fingerprint of the token of the session that was opened in it last.
    pub known_session: Option<String>,
    /// The session in which it is asked, if it is.
    pub renewal: Option<Renewal>,
    /// The gate that was opened, where it is to be remade, and by what the mailbox is found.
    pub remade: Option<(RemadeGate, String)>,
}

impl Challenge {
    /// A challenge that begins now; without an `account` it is a decoy that nothing opens.
    pub fn begin(
        challenge: ChallengeId,
        asked: ChallengeFor,
        account: Option<Account>,
        channel: Channel,
        code_key: &Key,
        now: Timestamp,
        dice: &Dice,
    ) -> Self {
        Self {
            challenge,
            firm: asked.scope.firm().clone(),
            audience: asked.audience,
            settings_version: asked.settings_version,
            account,
            nonce: dice.bytes(),
            code_key: code_key.id().clone(),
            attempts: asked.attempts,
            person: asked.person,
            email: asked.email,
            way: asked.way,
            known: asked.known,
            known_session: asked.known_session,
            renewal: asked.renewal,
            remade: asked.remade,
            channel,
            mailed: channel == Channel::Email,
            texted: channel == Channel::Sms,
            guesses: 0,
            resends: 0,
            sent_at: now,
            created_at: now,
            expires_at: now + policy::CODE_LIFE,
            spent: false,
            expiry_logged: false,
        }
    }

    /// Whether it is over for its age alone, and that is not written down yet.
    pub fn expires_unlogged(&self, now: Timestamp) -> bool {
        now >= self.expires_at && !self.spent && self.guesses < policy::GUESSES && !self.expiry_logged
    }

    /// Whether a guess may still be compared.
    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.expires_at && !self.spent && self.guesses < policy::GUESSES
    }

    /// Whether it leads `account` in at `firm`, in a browser that holds the session `held`: not if they were signed out since it was asked for, and
    /// whoever is in already proves anew who they are in that very session, and nowhere else.
    pub fn goes_on(&self, held: Option<&Token>, account: &Account, firm: &Firm, now: Timestamp) -> bool {
        let signed_out = self.audience == Audience::Client && firm.has_signed_out(&account.overrides, self.settings_version);
        let is_there = |renewal: &Renewal| held.is_some_and(|held| held.fingerprint() == renewal.token) && renewal.session.stands(now);
        !signed_out && self.renewal.as_ref().is_none_or(is_there)
    }

    /// A record of `outcome` at this challenge, with its `email`, opened. It names who may answer, and tells of who has the email.
    pub fn record(&self, occasion: &Occasion, outcome: Outcome, email: Option<String>) -> AccessRecord {
        let record = occasion.record(&self.scope(), outcome);
        let record = match &self.account {
            Some(account) => record.by(account.identity),
            None => record.telling_of(self.person),
        };
        AccessRecord { attempt: Some(Attempt::of(&self.challenge)), email, ..record }
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

    /// Decides about sending the code again, by the channel that is wished for where `policy` and the person allow it.
    ///
    /// # Errors
    /// If it was sent a moment ago or often enough; when the next sending may come.
    pub fn resend(&self, policy: &SignInPolicy, texting: bool, wish: Option<Channel>, now: Timestamp) -> Result<Resend, Timestamp> {
        let rested = self.sent_at + policy::RESEND_PAUSE;
        let left = policy::RESENDS.checked_sub(self.resends + 1).ok_or(self.expires_at)?;
        if now < rested {
            return Err(rested);
        }
        let wish = policy.granted(wish, texting).unwrap_or(self.channel);
        let wish = self.account.as_ref().and_then(|account| account.steer(policy, Some(wish), now)).unwrap_or(wish);
        // A decoy has no account; it behaves like someone who can be reached by both channels.
        let by_sms = self.audience == Audience::Client
            && policy.channels(texting).contains(&Channel::Sms)
            && self.account.as_ref().is_none_or(|account| account.is_texted(policy))
            && wish == Channel::Sms;
        Ok(Resend { channel: if by_sms { Channel::Sms } else { Channel::Email }, left })
    }
}

of_one_firm!(Challenge);

/// A code that may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resend {
    /// By what.
    pub channel: Channel,
    /// How often it may be sent after that.
    pub left: u32,
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{
        ContactId,
        delivery::{Trouble, TroubleKind, Troubles},
        keys::Secret,
        settings::{CodeChannel, Overrides},
    };

    fn challenge(decoy: bool) -> (Challenge, Key, Timestamp) {
        let (now, dice) = (Timestamp::UNIX_EPOCH, Dice::new(|bytes| bytes.fill(1)));
        let secret = Secret::new(KeyId("1".into()), "secret");
        let key = secret.key(crate::code::LABEL);
        let identity = Identity::of_contact(ContactId::new(now, &dice), 0);
        let account = Account {
            identity,
            mobile_epoch: 0,
            has_mobile: true,
            mobile_country: None,
            troubles: Troubles::default(),
            second_factor: false,
            overrides: Overrides::default(),
        };
        let asked = ChallengeFor {
            scope: FirmScope::of_row(&"demo".parse().expect("a firm")),
            audience: Audience::Client,
            settings_version: 0,
            attempts: key.attempts(&[b"ann@x.com"]),
            email: secret.sealer("email").seal("ann@x.com", b"", &dice),
            person: None,
            way: Way::Page,
            known: None,
            known_session: None,
            renewal: None,
            remade: None,
        };
        let id = ChallengeId::new(asked.scope.firm(), asked.attempts.clone(), &dice);
        let challenge = Challenge::begin(id, asked, (!decoy).then_some(account), Channel::Sms, &key, now, &dice);
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
        let policy = SignInPolicy::default();
        let later = now + policy::RESEND_PAUSE;
        let left = |challenge: &Challenge, now| challenge.resend(&policy, true, None, now).map(|resend| resend.left);
        assert_eq!(left(&challenge, later - SignedDuration::from_millis(1)), Err(later));
        assert_eq!(left(&challenge, later), Ok(2));
        challenge.resends = 2;
        assert_eq!(left(&challenge, later), Ok(0));
        challenge.resends = 3;
        assert_eq!(left(&challenge, later), Err(challenge.expires_at));
    }

    #[test]
    fn a_code_is_sent_again_by_what_firm_and_person_allow() {
        use Channel::{Email, Sms};
        let sms = SignInPolicy::default();
        let only_sms = SignInPolicy { code_channel: CodeChannel::SmsOnly, ..SignInPolicy::default() };
        let email = SignInPolicy { code_channel: CodeChannel::EmailOnly, ..SignInPolicy::default() };
        for (policy, texting, has_mobile, audience, wish, channel) in [
            (&sms, true, Some(true), Audience::Client, None, Sms),
            (&sms, true, Some(true), Audience::Client, Some(Sms), Sms),
            (&sms, true, Some(true), Audience::Client, Some(Email), Email),
            (&sms, true, Some(false), Audience::Client, Some(Sms), Email),
            (&sms, true, None, Audience::Client, Some(Sms), Sms),
            (&sms, false, Some(true), Audience::Client, Some(Sms), Email),
            (&email, true, Some(true), Audience::Client, Some(Sms), Email),
            (&email, true, None, Audience::Client, Some(Sms), Email),
            (&sms, true, Some(true), Audience::Staff, Some(Sms), Email),
            (&only_sms, true, Some(true), Audience::Client, Some(Email), Sms),
            (&only_sms, false, Some(true), Audience::Client, None, Email),
        ] {
            let (mut challenge, _, now) = challenge(has_mobile.is_none());
            challenge.audience = audience;
            if let Some(account) = &mut challenge.account {
                account.has_mobile = has_mobile == Some(true);
            }
            let resend = challenge.resend(policy, texting, wish, now + policy::RESEND_PAUSE);
            assert_eq!(resend.map(|resend| resend.channel), Ok(channel), "{policy:?} {texting} {has_mobile:?} {audience:?} {wish:?}");
        }
    }

    #[test]
    fn where_codes_go_by_text_alone_one_goes_by_mail_to_a_phone_that_takes_none() {
        let (mut challenge, _, now) = challenge(false);
        let only_sms = SignInPolicy { code_channel: CodeChannel::SmsOnly, ..SignInPolicy::default() };
        if let Some(account) = &mut challenge.account {
            account.troubles.mobile = Some(Trouble { kind: TroubleKind::OptedOut, at: now });
        }
        let account = challenge.account.clone().expect("an account");
        assert_eq!(account.steer(&only_sms, only_sms.granted(Some(Channel::Email), true), now), Some(Channel::Email));
    }
}

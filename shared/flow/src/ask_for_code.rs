//! Asking for a code: one transaction of one shape, whatever is decided.

use jiff::Timestamp;
use postern_aws::{Unavailable, reach};
use postern_domain::{
    AttemptKey, Audience, ChallengeId, Email, FirmScope, Occasion, TypedEmail,
    account::{Account, SignInRecord},
    attempts::{Attempts, Way},
    challenge::{Challenge, ChallengeFor, Renewal},
    channel::Channel,
    dispatch::DispatchKind,
    firm::Firm,
    keys::{Sealed, Token},
    policy,
    record::{AccessRecord, Attempt, Outcome},
    sign_in::{Asker, Decision, GateTry, Sending, decide},
};
use postern_http::{Held, Problem};
use postern_store::{AccessLog, AccessStore, CommitError, Directory, LogKeys, Outbox, Part, SignInKeys, Turn, Write, settle};

reach! {
    /// What asking for a code touches.
    pub struct AskForCode {
        directory: Directory [GetItem],
        access: AccessStore [GetItem, PutItem, UpdateItem],
        access_log: AccessLog [PutItem],
        outbox: Outbox [PutItem],
        sign_in_keys: SignInKeys,
        log_keys: LogKeys,
    }
}

/// What is known of an email before anything is decided.
#[derive(Debug)]
pub struct Known {
    /// The firm; none where the scope names none.
    pub firm: Option<Firm>,
    /// Who signs in with the email.
    pub person: Option<SignInRecord>,
    /// Which row of attempts belongs to it.
    pub key: AttemptKey,
    /// What is remembered of them.
    pub attempts: Attempts,
    /// By which way they come.
    pub way: KnownWay,
}

/// By which way someone comes, and by what the browser is known if it is.
#[derive(Debug, Clone)]
pub struct KnownWay {
    /// The way.
    pub way: Way,
    /// The fingerprint of the token by which the browser is known.
    pub known: Option<String>,
    /// The fingerprint of the token of the session that was opened in it last.
    pub session: Option<String>,
}

/// Who asks for a code.
#[derive(Debug)]
pub struct Asking {
    /// At which firm.
    pub scope: FirmScope,
    /// As whom.
    pub audience: Audience,
    /// Under which version of the firm's settings they began to come in.
    pub settings_version: u32,
    /// With which email.
    pub email: TypedEmail,
    /// The person with this email.
    pub person: Option<Asker>,
    /// By which way.
    pub way: KnownWay,
    /// How a code would go out.
    pub channel: Channel,
    /// The session of who is in already and proves anew who they are.
    pub renewal: Option<Renewal>,
}

/// Why no challenge is given out.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Too many requests.
    #[error("too many requests until {retry_at}")]
    TooMany {
        /// When the next may come.
        retry_at: Timestamp,
        /// When this one came.
        now: Timestamp,
    },
    /// What was to change along with it has changed meanwhile.
    #[error("what was to change along with it has changed meanwhile")]
    Changed,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        match error {
            AskError::TooMany { retry_at, now } => Self::until(retry_at, now),
            AskError::Unavailable(error) => error.into(),
            AskError::Changed => Self::fault(&error),
        }
    }
}

impl AskForCode {
    /// Reads what is known of `email`, all at once, and counts the request of the caller, who holds these `browsers`. A browser in which the same
    /// person signed in before has limits of its own, and none by address.
    ///
    /// # Errors
    /// If too many requests came from one place, the store fails, or keys cannot be had.
    pub async fn known(
        &self,
        occasion: &Occasion,
        scope: &FirmScope,
        audience: Audience,
        email: &TypedEmail,
        held: &Held,
    ) -> Result<Known, AskError> {
        let (firm, person) = (self.directory.firm(scope), self.directory.sign_in_record(scope, audience, &email.email));
        let origin = self.access.count_origin(audience, occasion.origin.ip.as_deref(), occasion.now);
        let counted = async {
            let key = self.key(scope, audience, email).await?;
            let token = held.known(audience, &key).unwrap_or_else(|| Token::of(occasion.dice.bytes()));
            let (attempts, browser) = tokio::try_join!(self.access.attempts(scope, &key), self.access.known_browser(&token))?;
            Ok((key, attempts, browser.map(|browser| (browser, token.fingerprint()))))
        };
        let (known, origin) = tokio::join!(async { tokio::try_join!(firm, person, counted) }, origin);
        let (firm, person, (key, attempts, browser)) = known?;
        let subject = person.as_ref().map(|person| person.account.identity.subject);
        let browser = browser.filter(|(browser, _)| subject.is_some_and(|subject| browser.is_of(scope, subject)));
        let way =
            browser.map(|(browser, known)| KnownWay { way: Way::Browser(browser.device), known: Some(known), session: browser.session });
        // However many others ask from the same address, and whether or not they can be counted, a known browser is heard.
        let way = if let Some(way) = way {
            way
        } else {
            origin?.map_err(|retry_at| AskError::TooMany { retry_at, now: occasion.now })?;
            KnownWay { way: Way::Page, known: None, session: None }
        };
        Ok(Known { firm, person, key, attempts, way })
    }

    /// The address to which the link of `token` went, if its contact still has it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn owner_of(&self, scope: &FirmScope, token: &str) -> Result<Option<Email>, Unavailable> {
        let (Ok(token), Self { directory, access, .. }) = (Token::parse(token), self) else { return Ok(None) };
        let Some(link) = access.link(&token).await?.filter(|link| link.scope() == *scope) else { return Ok(None) };
        let Some(contact) = link.identity.subject.contact() else { return Ok(None) };
        let contact = directory.contact(scope, contact).await?;
        Ok(contact.and_then(|contact| contact.email.filter(|email| link.went_to(email, contact.epoch))))
    }

    /// The email with which `challenge` was asked for, if clients ask for such, and whether a code went out for it.
    ///
    /// # Errors
    /// If the store fails, or keys cannot be had.
    pub async fn asked_with(&self, scope: &FirmScope, challenge: &ChallengeId) -> Result<Option<(Email, bool)>, Unavailable> {
        let found = self.access.challenge(challenge).await?;
        let Some(found) = found.filter(|found| found.scope() == *scope && found.audience == Audience::Client) else { return Ok(None) };
        let typed = self.log_keys.open(scope, &found.email).await?;
        Ok(typed.and_then(|typed| Email::parse(&typed).ok()).map(|email| (email, found.account.is_some())))
    }

    /// `text` as nobody reads it who has no key of the log.
    ///
    /// # Errors
    /// If keys cannot be had.
    pub async fn sealed(&self, occasion: &Occasion, scope: &FirmScope, text: &str) -> Result<Sealed, Unavailable> {
        Ok(self.log_keys.current().await?.seal(scope, text, &occasion.dice))
    }

    /// Which row of attempts belongs to `email`, and what is remembered of them.
    ///
    /// # Errors
    /// If the store fails, or keys cannot be had.
    pub async fn counted(&self, scope: &FirmScope, audience: Audience, email: &TypedEmail) -> Result<(AttemptKey, Attempts), Unavailable> {
        let key = self.key(scope, audience, email).await?;
        let attempts = self.access.attempts(scope, &key).await?;
        Ok((key, attempts))
    }

    /// Which row of attempts belongs to `email`.
    ///
    /// # Errors
    /// If keys cannot be had.
    pub async fn key(&self, scope: &FirmScope, audience: Audience, email: &TypedEmail) -> Result<AttemptKey, Unavailable> {
        Ok(self.sign_in_keys.attempts().await?.key(scope, audience, &email.email))
    }

    /// Decides about a request, on the `attempts` of its row `key`, and commits what was decided, together with `changes`.
    ///
    /// # Errors
    /// If too many requests came, `changes` do not hold, or the store fails.
    pub async fn ask(
        &self,
        occasion: &Occasion,
        asking: &Asking,
        (key, attempts): (&AttemptKey, Attempts),
        changes: &[Write],
    ) -> Result<Challenge, AskError> {
        settle(&occasion.dice, attempts, |attempts| async move {
            match self.ask_once(occasion, asking, (key, &attempts), changes).await {
                Ok(asked) => asked.map(Turn::Done),
                Err(CommitError::Unavailable(error)) => Err(error.into()),
                Err(CommitError::Refused(refusals)) if refusals.name(Part::Attempts) => {
                    Ok(Turn::Again(refusals.found(Part::Attempts)?.unwrap_or_default()))
                }
                Err(CommitError::Refused(_)) => Err(AskError::Changed),
            }
        })
        .await
    }

    async fn ask_once(
        &self,
        occasion: &Occasion,
        asking: &Asking,
        (key, attempts): (&AttemptKey, &Attempts),
        changes: &[Write],
    ) -> Result<Result<Challenge, AskError>, CommitError> {
        let (now, Asking { scope, audience, settings_version, email, person, way, channel, renewal }) = (occasion.now, asking);
        let before = attempts;
        let (attempts, outcome, sending) = match decide(person.as_ref(), before, way.way, *channel, now) {
            Decision::Refused { retry_at, logged } => {
                if let Some(attempts) = logged {
                    let record = record_of(occasion, asking, Outcome::TooManyRequests);
                    self.access_log.commit_alike(&record, [self.access.put_attempts(scope, key, &attempts, now)]).await?;
                }
                return Ok(Err(AskError::TooMany { retry_at, now }));
            }
            Decision::Answered { attempts, outcome, sending } => (attempts, outcome, sending),
        };
        let id = ChallengeId::new(scope.firm(), key.clone(), &occasion.dice);
        let attempt = Attempt::of(&id);
        let locks_until = attempts.lock_since(before, way.way, now);
        let record = AccessRecord { attempt: Some(attempt.clone()), locks_until, ..record_of(occasion, asking, outcome) };
        let (code_key, sealer) = tokio::try_join!(self.sign_in_keys.code(), self.log_keys.current())?;
        let account = person.as_ref().map(|asker| &asker.account);
        let asked = ChallengeFor {
            scope: scope.clone(),
            audience: *audience,
            settings_version: *settings_version,
            attempts: key.clone(),
            person: account.map(|account| account.identity),
            email: sealer.seal(scope, &email.typed, &occasion.dice),
            way: way.way,
            known: way.known.clone(),
            known_session: way.session.clone(),
            renewal: renewal.clone(),
            remade: person.as_ref().and_then(|asker| match &asker.gate {
                GateTry::Opened(_, Some(gate)) => Some((gate.clone(), Directory::mailbox(scope, *audience, &email.email))),
                _ => None,
            }),
        };
        let may_answer = account.filter(|_| matches!(sending, Sending::Code(_))).cloned();
        let challenge = Challenge::begin(id, asked, may_answer, *channel, &code_key, now, &occasion.dice);
        let (kind, way_in) = match sending {
            Sending::Code(channel) => (DispatchKind::Code { challenge: challenge.challenge.clone(), channel }, policy::WAY_IN_LIFE),
            Sending::Honest(reason, way_in) => (DispatchKind::Honest(reason), way_in),
            Sending::Nothing => (DispatchKind::Nothing, policy::WAY_IN_LIFE),
        };
        let dispatch = occasion.dispatch(scope, account.map(|account| account.identity), kind).with_way_in_for(way_in).in_attempt(attempt);
        let own = [self.access.put_challenge(&challenge), self.access.put_attempts(scope, key, &attempts, now), self.outbox.put(&dispatch)];
        self.access_log.commit_alike(&record, own.into_iter().chain(changes.iter().cloned())).await?;
        Ok(Ok(challenge))
    }

    /// Writes `record` of a saved password in the field for digits, if it is the first of its window for this email; it is no attempt.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn log_autofill(
        &self,
        occasion: &Occasion,
        scope: &FirmScope,
        record: &AccessRecord,
        (key, attempts): (&AttemptKey, Attempts),
    ) -> Result<(), CommitError> {
        settle(&occasion.dice, attempts, |mut attempts| async move {
            if !attempts.log_autofill(occasion.now) {
                return Ok(Turn::Done(()));
            }
            match self.access_log.commit_alike(record, [self.access.put_attempts(scope, key, &attempts, occasion.now)]).await {
                Ok(()) => Ok(Turn::Done(())),
                Err(CommitError::Refused(refusals)) if refusals.name(Part::Attempts) => {
                    Ok(Turn::Again(refusals.found(Part::Attempts)?.unwrap_or_default()))
                }
                Err(error) => Err(error),
            }
        })
        .await
    }
}

fn record_of(occasion: &Occasion, asking: &Asking, outcome: Outcome) -> AccessRecord {
    let Asking { scope, email, person, channel, .. } = asking;
    let (gate, gate_hash) = match person.as_ref().map(|asker| &asker.gate) {
        Some(GateTry::Opened(label, _)) => (label.clone(), None),
        Some(GateTry::Wrong { gate_hash, .. }) => (None, Some(gate_hash.clone())),
        _ => (None, None),
    };
    let account = person.as_ref().map(|asker| &asker.account);
    let channel = (outcome == Outcome::CodeRequested).then_some(*channel);
    AccessRecord { gate, gate_hash, channel, ..record_of_email(occasion, scope, email, account, outcome) }
}

/// A record of `outcome` for an email that someone typed, which may be the one of `account`.
pub fn record_of_email(
    occasion: &Occasion,
    scope: &FirmScope,
    email: &TypedEmail,
    account: Option<&Account>,
    outcome: Outcome,
) -> AccessRecord {
    let record = occasion.record(scope, outcome);
    let record = match account {
        Some(account) => record.by(account.identity),
        None => record,
    };
    AccessRecord { email: Some(email.typed.clone()), ..record }
}

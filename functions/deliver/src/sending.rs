//! One message: claimed, composed, sent, written down.

use crate::{Reach, compose::Composed, patiently};
use futures_util::try_join;
use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{
    ClientId, DispatchId, Email, Occasion, Phone, TextId,
    channel::Channel,
    contact::Contact,
    delivery::Report,
    dispatch::{Dispatch, DispatchKind, WentOut},
    document::Document,
    policy,
    record::{AccessRecord, Delivery, Outcome},
};
use postern_notify::SendError;
use postern_store::{Claim, CommitError, Part};

/// Contacts of one client that are told of its documents, at most: what one transaction holds with room to spare.
const SHARED_OUT: usize = 90;

/// Documents among which one has to be new, so that there is something to tell.
const NEWEST: u16 = 100;

/// Why a message could not be sent for now.
#[derive(Debug, thiserror::Error)]
pub enum TryAgain {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] Unavailable),
    /// SES or SNS failed.
    #[error("{0}")]
    Sender(SendError),
    /// It went out, and that could not be written down.
    #[error("it went out, and that could not be written down: {1}")]
    Unwritten(WentOut, Unavailable),
    /// It cannot be read by this version.
    #[error("it cannot be read by this version")]
    Unreadable,
    /// Another worker holds it, or held it when it died.
    #[error("another worker holds it")]
    Held,
}

impl TryAgain {
    /// Whether another try at once may end better, and sends nothing twice.
    pub(crate) fn is_worth_another_try(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Sender(SendError::Unavailable(_)))
    }
}

impl From<CommitError> for TryAgain {
    fn from(error: CommitError) -> Self {
        Self::Store(Unavailable::new(error))
    }
}

/// What became of a message for good.
#[derive(Clone)]
pub(crate) struct Settled {
    pub outcome: Outcome,
    pub delivery: Option<Delivery>,
    pub channel: Option<Channel>,
    /// The address of whom it is for, for the log.
    pub email: Option<Email>,
    /// What SNS calls the text message that went out.
    pub text: Option<TextId>,
}

impl Reach {
    /// Sends the message `dispatch`, unless it is done.
    pub(crate) async fn send(&self, dispatch: DispatchId) -> Result<(), TryAgain> {
        let (holder, now) = (format!("{:032x}", u128::from_be_bytes(self.dice.bytes())), self.clock.now());
        let (sent, next_try) = match self.outbox.claim(dispatch, &holder, now).await {
            Ok(Claim::Ours(claimed)) => (self.send_claimed(&claimed).await, claimed.next_try(now)),
            Ok(Claim::Held) => return Err(TryAgain::Held),
            Ok(Claim::Done) => return Ok(()),
            // Looked at by each sweep, which rings: it must not be lost.
            Ok(Claim::Unreadable) => (Err(TryAgain::Unreadable), now),
            // It may be ours nevertheless.
            Err(error) => (Err(error.into()), now),
        };
        if let Err(error) = &sent {
            self.release(dispatch, &holder, next_try, error).await;
        }
        sent
    }

    /// Gives a message back; what went out, again and again for a while, so that it is not sent once more. If all of it fails, the lease ends
    /// by itself.
    async fn release(&self, dispatch: DispatchId, holder: &str, next_try: Timestamp, error: &TryAgain) {
        let TryAgain::Unwritten(went_out, _) = error else {
            return drop(self.outbox.release(dispatch, holder, next_try, None).await);
        };
        drop(patiently(|| self.outbox.release(dispatch, holder, next_try, Some(went_out)), Result::is_ok).await);
    }

    async fn send_claimed(&self, dispatch: &Dispatch) -> Result<(), TryAgain> {
        if let Some(went_out) = &dispatch.went_out {
            return self.settle(dispatch, Settled::of(went_out.clone())).await;
        }
        if self.clock.now() >= dispatch.expires_at {
            return self.give_up(dispatch).await;
        }
        if let (None, DispatchKind::Documents { client }) = (dispatch.to, &dispatch.kind) {
            return self.share_out(dispatch, *client).await;
        }
        match self.compose(dispatch).await? {
            Composed::Nothing => self.settle(dispatch, Settled::no_longer_of_use()).await,
            Composed::Held(why) => self.settle(dispatch, Settled::without_message(why)).await,
            Composed::Text { firm, to, text, contact } => match self.keeps_from_texting(dispatch, &firm.sign_in, &to).await? {
                None => self.text(dispatch, &to, &text, *contact).await,
                Some(why) => self.mail_instead(dispatch, &contact, why.outcome(), None).await,
            },
            Composed::Mail { firm, to, mail, outcome } => {
                let (from, reply_to) = (firm.name.as_str(), firm.contact_address.as_str());
                match self.mailer.send(dispatch.dispatch, from, reply_to, to.as_str(), &mail).await {
                    Ok(()) => self.sent(dispatch, Settled::mailed(outcome, Delivery::Accepted, to)).await,
                    Err(error @ (SendError::Unavailable(_) | SendError::Unanswered(_) | SendError::SenderRefused(_))) => {
                        Err(TryAgain::Sender(error))
                    }
                    Err(error @ (SendError::Rejected(_) | SendError::OptedOut)) => {
                        tracing::error!(fate = "rejected", cause = error.to_string(), "a mail was refused for good");
                        self.settle(dispatch, Settled::mailed(Outcome::EmailRejected, Delivery::Failed, to)).await
                    }
                }
            }
        }
    }

    /// Sends a text message to someone's phone; where that will not take it, what it says is mailed.
    async fn text(&self, dispatch: &Dispatch, to: &Phone, text: &str, contact: Contact) -> Result<(), TryAgain> {
        match self.texter.send(to.as_str(), text).await {
            Ok(text) => {
                let is_code = matches!(dispatch.kind, DispatchKind::Code { .. });
                let outcome = if is_code { Outcome::CodeTexted } else { Outcome::FactorResetTexted };
                let (channel, email) = (Some(Channel::Sms), contact.email);
                self.sent(dispatch, Settled { outcome, delivery: Some(Delivery::Accepted), channel, email, text }).await
            }
            Err(SendError::OptedOut) => self.mail_instead(dispatch, &contact, Outcome::SmsOptedOut, Some(Report::TextOptedOut)).await,
            Err(SendError::Unavailable(_) | SendError::Unanswered(_) | SendError::SenderRefused(_))
                if dispatch.tries + 1 >= policy::TEXT_TRIES =>
            {
                // The phone has no part in that.
                self.mail_instead(dispatch, &contact, Outcome::SmsFailed, None).await
            }
            Err(SendError::Rejected(cause)) => {
                tracing::error!(fate = "rejected", cause, "a text message was refused for good");
                self.mail_instead(dispatch, &contact, Outcome::SmsFailed, Some(Report::TextFailed)).await
            }
            Err(error) => Err(TryAgain::Sender(error)),
        }
    }

    /// Makes of a message about documents of `client` one for each contact that acts for it by now.
    async fn share_out(&self, dispatch: &Dispatch, client: ClientId) -> Result<(), TryAgain> {
        let (scope, occasion) = (dispatch.scope(), self.occasion(dispatch));
        let papers = self.work.documents(&scope, client, None, NEWEST);
        let (contacts, (papers, _)) = try_join!(self.directory.contacts_of(&scope, client), papers)?;
        // What was taken back meanwhile is no news.
        if !papers.iter().any(Document::is_news) {
            return self.settle(dispatch, Settled::no_longer_of_use()).await;
        }
        if contacts.len() > SHARED_OUT {
            tracing::error!(%client, contacts = contacts.len(), "more contacts act for a client than are told of its documents");
        }
        let to: Vec<_> = contacts.iter().filter(|contact| contact.email.is_some()).take(SHARED_OUT).map(Contact::identity).collect();
        if to.is_empty() {
            return self.settle(dispatch, Settled::no_longer_of_use()).await;
        }
        let notices = to.into_iter().map(|to| self.outbox.put(&occasion.dispatch(&scope, Some(to), dispatch.kind.clone())));
        let changes = [self.outbox.finish(dispatch.dispatch, occasion.now)].into_iter().chain(notices);
        let record = occasion.record(&scope, Outcome::DocumentNoticeRequested).of_papers(client);
        match self.access_log.commit(&record, changes).await {
            Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives up a message that could not be sent as long as it was of use: staff learn it from the log, whoever deploys from an alarm.
    async fn give_up(&self, dispatch: &Dispatch) -> Result<(), TryAgain> {
        tracing::error!(dispatch = %dispatch.dispatch, tries = dispatch.tries, fate = "given-up", "a message was given up");
        let reason = match dispatch.kind {
            DispatchKind::Code { channel: Channel::Sms, .. } | DispatchKind::FactorResetText => {
                "the text message service did not take it in time"
            }
            _ => "the mail service did not take it in time",
        };
        let outcome = Outcome::MessageGivenUp { reason: reason.to_owned() };
        self.settle(dispatch, Settled { delivery: Some(Delivery::Failed), ..Settled::without_message(outcome) }).await
    }

    /// Writes down that a message went out, three times over a few seconds; if that fails, its row is marked (`went_out`), and the next try only
    /// writes it down.
    async fn sent(&self, dispatch: &Dispatch, settled: Settled) -> Result<(), TryAgain> {
        let written = patiently(|| self.settle(dispatch, settled.clone()), |ended| !matches!(ended, Err(TryAgain::Store(_)))).await;
        let (outcome, channel, text) = (settled.outcome, settled.channel.unwrap_or(Channel::Email), settled.text);
        written.map_err(|error| match error {
            TryAgain::Store(error) => TryAgain::Unwritten(WentOut { outcome, channel, text }, error),
            other => other,
        })
    }

    /// Writes down what became of a message and forgets what it grew from.
    async fn settle(&self, dispatch: &Dispatch, settled: Settled) -> Result<(), TryAgain> {
        let now = self.clock.now();
        let named = settled.text.map(|text| self.outbox.name_text(text, dispatch.dispatch, now));
        let record = self.record(dispatch, settled);
        match self.access_log.commit(&record, [self.outbox.finish(dispatch.dispatch, now)].into_iter().chain(named)).await {
            // Refused means that another worker was as fast with the same message.
            Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The carrier will not take this text message: the same code goes out by mail, as all else that is texted did. What that says of the phone is
    /// remembered.
    async fn mail_instead(
        &self,
        dispatch: &Dispatch,
        contact: &Contact,
        outcome: Outcome,
        of_phone: Option<Report>,
    ) -> Result<(), TryAgain> {
        let (scope, occasion) = (dispatch.scope(), self.occasion(dispatch));
        let (delivery, channel, email) = (Some(Delivery::Failed), Some(Channel::Sms), contact.email.clone());
        let record = self.record(dispatch, Settled { delivery, channel, email, ..Settled::without_message(outcome) });
        let mut changes = vec![self.outbox.finish(dispatch.dispatch, occasion.now)];
        if let DispatchKind::Code { challenge, .. } = &dispatch.kind {
            let mail = DispatchKind::Code { challenge: challenge.clone(), channel: Channel::Email };
            let mail = self.outbox.put(&occasion.dispatch(&scope, dispatch.recipient(), mail));
            changes.extend([self.access.divert(challenge, occasion.now), mail]);
        }
        if let Some(report) = of_phone {
            let troubles = contact.troubles.after(report, dispatch.created_at, occasion.now);
            changes.extend(self.directory.note_troubles(&scope, contact, &troubles));
        }
        match self.access_log.commit(&record, changes).await {
            // Staff changed the contact, or the code was used, at this moment: the next try looks anew.
            Err(CommitError::Refused(refusals)) if !refusals.name(Part::Dispatch) => {
                Err(Unavailable::new("contact or code changed while the phone was tried").into())
            }
            Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn record(&self, dispatch: &Dispatch, settled: Settled) -> AccessRecord {
        let (scope, occasion) = (dispatch.scope(), self.occasion(dispatch));
        AccessRecord {
            contact: dispatch.contact(),
            client: dispatch.client(),
            attempt: dispatch.attempt(),
            email: settled.email.map(|email| email.to_string()),
            channel: settled.channel,
            delivery: settled.delivery,
            message: Some(dispatch.dispatch),
            ..occasion.record(&scope, settled.outcome).telling_of(dispatch.recipient())
        }
    }

    /// What is written down of sending `dispatch` is of now, and of the origin of whoever caused it.
    fn occasion(&self, dispatch: &Dispatch) -> Occasion {
        Occasion { now: self.clock.now(), origin: dispatch.origin.clone(), language: dispatch.language, dice: self.dice.clone() }
    }
}

impl Settled {
    fn mailed(outcome: Outcome, delivery: Delivery, to: Email) -> Self {
        Self { delivery: Some(delivery), channel: Some(Channel::Email), email: Some(to), ..Self::without_message(outcome) }
    }

    /// Of what went out before; whose address that was is forgotten by now.
    fn of(WentOut { outcome, channel, text }: WentOut) -> Self {
        Self { delivery: Some(Delivery::Accepted), channel: Some(channel), text, ..Self::without_message(outcome) }
    }

    fn no_longer_of_use() -> Self {
        Self::without_message(Outcome::MessageTooLate)
    }

    /// That nothing went out.
    pub(crate) fn without_message(outcome: Outcome) -> Self {
        Self { outcome, delivery: None, channel: None, email: None, text: None }
    }
}

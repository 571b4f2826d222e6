//! One message: claimed, composed, sent, written down.

use postern_aws::Unavailable;
use postern_domain::{
    DispatchId, Email, Occasion,
    channel::Channel,
    dispatch::{Dispatch, DispatchKind},
    record::{AccessRecord, Delivery, Outcome},
};
use postern_notify::SendError;
use postern_store::{Claim, CommitError};

use crate::{Reach, compose::Composed};

/// Why a message could not be sent for now.
#[derive(Debug, thiserror::Error)]
pub enum TryAgain {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] Unavailable),
    /// SES or SNS failed.
    #[error("{0}")]
    Sender(SendError),
    /// It cannot be read by this version.
    #[error("it cannot be read by this version")]
    Unreadable,
    /// Another worker holds it, or held it when it died.
    #[error("another worker holds it")]
    Held,
}

impl From<CommitError> for TryAgain {
    fn from(error: CommitError) -> Self {
        Self::Store(Unavailable::new(error))
    }
}

/// What became of a message for good.
pub(crate) struct Settled {
    pub outcome: Outcome,
    pub delivery: Option<Delivery>,
    pub channel: Option<Channel>,
    /// The address of whom it is for, for the log.
    pub email: Option<Email>,
}

impl Reach {
    /// Sends the message `dispatch`, unless it is done.
    pub(crate) async fn send(&self, dispatch: DispatchId) -> Result<(), TryAgain> {
        let holder = format!("{:032x}", u128::from_be_bytes(self.dice.bytes()));
        let sent = match self.outbox.claim(dispatch, &holder, self.clock.now()).await {
            Ok(Claim::Ours(claimed)) => self.send_claimed(&claimed).await,
            Ok(Claim::Held) => return Err(TryAgain::Held),
            Ok(Claim::Done) => return Ok(()),
            // Given back until it is given up by its stream, which rings: it must not be lost.
            Ok(Claim::Unreadable) => Err(TryAgain::Unreadable),
            // It may be ours nevertheless.
            Err(error) => Err(error.into()),
        };
        if sent.is_err() {
            // If this fails too, the lease ends by itself.
            let _ = self.outbox.release(dispatch, &holder).await;
        }
        sent
    }

    async fn send_claimed(&self, dispatch: &Dispatch) -> Result<(), TryAgain> {
        if self.clock.now() >= dispatch.expires_at {
            return self.settle(dispatch, Settled::too_late()).await;
        }
        match self.compose(dispatch).await? {
            Composed::Nothing => self.settle(dispatch, Settled::too_late()).await,
            Composed::Text { to, text, email } => match self.texter.send(to.as_str(), &text).await {
                Ok(()) => self.settle(dispatch, Settled::accepted(Outcome::CodeTexted, Channel::Sms, email)).await,
                Err(error @ SendError::Unavailable(_)) => Err(TryAgain::Sender(error)),
                Err(SendError::OptedOut) => self.mail_instead(dispatch, Outcome::SmsOptedOut, email).await,
                Err(SendError::Rejected(cause)) => {
                    tracing::warn!(cause, "a text message was refused for good");
                    self.mail_instead(dispatch, Outcome::SmsFailed, email).await
                }
            },
            Composed::Mail { firm, to, mail, outcome } => {
                match self.mailer.send(firm.name.as_str(), firm.contact_address.as_str(), to.as_str(), &mail).await {
                    Ok(()) => self.settle(dispatch, Settled::accepted(outcome, Channel::Email, to)).await,
                    Err(error @ SendError::Unavailable(_)) => Err(TryAgain::Sender(error)),
                    Err(SendError::Rejected(_) | SendError::OptedOut) => {
                        let settled = Settled::accepted(Outcome::EmailRejected, Channel::Email, to);
                        self.settle(dispatch, Settled { delivery: Some(Delivery::Failed), ..settled }).await
                    }
                }
            }
        }
    }

    /// Writes down what became of a message and forgets what it grew from.
    async fn settle(&self, dispatch: &Dispatch, settled: Settled) -> Result<(), TryAgain> {
        let record = self.record(dispatch, settled).await?;
        match self.access_log.commit(&record, [self.outbox.finish(dispatch.dispatch)]).await {
            // Refused means that another worker was as fast with the same message.
            Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The carrier will not take this text message: the same code goes out by mail.
    async fn mail_instead(&self, dispatch: &Dispatch, outcome: Outcome, email: Email) -> Result<(), TryAgain> {
        let DispatchKind::Code { challenge, .. } = dispatch.kind else { return self.settle(dispatch, Settled::too_late()).await };
        let kind = DispatchKind::Code { challenge, channel: Channel::Email };
        let mail = self.occasion(dispatch).dispatch(&dispatch.scope(), dispatch.to, kind);
        let failed = Settled { outcome, delivery: Some(Delivery::Failed), channel: Some(Channel::Sms), email: Some(email) };
        let record = self.record(dispatch, failed).await?;
        let changes = [self.outbox.finish(dispatch.dispatch), self.access.divert(&challenge), self.outbox.put(&mail)];
        match self.access_log.commit(&record, changes).await {
            Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn record(&self, dispatch: &Dispatch, settled: Settled) -> Result<AccessRecord, Unavailable> {
        let (scope, occasion) = (dispatch.scope(), self.occasion(dispatch));
        let sealer = self.log_keys.current().await?;
        Ok(AccessRecord {
            contact: dispatch.to.and_then(|to| to.subject.contact()),
            email: settled.email.as_ref().map(|email| sealer.seal(&scope, email.as_str(), &occasion.dice)),
            email_hash: settled.email.as_ref().map(|email| sealer.email_hash(&scope, email)),
            channel: settled.channel,
            delivery: settled.delivery,
            ..occasion.record(&scope, settled.outcome)
        })
    }

    /// What is written down of sending `dispatch` is of now, and of the origin of whoever caused it.
    fn occasion(&self, dispatch: &Dispatch) -> Occasion {
        Occasion { now: self.clock.now(), origin: dispatch.origin.clone(), dice: self.dice.clone() }
    }
}

impl Settled {
    fn accepted(outcome: Outcome, channel: Channel, email: Email) -> Self {
        Self { outcome, delivery: Some(Delivery::Accepted), channel: Some(channel), email: Some(email) }
    }

    fn too_late() -> Self {
        Self { outcome: Outcome::MessageTooLate, delivery: None, channel: None, email: None }
    }
}

//! The message that a report is about: found, and what came of it written down.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{
    DispatchId, Email, Occasion, Person, Phone, TextId,
    channel::Channel,
    contact::Contact,
    delivery::Report,
    dispatch::{Dispatch, DispatchKind},
    policy,
    record::AccessRecord,
};
use postern_store::{CommitError, Part, Turn, settle};
use tokio::time::sleep;

use crate::Reach;

/// Pauses in which a text message that went out this moment may come to be known.
const PAUSES: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(6)];

/// What AWS calls the message.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Message {
    /// A mail carries our own name for it.
    Mail(DispatchId),
    /// A text message has SNS's.
    Text(TextId),
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mail(id) => id.fmt(f),
            Self::Text(id) => id.fmt(f),
        }
    }
}

/// What AWS reports of a message.
#[derive(Debug)]
pub(crate) struct Reported {
    pub message: Message,
    pub report: Report,
    /// Where it went.
    pub address: String,
    /// When it was sent, if that is told.
    pub at: Option<Timestamp>,
}

impl Reach {
    /// Writes down all that an event reports. A carrier may be quicker than the transaction that writes a text message's name down: all that is
    /// not known yet is waited for together, so that an event takes no longer for what others in the account sent, which is never known.
    pub(crate) async fn write_all(&self, mut reported: Vec<Reported>) -> Result<(), Unavailable> {
        let (mut failed, mut pauses) = (None, PAUSES.into_iter());
        while !reported.is_empty() {
            let mut unknown = Vec::new();
            for report in reported {
                match Box::pin(self.write_down(&report)).await {
                    Ok(true) => {}
                    Ok(false) => unknown.push(report),
                    Err(error) => failed = Some(error),
                }
            }
            let pause = pauses.next();
            let (fresh, gone): (Vec<_>, _) = unknown.into_iter().partition(|report| pause.is_some() && self.is_fresh(report));
            for Reported { message, report, .. } in gone {
                // Of another deployment in the same account, or of long ago.
                tracing::warn!(of = %message, ?report, "a report is of no message that is known here");
            }
            if let Some(pause) = pause.filter(|_| !fresh.is_empty()) {
                sleep(pause).await;
            }
            reported = fresh;
        }
        failed.map_or(Ok(()), Err)
    }

    /// Writes a report down, once, and what it says of the address where that still is the contact's; answers whether its message is known.
    async fn write_down(&self, reported: &Reported) -> Result<bool, Unavailable> {
        let Some(dispatch) = self.message(reported).await? else { return Ok(false) };
        let (dispatch, person) = (&dispatch, self.person(&dispatch).await?);
        settle(&self.dice, (person, true), |(person, is_of_use)| async move {
            match self.commit(dispatch, person.as_ref(), reported, is_of_use).await {
                Ok(()) => Ok(Turn::Done(())),
                // The same came before.
                Err(CommitError::Refused(refusals)) if refusals.name(Part::Dispatch) => Ok(Turn::Done(())),
                Err(CommitError::Refused(refusals)) => {
                    // The code is used up, or staff changed the contact.
                    let is_of_use = is_of_use && !refusals.name(Part::Challenge);
                    Ok(Turn::Again((self.person(dispatch).await?, is_of_use)))
                }
                Err(CommitError::Unavailable(error)) => Err(error),
            }
        })
        .await
        .map(|()| true)
    }

    async fn message(&self, reported: &Reported) -> Result<Option<Dispatch>, Unavailable> {
        let id = match reported.message {
            Message::Mail(id) => Some(id),
            Message::Text(text) => self.outbox.named(text).await?,
        };
        match id {
            Some(id) => self.outbox.message(id).await,
            None => Ok(None),
        }
    }

    /// Whether the message of `reported` may come to be known by and by. SNS has a clock of its own.
    fn is_fresh(&self, reported: &Reported) -> bool {
        reported.at.is_some_and(|at| at.duration_since(self.clock.now()).abs() < policy::SWEEP_AFTER)
    }

    /// Whom it went to.
    async fn person(&self, dispatch: &Dispatch) -> Result<Option<Person>, Unavailable> {
        match dispatch.to {
            Some(to) => self.directory.person(&dispatch.scope(), to.subject).await,
            None => Ok(None),
        }
    }

    /// Commits a report with what follows from it; as long as it `is_of_use`, a code that did not arrive by text is mailed.
    async fn commit(&self, dispatch: &Dispatch, person: Option<&Person>, reported: &Reported, is_of_use: bool) -> Result<(), CommitError> {
        let (scope, report, contact) = (dispatch.scope(), reported.report, person.and_then(Person::contact));
        let occasion =
            Occasion { now: self.clock.now(), origin: dispatch.origin.clone(), language: dispatch.language, dice: self.dice.clone() };
        let email = match report.channel() {
            Channel::Email => Email::parse(&reported.address).ok(),
            Channel::Sms => contact.and_then(|contact| contact.email.clone()),
        };
        let record = AccessRecord {
            contact: dispatch.contact(),
            client: dispatch.client(),
            attempt: dispatch.attempt(),
            email: email.map(|email| email.to_string()),
            channel: Some(report.channel()),
            delivery: Some(report.delivery()),
            message: Some(dispatch.dispatch),
            ..occasion.record(&scope, report.outcome()).telling_of(person.map(Person::identity))
        };
        let mut changes = vec![self.outbox.note_report(dispatch.dispatch, report)];
        if let Some(contact) = contact.filter(|contact| has(contact, report.channel(), &reported.address)) {
            let troubles = contact.troubles.after(report, dispatch.created_at, occasion.now);
            if troubles != contact.troubles {
                changes.extend(self.directory.note_troubles(&scope, contact, &troubles));
            }
        }
        let has_mail = |contact: &Contact| contact.email.is_some() && !contact.troubles.keep_from_mailing(occasion.now);
        let may_mail = is_of_use && contact.is_some_and(has_mail);
        if let Some(challenge) = dispatch.code_to_mail(report, occasion.now).filter(|_| may_mail) {
            let kind = DispatchKind::Code { challenge: challenge.clone(), channel: Channel::Email };
            changes.push(self.access.divert(&challenge, occasion.now));
            changes.push(self.outbox.put(&occasion.dispatch(&scope, dispatch.to, kind)));
        }
        self.access_log.commit(&record, changes).await
    }
}

/// Whether `address` is the contact's by now: what came back of an earlier one says nothing of it.
fn has(contact: &Contact, channel: Channel, address: &str) -> bool {
    match channel {
        Channel::Email => contact.email.is_some() && contact.email == Email::parse(address).ok(),
        Channel::Sms => contact.mobile.is_some() && contact.mobile == Phone::parse(address).ok(),
    }
}

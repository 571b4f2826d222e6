//! Delivery: what mailboxes and carriers report of a message that went out, and what is remembered of an address by that.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    channel::Channel,
    moments, policy,
    record::{Delivery, Outcome},
};

/// What a mailbox provider or a carrier reports of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The recipient's mail server took the mail.
    MailDelivered,
    /// The mail came back; `for_good` says that the next one will too.
    MailBounced {
        /// Whether the address takes no mail at all.
        for_good: bool,
    },
    /// An answer came that may be one of a machine, as of someone who is away: whether the mail arrived is not known.
    MailReturned,
    /// The recipient marked the mail as spam.
    MailMarkedAsSpam,
    /// SES took the mail and did not send it, since it found something bad in it.
    MailRejected,
    /// The phone's carrier took the text message.
    TextDelivered,
    /// The text message did not get through.
    TextFailed,
    /// The text message was dropped, since its phone has opted out.
    TextOptedOut,
}

impl Report {
    /// By what the message went.
    pub fn channel(self) -> Channel {
        match self {
            Self::MailDelivered | Self::MailBounced { .. } | Self::MailReturned | Self::MailMarkedAsSpam | Self::MailRejected => {
                Channel::Email
            }
            Self::TextDelivered | Self::TextFailed | Self::TextOptedOut => Channel::Sms,
        }
    }

    /// What the log says of it.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::MailDelivered => Outcome::EmailDelivered,
            Self::MailBounced { .. } => Outcome::EmailBounced,
            Self::MailReturned => Outcome::EmailReturned,
            Self::MailMarkedAsSpam => Outcome::EmailMarkedAsSpam,
            Self::MailRejected => Outcome::EmailRejected,
            Self::TextDelivered => Outcome::SmsDelivered,
            Self::TextFailed => Outcome::SmsFailed,
            Self::TextOptedOut => Outcome::SmsOptedOut,
        }
    }

    /// What is known of the message's way by that.
    pub fn delivery(self) -> Delivery {
        match self {
            Self::MailDelivered | Self::TextDelivered => Delivery::Delivered,
            Self::MailBounced { .. } => Delivery::Bounced,
            Self::MailReturned => Delivery::Unknown,
            Self::MailMarkedAsSpam => Delivery::MarkedAsSpam,
            Self::MailRejected | Self::TextFailed | Self::TextOptedOut => Delivery::Failed,
        }
    }
}

/// In what way an address gives trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// Mail to it came back for good.
    Bounced,
    /// Mail to it was marked as spam.
    MarkedAsSpam,
    /// The phone takes no text messages: its owner answered STOP.
    OptedOut,
    /// A text message to the phone did not get through.
    Failed,
}

/// What keeps messages from an address, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// In what way.
    pub kind: TroubleKind,
    /// When that was learned last.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
}

impl Trouble {
    /// Whether a code had better go another way. A phone that was out of reach may be back after [`policy::TEXT_FAILURE_REST`].
    pub fn keeps_away(&self, now: Timestamp) -> bool {
        self.kind != TroubleKind::Failed || now < self.at + policy::TEXT_FAILURE_REST
    }
}

/// What keeps messages from a person's addresses. Another address has none yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Troubles {
    /// With the email.
    #[serde(default, rename = "email_trouble", skip_serializing_if = "Option::is_none")]
    pub email: Option<Trouble>,
    /// With the mobile.
    #[serde(default, rename = "mobile_trouble", skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Trouble>,
}

impl Troubles {
    /// What is known at `now`, when `report` came of a message that was made at `made_at`. Reports come late and out of order: only a message
    /// that was made after a trouble, and arrived, ends it.
    #[must_use]
    pub fn after(self, report: Report, made_at: Timestamp, now: Timestamp) -> Self {
        let trouble = |kind| Some(Trouble { kind, at: now });
        let still = |known: Option<Trouble>| known.filter(|trouble| made_at <= trouble.at);
        match report {
            Report::MailDelivered => Self { email: still(self.email), ..self },
            Report::MailBounced { for_good: true } => Self { email: trouble(TroubleKind::Bounced), ..self },
            Report::MailMarkedAsSpam => Self { email: trouble(TroubleKind::MarkedAsSpam), ..self },
            Report::MailBounced { for_good: false } | Report::MailReturned | Report::MailRejected => self,
            Report::TextDelivered => Self { mobile: still(self.mobile), ..self },
            Report::TextOptedOut => Self { mobile: trouble(TroubleKind::OptedOut), ..self },
            // Who answered STOP is told more plainly by that.
            Report::TextFailed if self.mobile.is_some_and(|known| known.kind == TroubleKind::OptedOut) => self,
            Report::TextFailed => Self { mobile: trouble(TroubleKind::Failed), ..self },
        }
    }

    /// Whether mail had better not be sent at `now`.
    pub fn keep_from_mailing(self, now: Timestamp) -> bool {
        self.email.is_some_and(|trouble| trouble.keeps_away(now))
    }

    /// The way that someone who has a mobile or not, and asked for `wish`, had better get a code: by the address that gives no trouble. A text
    /// message that is asked for is tried nevertheless: they may have answered START by now.
    pub fn steer(self, wish: Option<Channel>, has_mobile: bool, now: Timestamp) -> Option<Channel> {
        let no_text = !has_mobile || self.mobile.is_some_and(|trouble| trouble.keeps_away(now));
        let no_mail = self.keep_from_mailing(now);
        match wish {
            None if no_text && !no_mail => Some(Channel::Email),
            Some(Channel::Email) if no_mail && !no_text => Some(Channel::Sms),
            wish => wish,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn at(minute: i64) -> Timestamp {
        NOW + SignedDuration::from_mins(minute)
    }

    fn trouble(kind: TroubleKind, minute: i64) -> Trouble {
        Trouble { kind, at: at(minute) }
    }

    #[test]
    fn an_address_is_remembered_by_what_came_back_and_forgotten_by_a_later_message_that_arrived() {
        use Report::{MailBounced, MailDelivered, MailMarkedAsSpam, MailRejected, MailReturned, TextDelivered, TextFailed, TextOptedOut};
        use TroubleKind::{Bounced, Failed, MarkedAsSpam, OptedOut};
        // Each report with the minute in which its message was made; reports come a minute apart, from minute 10 on.
        for (reports, email, mobile) in [
            (vec![(MailBounced { for_good: true }, 9)], Some(trouble(Bounced, 10)), None),
            (vec![(MailBounced { for_good: false }, 9), (MailReturned, 9), (MailRejected, 9)], None, None),
            (vec![(MailDelivered, 9), (MailBounced { for_good: true }, 9)], Some(trouble(Bounced, 11)), None),
            (vec![(MailBounced { for_good: true }, 9), (MailDelivered, 9)], Some(trouble(Bounced, 10)), None),
            (vec![(MailBounced { for_good: true }, 9), (MailDelivered, 10)], Some(trouble(Bounced, 10)), None),
            (vec![(MailBounced { for_good: true }, 9), (MailDelivered, 11)], None, None),
            (vec![(MailMarkedAsSpam, 9), (MailDelivered, 9)], Some(trouble(MarkedAsSpam, 10)), None),
            (vec![(TextFailed, 9)], None, Some(trouble(Failed, 10))),
            (vec![(TextOptedOut, 9), (TextFailed, 9)], None, Some(trouble(OptedOut, 10))),
            (vec![(TextFailed, 9), (TextOptedOut, 9)], None, Some(trouble(OptedOut, 11))),
            (vec![(TextOptedOut, 9), (TextDelivered, 11), (MailDelivered, 11)], None, None),
            (vec![(TextOptedOut, 9), (TextDelivered, 8)], None, Some(trouble(OptedOut, 10))),
        ] {
            let come = |troubles: Troubles, ((report, made), minute): (&(Report, i64), i64)| troubles.after(*report, at(*made), at(minute));
            let troubles = reports.iter().zip(10..).fold(Troubles::default(), come);
            assert_eq!(troubles, Troubles { email, mobile }, "{reports:?}");
        }
    }

    #[test]
    fn a_code_goes_by_the_address_that_gives_no_trouble() {
        use Channel::{Email, Sms};
        use TroubleKind::{Bounced, Failed, OptedOut};
        let (rest, instant) = (policy::TEXT_FAILURE_REST, SignedDuration::from_millis(1));
        for (email, mobile, has_mobile, now, wish, way) in [
            (None, None, true, NOW, None, None),
            (None, None, true, NOW, Some(Email), Some(Email)),
            (None, None, false, NOW, None, Some(Email)),
            (Some(Bounced), None, true, NOW, None, None),
            (Some(Bounced), None, true, NOW, Some(Email), Some(Sms)),
            (Some(Bounced), None, false, NOW, Some(Email), Some(Email)),
            (Some(Bounced), Some(OptedOut), true, NOW, Some(Email), Some(Email)),
            (Some(Bounced), Some(OptedOut), true, NOW, None, None),
            (None, Some(OptedOut), true, NOW + rest * 99, None, Some(Email)),
            (None, Some(OptedOut), true, NOW, Some(Sms), Some(Sms)),
            (None, Some(Failed), true, NOW + rest - instant, None, Some(Email)),
            (None, Some(Failed), true, NOW + rest, None, None),
        ] {
            let known = |kind: Option<TroubleKind>| kind.map(|kind| Trouble { kind, at: NOW });
            let troubles = Troubles { email: known(email), mobile: known(mobile) };
            assert_eq!(troubles.steer(wish, has_mobile, now), way, "{troubles:?} {has_mobile} {now} {wish:?}");
        }
    }

    #[test]
    fn what_is_remembered_survives_storage() {
        let troubles = Troubles { email: None, mobile: Some(trouble(TroubleKind::OptedOut, 3)) };
        let json = serde_json::to_value(troubles).expect("JSON");
        assert_eq!(json, serde_json::json!({"mobile_trouble": {"kind": "opted_out", "at": 180_000}}));
        assert_eq!(serde_json::from_value::<Troubles>(json).expect("troubles"), troubles);
        assert_eq!(serde_json::from_value::<Troubles>(serde_json::json!({})).expect("none"), Troubles::default());
    }
}

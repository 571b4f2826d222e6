//! Dispatches: what is to be sent, by kind and id. No code and no address stands in them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    ChallengeId, ClientId, ContactId, Dice, DispatchId, DocumentId, FirmId, Language, TextId,
    channel::Channel,
    delivery::Report,
    identity::Identity,
    keys::{Salt, Sealed},
    link::Seed,
    moments, policy,
    record::{Attempt, LastFailure, LockedUntil, Origin, Outcome},
    scope::of_one_firm,
};

/// Why a known person gets no code, for the mail that tells them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum HonestReason {
    /// The gate did not match.
    GateMismatch,
    /// Sign-in is locked.
    Paused {
        /// Until when.
        until: LockedUntil,
    },
    /// Something is missing.
    NotSetUp,
    /// Too many codes were asked for.
    TooMany,
    /// So many wrong codes came that this way is closed until staff reopen it.
    Closed {
        /// Whether links lead to no code either.
        links: bool,
    },
    /// They come in by links alone.
    LinkOnly,
}

impl HonestReason {
    /// Its name, by which its mails are counted.
    pub fn name(&self) -> &'static str {
        match self {
            Self::GateMismatch => "gate_mismatch",
            Self::Paused { .. } => "paused",
            Self::NotSetUp => "not_set_up",
            Self::TooMany => "too_many",
            Self::Closed { .. } => "closed",
            Self::LinkOnly => "link_only",
        }
    }

    /// Whether it shuts the person out for a while, however right what they type: then the mail is their only way in.
    pub fn shuts_out(&self) -> bool {
        matches!(self, Self::Paused { .. } | Self::TooMany | Self::Closed { .. })
    }
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DispatchKind {
    /// Nothing is sent; the row stands so that the caller cannot tell.
    Nothing,
    /// The code of a challenge.
    Code {
        /// Which.
        challenge: ChallengeId,
        /// By what.
        channel: Channel,
    },
    /// A mail that says why no code came.
    Honest(HonestReason),
    /// An invitation.
    Invitation {
        /// Whether the contact was invited before.
        again: bool,
    },
    /// A fresh link in place of an old one.
    FreshLink,
    /// The news that the firm sent documents of a client: to nobody yet, for all its contacts; then to each.
    Documents {
        /// Which.
        client: ClientId,
    },
    /// A receipt for documents that a contact sent.
    Receipt {
        /// Which.
        documents: Vec<DocumentId>,
    },
    /// A call for help, for the firm itself.
    Help {
        /// Who calls, if someone has that email.
        contact: Option<ContactId>,
        /// The email that they use, sealed.
        email: Sealed,
        /// What they wrote, filled up and sealed.
        message: Sealed,
        /// What last went wrong for them.
        failure: Option<LastFailure>,
    },
    /// The news for an old address that email or mobile were changed.
    Changed {
        /// The version of the contact that changed them.
        version: u32,
        /// Whether the email was changed.
        email: bool,
        /// Whether the mobile was. Messages of before do not say; they are about it where they are not about the email.
        #[serde(default)]
        mobile: bool,
    },
    /// The news that a second factor was changed.
    SecondFactor(FactorChange),
    /// The news by text message, beside the mail, that the firm took a second factor away: whoever reads their mailbox cannot keep that from them.
    FactorResetText,
}

/// What happened to a second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum FactorChange {
    /// Its owner switched it on, or put another app in its place.
    On,
    /// Its owner switched it off.
    Off,
    /// A recovery code proved it; so many are left.
    RecoveryUsed {
        /// How many.
        left: usize,
    },
    /// The firm took it away.
    Reset {
        /// Who did, by name.
        by: String,
    },
}

/// Which of the sender's lines a dispatch waits in: codes never wait behind the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// For codes.
    Codes,
    /// For everything else.
    Rest,
    /// For what is not sent at all.
    None,
}

fn way_in_seconds() -> i64 {
    policy::WAY_IN_LIFE.as_secs()
}

/// That a message went out, while the log does not have it yet: what the log is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WentOut {
    /// What the log is told.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// By what.
    pub channel: Channel,
    /// What SNS calls it, if it is a text message.
    #[serde(default)]
    pub text: Option<TextId>,
}

/// A message that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// Its identifier.
    pub dispatch: DispatchId,
    /// The firm in whose name it goes out.
    pub firm: FirmId,
    /// To whom it goes, as they were; their address is looked up when it is sent, and another epoch drops it.
    #[serde(default)]
    pub to: Option<Identity>,
    /// Their salt, for the record of what becomes of it; removed once it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<Salt>,
    /// Which line it waits in.
    pub line: Line,
    /// What it is about.
    #[serde(flatten)]
    pub kind: DispatchKind,
    /// What its link grows from; removed once it is sent.
    #[serde(default)]
    pub seed: Option<Seed>,
    /// How long the way in of an honest mail lives, in seconds from when it goes out.
    #[serde(default = "way_in_seconds")]
    pub way_in_seconds: i64,
    /// What caused it.
    #[serde(flatten)]
    pub origin: Origin,
    /// Which attempt it is part of, where it is not its kind that says so.
    #[serde(default)]
    pub attempt: Option<Attempt>,
    /// The language of the page on which whoever gets it asked for it; none for what others caused.
    #[serde(default)]
    pub language: Option<Language>,
    /// When it was asked for.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
    /// From when on it is dropped.
    #[serde(with = "moments::required")]
    pub expires_at: Timestamp,
    /// Before which instant it is not sent, so that what comes in the meantime may join it.
    #[serde(with = "moments::optional", default)]
    pub not_before: Option<Timestamp>,
    /// From when on it is looked for, as long as it is not done. What is not sent at all has one too, so that all rows cost alike; nobody looks
    /// for it.
    #[serde(with = "moments::optional", default)]
    pub due_at: Option<Timestamp>,
    /// Tries that failed so far.
    #[serde(default)]
    pub tries: u32,
    /// As what it went out, where that could not be written down yet: then that is done, and it is not sent again.
    #[serde(default)]
    pub went_out: Option<WentOut>,
    /// Until when a worker holds it.
    #[serde(with = "moments::optional", default)]
    pub leased_until: Option<Timestamp>,
    /// Whether it was sent, refused for good, or dropped.
    pub done: bool,
}

impl Dispatch {
    /// A message of `kind` for `to`. Every one has a seed, so that rows of all kinds look alike.
    pub(crate) fn new(firm: FirmId, to: Option<Identity>, kind: DispatchKind, origin: Origin, now: Timestamp, dice: &Dice) -> Self {
        let (line, life): (_, SignedDuration) = match kind {
            DispatchKind::Nothing => (Line::None, policy::CODE_LIFE),
            DispatchKind::Code { .. } => (Line::Codes, policy::CODE_LIFE),
            DispatchKind::Honest(_) => (Line::Rest, policy::HOUR),
            DispatchKind::Invitation { .. }
            | DispatchKind::FreshLink
            | DispatchKind::Documents { .. }
            | DispatchKind::Receipt { .. }
            | DispatchKind::Help { .. }
            | DispatchKind::Changed { .. }
            | DispatchKind::SecondFactor(_)
            | DispatchKind::FactorResetText => (Line::Rest, policy::DISPATCH_LIFE),
        };
        Self {
            dispatch: DispatchId::new(now, dice),
            firm,
            to: to.map(|to| to.salted(None)),
            salt: to.and_then(|to| to.salt),
            line,
            kind,
            seed: Some(Seed(dice.bytes())),
            way_in_seconds: way_in_seconds(),
            // From where it was asked for stands in the record of that, in the same attempt; a message outlives it in its row.
            origin: Origin { request_id: origin.request_id, ..Origin::default() },
            attempt: None,
            language: None,
            created_at: now,
            expires_at: now + life,
            not_before: None,
            due_at: Some(now + policy::SWEEP_AFTER),
            tries: 0,
            went_out: None,
            leased_until: None,
            done: false,
        }
    }
}

impl Dispatch {
    /// The same message, which waits for `pause` for others that join it.
    #[must_use]
    pub fn held_for(self, pause: SignedDuration) -> Self {
        let not_before = Some(self.created_at + pause);
        Self { not_before, due_at: not_before, ..self }
    }

    /// The same message in the `language` of whoever caused it, if it goes to them.
    pub(crate) fn asked_in(self, language: Option<Language>) -> Self {
        let language = match self.kind {
            DispatchKind::Nothing
            | DispatchKind::Code { .. }
            | DispatchKind::Honest(_)
            | DispatchKind::FreshLink
            | DispatchKind::Receipt { .. }
            | DispatchKind::SecondFactor(FactorChange::On | FactorChange::Off | FactorChange::RecoveryUsed { .. }) => language,
            DispatchKind::Invitation { .. }
            | DispatchKind::Documents { .. }
            | DispatchKind::Help { .. }
            | DispatchKind::Changed { .. }
            | DispatchKind::SecondFactor(FactorChange::Reset { .. })
            | DispatchKind::FactorResetText => None,
        };
        Self { language, ..self }
    }

    /// The same message, with a way in that lives for `life`.
    #[must_use]
    pub fn with_way_in_for(self, life: SignedDuration) -> Self {
        Self { way_in_seconds: life.as_secs(), ..self }
    }

    /// The same message, as a part of `attempt`.
    #[must_use]
    pub fn in_attempt(self, attempt: Attempt) -> Self {
        Self { attempt: Some(attempt), ..self }
    }

    /// Which attempt it is part of, if it is part of one.
    pub fn attempt(&self) -> Option<Attempt> {
        match &self.kind {
            DispatchKind::Code { challenge, .. } => Some(Attempt::of(challenge)),
            _ => self.attempt.clone(),
        }
    }

    /// To whom it goes, with what their records are sealed with.
    pub fn recipient(&self) -> Option<Identity> {
        self.to.map(|to| to.salted(self.salt))
    }

    /// Which contact it concerns, if it concerns one.
    pub fn contact(&self) -> Option<ContactId> {
        match self.kind {
            DispatchKind::Help { contact, .. } => contact,
            _ => self.to?.subject.contact(),
        }
    }

    /// Whose papers it is about, if it is about papers.
    pub fn client(&self) -> Option<ClientId> {
        match self.kind {
            DispatchKind::Documents { client } => Some(client),
            _ => None,
        }
    }

    /// The challenge whose code had better go by mail, where `report` says that its text message did not arrive while it is of use.
    pub fn code_to_mail(&self, report: Report, now: Timestamp) -> Option<ChallengeId> {
        match (&self.kind, report) {
            (DispatchKind::Code { challenge, channel: Channel::Sms }, Report::TextFailed | Report::TextOptedOut)
                if now < self.expires_at =>
            {
                Some(challenge.clone())
            }
            _ => None,
        }
    }

    /// When it is tried again after it failed once more at `now`: a code each minute, all else after ever longer pauses, but never so long
    /// that its own time runs out unused.
    pub fn next_try(&self, now: Timestamp) -> Timestamp {
        let doublings = if self.line == Line::Codes { 0 } else { self.tries.min(4) };
        let half_of_the_rest = self.expires_at.duration_since(now) / 2;
        let pause = (policy::SWEEP_AFTER * (1 << doublings)).min(policy::SWEEP_PAUSE_MOST);
        now + pause.min(half_of_the_rest.max(policy::SWEEP_AFTER))
    }
}

of_one_firm!(Dispatch);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyId, Secret};

    fn challenge(dice: &Dice) -> ChallengeId {
        let attempts = Secret::new(KeyId("1".into()), "secret").key("attempts").attempts(&[]);
        ChallengeId::new(&"demo".parse().expect("a firm"), attempts, dice)
    }

    #[test]
    fn a_code_that_did_not_arrive_by_text_goes_by_mail_while_it_is_of_use() {
        let (now, dice) = (Timestamp::UNIX_EPOCH, Dice::new(|bytes| bytes.fill(1)));
        let challenge = challenge(&dice);
        let code = |channel| DispatchKind::Code { challenge: challenge.clone(), channel };
        let (end, instant) = (now + policy::CODE_LIFE, SignedDuration::from_millis(1));
        for (kind, report, at, mailed) in [
            (code(Channel::Sms), Report::TextFailed, now, true),
            (code(Channel::Sms), Report::TextOptedOut, end - instant, true),
            (code(Channel::Sms), Report::TextOptedOut, end, false),
            (code(Channel::Sms), Report::TextDelivered, now, false),
            (code(Channel::Email), Report::MailBounced { for_good: true }, now, false),
            (DispatchKind::FreshLink, Report::TextFailed, now, false),
        ] {
            let dispatch = Dispatch::new("demo".parse().expect("a firm"), None, kind, Origin::default(), now, &dice);
            assert_eq!(dispatch.code_to_mail(report, at), mailed.then_some(challenge.clone()), "{:?} {report:?} {at}", dispatch.kind);
        }
    }

    #[test]
    fn what_failed_is_tried_after_ever_longer_pauses_and_a_code_each_minute() {
        let (now, dice) = (Timestamp::UNIX_EPOCH, Dice::new(|bytes| bytes.fill(1)));
        let dispatch = |kind| Dispatch::new("demo".parse().expect("a firm"), None, kind, Origin::default(), now, &dice);
        let attempts = Secret::new(KeyId("1".into()), "secret").key("attempts").attempts(&[]);
        let challenge = ChallengeId::new(&"demo".parse().expect("a firm"), attempts, &dice);
        let (code, invitation) =
            (dispatch(DispatchKind::Code { challenge, channel: Channel::Sms }), dispatch(DispatchKind::Invitation { again: false }));
        let minutes = |dispatch: &Dispatch, tries| (Dispatch { tries, ..dispatch.clone() }.next_try(now) - now).get_seconds() / 60;
        assert_eq!([0, 1, 2, 3, 4, 5, 99].map(|tries| minutes(&invitation, tries)), [1, 2, 4, 8, 15, 15, 15]);
        assert_eq!([0, 1, 99].map(|tries| minutes(&code, tries)), [1, 1, 1]);
        let honest = dispatch(DispatchKind::Honest(HonestReason::TooMany));
        let pauses = [0, 30, 50, 56, 58, 59].map(|minute| {
            let now = now + SignedDuration::from_mins(minute);
            (Dispatch { tries: 99, ..honest.clone() }.next_try(now) - now).get_seconds() / 60
        });
        assert_eq!(pauses, [15, 15, 5, 2, 1, 1], "of the hour that it is of use, none is slept through");
        assert_eq!([code.due_at, dispatch(DispatchKind::Nothing).due_at], [Some(now + policy::SWEEP_AFTER); 2]);
    }
}

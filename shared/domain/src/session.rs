//! Sessions: what a browser holds after signing in.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Audience, DeviceId, FirmId, FirmScope, Occasion, account::Account, identity::Identity, moments, policy, record::Origin,
    scope::of_one_firm, settings::SignInPolicy,
};

/// How a session was made, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// By a link from a mail, with the gate.
    Link,
    /// By a code that was mailed.
    Email,
    /// By a code that was texted.
    Sms,
}

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// All that was asked for is proved.
    #[default]
    Full,
    /// The second factor is awaited, and nothing else is open.
    SecondFactor,
}

/// For how long a browser is to be kept signed in, where that is wished for.
#[derive(Debug, Clone, Copy)]
pub struct Keep(Option<SignedDuration>);

impl Keep {
    /// What follows of a wish (`keep`) under `policy`.
    pub fn under(policy: &SignInPolicy, keep: bool) -> Self {
        Self(keep.then(|| policy.kept_for()))
    }
}

/// A session; its token is known to the browser alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The firm to which all that it may see belongs.
    pub firm: FirmId,
    /// Who signed in, as they were then.
    #[serde(flatten)]
    pub identity: Identity,
    /// How they did.
    pub assurance: Assurance,
    /// How far they have come.
    #[serde(default)]
    pub stage: Stage,
    /// Whether the client chose to keep this browser signed in.
    pub kept: bool,
    /// The browser that holds it. Sessions of before name none.
    #[serde(default)]
    pub device: Option<DeviceId>,
    /// From where it was opened.
    #[serde(flatten)]
    pub origin: Origin,
    /// When the session began.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
    /// When it ends, whatever happens.
    #[serde(with = "moments::required")]
    pub expires_at: Timestamp,
    /// When it was last used, at most [`policy::SESSION_TOUCH`] stale.
    #[serde(with = "moments::required")]
    pub last_seen_at: Timestamp,
}

impl Session {
    /// A session of `account` that begins now in `device`. Only clients may keep a browser.
    pub fn begin(scope: &FirmScope, account: &Account, assurance: Assurance, keep: Keep, device: DeviceId, occasion: &Occasion) -> Self {
        let (identity, now) = (account.identity, occasion.now);
        let kept_for = keep.0.filter(|_| identity.subject.audience() == Audience::Client);
        Self {
            firm: scope.firm().clone(),
            identity,
            assurance,
            stage: Stage::Full,
            kept: kept_for.is_some(),
            device: Some(device),
            origin: occasion.origin.clone(),
            created_at: now,
            expires_at: now + kept_for.unwrap_or(policy::SESSION_LIFE),
            last_seen_at: now,
        }
    }

    /// When the person last proved who they are by more than a link; every such proof begins a new session.
    pub fn proved_at(&self) -> Option<Timestamp> {
        (self.assurance > Assurance::Link).then_some(self.created_at)
    }

    /// Whether the session still stands.
    pub fn stands(&self, now: Timestamp) -> bool {
        now < self.expires_at && (self.kept || now < self.last_seen_at + policy::SESSION_IDLE)
    }

    /// Whether its last use is to be written down again.
    pub fn is_due_for_touch(&self, now: Timestamp) -> bool {
        now >= self.last_seen_at + policy::SESSION_TOUCH
    }
}

of_one_firm!(Session);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ContactId, Dice,
        delivery::Troubles,
        settings::{Overrides, SessionDays},
    };

    fn session(keep: bool, days: u32) -> (Session, Timestamp) {
        let now = Timestamp::UNIX_EPOCH;
        let dice = Dice::new(|bytes| bytes.fill(1));
        let identity = Identity::of_contact(ContactId::new(now, &dice), 0);
        let account =
            Account { identity, mobile_epoch: 0, has_mobile: true, troubles: Troubles::default(), overrides: Overrides::default() };
        let (device, scope) = (DeviceId::new(now, &dice), FirmScope::of_row(&"demo".parse().expect("a firm")));
        let occasion = Occasion { now, origin: Origin::default(), language: None, dice };
        let policy = SignInPolicy { session_days: SessionDays::clamped(days), ..SignInPolicy::default() };
        (Session::begin(&scope, &account, Assurance::Sms, Keep::under(&policy, keep), device, &occasion), now)
    }

    #[test]
    fn a_session_ends_after_an_hour_of_rest_and_after_a_day() {
        let (mut session, now) = session(false, 30);
        let (instant, hour) = (SignedDuration::from_millis(1), policy::SESSION_IDLE);
        assert!(session.stands(now + hour - instant) && !session.stands(now + hour));
        session.last_seen_at = now + policy::SESSION_LIFE - instant;
        assert!(session.stands(now + policy::SESSION_LIFE - instant) && !session.stands(now + policy::SESSION_LIFE));
    }

    #[test]
    fn a_kept_browser_stays_for_as_many_days_as_the_firm_says_without_rest_limit() {
        for days in [1, 7, 30] {
            let (session, now) = session(true, days);
            let end = now + SignedDuration::from_hours(24 * i64::from(days));
            assert!(session.stands(end - SignedDuration::from_millis(1)) && !session.stands(end));
        }
    }

    #[test]
    fn the_last_use_is_written_at_most_once_a_minute() {
        let (session, now) = session(false, 30);
        assert!(!session.is_due_for_touch(now + SignedDuration::from_secs(59)));
        assert!(session.is_due_for_touch(now + SignedDuration::from_secs(60)));
    }
}

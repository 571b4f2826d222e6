//! Sessions: what a browser holds after signing in.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Audience, DeviceId, FirmId, FirmScope, Occasion, Person,
    account::{Account, is_false},
    firm::Firm,
    identity::Identity,
    moments, policy,
    record::{Attempt, Origin, Outcome},
    scope::of_one_firm,
    settings::SignInPolicy,
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
    /// By a second factor: an authenticator app, or a recovery code.
    Totp,
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
    /// A second factor has to be set up first, and nothing else is open.
    Enrolment,
}

impl Stage {
    /// How far `account` has come, at a firm with this `policy`, by a code or a gate alone.
    pub fn after_one_factor(account: &Account, policy: &SignInPolicy) -> Self {
        match (account.second_factor, account.needs_second_factor(policy)) {
            (true, _) => Self::SecondFactor,
            (false, true) => Self::Enrolment,
            (false, false) => Self::Full,
        }
    }

    /// What the log says of a sign-in that has come as far.
    pub fn outcome(self, audience: Audience) -> Outcome {
        match self {
            Self::Full => Outcome::signed_in(audience),
            Self::SecondFactor => Outcome::SecondFactorAwaited,
            Self::Enrolment => Outcome::SecondFactorSetupAwaited,
        }
    }
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
    /// Under which version of the firm's settings they began to.
    #[serde(default)]
    pub settings_version: u32,
    /// How they did.
    pub assurance: Assurance,
    /// How far they have come.
    #[serde(default)]
    pub stage: Stage,
    /// Whether the client chose to keep this browser signed in.
    pub kept: bool,
    /// Whether they will have chosen so once they are in.
    #[serde(default, skip_serializing_if = "is_false")]
    pub to_be_kept: bool,
    /// The browser that holds it. Sessions of before name none.
    #[serde(default)]
    pub device: Option<DeviceId>,
    /// Which attempt to sign in it is part of, while it is not in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<Attempt>,
    /// From where it was opened.
    #[serde(flatten)]
    pub origin: Origin,
    /// When the session began.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
    /// When it ends, whatever happens.
    #[serde(with = "moments::required")]
    pub expires_at: Timestamp,
    /// When they last proved their second factor in it.
    #[serde(with = "moments::optional", default)]
    pub factor_proved_at: Option<Timestamp>,
    /// When it was last used, at most [`policy::SESSION_TOUCH`] stale.
    #[serde(with = "moments::required")]
    pub last_seen_at: Timestamp,
}

impl Session {
    /// A session of someone that begins now and has come as far as `stage`, in one of their browsers where that is known; they began to come in
    /// under the settings of `settings_version`. Only clients may keep a browser, and only once they are in.
    pub fn begin(
        scope: &FirmScope,
        (identity, settings_version): (Identity, u32),
        (assurance, stage): (Assurance, Stage),
        keep: Keep,
        device: Option<DeviceId>,
        occasion: &Occasion,
    ) -> Self {
        let now = occasion.now;
        let wished = keep.0.filter(|_| identity.subject.audience() == Audience::Client);
        let (kept_for, life) = match stage {
            Stage::Full => (wished, policy::SESSION_LIFE),
            Stage::SecondFactor | Stage::Enrolment => (None, policy::PARTIAL_SESSION_LIFE),
        };
        Self {
            firm: scope.firm().clone(),
            identity,
            settings_version,
            assurance,
            stage,
            kept: kept_for.is_some(),
            to_be_kept: stage != Stage::Full && wished.is_some(),
            device,
            attempt: None,
            origin: occasion.origin.clone(),
            created_at: now,
            expires_at: now + kept_for.unwrap_or(life),
            factor_proved_at: (assurance == Assurance::Totp).then_some(now),
            last_seen_at: now,
        }
    }

    /// The session in its place once its person has proved anew who they are, by something as sure as `assurance`. It ends when this one would have.
    #[must_use]
    pub fn renewed(&self, assurance: Assurance, occasion: &Occasion) -> Self {
        Self {
            assurance: self.assurance.max(assurance),
            origin: occasion.origin.clone(),
            created_at: occasion.now,
            factor_proved_at: if assurance == Assurance::Totp { Some(occasion.now) } else { self.factor_proved_at },
            last_seen_at: occasion.now,
            ..self.clone()
        }
    }

    /// The session in place of one that was not in yet, now that its second factor is proved; at a firm with this `policy`.
    #[must_use]
    pub fn completed(&self, policy: &SignInPolicy, occasion: &Occasion) -> Self {
        let keep = Keep::under(policy, self.to_be_kept);
        Self::begin(&self.scope(), (self.identity, self.settings_version), (Assurance::Totp, Stage::Full), keep, self.device, occasion)
    }

    /// When the person last proved who they are by more than a link; every such proof begins a new session.
    pub fn proved_at(&self) -> Option<Timestamp> {
        (self.assurance > Assurance::Link).then_some(self.created_at)
    }

    /// Whether the session still stands.
    pub fn stands(&self, now: Timestamp) -> bool {
        now < self.expires_at && (self.kept || now < self.last_seen_at + policy::SESSION_IDLE)
    }

    /// Whether it goes on at `firm` for its person as they are `now`: unchanged, and not signed out by themselves, by staff, or by what the firm decides.
    pub fn goes_on(&self, firm: &Firm, now: &Person) -> bool {
        let by_firm = matches!(now, Person::Contact(contact) if firm.has_signed_out(&contact.overrides, self.settings_version));
        self.identity.is_in(&now.identity()) && !by_firm
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
        ContactId, Dice, StaffId,
        delivery::Troubles,
        role::Role,
        settings::{AccessMode, Overrides, SessionDays},
    };

    fn occasion(now: Timestamp) -> Occasion {
        Occasion { now, origin: Origin::default(), language: None, dice: Dice::new(|bytes| bytes.fill(1)) }
    }

    fn policy(days: u32) -> SignInPolicy {
        SignInPolicy { session_days: SessionDays::clamped(days), ..SignInPolicy::default() }
    }

    fn account(identity: Identity, second_factor: bool) -> Account {
        let (troubles, overrides) = (Troubles::default(), Overrides::default());
        Account { identity, mobile_epoch: 0, has_mobile: true, mobile_country: None, troubles, second_factor, overrides }
    }

    fn contact() -> Identity {
        Identity::of_contact(ContactId::new(Timestamp::UNIX_EPOCH, &Dice::new(|bytes| bytes.fill(1))), 0)
    }

    fn begun(stage: Stage, keep: bool, days: u32) -> (Session, Timestamp) {
        let (now, scope) = (Timestamp::UNIX_EPOCH, FirmScope::of_row(&"demo".parse().expect("a firm")));
        let keep = Keep::under(&policy(days), keep);
        (Session::begin(&scope, (contact(), 3), (Assurance::Sms, stage), keep, None, &occasion(now)), now)
    }

    fn session(keep: bool, days: u32) -> (Session, Timestamp) {
        begun(Stage::Full, keep, days)
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

    #[test]
    fn who_has_a_second_factor_gives_it_and_who_needs_one_sets_it_up() {
        let staff = Identity::of_staff(StaffId::new(Timestamp::UNIX_EPOCH, &Dice::new(|bytes| bytes.fill(1))), Role::Viewer, 0);
        let mode = |access_mode, staff_second_factor| SignInPolicy { access_mode, staff_second_factor, ..SignInPolicy::default() };
        for (identity, has_one, access_mode, of_staff, stage) in [
            (contact(), false, AccessMode::LinkAndLogin, true, Stage::Full),
            (contact(), true, AccessMode::LinkAndLogin, true, Stage::SecondFactor),
            (contact(), false, AccessMode::LinkOnly, true, Stage::Full),
            (contact(), true, AccessMode::LinkOnly, true, Stage::SecondFactor),
            (contact(), false, AccessMode::LinkAndLogin2fa, false, Stage::Enrolment),
            (contact(), true, AccessMode::LinkAndLogin2fa, false, Stage::SecondFactor),
            (staff, false, AccessMode::LinkAndLogin, true, Stage::Enrolment),
            (staff, true, AccessMode::LinkAndLogin, true, Stage::SecondFactor),
            (staff, false, AccessMode::LinkAndLogin2fa, false, Stage::Full),
            (staff, true, AccessMode::LinkAndLogin, false, Stage::SecondFactor),
        ] {
            let reached = Stage::after_one_factor(&account(identity, has_one), &mode(access_mode, of_staff));
            assert_eq!(reached, stage, "{identity:?} {has_one} {access_mode:?} {of_staff}");
        }
        let own = Overrides { access_mode: Some(AccessMode::LinkAndLogin2fa), ..Overrides::default() };
        let alone = Account { overrides: own, ..account(contact(), false) };
        assert_eq!(Stage::after_one_factor(&alone, &SignInPolicy::default()), Stage::Enrolment, "where it is decided for them alone");
    }

    #[test]
    fn a_session_that_is_not_in_yet_ends_after_ten_minutes_and_remembers_the_wish_to_be_kept() {
        for stage in [Stage::SecondFactor, Stage::Enrolment] {
            let (partial, now) = begun(stage, true, 30);
            let end = now + SignedDuration::from_mins(10);
            assert!(partial.stands(end - SignedDuration::from_millis(1)) && !partial.stands(end) && !partial.kept);
            let whole = partial.completed(&policy(7), &occasion(end));
            assert_eq!((whole.stage, whole.assurance, whole.kept), (Stage::Full, Assurance::Totp, true));
            assert_eq!((whole.settings_version, whole.factor_proved_at), (3, Some(end)));
            assert_eq!(whole.expires_at, end + SignedDuration::from_hours(24 * 7), "as the firm says by now");
        }
    }

    #[test]
    fn who_proves_anew_who_they_are_is_no_less_sure_and_not_in_for_longer() {
        let (session, now) = session(true, 30);
        let later = now + SignedDuration::from_mins(50);
        for (assurance, after) in [(Assurance::Email, Assurance::Sms), (Assurance::Totp, Assurance::Totp)] {
            let renewed = session.renewed(assurance, &occasion(later));
            assert_eq!((renewed.assurance, renewed.proved_at()), (after, Some(later)));
            assert_eq!((renewed.expires_at, renewed.kept, renewed.settings_version), (session.expires_at, true, 3));
            assert_eq!(renewed.factor_proved_at, (assurance == Assurance::Totp).then_some(later), "a code proves no factor");
        }
    }
}

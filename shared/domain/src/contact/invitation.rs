//! Whether a contact may be invited.

use jiff::Timestamp;

use super::Contact;
use crate::{Email, policy, readiness::Missing, settings::SignInPolicy};

/// An invitation that may go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Where to.
    pub to: Email,
    /// Whether the contact was invited before.
    pub again: bool,
    /// When staff sent the contact mails within the last day, this one among them.
    pub mails: Vec<Timestamp>,
}

/// Why no invitation may go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoInvitation {
    /// The contact could not sign in.
    NotReady(Vec<Missing>),
    /// Staff sent it too many mails; when the next may go out.
    TooMany(Timestamp),
    /// It was invited a moment ago, and nobody said that another mail is meant.
    JustNow,
}

impl Contact {
    /// Decides about an invitation; `again` says that another one is meant although one went out a moment ago.
    ///
    /// # Errors
    /// If something is missing, [`policy::STAFF_MAILS_PER_DAY`] mails went out within a day, or the last invitation within
    /// [`policy::INVITATION_REST`] and another is not meant.
    pub fn invitation(&self, policy: &SignInPolicy, texting: bool, again: bool, now: Timestamp) -> Result<Invitation, NoInvitation> {
        let missing = self.missing(policy, texting);
        let Some(to) = self.email.clone().filter(|_| missing.is_empty()) else { return Err(NoInvitation::NotReady(missing)) };
        let mut mails: Vec<_> = self.mails.iter().copied().filter(|at| now < *at + policy::DAY).collect();
        if let Some(oldest) = mails.first().filter(|_| mails.len() >= policy::STAFF_MAILS_PER_DAY) {
            return Err(NoInvitation::TooMany(*oldest + policy::DAY));
        }
        if !again && self.invited_at.is_some_and(|at| now < at + policy::INVITATION_REST) {
            return Err(NoInvitation::JustNow);
        }
        mails.push(now);
        Ok(Invitation { to, again: self.invited_at.is_some(), mails })
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::{super::tests::contact, *};

    const FIRST: Timestamp = Timestamp::UNIX_EPOCH;

    fn invitation(mails: i64, now: Timestamp) -> Result<Invitation, NoInvitation> {
        let gates = serde_json::json!([{"kind": "pin", "digits": "4821"}]);
        let mut contact = contact(serde_json::json!({"name": "Ann", "email": "ann@x.com", "mobile": "2525885772", "gates": gates}));
        contact.mails = (0..mails).map(|minute| FIRST + SignedDuration::from_mins(minute)).collect();
        contact.invitation(&SignInPolicy::default(), true, false, now)
    }

    #[test]
    fn staff_send_a_contact_twenty_mails_a_day() {
        let (now, instant) = (FIRST + policy::DAY, SignedDuration::from_millis(1));
        for (mails, at, counted) in
            [(0, now, Ok(1)), (19, now - instant, Ok(20)), (20, now - instant, Err(NoInvitation::TooMany(now))), (20, now, Ok(20))]
        {
            assert_eq!(invitation(mails, at).map(|invitation| invitation.mails.len()), counted, "{mails} {at}");
        }
    }

    #[test]
    fn who_could_not_sign_in_is_not_invited() {
        let bare = contact(serde_json::json!({"name": "Ann", "email": "ann@x.com"}));
        let refused = bare.invitation(&SignInPolicy::default(), true, false, FIRST);
        assert_eq!(refused, Err(NoInvitation::NotReady(vec![Missing::Gate, Missing::Mobile])));
    }

    #[test]
    fn a_second_invitation_is_called_one() {
        let (once, later) = (Contact { invited_at: Some(FIRST), ..ready() }, FIRST + policy::INVITATION_REST);
        assert_eq!(
            [ready(), once].map(|contact| contact.invitation(&SignInPolicy::default(), false, false, later).map(|it| it.again)),
            [Ok(false), Ok(true)]
        );
    }

    #[test]
    fn another_one_within_five_minutes_has_to_be_meant() {
        let (once, end) = (Contact { invited_at: Some(FIRST), ..ready() }, FIRST + policy::INVITATION_REST);
        for (again, now, refused) in [
            (false, FIRST, Some(NoInvitation::JustNow)),
            (false, end - SignedDuration::from_millis(1), Some(NoInvitation::JustNow)),
            (false, end, None),
            (true, FIRST, None),
        ] {
            assert_eq!(once.invitation(&SignInPolicy::default(), false, again, now).err(), refused, "{again} {now}");
        }
    }

    fn ready() -> Contact {
        contact(serde_json::json!({"name": "Ann", "email": "ann@x.com", "gates": [{"kind": "pin", "digits": "4821"}]}))
    }
}

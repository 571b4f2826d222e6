//! Who may call an operation: one pure function, before anything of the operation itself happens.

use jiff::{SignedDuration, Timestamp};

use crate::{
    identity::{Audience, Identity},
    policy,
    role::Right,
    second_factor::SecondFactor,
    session::{Session, Stage},
};

/// Who may call an operation, as it declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever comes by.
    Anyone,
    /// Contacts of a firm.
    Clients,
    /// Staff whose role has this right.
    Staff(Right),
    /// Contacts of a firm, and staff whose role has this right.
    ClientsAndStaff(Right),
    /// Whoever holds a session, whether they are in yet or not.
    Session,
    /// Whoever gives the second factor: to come in, or to prove anew who they are.
    SecondFactor,
    /// Whoever sets a second factor up: to come in where one is needed, or because they wish to.
    Enrolment,
}

impl Access {
    /// Whether someone of `audience` may call, with whatever role.
    pub const fn is_open_to(self, audience: Audience) -> bool {
        match (self, audience) {
            (Self::Staff(_), Audience::Client) | (Self::Clients, Audience::Staff) => false,
            (Self::Anyone | Self::Session | Self::SecondFactor | Self::Enrolment | Self::ClientsAndStaff(_), _)
            | (Self::Clients, Audience::Client)
            | (Self::Staff(_), Audience::Staff) => true,
        }
    }

    /// The right that staff need.
    pub const fn right(self) -> Option<Right> {
        match self {
            Self::Staff(right) | Self::ClientsAndStaff(right) => Some(right),
            Self::Anyone | Self::Clients | Self::Session | Self::SecondFactor | Self::Enrolment => None,
        }
    }
}

/// What admission knows of a caller: what a session says, or whatever else may stand in for one.
#[derive(Debug, Clone, Copy)]
pub struct Claims {
    /// Who it is.
    pub identity: Identity,
    /// How far the sign-in has come.
    pub stage: Stage,
    /// When they last proved who they are by more than a link.
    pub proved_at: Option<Timestamp>,
}

impl From<&Session> for Claims {
    fn from(session: &Session) -> Self {
        Self { identity: session.identity, stage: session.stage, proved_at: session.proved_at() }
    }
}

/// Why a caller is not admitted, in the order in which it is found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdmitted {
    /// There is no session of an audience that may call.
    SessionNeeded,
    /// The second factor is still to be given.
    SecondFactorNeeded,
    /// The role has not the right.
    NotAllowed,
    /// They have to prove anew who they are.
    StepUpNeeded,
}

/// Admits whoever makes these `claims` (nobody, where there is no session that stands) to an operation that is open to `access` and, where
/// `fresh` says so, only to who proved who they are less than that long before `now`.
///
/// # Errors
/// The first reason why not.
pub fn admit(access: Access, fresh: Option<SignedDuration>, claims: Option<Claims>, now: Timestamp) -> Result<(), NotAdmitted> {
    if access == Access::Anyone {
        return Ok(());
    }
    let claims = claims.filter(|claims| access.is_open_to(claims.identity.subject.audience())).ok_or(NotAdmitted::SessionNeeded)?;
    match (claims.stage, access) {
        (_, Access::Session) | (Stage::SecondFactor, Access::SecondFactor) | (Stage::Enrolment, Access::Enrolment) => return Ok(()),
        // Whoever has a factor gives it: setting another one up would be a way round it.
        (Stage::SecondFactor | Stage::Enrolment, _) => return Err(NotAdmitted::SecondFactorNeeded),
        (Stage::Full, _) => {}
    }
    let is_staff = claims.identity.subject.audience() == Audience::Staff;
    if is_staff && access.right().is_some_and(|right| !claims.identity.may(right)) {
        return Err(NotAdmitted::NotAllowed);
    }
    fresh.map_or(Ok(()), |fresh| admit_fresh(claims.proved_at, fresh, now))
}

/// Admits whoever acts by `session` to a change of their second `factor`. Who has one shows by it that it is they, or by a recovery code: a mailbox or
/// a phone alone neither replaces it nor takes it away.
///
/// # Errors
/// The first reason why not.
pub fn admit_to_factor(session: &Session, factor: &SecondFactor, now: Timestamp) -> Result<(), NotAdmitted> {
    match session.stage {
        _ if !factor.is_confirmed() => Ok(()),
        Stage::SecondFactor | Stage::Enrolment => Err(NotAdmitted::SecondFactorNeeded),
        Stage::Full => admit_fresh(session.factor_proved_at, policy::STEP_UP, now),
    }
}

/// Admits who proved who they are at `proved_at`, if that was less than `fresh` before `now`.
///
/// # Errors
/// If it was not.
pub fn admit_fresh(proved_at: Option<Timestamp>, fresh: SignedDuration, now: Timestamp) -> Result<(), NotAdmitted> {
    if proved_at.is_some_and(|at| now < at + fresh) { Ok(()) } else { Err(NotAdmitted::StepUpNeeded) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ContactId, Dice, StaffId, policy, role::Role};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn claims(role: Option<Role>) -> Claims {
        let dice = Dice::new(|bytes| bytes.fill(1));
        let identity = match role {
            Some(role) => Identity::of_staff(StaffId::new(NOW, &dice), role, 0),
            None => Identity::of_contact(ContactId::new(NOW, &dice), 0),
        };
        Claims { identity, stage: Stage::Full, proved_at: Some(NOW) }
    }

    #[test]
    fn an_operation_is_open_to_those_it_declares() {
        use NotAdmitted::{NotAllowed, SessionNeeded};
        use Role::{Admin, Owner, Staff, Viewer};
        let callers = [None, Some(None), Some(Some(Viewer)), Some(Some(Staff)), Some(Some(Admin)), Some(Some(Owner))];
        for (access, admitted) in [
            (Access::Anyone, [Ok(()); 6]),
            (Access::Clients, [Err(SessionNeeded), Ok(()), Err(SessionNeeded), Err(SessionNeeded), Err(SessionNeeded), Err(SessionNeeded)]),
            (Access::Staff(Right::View), [Err(SessionNeeded), Err(SessionNeeded), Ok(()), Ok(()), Ok(()), Ok(())]),
            (Access::Staff(Right::Work), [Err(SessionNeeded), Err(SessionNeeded), Err(NotAllowed), Ok(()), Ok(()), Ok(())]),
            (Access::Staff(Right::Administer), [Err(SessionNeeded), Err(SessionNeeded), Err(NotAllowed), Err(NotAllowed), Ok(()), Ok(())]),
            (
                Access::Staff(Right::Own),
                [Err(SessionNeeded), Err(SessionNeeded), Err(NotAllowed), Err(NotAllowed), Err(NotAllowed), Ok(())],
            ),
            (Access::ClientsAndStaff(Right::Work), [Err(SessionNeeded), Ok(()), Err(NotAllowed), Ok(()), Ok(()), Ok(())]),
            (Access::Session, [Err(SessionNeeded), Ok(()), Ok(()), Ok(()), Ok(()), Ok(())]),
            (Access::SecondFactor, [Err(SessionNeeded), Ok(()), Ok(()), Ok(()), Ok(()), Ok(())]),
            (Access::Enrolment, [Err(SessionNeeded), Ok(()), Ok(()), Ok(()), Ok(()), Ok(())]),
        ] {
            let table = callers.map(|caller| admit(access, None, caller.map(claims), NOW));
            assert_eq!(table, admitted, "{access:?}");
        }
    }

    #[test]
    fn before_the_second_factor_nothing_is_open_but_giving_it_or_setting_it_up() {
        let stages =
            [(Stage::SecondFactor, Access::SecondFactor, Access::Enrolment), (Stage::Enrolment, Access::Enrolment, Access::SecondFactor)];
        for (role, (stage, own, other)) in [None, Some(Role::Owner)].into_iter().flat_map(|role| stages.map(|stage| (role, stage))) {
            let partial = Claims { stage, proved_at: None, ..claims(role) };
            let open = |access| admit(access, Some(policy::STEP_UP), Some(partial), NOW);
            assert_eq!([open(own), open(Access::Anyone), open(Access::Session)], [Ok(()); 3], "and to go");
            for closed in [other, Access::ClientsAndStaff(Right::View)] {
                assert_eq!(open(closed), Err(NotAdmitted::SecondFactorNeeded), "{stage:?} {closed:?}");
            }
        }
    }

    #[test]
    fn what_asks_for_a_step_up_is_open_for_a_while_after_the_last_proof() {
        let admitted = |role, proved_at, now| {
            let claims = Claims { proved_at, ..claims(Some(role)) };
            admit(Access::Staff(Right::Administer), Some(policy::STEP_UP), Some(claims), now)
        };
        let end = NOW + policy::STEP_UP;
        assert_eq!(admitted(Role::Owner, Some(NOW), end - SignedDuration::from_millis(1)), Ok(()));
        assert_eq!(admitted(Role::Owner, Some(NOW), end), Err(NotAdmitted::StepUpNeeded));
        assert_eq!(admitted(Role::Owner, None, NOW), Err(NotAdmitted::StepUpNeeded), "a link proves nothing");
        assert_eq!(admitted(Role::Viewer, None, NOW), Err(NotAdmitted::NotAllowed), "the role is looked at first");
    }
}

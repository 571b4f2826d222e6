//! Changing who works at a firm: decided upon all of its staff, and again if someone else was faster.

use postern_aws::reach;
use postern_domain::{
    Identity, Occasion,
    record::{AccessRecord, Outcome},
    staff::{NotChanged, StaffMember},
};
use postern_http::{Acting, Problem, Sessions, SignedIn};
use postern_store::{AccessLog, CommitError, Directory, Part, Turn, Write, settle};

reach! {
    /// What changing staff touches.
    pub struct ChangeStaff {
        sessions: Sessions,
        directory: Directory [Query, ConditionCheckItem],
        access_log: AccessLog [PutItem],
    }
}

/// A change of staff that was decided.
#[derive(Debug)]
pub struct Decided<T> {
    /// What comes of it.
    pub answer: T,
    /// What is written down; nothing where nothing changes.
    pub outcomes: Vec<Outcome>,
    /// Whose names stand in it beside that of whoever acts, by their places in its texts.
    pub named: Vec<(&'static str, Identity)>,
    /// What changes.
    pub writes: Vec<Write>,
    /// Who has to be unchanged when it does.
    pub relies_on: Vec<Identity>,
}

impl ChangeStaff {
    /// Makes what `decide` decides upon all staff of the firm, as long as whoever acts, and whom it relies on, are who they were.
    ///
    /// # Errors
    /// If the session has ended, for the reasons of `decide`, if a colleague has the email, or if the store fails.
    pub async fn change<T>(
        &self,
        signed_in: &SignedIn,
        caller: &Occasion,
        decide: impl Fn(&Acting, &[StaffMember]) -> Result<Decided<T>, NotChanged>,
    ) -> Result<T, Problem> {
        let decide = &decide;
        settle(&caller.dice, (), |()| async move {
            let read = |scope| async move { self.directory.all_staff(&scope).await };
            let (acting, all) = signed_in.clone().with(&self.sessions, read).await?;
            // What is read beside the person may be newer than they: then they are not who they were.
            let (own, by) = (acting.person.identity().subject.staff(), acting.session.identity);
            if !all.iter().any(|one| Some(one.staff) == own && by.is_in(&one.identity())) {
                return Err(Problem::SessionNeeded);
            }
            let Decided { answer, outcomes, named, mut writes, relies_on } = decide(&acting, &all)?;
            let named = |record: AccessRecord| named.iter().fold(record, |record, (place, who)| record.naming(place, *who));
            let mut records = outcomes.into_iter().map(|outcome| named(acting.record(caller, outcome)));
            let Some(record) = records.next() else { return Ok(Turn::Done(answer)) };
            for record in records {
                writes.push(self.access_log.append(&record).await?);
            }
            writes.extend(relies_on.iter().map(|identity| self.directory.check_identity(&acting.scope, identity)));
            match self.access_log.commit(&record, writes).await {
                Ok(()) => Ok(Turn::Done(answer)),
                Err(CommitError::Refused(refusals)) if refusals.name_only(Part::Email) => Err(Problem::EmailTaken { contact: None }),
                // Someone was changed or removed meanwhile: whoever acts, it may be.
                Err(CommitError::Refused(_)) => Ok(Turn::Again(())),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }
}

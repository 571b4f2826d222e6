//! Second factors: a row beside their person, at a version, so that of several uses of one code at once one counts. And what ends the sessions of a
//! person, as each change of the factor does.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{FirmScope, Person, Subject, second_factor::SecondFactor};

use crate::{
    commit::{Condition, Part, Write, is_new},
    directory::{Directory, unchanged as is_who_they_were},
    item::{item, moment, value},
    key,
};

/// What becomes of someone's second factor where it stands with them, which is where signing in looks. Their sessions end by it.
#[derive(Debug, Clone, Copy)]
pub enum Switch {
    /// It is asked for from now on; whoever comes in by that is in since then.
    On(Option<Timestamp>),
    /// It is asked for no more.
    Off,
    /// The same, and all else ends that was begun before: links, and messages that were not sent.
    Reset,
}

impl Directory {
    /// The second factor of someone, who may have none.
    pub async fn second_factor(&self, scope: &FirmScope, subject: Subject) -> Result<SecondFactor, Unavailable> {
        Ok(self.0.get(&key::second_factor(scope, subject)).await?.unwrap_or_default())
    }

    /// A second factor as it is from now on, at the version after the one that was read; refused as [`Part::SecondFactor`], with the row that
    /// stands, if it was changed meanwhile.
    pub fn keep_second_factor(&self, scope: &FirmScope, subject: Subject, factor: &SecondFactor) -> Write {
        let mut factor = factor.clone();
        let seen = unchanged(&factor);
        factor.version += 1;
        Write::put(Part::SecondFactor, &self.0, item(&key::second_factor(scope, subject), None, &factor), seen)
    }

    /// Takes a second factor away with all that is remembered of it, at the version that was read; refused as [`Part::SecondFactor`] likewise.
    pub fn drop_second_factor(&self, scope: &FirmScope, subject: Subject, factor: &SecondFactor) -> Write {
        Write::delete(Part::SecondFactor, &self.0, &key::second_factor(scope, subject), unchanged(factor))
    }

    /// What a change of their second factor makes of a person who was read just now; refused as [`Part::Person`] if they are not who they were.
    pub fn switch_second_factor(&self, scope: &FirmScope, person: &Person, switch: Switch) -> Vec<Write> {
        let identity = person.identity();
        let signed_out = (":signed_out", value(identity.signed_out().session_epoch));
        let on = ("SET session_epoch = :signed_out, second_factor = :on", vec![signed_out.clone(), (":on", value(true))]);
        let off = ("SET session_epoch = :signed_out REMOVE second_factor", vec![signed_out.clone()]);
        let reset = ("SET epoch = :next REMOVE second_factor", vec![(":next", value(identity.next().epoch))]);
        let (theirs, signing_in) = match switch {
            Switch::On(None) => (on.clone(), on),
            Switch::On(Some(now)) => {
                let update = "SET session_epoch = :signed_out, second_factor = :on, last_access_at = :now";
                ((update, vec![signed_out, (":on", value(true)), (":now", moment(now))]), on)
            }
            Switch::Off => (off.clone(), off),
            Switch::Reset => (reset.clone(), reset),
        };
        self.turn(scope, person, theirs, signing_in)
    }

    /// Ends all sessions of a person who was read just now, and all that was begun to open one; refused likewise.
    pub fn sign_out(&self, scope: &FirmScope, person: &Person) -> Vec<Write> {
        let signed_out = ("SET session_epoch = :signed_out", vec![(":signed_out", value(person.identity().signed_out().session_epoch))]);
        self.turn(scope, person, signed_out.clone(), signed_out)
    }

    /// Updates the row of a person as `theirs` says, and the one where asking for a code looks as `signing_in` does.
    fn turn(&self, scope: &FirmScope, person: &Person, theirs: Update, signing_in: Update) -> Vec<Write> {
        let identity = person.identity();
        let with = |condition: Condition, values: Vec<_>| values.into_iter().fold(condition, |all, (name, value)| all.with(name, value));
        // Staff who read the contact before must not put it back as it was.
        let counted = format!("{} ADD reports :one", theirs.0);
        let place = key::subject(scope, identity.subject);
        let condition = with(is_who_they_were(&identity), theirs.1).with(":one", value(1));
        let mut writes = vec![Write::update(Part::Person, &self.0, &place, &counted, condition)];
        writes.extend(person.email().map(|email| {
            let own = Condition::new("subject = :subject").with(":subject", value(identity.subject));
            let place = key::sign_in(scope, identity.subject.audience(), email);
            Write::update(Part::Email, &self.0, &place, signing_in.0, with(own, signing_in.1))
        }));
        writes
    }
}

/// An update of a row, and the values that it names.
type Update = (&'static str, Vec<(&'static str, AttributeValue)>);

fn unchanged(seen: &SecondFactor) -> Condition {
    match seen.version {
        0 => is_new(),
        version => Condition::new("version = :seen").with(":seen", value(version)),
    }
}

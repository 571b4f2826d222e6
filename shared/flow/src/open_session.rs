//! Opening a session: what lets in is used up, the person is still who they were, and it is written down; all of it or nothing.

use std::collections::BTreeSet;

use jiff::Timestamp;
use postern_aws::reach;
use postern_domain::{
    AttemptKey, DeviceId, FirmScope, Occasion,
    account::Account,
    device::{Device, KnownBrowser, label},
    gate::RemadeGate,
    keys::Token,
    record::AccessRecord,
    session::{Session, Stage},
};
use postern_http::NewCookies;
use postern_store::{AccessLog, AccessStore, CommitError, Devices, Directory, Keeping, Part, Write};

reach! {
    /// What opening a session touches.
    pub struct OpenSession {
        directory: Directory [UpdateItem],
        access: AccessStore [PutItem, DeleteItem, UpdateItem],
        access_log: AccessLog [PutItem],
    }
}

/// A session that is to be opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// At which firm.
    pub scope: FirmScope,
    /// The session. Its browser is new to them where it names none.
    pub session: Session,
    /// What changes of the person, on condition that they are who they were when they began.
    pub person: Vec<Write>,
    /// The sessions that this browser held before, by the fingerprints of their tokens; they end.
    pub instead_of: BTreeSet<String>,
    /// The fingerprint of the token by which it was known to them before, which is known no more.
    pub known: Option<String>,
    /// The row in which attempts with their email are counted.
    pub attempts: AttemptKey,
}

/// Tries to keep a browser in the list of a person: once as it should be, once as a new one, once in place of the oldest.
const TRIES: u32 = 3;

impl OpenSession {
    /// That someone is as they were when they began, their mobile too where the code went `by_sms`; where they are in by that (`stage`), since when;
    /// and a gate that is `remade`, with by what the mailbox is found.
    pub fn person(
        &self,
        scope: &FirmScope,
        account: &Account,
        by_sms: bool,
        remade: Option<(&RemadeGate, &str)>,
        (stage, now): (Stage, Timestamp),
    ) -> Vec<Write> {
        match (remade, stage) {
            (Some(gate), Stage::Full) => self.directory.remake_gate(scope, account, by_sms, gate, Some(now)).into(),
            (Some(gate), _) => self.directory.remake_gate(scope, account, by_sms, gate, None).into(),
            (None, Stage::Full) => vec![self.directory.sign_in_person(scope, account, by_sms, now)],
            (None, _) => vec![self.directory.check_person(scope, account, by_sms)],
        }
    }

    /// Opens `new`, together with `used_up`, the changes by which what let in is used up and all that it depends on. Once they are in, the browser
    /// is known by a new token.
    ///
    /// # Errors
    /// If anything of it does not hold any more, or the store fails; then nothing has changed.
    pub async fn open(
        &self,
        occasion: &Occasion,
        new: NewSession,
        record: &AccessRecord,
        used_up: Vec<Write>,
    ) -> Result<NewCookies, CommitError> {
        if new.session.stage != Stage::Full {
            return self.begin(occasion, new, record, used_up).await;
        }
        let NewSession { scope, session, person, instead_of, known: former_known, attempts } = new;
        let (now, subject, access) = (occasion.now, session.identity.subject, &self.access);
        let (token, known) = (Token::of(occasion.dice.bytes()), Token::of(occasion.dice.bytes()));
        let listed = Device { session: token.fingerprint(), known: known.fingerprint(), at: now.as_millisecond() };
        let (mut device, mut keeping) = match session.device {
            Some(device) => (device, Keeping::Again),
            None => (DeviceId::new(now, &occasion.dice), Keeping::Anew),
        };
        // No two changes of a transaction may be of one item.
        let mut sessions = instead_of;
        let mut knowns: BTreeSet<_> = former_known.into_iter().collect();
        for last in (0..TRIES).map(|tries| tries + 1 == TRIES) {
            let session = Session { device: Some(device), ..session.clone() };
            let known_browser = KnownBrowser { firm: scope.firm().clone(), subject, device, session: Some(listed.session.clone()) };
            let own = [
                access.put_session(&token, &session),
                access.put_known_browser(&known, &known_browser, now),
                access.keep_device(&scope, subject, device, &listed, keeping, now),
            ];
            let former = sessions.iter().map(|session| access.drop_session(session));
            let former = former.chain(knowns.iter().map(|known| access.forget_known_browser(known)));
            let writes = used_up.iter().chain(&person).cloned().chain(own).chain(former);
            match self.access_log.commit(record, writes).await {
                Ok(()) => return Ok(NewCookies { token, session, known: Some((label(&known, &attempts), known)) }),
                Err(CommitError::Refused(refusals)) if refusals.name_only(Part::Devices) && !last => {
                    let devices = refusals.found::<Devices>(Part::Devices)?.unwrap_or_default();
                    if let (Keeping::Anew | Keeping::InPlaceOf(_), Some((oldest, signed_out))) = (keeping, devices.oldest()) {
                        keeping = Keeping::InPlaceOf(oldest);
                        sessions.insert(signed_out.session.clone());
                        knowns.insert(signed_out.known.clone());
                    } else {
                        // It was signed out from elsewhere since it asked for its code: it is one more.
                        (device, keeping) = (DeviceId::new(now, &occasion.dice), Keeping::Anew);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        unreachable!("the last try returns")
    }

    /// Begins a session that lacks its second factor: the browser is not one of theirs, nor known to them, before they are in.
    async fn begin(
        &self,
        occasion: &Occasion,
        new: NewSession,
        record: &AccessRecord,
        used_up: Vec<Write>,
    ) -> Result<NewCookies, CommitError> {
        let token = Token::of(occasion.dice.bytes());
        let session = Session { attempt: Some(record.attempt()), ..new.session };
        let former = new.instead_of.iter().map(|session| self.access.drop_session(session));
        let own = [self.access.put_session(&token, &session)];
        self.access_log.commit(record, used_up.into_iter().chain(new.person).chain(own).chain(former)).await?;
        Ok(NewCookies { token, session, known: None })
    }
}

//! Opening a session: what lets in is used up, the person is still who they were, and it is written down; all of it or nothing.

use postern_aws::reach;
use postern_domain::{
    FirmScope, Occasion,
    account::Account,
    keys::Token,
    record::AccessRecord,
    session::{Assurance, Session},
};
use postern_store::{AccessLog, AccessStore, CommitError, Directory, Write};

reach! {
    /// What opening a session touches.
    pub struct OpenSession {
        directory: Directory [UpdateItem],
        access: AccessStore [PutItem, DeleteItem],
        access_log: AccessLog [PutItem],
    }
}

/// A session that is to be opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// At which firm.
    pub scope: FirmScope,
    /// For whom, as they were when they began.
    pub account: Account,
    /// How they prove who they are.
    pub assurance: Assurance,
    /// Whether what they know came to their mobile, which must then be the same still.
    pub by_sms: bool,
    /// Whether the browser is to be kept signed in.
    pub keep: bool,
    /// The session that this browser held before, which ends.
    pub instead_of: Option<Token>,
}

impl OpenSession {
    /// Opens `new`, together with `used_up`, the changes by which what let in is used up and all that it depends on.
    ///
    /// # Errors
    /// If anything of it does not hold any more, or the store fails; then nothing has changed.
    pub async fn open(
        &self,
        occasion: &Occasion,
        new: NewSession,
        record: &AccessRecord,
        used_up: Vec<Write>,
    ) -> Result<(Token, Session), CommitError> {
        let NewSession { scope, account, assurance, by_sms, keep, instead_of } = new;
        let person = self.directory.sign_in_person(&scope, &account, by_sms, occasion.now);
        let token = Token::of(occasion.dice.bytes());
        let session = Session::begin(&scope, &account, assurance, keep, occasion.now);
        let own = [person, self.access.put_session(&token, &session)];
        let former = instead_of.map(|token| self.access.drop_session(&token));
        self.access_log.commit(record, used_up.into_iter().chain(own).chain(former)).await?;
        Ok((token, session))
    }
}

//! Phones whose owners answered STOP, and START again.

use postern_domain::{
    contact::Contact,
    delivery::{Trouble, TroubleKind, Troubles},
    dispatch::Dispatch,
    policy,
    record::Outcome,
};

use crate::{Reach, sending::Settled};

impl Reach {
    /// Asks SNS, before the code of someone who answered STOP some time ago goes by mail, whether their phone takes text messages again: then the next
    /// one goes there. This one goes out whatever comes of it.
    pub(crate) async fn look_for_start(&self, dispatch: &Dispatch, contact: &Contact) {
        let now = self.clock.now();
        let may_be_back = |trouble: Trouble| trouble.kind == TroubleKind::OptedOut && trouble.at + policy::OPT_OUT_REST <= now;
        let is_worth_asking = contact.troubles.mobile.is_some_and(may_be_back);
        let Some(mobile) = contact.mobile.as_ref().filter(|_| is_worth_asking) else { return };
        match self.texter.is_opted_out(mobile.as_str()).await {
            Ok(true) => {}
            Ok(false) => self.forget_opt_out(dispatch, contact).await,
            Err(error) => tracing::warn!(cause = error.to_string(), "it is not known whether a phone takes text messages again"),
        }
    }

    /// What cannot be written down now is found again with the next code.
    async fn forget_opt_out(&self, dispatch: &Dispatch, contact: &Contact) {
        let troubles = Troubles { mobile: None, ..contact.troubles };
        let resumed = Settled { email: contact.email.clone(), ..Settled::without_message(Outcome::TextsResumed) };
        let changes = self.directory.note_troubles(&dispatch.scope(), contact, &troubles);
        if let Err(error) = self.access_log.commit(&self.record(dispatch, resumed), changes).await {
            tracing::warn!(cause = error.to_string(), "it could not be written down that a phone takes text messages again");
        }
    }
}

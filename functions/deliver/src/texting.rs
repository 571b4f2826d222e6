//! Whether a text message goes out: where texts go, and how many.

use postern_aws::Unavailable;
use postern_domain::{
    Phone,
    dispatch::Dispatch,
    policy,
    settings::SignInPolicy,
    texts::{NoText, most_of_firm},
};
use postern_store::MessageCount;

use crate::Reach;

impl Reach {
    /// Counts the text message `dispatch` to a phone: nothing where it may go out, else why not. Counted again it is as it was.
    pub(crate) async fn keeps_from_texting(
        &self,
        dispatch: &Dispatch,
        firm: &SignInPolicy,
        to: &Phone,
    ) -> Result<Option<NoText>, Unavailable> {
        if !self.texting.0 {
            return Ok(Some(NoText::NotSetUp));
        }
        if !firm.texts_to(&to.country()) {
            return Ok(Some(NoText::Country));
        }
        // A day is that on which it was asked for, so that it is the same one whenever it is taken up again.
        let (id, now, asked_at) = (dispatch.dispatch, self.clock.now(), dispatch.created_at);
        // The narrowest first, so that what is refused there uses up nothing of what all share.
        let phone = self.sign_in_keys.attempts().await?.phone(to);
        if self.access.count_text_to(&phone, id, now).await? == MessageCount::Over {
            return Ok(Some(NoText::Phone));
        }
        if self.count_for_firm(dispatch).await? == MessageCount::Over {
            return Ok(Some(NoText::Firm));
        }
        match self.access.count_text_of_all(id, self.budget.0, asked_at).await? {
            MessageCount::Within => Ok(None),
            MessageCount::Last => {
                tracing::error!(texts = self.budget.0, fate = "budget-spent", "the texts of this day are used up, and codes go by mail");
                Ok(None)
            }
            MessageCount::Over => Ok(Some(NoText::Budget)),
        }
    }

    /// Counts a text message for its firm. How many contacts there are is asked only where that matters.
    async fn count_for_firm(&self, dispatch: &Dispatch) -> Result<MessageCount, Unavailable> {
        let (scope, id, asked_at) = (dispatch.scope(), dispatch.dispatch, dispatch.created_at);
        let counted = self.access.count_text_of(&scope, id, policy::FIRM_TEXTS, asked_at).await?;
        if counted != MessageCount::Over {
            return Ok(counted);
        }
        let most = most_of_firm(self.directory.count_contacts(&scope).await?);
        if most > policy::FIRM_TEXTS { self.access.count_text_of(&scope, id, most, asked_at).await } else { Ok(counted) }
    }
}

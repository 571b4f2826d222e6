//! What a message says and where it goes, from what is in the store at this moment.

use jiff::{SignedDuration, Timestamp};
use postern_aws::Unavailable;
use postern_domain::{
    Audience, ChallengeId, ContactId, Email, Identity, Language, Person, Phone,
    challenge::Challenge,
    channel::Channel,
    code::Code as PostedCode,
    contact::Contact,
    dispatch::{Dispatch, DispatchKind, FactorChange, HonestReason},
    document::Document,
    firm::Firm,
    keys::{Sealed, Token},
    link::Link,
    policy,
    record::{LastFailure, Outcome},
    staff::StaffMember,
};
use postern_notify::{
    Caller, Code, Detail, DetailsChanged, Entry, FactorChanged, FreshLink, HelpCall, HonestMail, Invitation, Letterhead, Mail,
    NewDocuments, NoCode, Receipt, StaffCode, StaffInvitation,
};
use postern_store::MessageCount;

use crate::Reach;

/// A message that is ready to go.
pub(crate) enum Composed {
    /// What it was about is over, or whoever it was for has changed.
    Nothing,
    /// A text message.
    Text { firm: Box<Firm>, to: Phone, text: String, contact: Box<Contact> },
    /// Nothing goes out, for what the log says of it.
    Held(Outcome),
    /// A mail.
    Mail { firm: Box<Firm>, to: Email, mail: Mail, outcome: Outcome },
}

impl Reach {
    pub(crate) async fn compose(&self, dispatch: &Dispatch) -> Result<Composed, Unavailable> {
        let scope = dispatch.scope();
        if let DispatchKind::Help { contact, email, message, failure } = &dispatch.kind {
            return self.compose_for_firm(dispatch, *contact, (email, message), failure.as_ref()).await;
        }
        let Some(to) = dispatch.to else { return Ok(Composed::Nothing) };
        let (firm, person) = futures_util::try_join!(self.directory.firm(&scope), self.directory.person(&scope, to.subject))?;
        match (firm, person) {
            (Some(firm), Some(Person::Staff(staff))) => self.compose_for_staff(dispatch, &to, firm, *staff).await,
            (Some(firm), Some(Person::Contact(contact))) => self.compose_for_contact(dispatch, &to, firm, *contact).await,
            _ => Ok(Composed::Nothing),
        }
    }

    /// A call for help, for the firm's contact address.
    async fn compose_for_firm(
        &self,
        dispatch: &Dispatch,
        contact: Option<ContactId>,
        (email, message): (&Sealed, &Sealed),
        failure: Option<&LastFailure>,
    ) -> Result<Composed, Unavailable> {
        let scope = dispatch.scope();
        let counted = self.count_help(dispatch, contact.is_some()).await?;
        if counted == MessageCount::Over {
            return Ok(Composed::Held(Outcome::HelpHeld));
        }
        let contact = async {
            match contact {
                Some(contact) => self.directory.contact(&scope, contact).await,
                None => Ok(None),
            }
        };
        let opened = |sealed| self.log_keys.open(&scope, sealed);
        let (firm, contact, email, message) =
            futures_util::try_join!(self.directory.firm(&scope), contact, opened(email), opened(message))?;
        let Some(firm) = firm else { return Ok(Composed::Nothing) };
        let (email, message) = (email.unwrap_or_default(), message.unwrap_or_default());
        let url = contact.as_ref().map(|contact| format!("{}/{}/staff/contacts/{}", self.public_origin.0, firm.firm, contact.contact));
        let call = HelpCall {
            letterhead: letterhead(&firm, firm.language),
            caller: contact.as_ref().zip(url.as_deref()).map(|(contact, url)| Caller {
                name: contact.name.as_str(),
                email: contact.email.as_ref().map(Email::as_str),
                mobile: contact.mobile.as_ref().map(Phone::as_str),
                url,
            }),
            email: &email,
            asked_at: dispatch.created_at,
            failure: failure.map(|failure| (failure.outcome.message(), failure.at)),
            message: message.trim_end(),
            is_last: counted == MessageCount::Last,
        };
        let (mail, to) = (call.mail(), firm.contact_address.clone());
        Ok(Composed::Mail { firm: Box::new(firm), to, mail, outcome: Outcome::HelpSent })
    }

    /// Counts a call for help for its firm, and for all.
    async fn count_help(&self, dispatch: &Dispatch, is_contact: bool) -> Result<MessageCount, Unavailable> {
        let [of_firm, of_all] = if is_contact { policy::HELP_MAILS } else { policy::STRANGERS_HELP_MAILS };
        let (scope, id, asked_at) = (dispatch.scope(), dispatch.dispatch, dispatch.created_at);
        // The narrower first, so that what is over there uses up nothing of what all share.
        let counted = self.access.count_help(Some(&scope), is_contact, id, of_firm, asked_at).await?;
        if counted == MessageCount::Over || self.access.count_help(None, is_contact, id, of_all, asked_at).await? == MessageCount::Over {
            return Ok(MessageCount::Over);
        }
        Ok(counted)
    }

    async fn compose_for_staff(&self, dispatch: &Dispatch, to: &Identity, firm: Firm, staff: StaffMember) -> Result<Composed, Unavailable> {
        let (letterhead, name) = (letterhead(&firm, dispatch.language.unwrap_or(firm.language)), staff.name.as_str());
        if let DispatchKind::Changed { version, .. } = &dispatch.kind {
            let Some(to) = staff.email_before(*version).cloned() else { return Ok(Composed::Nothing) };
            let mail = DetailsChanged { letterhead, contact: name, detail: Detail::Email, changed_at: dispatch.created_at }.mail_to_staff();
            return Ok(Composed::Mail { firm: Box::new(firm), to, mail, outcome: Outcome::ChangeTold });
        }
        if !to.is(&staff.identity()) {
            return Ok(Composed::Nothing);
        }
        let (mail, outcome) = match &dispatch.kind {
            DispatchKind::Code { challenge, .. } => {
                let Some((challenge, code)) = self.code(challenge).await? else { return Ok(Composed::Nothing) };
                let (asked_at, good_until) = (challenge.created_at, challenge.expires_at);
                let (url, link_until) = self.way_in(dispatch, staff.identity(), &staff.email).await?;
                let way_in = Entry { url: &url, good_until: link_until };
                (StaffCode { letterhead, code: code.reveal(), asked_at, good_until }.mail(way_in), Outcome::CodeMailed)
            }
            DispatchKind::Honest(reason) => {
                let (url, good_until) = self.way_in(dispatch, staff.identity(), &staff.email).await?;
                let reason = no_code(reason, Entry { url: &url, good_until });
                let mail = HonestMail { letterhead, contact: name, asked_at: dispatch.created_at, reason }.mail();
                (mail, Outcome::HonestMailSent)
            }
            DispatchKind::Invitation { .. } => {
                // Alone it lets nobody in: the first owner's is the only link that does.
                let (url, good_until) = self.link(dispatch, staff.identity(), &staff.email, &firm, Link::only_for_a_code).await?;
                (StaffInvitation { letterhead, member: name, url: &url, good_until }.mail(), Outcome::StaffInviteSent)
            }
            DispatchKind::SecondFactor(change) => {
                (factor_changed(letterhead, staff.name.as_str(), change, dispatch).mail_to_staff(), Outcome::SecondFactorTold)
            }
            _ => return Ok(Composed::Nothing),
        };
        Ok(Composed::Mail { firm: Box::new(firm), to: staff.email, mail, outcome })
    }

    async fn compose_for_contact(&self, dispatch: &Dispatch, to: &Identity, firm: Firm, contact: Contact) -> Result<Composed, Unavailable> {
        let language = contact.language.or(dispatch.language).unwrap_or(firm.language);
        let (letterhead, name) = (letterhead(&firm, language), contact.name.as_str());
        if let DispatchKind::Changed { version, email, mobile } = &dispatch.kind {
            let Some(to) = contact.email_before(*version).cloned() else { return Ok(Composed::Nothing) };
            let detail = match (email, mobile) {
                (true, true) => Detail::Both,
                (true, false) => Detail::Email,
                (false, _) => Detail::MobilePhone,
            };
            let mail = DetailsChanged { letterhead, contact: name, detail, changed_at: dispatch.created_at }.mail();
            return Ok(Composed::Mail { firm: Box::new(firm), to, mail, outcome: Outcome::ChangeTold });
        }
        let Some(email) = contact.email.clone().filter(|_| to.is(&contact.identity())) else { return Ok(Composed::Nothing) };
        let (mail, outcome) = match &dispatch.kind {
            DispatchKind::Nothing | DispatchKind::Help { .. } | DispatchKind::Changed { .. } => return Ok(Composed::Nothing),
            DispatchKind::Code { challenge, channel } => {
                let Some((challenge, code)) = self.code(challenge).await? else { return Ok(Composed::Nothing) };
                let (asked_at, good_until) = (challenge.created_at, challenge.expires_at);
                let message = Code { letterhead, contact: name, code: code.reveal(), asked_at, good_until };
                if let (Channel::Sms, Some(mobile)) = (channel, &contact.mobile) {
                    let (to, text) = (mobile.clone(), message.sms(&self.host));
                    return Ok(Composed::Text { firm: Box::new(firm), to, text, contact: Box::new(contact) });
                }
                let (url, good_until) = self.way_in(dispatch, contact.identity(), &email).await?;
                self.look_for_start(dispatch, &contact).await;
                (message.mail(Entry { url: &url, good_until }), Outcome::CodeMailed)
            }
            DispatchKind::Honest(reason) => {
                let (url, good_until) = self.way_in(dispatch, contact.identity(), &email).await?;
                let reason = no_code(reason, Entry { url: &url, good_until });
                (HonestMail { letterhead, contact: name, asked_at: dispatch.created_at, reason }.mail(), Outcome::HonestMailSent)
            }
            DispatchKind::Invitation { again } => {
                let (url, good_until) = self.link(dispatch, contact.identity(), &email, &firm, |link| link).await?;
                let mail = Invitation { letterhead, contact: name, url: &url, good_until, resent: *again }.mail();
                (mail, if *again { Outcome::InviteResent } else { Outcome::InviteSent })
            }
            DispatchKind::Documents { client } => {
                let Some(client) = contact.clients.iter().find(|own| own.client == *client) else { return Ok(Composed::Nothing) };
                let (url, good_until) = self.link(dispatch, contact.identity(), &email, &firm, |link| link).await?;
                let mail = NewDocuments { letterhead, contact: name, client: client.name.as_str(), url: &url, good_until }.mail();
                (mail, Outcome::DocumentNoticeSent)
            }
            DispatchKind::Receipt { documents } => {
                let sent = self.work.documents_of(&dispatch.scope(), documents).await?;
                let clients = by_client(&contact, sent);
                if clients.is_empty() {
                    return Ok(Composed::Nothing);
                }
                (Receipt { letterhead, contact: name, clients: &clients }.mail(), Outcome::ReceiptSent)
            }
            DispatchKind::SecondFactor(change) => (factor_changed(letterhead, name, change, dispatch).mail(), Outcome::SecondFactorTold),
            DispatchKind::FactorResetText => {
                let Some(to) = contact.mobile.clone() else { return Ok(Composed::Nothing) };
                let text = letterhead.factor_reset_text();
                return Ok(Composed::Text { firm: Box::new(firm), to, text, contact: Box::new(contact) });
            }
            DispatchKind::FreshLink => {
                let (url, good_until) = self.link(dispatch, contact.identity(), &email, &firm, |link| link).await?;
                (FreshLink { letterhead, contact: name, url: &url, good_until }.mail(), Outcome::FreshLinkSent)
            }
        };
        Ok(Composed::Mail { firm: Box::new(firm), to: email, mail, outcome })
    }

    /// A challenge that can still be answered, with its code.
    async fn code(&self, challenge: &ChallengeId) -> Result<Option<(Challenge, PostedCode)>, Unavailable> {
        let now = self.clock.now();
        let Some(challenge) = self.access.challenge(challenge).await?.filter(|challenge| challenge.is_open(now)) else { return Ok(None) };
        let code = challenge.code(&self.sign_in_keys.code_of(&challenge.code_key).await?);
        Ok(Some((challenge, code)))
    }

    /// The link of an invitation, a fresh link, or news of documents, as `made` makes it, and when it ends.
    async fn link(
        &self,
        dispatch: &Dispatch,
        to: Identity,
        email: &Email,
        firm: &Firm,
        made: fn(Link) -> Link,
    ) -> Result<(String, Timestamp), Unavailable> {
        let (token, url) = self.token(dispatch, to).await?;
        let link = made(Link::new(&dispatch.scope(), to, email, dispatch.dispatch, firm.sign_in.link_life(), dispatch.created_at));
        self.access.keep_link(&token, &link).await?;
        Ok((url, link.expires_at))
    }

    /// A link that leads to a code alone, and when it ends; its life begins when it goes out.
    async fn way_in(&self, dispatch: &Dispatch, to: Identity, email: &Email) -> Result<(String, Timestamp), Unavailable> {
        let (token, url) = self.token(dispatch, to).await?;
        let life = SignedDuration::from_secs(dispatch.way_in_seconds);
        let link = Link::new(&dispatch.scope(), to, email, dispatch.dispatch, life, self.clock.now()).only_for_a_code();
        self.access.renew_link(&token, &link).await?;
        Ok((url, link.expires_at))
    }

    /// The token of a message's link, the same at each try, and the address that it stands in.
    async fn token(&self, dispatch: &Dispatch, to: Identity) -> Result<(Token, String), Unavailable> {
        let seed = dispatch.seed.as_ref().ok_or_else(|| Unavailable::new("the row of a message has lost its seed"))?;
        let token = seed.token(&self.link_keys.current().await?);
        let page = match to.subject.audience() {
            Audience::Client => "link",
            Audience::Staff => "staff/link",
        };
        let url = format!("{}/{}/{page}#{}", self.public_origin.0, dispatch.firm, token.reveal());
        Ok((token, url))
    }
}

/// Why no code went out, with what leads in nevertheless.
fn no_code<'a>(reason: &HonestReason, way_in: Entry<'a>) -> NoCode<'a> {
    match reason {
        HonestReason::GateMismatch => NoCode::GateMismatch(way_in),
        HonestReason::Paused { until } => NoCode::Paused { until: until.0, way_in },
        HonestReason::NotSetUp => NoCode::NotSetUp,
        HonestReason::TooMany => NoCode::TooMany(way_in),
        HonestReason::LinkOnly => NoCode::LinkOnly(way_in),
        HonestReason::Closed { links } => NoCode::Closed((!links).then_some(way_in)),
    }
}

fn factor_changed<'a>(letterhead: Letterhead<'a>, name: &'a str, change: &'a FactorChange, dispatch: &Dispatch) -> FactorChanged<'a> {
    FactorChanged { letterhead, name, change, changed_at: dispatch.created_at }
}

/// Documents that a contact sent, by the names of the clients for whom it acts, the first first; but for those that are gone by now.
fn by_client(contact: &Contact, mut documents: Vec<Document>) -> Vec<(String, Vec<(String, Timestamp)>)> {
    documents.retain(|document| document.deleted.is_none());
    documents.sort_by_key(|document| (document.created_at, document.document));
    let clients = contact.clients.iter().map(|client| {
        let own = documents.iter().filter(|document| document.document.client == client.client);
        (client.name.to_string(), own.map(|document| (document.name.to_string(), document.created_at)).collect::<Vec<_>>())
    });
    clients.filter(|(_, documents)| !documents.is_empty()).collect()
}

fn letterhead(firm: &Firm, language: Language) -> Letterhead<'_> {
    Letterhead {
        firm: firm.name.as_str(),
        phone: Some(firm.phone.as_str()),
        colour: firm.colour.as_str(),
        time_zone: firm.time_zone.as_str(),
        language,
    }
}

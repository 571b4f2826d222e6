//! The notice that a contact's email or mobile phone was changed.

use jiff::Timestamp;
use postern_domain::Language;

use crate::{
    letterhead::Letterhead,
    mail::{Mail, Part, strong, words},
};

/// Tells the address that was on file before the change; it has no field for the new value, which it must not show.
#[derive(Clone, Copy, Debug)]
pub struct DetailsChanged<'a> {
    /// The firm that keeps the contact.
    pub letterhead: Letterhead<'a>,
    /// The contact's name.
    pub contact: &'a str,
    /// What was changed.
    pub detail: Detail,
    /// When it was changed.
    pub changed_at: Timestamp,
}

/// A way to reach a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The email address.
    Email,
    /// The mobile phone number.
    MobilePhone,
    /// Both at once.
    Both,
}

impl DetailsChanged<'static> {
    /// A change of email at an invented firm, for previews and tests.
    pub fn sample() -> Self {
        Self {
            letterhead: Letterhead::sample(),
            contact: "J. Smith",
            detail: Detail::Email,
            changed_at: Timestamp::constant(1_795_275_660, 0),
        }
    }
}

impl DetailsChanged<'_> {
    /// The email to a contact.
    pub fn mail(&self) -> Mail {
        let (subject, body) = self.words();
        Mail::to_contact(&self.letterhead, self.contact, &subject, &body)
    }

    /// The same to someone on the firm's staff.
    pub fn mail_to_staff(&self) -> Mail {
        let (subject, body) = self.words();
        Mail::to_staff(&self.letterhead, &subject, &body)
    }

    fn words(&self) -> (String, [Part<'_>; 4]) {
        let (firm, changed, reach) = (self.letterhead.firm, self.letterhead.moment(self.changed_at), self.letterhead.reach());
        let greeting = words(self.letterhead.greeting(self.contact));
        match self.letterhead.language {
            Language::English => {
                let (detail, was) = match self.detail {
                    Detail::Email => ("email", "was"),
                    Detail::MobilePhone => ("mobile phone", "was"),
                    Detail::Both => ("email and mobile phone", "were"),
                };
                (
                    format!("{firm}: your {detail} {was} changed"),
                    [
                        greeting,
                        words(format!("The {detail} that we have for you {was} changed at {changed}.")),
                        words("If this was you, or you asked us to do it, there is nothing you need to do."),
                        strong(format!("If this was not you or us, {reach} right away.")),
                    ],
                )
            }
            Language::Spanish => {
                let (own, detail, changed_is) = match self.detail {
                    Detail::Email => ("su correo electrónico", "el correo electrónico", "se cambió"),
                    Detail::MobilePhone => ("su teléfono celular", "el teléfono celular", "se cambió"),
                    Detail::Both => {
                        ("su correo electrónico y su teléfono celular", "el correo electrónico y el teléfono celular", "se cambiaron")
                    }
                };
                (
                    format!("{firm}: {changed_is} {own}"),
                    [
                        greeting,
                        words(format!("A {changed} {changed_is} {detail} que tenemos de usted.")),
                        words("Si fue usted, o nos pidió hacerlo, no tiene que hacer nada."),
                        strong(format!("Si no fue usted ni nosotros, {reach} de inmediato.")),
                    ],
                )
            }
        }
    }
}

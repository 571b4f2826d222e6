//! The invitation of a colleague.

use jiff::Timestamp;
use postern_domain::Language;

use crate::{
    letterhead::Letterhead,
    mail::{Mail, Part, words},
};

/// Invites someone to the firm's staff: one button, which leads to a code.
#[derive(Clone, Copy)]
pub struct StaffInvitation<'a> {
    /// The firm for which they work.
    pub letterhead: Letterhead<'a>,
    /// Their name.
    pub member: &'a str,
    /// The link behind the button.
    pub url: &'a str,
    /// Until when the link works.
    pub good_until: Timestamp,
}

impl StaffInvitation<'static> {
    /// An invitation by an invented firm, for previews and tests.
    pub fn sample() -> Self {
        Self {
            letterhead: Letterhead::sample(),
            member: "Vera Gold",
            url: "https://portal.example.com/smith-jones/staff/link#sample",
            good_until: Timestamp::constant(1_795_880_460, 0),
        }
    }
}

impl StaffInvitation<'_> {
    /// The email.
    pub fn mail(&self) -> Mail {
        let (firm, url, until) = (self.letterhead.firm, self.url, self.letterhead.moment(self.good_until));
        let greeting = words(self.letterhead.greeting(self.member));
        let (subject, body) = match self.letterhead.language {
            Language::English => (
                format!("{firm} invites you to work in its client portal"),
                [
                    greeting,
                    words("You are now on the staff of our client portal."),
                    Part::Button { label: "Go to the portal", url },
                    words("We send a code to this address each time you sign in. There is no password."),
                    words(format!(
                        "The link works until {until}. After that, open it all the same: the page takes you to where staff sign in with their \
                         email."
                    )),
                ],
            ),
            Language::Spanish => (
                format!("{firm} le invita a trabajar en su portal de clientes"),
                [
                    greeting,
                    words("Ahora forma parte del personal de nuestro portal de clientes."),
                    Part::Button { label: "Ir al portal", url },
                    words("Cada vez que entre, le enviamos un código a esta dirección. No hay contraseña."),
                    words(format!(
                        "El enlace sirve hasta {until}. Después, ábralo de todos modos: la página le lleva a donde el personal entra con su \
                         correo."
                    )),
                ],
            ),
        };
        Mail::to_staff(&self.letterhead, &subject, &body)
    }
}

//! The invitation to the portal.

use jiff::Timestamp;
use postern_domain::Language;

use crate::{
    letterhead::Letterhead,
    mail::{Mail, Part, words},
};

/// Invites a contact: one button, and what to expect behind it.
#[derive(Clone, Copy)]
pub struct Invitation<'a> {
    /// The firm that invites.
    pub letterhead: Letterhead<'a>,
    /// The contact's name.
    pub contact: &'a str,
    /// The link behind the button.
    pub url: &'a str,
    /// Until when the link works.
    pub good_until: Timestamp,
    /// Whether the contact was invited before.
    pub resent: bool,
}

impl Invitation<'static> {
    /// A first invitation by an invented firm, for previews and tests.
    pub fn sample() -> Self {
        Self {
            letterhead: Letterhead::sample(),
            contact: "J. Smith",
            url: "https://portal.example.com/smith-jones/link#sample",
            good_until: Timestamp::constant(1_795_880_460, 0),
            resent: false,
        }
    }
}

impl Invitation<'_> {
    /// The email.
    pub fn mail(&self) -> Mail {
        let (firm, url, until) = (self.letterhead.firm, self.url, self.letterhead.moment(self.good_until));
        let greeting = words(self.letterhead.greeting(self.contact));
        let (subject, body) = match self.letterhead.language {
            Language::English => (
                if self.resent {
                    format!("{firm}: a reminder, your client portal is ready")
                } else {
                    format!("{firm} invites you to your client portal")
                },
                [
                    greeting,
                    words(format!(
                        "{} There you see what we need from you and send us your papers safely.",
                        if self.resent {
                            "This is a reminder. We have a private page for you."
                        } else {
                            "We have set up a private page for you."
                        },
                    )),
                    Part::Button { label: "View and manage tasks", url },
                    words("What to expect:"),
                    Part::Steps(vec![
                        "Press “View and manage tasks”. Your page opens.".to_owned(),
                        "We make sure that it is you, with a short code or a number that you know. There is no password.".to_owned(),
                        "See your list. Add files or photos from your computer or phone.".to_owned(),
                    ]),
                    words(format!("The link works until {until}. After that, open it all the same: the page can send you a fresh one.")),
                ],
            ),
            Language::Spanish => (
                if self.resent {
                    format!("{firm}: un recordatorio, su portal de clientes está listo")
                } else {
                    format!("{firm} le invita a su portal de clientes")
                },
                [
                    greeting,
                    words(format!(
                        "{} Allí ve lo que necesitamos de usted y nos envía sus documentos de forma segura.",
                        if self.resent {
                            "Esto es un recordatorio. Tenemos una página privada para usted."
                        } else {
                            "Hemos preparado una página privada para usted."
                        },
                    )),
                    Part::Button { label: "Ver y gestionar tareas", url },
                    words("Así funciona:"),
                    Part::Steps(vec![
                        "Presione «Ver y gestionar tareas». Se abre su página.".to_owned(),
                        "Comprobamos que es usted, con un código corto o un número que usted conoce. No hay contraseña.".to_owned(),
                        "Vea su lista. Agregue archivos o fotos desde su computadora o su teléfono.".to_owned(),
                    ]),
                    words(format!("El enlace sirve hasta {until}. Después, ábralo de todos modos: la página puede enviarle uno nuevo.")),
                ],
            ),
        };
        Mail::to_contact(&self.letterhead, self.contact, &subject, &body)
    }
}

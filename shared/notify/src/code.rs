//! The one-time code for a client; as a text message it is in `sms`.

use jiff::Timestamp;
use postern_domain::Language;

use crate::{
    honest_mail::Entry,
    letterhead::Letterhead,
    mail::{Mail, Part, words},
};

/// A one-time code for a contact, as an email or as a text message.
#[derive(Clone, Copy)]
pub struct Code<'a> {
    /// The firm that the contact signs in to.
    pub letterhead: Letterhead<'a>,
    /// The contact's name.
    pub contact: &'a str,
    /// The code: six ASCII digits.
    pub code: &'a str,
    /// When the challenge began; sending again tells the same time.
    pub asked_at: Timestamp,
    /// When it ends, and the code with it.
    pub good_until: Timestamp,
}

impl Code<'static> {
    /// A code of an invented firm, for previews and tests.
    pub fn sample() -> Self {
        let (asked_at, good_until) = (Timestamp::constant(1_795_275_660, 0), Timestamp::constant(1_795_276_260, 0));
        Self { letterhead: Letterhead::sample(), contact: "J. Smith", code: "012345", asked_at, good_until }
    }
}

impl Code<'_> {
    /// The email: the code stands in the body and never in the subject, which a locked screen shows. With `way_in` a mail that comes late still
    /// leads in.
    pub fn mail(&self, way_in: Entry<'_>) -> Mail {
        let firm = self.letterhead.firm;
        let (subject, warning) = match self.letterhead.language {
            Language::English => {
                (format!("{firm}: your sign-in code"), format!("Nobody from {firm} will ever ask you for it. Do not share it."))
            }
            Language::Spanish => (format!("{firm}: su código para entrar"), format!("Nadie de {firm} se lo pedirá nunca. No lo comparta.")),
        };
        let body = body(&self.letterhead, self.code, (self.asked_at, self.good_until), way_in, warning);
        Mail::to_contact(&self.letterhead, self.contact, &subject, &body)
    }
}

/// What a mail with a code says, to whomever it goes.
pub(crate) fn body<'a>(
    letterhead: &Letterhead<'_>,
    code: &'a str,
    (asked_at, good_until): (Timestamp, Timestamp),
    way_in: Entry<'a>,
    warning: String,
) -> [Part<'a>; 8] {
    let (asked, until, link_until) = (letterhead.moment(asked_at), letterhead.time(good_until), letterhead.moment(way_in.good_until));
    match letterhead.language {
        Language::English => [
            words("Your sign-in code is:"),
            Part::Code(code),
            words(format!("You asked for it at {asked}. It works until {until}.")),
            words("Type it on the page where you asked for it."),
            words(warning),
            words(format!("The code came too late? This link works until {link_until} and sends you a new one:")),
            Part::Button { label: "Send me a new code", url: way_in.url },
            words("You did not ask for a code? Then there is nothing you need to do."),
        ],
        Language::Spanish => [
            words("Su código para entrar es:"),
            Part::Code(code),
            words(format!("Lo pidió a {asked}. Sirve hasta {until}.")),
            words("Escríbalo en la página donde lo pidió."),
            words(warning),
            words(format!("¿El código llegó demasiado tarde? Este enlace sirve hasta {link_until} y le envía uno nuevo:")),
            Part::Button { label: "Enviarme un código nuevo", url: way_in.url },
            words("¿No pidió un código? Entonces no tiene que hacer nada."),
        ],
    }
}

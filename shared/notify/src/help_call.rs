//! That someone asks the firm for help.

use jiff::Timestamp;
use postern_domain::Language;

use crate::{
    letterhead::Letterhead,
    mail::{Mail, Part, strong, words},
};

/// Tells the firm that someone who cannot get in asks for help.
#[derive(Clone)]
pub struct HelpCall<'a> {
    /// The firm that is asked.
    pub letterhead: Letterhead<'a>,
    /// Who calls; nobody is known by an unknown email.
    pub caller: Option<Caller<'a>>,
    /// The email that they use.
    pub email: &'a str,
    /// When they asked.
    pub asked_at: Timestamp,
    /// What last went wrong for them, in the words of the log, and when.
    pub failure: Option<(String, Timestamp)>,
    /// What they wrote; of a stranger, and shown as it is.
    pub message: &'a str,
    /// Whether the firm is told of no other for the rest of the hour.
    pub is_last: bool,
}

/// A contact who calls, as the firm has them on file.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their email.
    pub email: Option<&'a str>,
    /// Their mobile.
    pub mobile: Option<&'a str>,
    /// Where the office shows them.
    pub url: &'a str,
}

impl HelpCall<'static> {
    /// A call of an invented contact, for previews and tests.
    pub fn sample() -> Self {
        let at = Timestamp::constant(1_795_275_660, 0);
        Self {
            letterhead: Letterhead::sample(),
            caller: Some(Caller {
                name: "J. Smith",
                email: Some("j.smith@example.com"),
                mobile: Some("+12025550173"),
                url: "https://portal.example.com/smith-jones/staff/contacts/sample",
            }),
            email: "j.smith@example.com",
            asked_at: at,
            failure: Some(("The last 4 Digits of the SSN did not match".to_owned(), at)),
            message: "I typed it three times. See <https://example.com>",
            is_last: false,
        }
    }

    /// The same from someone whose email nobody has, who wrote nothing.
    pub fn sample_of_stranger() -> Self {
        Self { caller: None, email: "stranger@example.com", failure: None, message: "", is_last: true, ..Self::sample() }
    }
}

impl HelpCall<'_> {
    /// The email.
    pub fn mail(&self) -> Mail {
        let (subject, body) = match self.letterhead.language {
            Language::English => self.in_english(),
            Language::Spanish => self.in_spanish(),
        };
        Mail::to_firm(&self.letterhead, &subject, &body)
    }

    fn in_english(&self) -> (String, Vec<Part<'_>>) {
        let moment = |at| self.letterhead.moment(at);
        let asked = moment(self.asked_at);
        let mut body = match &self.caller {
            Some(caller) => {
                vec![strong(format!("{} cannot get in and asked for help at {asked}.", caller.name)), words(on_file(caller, "On file"))]
            }
            None => vec![
                strong(format!("Someone who cannot get in asked for help at {asked}.")),
                words(format!(
                    "They use the email {}, which none of your contacts has. It may be a typing mistake, or a stranger.",
                    self.email
                )),
            ],
        };
        body.extend(self.failure.as_ref().map(|(what, at)| words(format!("What last went wrong: {what} ({}).", moment(*at)))));
        if !self.message.is_empty() {
            body.push(words(format!("They wrote: \u{201c}{}\u{201d}", self.message)));
        }
        body.extend(self.caller.map(|caller| Part::Button { label: "Open the contact", url: caller.url }));
        body.push(words(
            "You hear of the same person once an hour at most. Call the number that you have on file, not one that is written here.",
        ));
        if self.is_last {
            body.push(words(
                "So many asked for help this hour that no other mail comes before it is over. Who else asks stands in the access log.",
            ));
        }
        let who = self.caller.map_or("someone", |caller| caller.name);
        (format!("{}: {who} asks for help signing in", self.letterhead.firm), body)
    }

    fn in_spanish(&self) -> (String, Vec<Part<'_>>) {
        let moment = |at| self.letterhead.moment(at);
        let asked = moment(self.asked_at);
        let mut body = match &self.caller {
            Some(caller) => {
                vec![strong(format!("{} no puede entrar y pidió ayuda a {asked}.", caller.name)), words(on_file(caller, "En el archivo"))]
            }
            None => vec![
                strong(format!("Alguien que no puede entrar pidió ayuda a {asked}.")),
                words(format!(
                    "Usa el correo {}, que no tiene ninguno de sus contactos. Puede ser un error al escribirlo, o un desconocido.",
                    self.email
                )),
            ],
        };
        body.extend(self.failure.as_ref().map(|(what, at)| words(format!("El registro dice: \u{ab}{what}\u{bb} (a {}).", moment(*at)))));
        if !self.message.is_empty() {
            body.push(words(format!("Escribió: \u{ab}{}\u{bb}", self.message)));
        }
        body.extend(self.caller.map(|caller| Part::Button { label: "Abrir el contacto", url: caller.url }));
        body.push(words("De la misma persona se avisa una vez por hora como mucho. Llame al número que tiene en su archivo, no a uno que esté escrito aquí."));
        if self.is_last {
            body.push(words("Tantas personas pidieron ayuda en esta hora que no llegará otro correo antes de que termine. Quien más la pida está en el registro de accesos."));
        }
        let who = self.caller.map_or("alguien", |caller| caller.name);
        (format!("{}: {who} pide ayuda para entrar", self.letterhead.firm), body)
    }
}

/// How someone is reached by what is on file.
fn on_file(caller: &Caller<'_>, label: &str) -> String {
    let known: Vec<_> = [caller.mobile, caller.email].into_iter().flatten().collect();
    format!("{label}: {}", known.join(", "))
}

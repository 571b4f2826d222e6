//! The truth for the mailbox on file when a code was asked for and none went out.

use jiff::Timestamp;
use postern_domain::Language;

use crate::{
    letterhead::Letterhead,
    mail::{Mail, Part, strong, words},
};

/// Tells a contact why no code came, and what to do next.
#[derive(Clone, Copy)]
pub struct HonestMail<'a> {
    /// The firm that the contact wants to sign in to.
    pub letterhead: Letterhead<'a>,
    /// The contact's name.
    pub contact: &'a str,
    /// When the code was asked for.
    pub asked_at: Timestamp,
    /// Why it did not go out.
    pub reason: NoCode<'a>,
}

/// A link that leads to a code nevertheless.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// Its address.
    pub url: &'a str,
    /// When it ends.
    pub good_until: Timestamp,
}

/// Why no code went out.
#[derive(Clone, Copy)]
pub enum NoCode<'a> {
    /// The last four digits or the PIN did not match; the entry does without them.
    GateMismatch(Entry<'a>),
    /// Too many attempts failed, and sign-in rests for a while.
    Paused {
        /// When sign-in is open again.
        until: Timestamp,
        /// What passes the pause.
        way_in: Entry<'a>,
    },
    /// The contact lacks something that the firm requires.
    NotSetUp,
    /// Too many codes were asked for.
    TooMany(Entry<'a>),
    /// So many wrong codes came that only the firm opens this way again; a link may still be a way in.
    Closed(Option<Entry<'a>>),
    /// The firm lets the contact in by links alone; this is one.
    LinkOnly(Entry<'a>),
}

/// An entry of an invented firm.
const SAMPLE_ENTRY: Entry<'static> =
    Entry { url: "https://portal.example.com/smith-jones/link#sample", good_until: Timestamp::constant(1_795_279_260, 0) };

impl Entry<'static> {
    /// An entry of an invented firm, for previews and tests.
    pub fn sample() -> Self {
        SAMPLE_ENTRY
    }
}

impl HonestMail<'static> {
    /// A wrong gate at an invented firm, for previews and tests; the other reasons are in [`Self::samples`].
    pub fn sample() -> Self {
        Self {
            letterhead: Letterhead::sample(),
            contact: "J. Smith",
            asked_at: Timestamp::constant(1_795_275_660, 0),
            reason: NoCode::GateMismatch(SAMPLE_ENTRY),
        }
    }

    /// One mail for each reason, in the order in which [`NoCode`] lists them; of the last with and without an entry.
    pub fn samples() -> [Self; 7] {
        let paused = NoCode::Paused { until: Timestamp::constant(1_795_275_900, 0), way_in: SAMPLE_ENTRY };
        let [closed, closed_for_links] = [Some(SAMPLE_ENTRY), None].map(NoCode::Closed);
        let link_only = NoCode::LinkOnly(SAMPLE_ENTRY);
        [NoCode::GateMismatch(SAMPLE_ENTRY), paused, NoCode::NotSetUp, NoCode::TooMany(SAMPLE_ENTRY), closed, closed_for_links, link_only]
            .map(|reason| Self { reason, ..Self::sample() })
    }
}

impl HonestMail<'_> {
    /// The email.
    pub fn mail(&self) -> Mail {
        let (subject, body) = match self.letterhead.language {
            Language::English => self.in_english(),
            Language::Spanish => self.in_spanish(),
        };
        Mail::to_contact(&self.letterhead, self.contact, &subject, &body)
    }

    fn in_english(&self) -> (String, Vec<Part<'_>>) {
        const SEND: &str = "Send me a code";
        let (firm, asked, reach) = (self.letterhead.firm, self.letterhead.moment(self.asked_at), self.letterhead.reach());
        let moment = |at| self.letterhead.moment(at);
        let (about, reason) = match self.reason {
            NoCode::GateMismatch(Entry { url, good_until }) => (
                "why you got no sign-in code",
                vec![
                    strong("The last four (or PIN) did not match what we have for you."),
                    words(format!(
                        "You can go on from here without them. This link works until {} and sends you a code:",
                        moment(good_until)
                    )),
                    Part::Button { label: SEND, url },
                    words("Or try again:"),
                    Part::Steps(vec![
                        "Go back to the sign-in page.".to_owned(),
                        "Clear the box. Your browser may have put a saved password there.".to_owned(),
                        "Type the last 4 digits of your SSN or tax ID, or the PIN we gave you.".to_owned(),
                        format!("Still no luck? Please {reach}. We will check it with you."),
                    ]),
                ],
            ),
            NoCode::Paused { until, way_in: Entry { url, good_until } } => {
                let until = self.letterhead.time(until);
                (
                    "your sign-in is paused",
                    vec![
                        strong(format!("Your sign-in is paused until {until}.")),
                        words("There were too many wrong tries. The pause keeps your papers safe."),
                        words(format!(
                            "What to do next: wait until {until} and ask for a new code. Or go on now. This link works until {} and sends you a code:",
                            moment(good_until)
                        )),
                        Part::Button { label: SEND, url },
                    ],
                )
            }
            NoCode::NotSetUp => (
                "your access is not set up yet",
                vec![strong("Your access is not set up yet."), words(format!("What to do next: {reach}. We will set it up with you."))],
            ),
            NoCode::TooMany(Entry { url, good_until }) => (
                "too many sign-in codes were asked for",
                vec![
                    strong("Too many codes were asked for with your email address."),
                    words(format!(
                        "So we stopped sending them for a while. What to do next: this link works until {} and sends you a code:",
                        moment(good_until)
                    )),
                    Part::Button { label: SEND, url },
                ],
            ),
            NoCode::Closed(way_in) => {
                let mut body = vec![
                    strong("Signing in with a code is closed for you."),
                    words(format!("There were too many wrong codes. To open it again, {reach}.")),
                ];
                if let Some(Entry { url, good_until }) = way_in {
                    body.push(words(format!("Or go on now. This link works until {} and sends you a code:", moment(good_until))));
                    body.push(Part::Button { label: SEND, url });
                }
                ("signing in with a code is closed", body)
            }
            NoCode::LinkOnly(Entry { url, good_until }) => (
                "your link to the portal",
                vec![
                    strong("You come in by a link, not by the sign-in page."),
                    words(format!("What to do next: use this link. It works until {} and sends you a code:", moment(good_until))),
                    Part::Button { label: SEND, url },
                ],
            ),
        };
        let mut body = vec![
            words(self.letterhead.greeting(self.contact)),
            words(format!("You asked for a sign-in code at {asked}. We did not send one.")),
        ];
        body.extend(reason);
        body.push(words("It was not you who asked? No code went out, and there is nothing you need to do."));
        (format!("{firm}: {about}"), body)
    }

    fn in_spanish(&self) -> (String, Vec<Part<'_>>) {
        const SEND: &str = "Enviarme un código";
        let (firm, asked, reach) = (self.letterhead.firm, self.letterhead.moment(self.asked_at), self.letterhead.reach());
        let moment = |at| self.letterhead.moment(at);
        let (about, reason) = match self.reason {
            NoCode::GateMismatch(Entry { url, good_until }) => (
                "por qué no recibió un código",
                vec![
                    strong("Los últimos cuatro dígitos (o el PIN) no coinciden con lo que tenemos de usted."),
                    words(format!(
                        "Puede seguir desde aquí sin ellos. Este enlace sirve hasta {} y le envía un código:",
                        moment(good_until)
                    )),
                    Part::Button { label: SEND, url },
                    words("O intente de nuevo:"),
                    Part::Steps(vec![
                        "Vuelva a la página para entrar.".to_owned(),
                        "Borre el campo. Quizá su navegador puso allí una contraseña guardada.".to_owned(),
                        "Escriba los últimos 4 dígitos de su SSN o número de identificación fiscal, o el PIN que le dimos.".to_owned(),
                        format!("¿Todavía no funciona? Por favor, {reach}. Lo revisamos con usted."),
                    ]),
                ],
            ),
            NoCode::Paused { until, way_in: Entry { url, good_until } } => {
                let until = self.letterhead.time(until);
                (
                    "su acceso está en pausa",
                    vec![
                        strong(format!("Su acceso está en pausa hasta {until}.")),
                        words("Hubo demasiados intentos equivocados. La pausa protege sus documentos."),
                        words(format!(
                            "Qué hacer ahora: espere hasta {until} y pida un código nuevo. O siga ahora mismo. Este enlace sirve hasta {} y le envía un código:",
                            moment(good_until)
                        )),
                        Part::Button { label: SEND, url },
                    ],
                )
            }
            NoCode::NotSetUp => (
                "su acceso todavía no está preparado",
                vec![strong("Su acceso todavía no está preparado."), words(format!("Qué hacer ahora: {reach}. Lo preparamos con usted."))],
            ),
            NoCode::TooMany(Entry { url, good_until }) => (
                "se pidieron demasiados códigos",
                vec![
                    strong("Se pidieron demasiados códigos con su correo electrónico."),
                    words(format!(
                        "Por eso dejamos de enviarlos por un rato. Qué hacer ahora: este enlace sirve hasta {} y le envía un código:",
                        moment(good_until)
                    )),
                    Part::Button { label: SEND, url },
                ],
            ),
            NoCode::Closed(way_in) => {
                let mut body = vec![
                    strong("El acceso con código está cerrado para usted."),
                    words(format!("Hubo demasiados códigos equivocados. Para abrirlo de nuevo, {reach}.")),
                ];
                if let Some(Entry { url, good_until }) = way_in {
                    body.push(words(format!("O siga ahora mismo. Este enlace sirve hasta {} y le envía un código:", moment(good_until))));
                    body.push(Part::Button { label: SEND, url });
                }
                ("el acceso con código está cerrado", body)
            }
            NoCode::LinkOnly(Entry { url, good_until }) => (
                "su enlace al portal",
                vec![
                    strong("Usted entra con un enlace, no por la página para entrar."),
                    words(format!("Qué hacer ahora: use este enlace. Sirve hasta {} y le envía un código:", moment(good_until))),
                    Part::Button { label: SEND, url },
                ],
            ),
        };
        let mut body = vec![
            words(self.letterhead.greeting(self.contact)),
            words(format!("A {asked} pidió un código para entrar. No enviamos ninguno.")),
        ];
        body.extend(reason);
        body.push(words("¿No fue usted quien lo pidió? No se envió ningún código, y no tiene que hacer nada."));
        (format!("{firm}: {about}"), body)
    }
}

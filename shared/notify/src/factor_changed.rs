//! The notice that a second factor was switched on, switched off, passed with a recovery code, or reset by the firm.

use jiff::Timestamp;
use postern_domain::{Language, dispatch::FactorChange};

use crate::{
    gsm::{NAME_WORTH_KEEPING, PART, cut, septets, spell, spelled_firm},
    letterhead::Letterhead,
    mail::{Mail, Part, strong, words},
};

/// Tells someone that their second factor was changed, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct FactorChanged<'a> {
    /// The firm.
    pub letterhead: Letterhead<'a>,
    /// The name of whose factor it is.
    pub name: &'a str,
    /// What happened.
    pub change: &'a FactorChange,
    /// When.
    pub changed_at: Timestamp,
}

impl Letterhead<'_> {
    /// The text message that tells someone that the firm reset their second factor: one GSM-7 part. The firm's name is cut where it must be, and the
    /// phone left out where it does not fit; the alphabet has no `ó`, so Spanish does without it.
    pub fn factor_reset_text(&self) -> String {
        let (what, call) = match self.language {
            Language::English => ("we reset your two-factor authentication.", "You did not ask for it? Call"),
            Language::Spanish => ("restablecimos su verificacion en dos pasos.", "¿No lo pidio? Llame al"),
        };
        let name = spelled_firm(self);
        let phone = self.phone_to_read().map(|phone| format!(" {call} {}.", spell(&phone)));
        let room = |rest: &str| septets(rest).map_or(0, |used| PART.saturating_sub(used));
        let bare = format!(": {what}");
        let full = format!("{bare}{}", phone.unwrap_or_default());
        let wanted = septets(&name).unwrap_or_default().min(NAME_WORTH_KEEPING);
        let rest = if room(&full) >= wanted { full } else { bare };
        format!("{}{rest}", cut(&name, room(&rest)))
    }
}

impl FactorChanged<'static> {
    /// A change at an invented firm, for previews and tests.
    pub fn sample(change: &'static FactorChange) -> Self {
        Self { letterhead: Letterhead::sample(), name: "J. Smith", change, changed_at: Timestamp::constant(1_795_275_660, 0) }
    }
}

impl<'a> FactorChanged<'a> {
    /// The email to a contact.
    pub fn mail(&self) -> Mail {
        let (subject, body) = self.said();
        Mail::to_contact(&self.letterhead, self.name, &subject, &body)
    }

    /// The email to someone on the firm's staff.
    pub fn mail_to_staff(&self) -> Mail {
        let (subject, body) = self.said();
        Mail::to_staff(&self.letterhead, &subject, &body)
    }

    fn said(&self) -> (String, [Part<'a>; 4]) {
        let (firm, at, reach) = (self.letterhead.firm, self.letterhead.moment(self.changed_at), self.letterhead.reach());
        let greeting = words(self.letterhead.greeting(self.name));
        match self.letterhead.language {
            Language::English => {
                let (was, what, next) = match self.change {
                    FactorChange::On => (
                        "switched on",
                        format!("Two-factor authentication was switched on for you at {at}."),
                        "From now on we ask for a code from your app when you sign in. Keep your recovery codes in a safe place.".to_owned(),
                    ),
                    FactorChange::Off => (
                        "switched off",
                        format!("Two-factor authentication was switched off for you at {at}."),
                        "From now on you sign in without a code from your app. You can delete the entry there.".to_owned(),
                    ),
                    FactorChange::RecoveryUsed { left } => (
                        "passed with a recovery code",
                        format!("One of your recovery codes was used at {at} in place of a code from your app."),
                        match left {
                            0 => "None is left: set up your app anew to get new ones.".to_owned(),
                            1 => "One is left. To get new ones, set up your app anew.".to_owned(),
                            _ => format!("{left} are left. To get new ones, set up your app anew."),
                        },
                    ),
                    FactorChange::Reset { by } => (
                        "reset",
                        format!("{by} of {firm} reset your two-factor authentication at {at}, and signed you out everywhere."),
                        "The entry in your app and your recovery codes are of no use any more. You can set it up anew once you have signed in.".to_owned(),
                    ),
                };
                let alarm = strong(format!("If you do not know about this, {reach} right away."));
                (format!("{firm}: two-factor authentication {was}"), [greeting, words(what), words(next), alarm])
            }
            Language::Spanish => {
                let (was, what, next) = match self.change {
                    FactorChange::On => (
                        "se activó",
                        format!("A {at} se activó para usted la verificación en dos pasos."),
                        "Desde ahora le pedimos un código de su aplicación al entrar. Guarde sus códigos de recuperación en un lugar seguro.".to_owned(),
                    ),
                    FactorChange::Off => (
                        "se desactivó",
                        format!("A {at} se desactivó para usted la verificación en dos pasos."),
                        "Desde ahora entra sin un código de su aplicación. Puede borrar allí la cuenta.".to_owned(),
                    ),
                    FactorChange::RecoveryUsed { left } => (
                        "se superó con un código de recuperación",
                        format!("A {at} se usó uno de sus códigos de recuperación en lugar de un código de su aplicación."),
                        match left {
                            0 => "No le queda ninguno: configure de nuevo su aplicación para recibir otros.".to_owned(),
                            1 => "Le queda uno. Para recibir otros, configure de nuevo su aplicación.".to_owned(),
                            _ => format!("Le quedan {left}. Para recibir otros, configure de nuevo su aplicación."),
                        },
                    ),
                    FactorChange::Reset { by } => (
                        "se restableció",
                        format!("A {at}, {by} de {firm} restableció su verificación en dos pasos y cerró todas sus sesiones."),
                        "La cuenta en su aplicación y sus códigos de recuperación ya no sirven. Puede configurarla de nuevo después de entrar.".to_owned(),
                    ),
                };
                let alarm = strong(format!("Si no sabía nada de esto, {reach} de inmediato."));
                (format!("{firm}: {was} la verificación en dos pasos"), [greeting, words(what), words(next), alarm])
            }
        }
    }
}

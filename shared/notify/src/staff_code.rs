//! The one-time code for a staff member.

use jiff::Timestamp;
use postern_domain::Language;

use crate::{code, honest_mail::Entry, letterhead::Letterhead, mail::Mail};

/// A one-time code for a staff member, by email only.
#[derive(Clone, Copy)]
pub struct StaffCode<'a> {
    /// The firm that the staff member works for.
    pub letterhead: Letterhead<'a>,
    /// The code: six ASCII digits.
    pub code: &'a str,
    /// When the challenge began; sending again tells the same time.
    pub asked_at: Timestamp,
    /// When it ends, and the code with it.
    pub good_until: Timestamp,
}

impl StaffCode<'static> {
    /// A code of an invented firm, for previews and tests.
    pub fn sample() -> Self {
        let (asked_at, good_until) = (Timestamp::constant(1_795_275_660, 0), Timestamp::constant(1_795_276_260, 0));
        Self { letterhead: Letterhead::sample(), code: "012345", asked_at, good_until }
    }
}

impl StaffCode<'_> {
    /// The email: the code stands in the body and never in the subject, which a locked screen shows.
    pub fn mail(&self, way_in: Entry<'_>) -> Mail {
        let firm = self.letterhead.firm;
        let (subject, warning) = match self.letterhead.language {
            Language::English => (
                format!("{firm}: your staff sign-in code"),
                format!("Nobody will ever ask you for it, no colleague at {firm} and no client. Do not share it."),
            ),
            Language::Spanish => (
                format!("{firm}: su código para el acceso del personal"),
                format!("Nadie se lo pedirá nunca: ni un colega de {firm} ni un cliente. No lo comparta."),
            ),
        };
        let body = code::body(&self.letterhead, self.code, (self.asked_at, self.good_until), way_in, warning);
        Mail::to_staff(&self.letterhead, &subject, &body)
    }
}

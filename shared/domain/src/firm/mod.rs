//! Firms.

mod patch;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use patch::SettingsPatch;

use crate::{
    Email, FirmId, Language, Name, moments,
    phone::PrintedPhone,
    scope::of_one_firm,
    session::Session,
    settings::{Colour, Overrides, SignInPolicy, SignedOut, TimeZoneName},
};

/// An accounting firm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firm {
    /// Its name in addresses.
    pub firm: FirmId,
    /// Its name as people know it.
    pub name: Name,
    /// The phone that people in trouble may call.
    pub phone: PrintedPhone,
    /// Where replies to its mails go.
    pub contact_address: Email,
    /// The one accent of its pages and mails.
    pub colour: Colour,
    /// The time zone of the times in its messages.
    #[serde(deserialize_with = "TimeZoneName::kept")]
    pub time_zone: TimeZoneName,
    /// The language of its messages to whoever has none of their own.
    #[serde(default)]
    pub language: Language,
    /// What it decides about signing in.
    pub sign_in: SignInPolicy,
    /// Since when sessions are over that clients had before a change of settings, the last of each setting.
    #[serde(default)]
    pub signed_out: Vec<SignedOut>,
    /// Counts the changes of its settings, so that two of them lose nothing.
    #[serde(default)]
    pub version: u32,
    /// When it was set up.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
}

of_one_firm!(Firm);

impl Firm {
    /// Whether a change of settings signed a contact with these `overrides` out since `session` began.
    pub fn has_signed_out(&self, overrides: &Overrides, session: &Session) -> bool {
        let concerned = self.signed_out.iter().filter(|signed_out| !overrides.decide(signed_out.setting));
        concerned.into_iter().any(|signed_out| session.created_at <= signed_out.at)
    }
}

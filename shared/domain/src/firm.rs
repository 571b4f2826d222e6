//! Firms.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Email, FirmId, Language, Name, moments,
    phone::PrintedPhone,
    scope::of_one_firm,
    settings::{Colour, SignInPolicy, TimeZoneName},
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
    /// When it was set up.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
}

of_one_firm!(Firm);

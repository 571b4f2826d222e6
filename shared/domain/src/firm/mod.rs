//! Firms.

mod patch;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use patch::SettingsPatch;

use crate::{
    Email, FirmId, Language, Name, moments,
    phone::PrintedPhone,
    scope::of_one_firm,
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
    /// Before which versions of its settings whoever came in has to come in anew, the last of each setting.
    #[serde(default)]
    pub signed_out: Vec<SignedOut>,
    /// Counts the changes of its settings, so that two of them lose nothing, and what was begun before one of them is known.
    #[serde(default)]
    pub version: u32,
    /// When it was set up.
    #[serde(with = "moments::required")]
    pub created_at: Timestamp,
}

of_one_firm!(Firm);

impl Firm {
    /// Whether a contact with these `overrides` was signed out since they began to come in, under the settings of `version`.
    pub fn has_signed_out(&self, overrides: &Overrides, version: u32) -> bool {
        self.signed_out.iter().any(|signed_out| version < signed_out.version && signed_out.concerns(overrides))
    }

    /// Whether a contact was signed out for whom what is decided alone becomes `after`, by what concerns them no longer then.
    pub fn would_let_back_in(&self, before: &Overrides, after: &Overrides) -> bool {
        self.signed_out.iter().any(|signed_out| signed_out.concerns(before) && !signed_out.concerns(after))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::settings::{AccessMode, CodeChannel, Setting};

    /// A firm that signed these out.
    pub(crate) fn firm(signed_out: Vec<SignedOut>) -> Firm {
        Firm {
            firm: "demo".parse().expect("a firm"),
            name: serde_json::from_value("Demo".into()).expect("a name"),
            phone: serde_json::from_value("(252) 555-0100".into()).expect("a phone"),
            contact_address: Email::parse("office@demo.test").expect("an email"),
            colour: serde_json::from_value("#225588".into()).expect("a colour"),
            time_zone: serde_json::from_value("America/New_York".into()).expect("a time zone"),
            language: Language::default(),
            sign_in: SignInPolicy::default(),
            version: signed_out.iter().map(|signed_out| signed_out.version).max().unwrap_or_default(),
            signed_out,
            created_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn whom_a_change_of_settings_signed_out_is_told_by_its_version_and_by_what_is_decided_for_them() {
        let own = Overrides { access_mode: Some(AccessMode::LinkAndLogin), ..Overrides::default() };
        let other = Overrides { code_channel: Some(CodeChannel::EmailOnly), ..Overrides::default() };
        let of_mode = |version| vec![SignedOut { setting: Some(Setting::AccessMode), version }];
        let of_all = |version| vec![SignedOut { setting: None, version }];
        for (signed_out, overrides, version, is_over) in [
            (Vec::new(), Overrides::default(), 0, false),
            (of_mode(5), Overrides::default(), 4, true),
            (of_mode(5), Overrides::default(), 5, false),
            (of_mode(5), Overrides::default(), 6, false),
            (of_mode(5), own, 4, false),
            (of_mode(5), other, 4, true),
            (of_all(5), own, 4, true),
            (of_all(5), own, 5, false),
        ] {
            assert_eq!(firm(signed_out.clone()).has_signed_out(&overrides, version), is_over, "{signed_out:?} {overrides:?} {version}");
        }
    }

    #[test]
    fn what_an_earlier_version_signed_out_stays_so() {
        let row = serde_json::json!([{"setting": "access_mode", "at": 1_795_275_660_000_i64}]);
        let firm = firm(serde_json::from_value(row).expect("a row of before"));
        assert!(firm.has_signed_out(&Overrides::default(), 0), "sessions of before name no version");
        assert!(!firm.has_signed_out(&Overrides::default(), 1), "and those of now a later one");
    }
}

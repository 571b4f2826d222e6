//! Settings as they stand in rows, which a newer version may have written.

use serde::{Deserialize, Deserializer, de::IgnoredAny};

use super::{AccessMode, CodeChannel};
use crate::gate::IdentityCheck;

/// A setting that a newer version may have more values of.
pub(super) trait Stored: for<'de> Deserialize<'de> {
    /// What a value is taken for that this version does not know: the strictest that it does. To refuse the row would shut everyone out.
    const STRICTEST: Self;
}

impl Stored for AccessMode {
    const STRICTEST: Self = Self::LinkAndLogin2fa;
}

impl Stored for CodeChannel {
    const STRICTEST: Self = Self::SmsOnly;
}

impl Stored for IdentityCheck {
    // A PIN alone would shut out whoever has none.
    const STRICTEST: Self = Self::Either;
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Read<T> {
    Known(T),
    Newer(IgnoredAny),
}

impl<T: Stored> Read<T> {
    fn known(self) -> T {
        match self {
            Self::Known(value) => value,
            Self::Newer(_) => T::STRICTEST,
        }
    }
}

/// Reads a setting.
pub(super) fn one<'de, T: Stored, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Read::deserialize(deserializer).map(Read::known)
}

/// Reads a setting that may be missing.
pub(super) fn any<'de, T: Stored, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map(Read::known))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::settings::{Overrides, SignInPolicy};

    use super::*;

    #[test]
    fn what_only_a_newer_version_knows_is_read_as_the_strictest_and_other_members_are_passed_over() {
        let row = json!({"access_mode": "by_passkey", "code_channel": {"by": "pigeon"}, "identity_check": "passport", "colour": "red"});
        let policy: SignInPolicy = serde_json::from_value(row.clone()).expect("it can be read");
        let strictest = (AccessMode::LinkAndLogin2fa, CodeChannel::SmsOnly, IdentityCheck::Either);
        assert_eq!((policy.access_mode, policy.code_channel, policy.identity_check), strictest);
        let own: Overrides = serde_json::from_value(row).expect("it can be read");
        assert_eq!((own.access_mode, own.code_channel, own.identity_check), (Some(strictest.0), Some(strictest.1), Some(strictest.2)));
        for row in [json!({}), json!({"access_mode": null, "code_channel": null})] {
            assert_eq!(serde_json::from_value::<Overrides>(row).expect("it can be read"), Overrides::default());
        }
        let known = Overrides { access_mode: Some(AccessMode::LinkOnly), ..Overrides::default() };
        assert_eq!(serde_json::from_value::<Overrides>(json!({"access_mode": "link_only"})).expect("it can be read"), known);
    }
}

//! A firm's settings as its staff see them.

use postern_domain::{
    Country,
    firm::Firm,
    gate::IdentityCheck,
    settings::{AccessMode, CodeChannel, LinkDays, LockoutAfter, SessionDays},
};
use schemars::JsonSchema;
use serde::Serialize;

/// A firm's settings as its staff see them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Settings")]
pub struct SettingsView {
    /// Counts the changes.
    version: u32,
    access_mode: AccessMode,
    identity_check: IdentityCheck,
    code_channel: CodeChannel,
    /// Whether a contact without a mobile counts as not set up while texting is.
    require_mobile: bool,
    /// Days for which a browser stays signed in that a client chose to keep.
    session_days: SessionDays,
    /// Days for which a link is good.
    link_days: LinkDays,
    /// Different wrong answers to the sign-in check that lock sign-in; wrong codes lock it at twice as many.
    lockout_after: LockoutAfter,
    /// Countries to which text messages go beside the US and Canada.
    sms_countries: Vec<Country>,
    /// Whether text messages can be sent at all.
    texting: bool,
}

impl SettingsView {
    /// What staff see of `firm`, where text messages can be sent (`texting`).
    pub fn of(firm: Firm, texting: bool) -> Self {
        let policy = firm.sign_in;
        Self {
            version: firm.version,
            access_mode: policy.access_mode,
            identity_check: policy.identity_check,
            code_channel: policy.code_channel,
            require_mobile: policy.require_mobile,
            session_days: policy.session_days,
            link_days: policy.link_days,
            lockout_after: policy.lockout_after,
            sms_countries: policy.sms_countries,
            texting,
        }
    }
}

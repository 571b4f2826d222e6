//! Plain settings that functions reach.

use std::num::NonZeroUsize;

use crate::{Aws, Grant, Misconfigured, Reachable, Thing};

macro_rules! origin {
    ($(#[$doc:meta])* $name:ident = $variable:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(pub String);

        impl Reachable for $name {
            fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
                aws.variable($variable).map(Self)
            }

            fn grants(_: &[&'static str]) -> Vec<Grant> {
                vec![Grant { variable: $variable, thing: Thing::Setting, actions: Vec::new() }]
            }
        }
    };
}

origin!(
    /// The origin of the pages, with which links in messages begin; named to functions alone that no route names.
    PublicOrigin = "PUBLIC_ORIGIN"
);
origin!(
    /// The origin of the store of documents.
    StorageOrigin = "STORAGE_ORIGIN"
);

/// How many messages a second the sender takes: the variable `MESSAGES_PER_SECOND`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendRate(pub NonZeroUsize);

impl Reachable for SendRate {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        let rate = aws.variable("MESSAGES_PER_SECOND")?;
        rate.parse().map(Self).map_err(|_| Misconfigured("MESSAGES_PER_SECOND".to_owned()))
    }

    fn grants(_: &[&'static str]) -> Vec<Grant> {
        vec![Grant { variable: "MESSAGES_PER_SECOND", thing: Thing::Setting, actions: Vec::new() }]
    }
}

/// Where flaws of the product's security may be reported, as `SECURITY_CONTACT` has it: an address that begins with `mailto:` or `https:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityContact(pub Option<String>);

impl Reachable for SecurityContact {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self(aws.optional("SECURITY_CONTACT")))
    }

    fn grants(_: &[&'static str]) -> Vec<Grant> {
        vec![Grant { variable: "SECURITY_CONTACT", thing: Thing::Setting, actions: Vec::new() }]
    }
}

/// Whether text messages can be sent: `SMS_ORIGINATION` names a number or sender to send them from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texting(pub bool);

impl Reachable for Texting {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self(aws.optional("SMS_ORIGINATION").is_some()))
    }

    fn grants(_: &[&'static str]) -> Vec<Grant> {
        vec![Grant { variable: "SMS_ORIGINATION", thing: Thing::Setting, actions: Vec::new() }]
    }
}

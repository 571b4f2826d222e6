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

/// Whether text messages can be sent: `SMS_ORIGINATION` names a number or sender to send them from, and a day's budget pays for any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texting(pub bool);

impl Reachable for Texting {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        let TextBudget(budget) = TextBudget::reach(aws)?;
        Ok(Self(budget > 0 && aws.optional("SMS_ORIGINATION").is_some()))
    }

    fn grants(_: &[&'static str]) -> Vec<Grant> {
        let origination = Grant { variable: "SMS_ORIGINATION", thing: Thing::Setting, actions: Vec::new() };
        [origination].into_iter().chain(TextBudget::grants(&[])).collect()
    }
}

/// How many text messages all firms together send on a day: the variable `TEXTS_PER_DAY`. Without any, none are sent, and no code asks for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextBudget(pub usize);

impl Reachable for TextBudget {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        let budget = aws.variable("TEXTS_PER_DAY")?;
        budget.parse().map(Self).map_err(|_| Misconfigured("TEXTS_PER_DAY".to_owned()))
    }

    fn grants(_: &[&'static str]) -> Vec<Grant> {
        vec![Grant { variable: "TEXTS_PER_DAY", thing: Thing::Setting, actions: Vec::new() }]
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use postern_domain::{Clock, Dice};

    use super::*;

    #[test]
    fn texting_takes_something_to_send_from_and_a_budget() {
        for (origination, budget, texts) in [
            ("+12025550100", "1000", Some(true)),
            ("+12025550100", "1", Some(true)),
            ("+12025550100", "0", Some(false)),
            ("", "1000", Some(false)),
            ("+12025550100", "", None),
            ("+12025550100", "many", None),
        ] {
            let variables = move |_: &str, name: &str| {
                Some(match name {
                    "SMS_ORIGINATION" => origination.to_owned(),
                    "TEXTS_PER_DAY" => budget.to_owned(),
                    _ => "x".to_owned(),
                })
            };
            let (clock, dice) = (Clock::new(|| Timestamp::UNIX_EPOCH), Dice::new(|bytes| bytes.fill(1)));
            let aws = Aws::new("test", variables, clock, dice).expect("all is there");
            assert_eq!(Texting::reach(&aws).ok().map(|texting| texting.0), texts, "{origination} {budget}");
        }
    }
}

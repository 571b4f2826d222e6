//! What a verdict says to staff, in English: one sentence, and what to do.

use jiff::{Timestamp, tz::TimeZone};

use super::{Typed, Undelivered, Unproved, Verdict, Well};
use crate::settings::TimeZoneName;

impl Verdict {
    /// What is the matter, in one sentence, with times by the clock of `zone`.
    pub fn sentence(&self, zone: &TimeZoneName) -> String {
        let told = |at: &Timestamp| moment(*at, zone);
        match self {
            Self::SavedPassword { tries: 1 } => "The browser filled in something that is no digits: likely a saved password.".to_owned(),
            Self::SavedPassword { tries } => {
                format!("The same wrong digits came {tries} times from one browser: likely a saved password.")
            }
            Self::WrongDigits { typed: Typed::Check, tries } => format!("The last four or PIN did not match{}.", times(*tries)),
            Self::WrongDigits { typed: Typed::Code, tries } => format!("The code that they typed was wrong{}.", times(*tries)),
            Self::WrongDigits { typed: Typed::OldCode, .. } => "They typed a code that was no longer good.".to_owned(),
            Self::NearEmail { email, at } => {
                format!("At {} someone used {email}, which nobody here has: likely their own with one mistake.", told(at))
            }
            Self::NotDelivered { why, at, .. } => undelivered(*why, &told(at)),
            Self::Locked { until, tries: 0, .. } => format!("Locked until {}.", told(until)),
            Self::Locked { until, tries, one_browser } => {
                let from = if *one_browser { " from one browser" } else { "" };
                let what = if *tries == 1 { "a wrong try".to_owned() } else { format!("{tries} wrong tries") };
                format!("Locked until {} after {what}{from}.", told(until))
            }
            Self::Closed => "Sign-in by code is closed after too many wrong codes.".to_owned(),
            Self::SecondFactor(why) => unproved(*why, told),
            Self::NotSetUp { missing } => {
                let names: Vec<_> = missing.iter().map(|missing| missing.name()).collect();
                format!("They are not set up for the portal: {} missing.", names.join(", "))
            }
            Self::NotInvited { expired_at: None } => "They were not invited yet.".to_owned(),
            Self::NotInvited { expired_at: Some(at) } => format!("At {} they opened a link that is too old to work.", told(at)),
            Self::NeverTried { invited_at } => format!("They were invited at {}, and did not try yet.", told(invited_at)),
            Self::InProgress { since } => format!("They have been signing in since {}.", told(since)),
            Self::NothingToDo { why: Well::Entered, at } => format!("They got in at {}.", told(at)),
            Self::NothingToDo { why: Well::Mended, .. } => "What kept them out was mended, and they did not try since.".to_owned(),
            Self::NothingToDo { why: Well::CodeArrived, at } => {
                format!("They asked for a code at {}. It arrived, and they did not use it.", told(at))
            }
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::SavedPassword { .. } => {
                "Ask them to try a private window, then to clear what the browser saved. Or send a link by email, which asks for no digits."
            }
            Self::WrongDigits { typed: Typed::Check, .. } => "Compare the digits with them by phone. If ours are wrong, edit the contact.",
            Self::WrongDigits { typed: Typed::Code, .. } => "Ask them to type the six digits of the newest message.",
            Self::WrongDigits { typed: Typed::OldCode, .. } => "Ask them to request a new code, and to use it within ten minutes.",
            Self::NearEmail { .. } => "Ask them to check how they spell their email.",
            Self::NotDelivered {
                why: Undelivered::PhoneOptedOut | Undelivered::TextFailed | Undelivered::TextUnused,
                mail_fails: true,
                ..
            } => "Check email and mobile with them, and correct them.",
            Self::NotDelivered { why, .. } => match why {
                Undelivered::MailBounced => {
                    "Check the email with them, and correct it. If it is right, send a link by email once their mailbox takes mail again."
                }
                Undelivered::MailMarkedAsSpam => {
                    "Ask them to mark your mail as wanted, then send a link by email. It may lie among their spam."
                }
                Undelivered::PhoneOptedOut => "Ask them to text START to the number that codes come from, or send a link by email.",
                Undelivered::TextFailed | Undelivered::TextUnused => "Check the mobile with them, or send a link by email.",
                Undelivered::MailUnused => "Ask them to look among their spam, or send another link by email.",
                Undelivered::GivenUp => "Send a link by email.",
                Undelivered::TooMany => "Unlock, and they can ask for a code again.",
            },
            Self::Locked { .. } => "Make sure by phone that it was them. Then unlock.",
            Self::Closed => "Make sure by phone that it was them, and that nobody else reads their mail. Then reopen it.",
            Self::SecondFactor(why) => match why {
                Unproved::Locked { .. } => {
                    "Make sure by phone that it was them. A recovery code works at once, their app again at that time. If both are gone, reset it."
                }
                Unproved::Closed => "Make sure by phone that it was them. A recovery code still works. If they have none, reset it.",
                Unproved::Wrong { .. } => {
                    "Ask them to let the phone set its clock by itself, and to use the newest entry for you in the app, or a recovery code. If that does not help, reset it."
                }
                Unproved::SetupAwaited { tries: 0, .. } => {
                    "Ask them to install an authenticator app, to sign in again, and to scan the picture that they are shown then with the app."
                }
                Unproved::SetupAwaited { .. } => {
                    "Ask them to let the phone set its clock by itself, to sign in again, and to scan the new picture with the app."
                }
                Unproved::Awaited { .. } => "Ask whether they have their app at hand, or a recovery code. If both are gone, reset it.",
            },
            Self::NotSetUp { .. } => "Add what is missing.",
            Self::NotInvited { .. } => "Send an invitation.",
            Self::NeverTried { .. } => "Ask whether the mail is there, or invite again.",
            Self::InProgress { .. } => "Wait a moment.",
            Self::NothingToDo { .. } => "Nothing to do.",
        }
    }
}

fn unproved(why: Unproved, told: impl Fn(&Timestamp) -> String) -> String {
    match why {
        Unproved::Locked { until, tries } => {
            format!("Their two-step sign-in is locked until {} after {tries} wrong codes of their app.", told(&until))
        }
        Unproved::Closed => "Their two-step sign-in is closed after too many wrong codes of their app.".to_owned(),
        Unproved::Wrong { tries } => format!("The code of their app did not match{}.", times(tries)),
        Unproved::SetupAwaited { at, tries: 0 } => {
            format!("They were asked to set up two-step sign-in at {}, and did not finish.", told(&at))
        }
        Unproved::SetupAwaited { at, tries } => {
            format!("They were asked to set up two-step sign-in at {}, and the code of their app did not match{}.", told(&at), times(tries))
        }
        Unproved::Awaited { at } => format!("They were asked for the code of their app at {}, and did not give it.", told(&at)),
    }
}

fn undelivered(why: Undelivered, at: &str) -> String {
    match why {
        Undelivered::MailBounced => format!("Mail to them does not arrive; the last one came back at {at}."),
        Undelivered::MailMarkedAsSpam => format!("They marked your mail as spam at {at}."),
        Undelivered::PhoneOptedOut => format!("Their phone takes no text messages (STOP), as is known since {at}."),
        Undelivered::TextFailed => format!("A text message to them failed at {at}."),
        Undelivered::GivenUp => format!("A message to them could not be sent at {at}."),
        Undelivered::TooMany => format!("Too many codes were asked for at {at}, so none is sent for a while."),
        Undelivered::TextUnused => format!("A code went out by text message at {at}, and nobody used it."),
        Undelivered::MailUnused => format!("A code went out by email at {at}, and nobody used it."),
    }
}

fn times(tries: usize) -> String {
    if tries < 2 { String::new() } else { format!(", {tries} times") }
}

fn moment(at: Timestamp, zone: &TimeZoneName) -> String {
    let zone = TimeZone::get(zone.as_str()).unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%-I:%M %p %Z, %A, %B %-d").to_string()
}

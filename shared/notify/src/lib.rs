//! The messages that Postern sends, compiled in, and the two senders that hand them to AWS.
//!
//! A message is a struct of plain values: its `mail()` and `sms()` give the finished words, and the same values give
//! the same words each time. Most have a `sample()` that previews and snapshot tests show. [`Mailer`] sends mails
//! through SES, [`Texter`] sends text messages through SNS. Nothing here reads or stores anything.

mod code;
mod colour;
mod details_changed;
mod factor_changed;
#[cfg(test)]
mod fake_aws;
mod fresh_link;
mod gsm;
mod help_call;
mod honest_mail;
mod invitation;
mod letterhead;
mod mail;
mod mailer;
mod new_documents;
mod origin_host;
mod receipt;
mod send_error;
mod sms;
mod staff_code;
mod staff_invitation;
mod texter;

pub use code::Code;
pub use details_changed::{Detail, DetailsChanged};
pub use factor_changed::FactorChanged;
pub use fresh_link::FreshLink;
pub use help_call::{Caller, HelpCall};
pub use honest_mail::{Entry, HonestMail, NoCode};
pub use invitation::Invitation;
pub use letterhead::Letterhead;
pub use mail::Mail;
pub use mailer::{MESSAGE_TAG, Mailer, UnusableAddress};
pub use new_documents::NewDocuments;
pub use origin_host::{OriginHost, UnusableOrigin};
pub use receipt::Receipt;
pub use send_error::SendError;
pub use staff_code::StaffCode;
pub use staff_invitation::StaffInvitation;
pub use texter::Texter;

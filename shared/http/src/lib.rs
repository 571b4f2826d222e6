//! HTTP: operations and who may call them, bodies, sessions and problems. The only crate that knows status codes.

mod body;
mod caller;
mod challenge;
mod contact;
mod cookies;
mod cross_site;
mod document;
mod entrance;
mod every_answer;
mod known;
mod lambda;
pub mod openapi;
mod operation;
mod page;
mod problem;
mod settings;
mod signed_in;
mod staff;

pub use body::{Body, Id, Nothing, Params, part};
pub use caller::{Caller, Gateway};
pub use challenge::ChallengeView;
pub use contact::{CodePath, ContactView, SecondFactorKind};
pub use cookies::{Held, NewCookies, Opened, closed, given_out, opened};
pub use cross_site::refuse_cross_site;
pub use document::DocumentView;
pub use every_answer::every_answer;
pub use lambda::{Start, adapted, answer, serve};
pub use openapi::Described;
pub use operation::Operation;
pub use page::Page;
pub use postern_domain::admission::Access;
pub use problem::{Fields, Problem, ProblemKind};
pub use settings::SettingsView;
pub use signed_in::{Acting, Sessions, SignedIn};
pub use staff::StaffView;
#[doc(hidden)]
pub use tokio;

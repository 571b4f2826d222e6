//! HTTP: operations, bodies, sessions and problems. The only crate that knows status codes.

mod asked;
mod body;
mod caller;
mod contact;
mod every_answer;
mod lambda;
pub mod openapi;
mod operation;
mod problem;
mod session;

pub use asked::GivenOut;
pub use body::{Body, Id, Params};
pub use caller::{Caller, Gateway};
pub use contact::{ContactView, PortalStatus};
pub use every_answer::every_answer;
pub use lambda::{Start, adapted, serve, start_logging};
pub use operation::{OpenTo, Operation};
pub use problem::{Fields, Problem};
pub use session::{Held, Member, Next, Opened, Person, Reader, Staff, closed, opened};

//! Problems: the closed list of refusals and faults (RFC 9457), and the one place where they get their status.

use std::{collections::BTreeMap, error::Error, fmt::Display};

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{ContactId, readiness::Missing, staff::NotChanged};
use postern_store::{CommitError, Taken, taken};
use serde_json::{Map, Value, json};

/// What is wrong with each field, in words for the person who filled it in.
pub type Fields = BTreeMap<String, String>;

/// Seconds after which to come back when something of ours failed.
const UNAVAILABLE_FOR: u64 = 2;

macro_rules! problems {
    ($($(#[$doc:meta])* $kind:ident $({ $($member:ident: $type:ty),* })? = $status:literal $name:literal, $title:literal;)*) => {
        /// Why an operation did not do what was asked.
        #[derive(Debug)]
        pub enum Problem {
            $(
                $(#[$doc])*
                $kind $({
                    $(
                        #[doc = concat!("What the answer says as `", stringify!($member), "`.")]
                        $member: $type
                    ),*
                })?,
            )*
        }

        /// A kind of problem, as operations declare it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ProblemKind {
            $($(#[$doc])* $kind,)*
        }

        impl ProblemKind {
            /// All kinds, by status.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// The HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$kind => $status,)* }
            }

            /// What it means, for people.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)* }
            }
        }

        impl Problem {
            /// Its kind.
            pub const fn kind(&self) -> ProblemKind {
                match self { $(Self::$kind { .. } => ProblemKind::$kind,)* }
            }

            /// What the answer says beside type, title and status.
            fn members(&self) -> Map<String, Value> {
                match self {
                    $(Self::$kind $({ $($member),* })? => {
                        Map::from_iter([$($((stringify!($member).to_owned(), json!($member))),*)?])
                    })*
                }
            }
        }
    };
}

problems! {
    /// Something that was sent cannot be understood.
    InvalidRequest { fields: Fields } = 400 "invalid-request", "Something in the request cannot be understood.";
    /// Two sessions came along and nothing said which is meant.
    AudienceNeeded = 400 "audience-needed", "Say with the header Postern-Audience whether you act as client or staff.";
    /// There is no session, or it has ended.
    SessionNeeded = 401 "session-needed", "Sign in first.";
    /// The code does not open; one answer for every cause.
    CodeRejected = 401 "code-rejected", "This code does not open. Check it, or ask for a new one.";
    /// The gate does not open.
    GateRejected = 403 "gate-rejected", "These digits do not match.";
    /// A page of another site sent the request.
    CrossSite = 403 "cross-site", "This request came from another site.";
    /// The second factor is still to be given.
    SecondFactorNeeded = 403 "second-factor-needed", "Give your second factor first.";
    /// The caller's role has not the right.
    NotAllowed = 403 "not-allowed", "Your role does not allow this. Ask an owner or admin of your firm.";
    /// Only whoever sent a document may change it, and staff.
    NotYours = 403 "not-yours", "Someone else sent this document. Ask them, or your firm.";
    /// The caller has to prove anew who they are.
    StepUpNeeded = 403 "step-up-needed", "Confirm first that it is you: ask for a new code.";
    /// There is nothing here for this caller.
    NotFound = 404 "not-found", "There is nothing here.";
    /// Another contact, or another of the staff, has this email.
    EmailTaken { contact: Option<ContactId> } = 409 "email-taken", "Someone else has this email address.";
    /// Another contact has this mobile.
    MobileTaken { contact: Option<ContactId> } = 409 "mobile-taken", "Another contact has this mobile number.";
    /// Someone else changed the contact since it was looked at.
    ContactChanged = 409 "contact-changed", "Someone else changed this contact meanwhile. Read it again.";
    /// Someone else changed the firm's settings since they were looked at.
    SettingsChanged = 409 "settings-changed", "Someone else changed the settings meanwhile. Read them again.";
    /// The firm lets them in with a second factor alone.
    SecondFactorRequired = 409 "second-factor-required", "Your firm asks for a second factor. It can be replaced, not switched off.";
    /// The contact was invited less than five minutes ago.
    InvitedJustNow = 409 "invited-just-now", "This contact was invited just now. Say `again` to send another mail.";
    /// The firm has opened the document, so that it can no longer be taken back.
    DocumentOpened = 409 "document-opened", "Your firm has opened this document already. Ask them to delete it.";
    /// The firm would be left without an owner.
    LastOwner = 409 "last-owner", "A firm always has an owner. Make someone else an owner first.";
    /// Not all of the file has arrived.
    UploadIncomplete = 409 "upload-incomplete", "The file has not arrived yet. Send it, then complete it.";
    /// The link is unknown, revoked or expired.
    LinkGone = 410 "link-gone", "This link is no longer good. Ask for a fresh one.";
    /// The body is larger than any of ours.
    BodyTooLarge = 413 "body-too-large", "The request is larger than 64 KiB.";
    /// The body is not said to be JSON.
    JsonNeeded = 415 "json-needed", "Send the body as application/json.";
    /// The contact cannot be invited yet.
    NotReady { missing: Vec<Missing> } = 422 "not-ready", "This contact is not set up for portal access yet.";
    /// Too many requests of this kind; when to come back stands in a header.
    TooManyRequests { retry_after: RetryAfter } = 429 "too-many-requests", "Too many requests. Wait a little.";
    /// Something of ours failed; nothing was changed, or all of it.
    Unavailable = 503 "unavailable", "This is not working right now. Try again in a moment.";
}

/// When to come back, in seconds: for a header, so that it is nothing in an answer's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(u64);

impl serde::Serialize for RetryAfter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}

impl Problem {
    /// One field that cannot be understood.
    pub fn field(name: impl Into<String>, reason: impl Display) -> Self {
        Self::InvalidRequest { fields: [(name.into(), reason.to_string())].into() }
    }

    /// Too many requests until `retry_at`.
    pub fn until(retry_at: Timestamp, now: Timestamp) -> Self {
        let millis = (retry_at.as_millisecond() - now.as_millisecond()).max(1);
        Self::TooManyRequests { retry_after: RetryAfter(millis.unsigned_abs().div_ceil(1000)) }
    }

    /// A fault of ours, logged here once with its causes; the caller learns none of them.
    pub fn fault(cause: &(dyn Error + 'static)) -> Self {
        tracing::error!(causes = postern_aws::causes(cause), "an operation failed");
        Self::Unavailable
    }

    /// A handler asks for what the entrance of its operation did not let in: a mistake of ours in declaring who may call.
    pub(crate) fn no_entrance() -> Self {
        Self::fault(&Unavailable::new("the operation does not declare what its handler asks for"))
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { retry_after } => Some(retry_after.0),
            Self::Unavailable => Some(UNAVAILABLE_FOR),
            _ => None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = self.kind();
        let mut document = self.members();
        document.retain(|_, value| !value.is_null());
        document.extend([
            ("type".to_owned(), format!("/problems/{}", kind.name()).into()),
            ("title".to_owned(), kind.title().into()),
            ("status".to_owned(), kind.status().into()),
        ]);
        let status = StatusCode::from_u16(kind.status()).expect("the list holds statuses");
        let document = Value::Object(document).to_string();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], document).into_response();
        response.headers_mut().extend(self.retry_after().map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
        response
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        Self::fault(&error)
    }
}

impl From<CommitError> for Problem {
    /// For transactions whose refusals the operation does not tell apart: someone else was faster, and asking again is right.
    fn from(error: CommitError) -> Self {
        Self::fault(&error)
    }
}

impl Problem {
    /// Why a contact was not kept: someone else has something of it, or the store failed.
    pub fn of_keeping(error: CommitError) -> Self {
        let CommitError::Refused(refusals) = &error else { return error.into() };
        match taken(refusals) {
            Ok(Some(taken)) => taken.into(),
            Ok(None) => error.into(),
            Err(unreadable) => unreadable.into(),
        }
    }
}

impl From<NotChanged> for Problem {
    fn from(reason: NotChanged) -> Self {
        match reason {
            NotChanged::NotAllowed => Self::NotAllowed,
            NotChanged::Unknown => Self::NotFound,
            NotChanged::NoSuccessor => Self::field("successor", "Name another staff member of your firm."),
            NotChanged::LastOwner => Self::LastOwner,
        }
    }
}

impl From<Taken> for Problem {
    fn from(taken: Taken) -> Self {
        match taken {
            Taken::Email(contact) => Self::EmailTaken { contact },
            Taken::Mobile(contact) => Self::MobileTaken { contact },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_own_name() {
        let names: std::collections::BTreeSet<_> = ProblemKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), ProblemKind::ALL.len());
    }

    #[test]
    fn when_to_come_back_is_rounded_up_and_stands_in_the_header_alone() {
        let problem = Problem::until("2026-03-02T10:45:00.001Z".parse().expect("a time"), "2026-03-02T10:44:00Z".parse().expect("a time"));
        assert!(problem.members().values().all(Value::is_null));
        let response = problem.into_response();
        assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (429, &HeaderValue::from(61)));
    }
}

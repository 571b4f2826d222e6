//! Problems: the closed list of refusals and faults (RFC 9457), and the one place where they get their status.

use std::{collections::BTreeMap, error::Error, fmt::Display};

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use postern_domain::{ContactId, contact::Missing};
use postern_store::{AskError, CommitError, Unavailable};
use serde_json::{Value, json};

/// What is wrong with each field, in words for the person who filled it in.
pub type Fields = BTreeMap<String, String>;

/// Why an operation did not do what was asked.
#[derive(Debug)]
pub enum Problem {
    /// Something that was sent cannot be understood.
    InvalidRequest(Fields),
    /// Two sessions came along and nothing said which is meant.
    AudienceNeeded,
    /// There is no session, or it has ended.
    SessionNeeded,
    /// The code does not open; one answer for every cause.
    CodeRejected,
    /// The gate does not open.
    GateRejected,
    /// A page of another site sent the request.
    CrossSite,
    /// There is nothing here for this caller.
    NotFound,
    /// Another contact has this email.
    EmailTaken(Option<ContactId>),
    /// Another contact has this mobile.
    MobileTaken(Option<ContactId>),
    /// Someone else changed the contact since it was looked at.
    ContactChanged,
    /// Not all of the file has arrived.
    UploadIncomplete,
    /// The link is unknown, revoked or expired.
    LinkGone,
    /// The body is larger than any of ours.
    BodyTooLarge,
    /// The body is not said to be JSON.
    JsonNeeded,
    /// The contact cannot be invited yet.
    NotReady(Vec<Missing>),
    /// Too many requests of this kind; when to come back, in seconds.
    TooManyRequests(u64),
    /// Something of ours failed; nothing was changed, or all of it.
    Unavailable,
}

impl Problem {
    /// Names, statuses and titles of all problems.
    pub const CATALOGUE: [(&'static str, u16, &'static str); 17] = [
        ("invalid-request", 400, "Something in the request cannot be understood."),
        ("audience-needed", 400, "Say with the header Postern-Audience whether you act as client or staff."),
        ("session-needed", 401, "Sign in first."),
        ("code-rejected", 401, "This code does not open. Check it, or ask for a new one."),
        ("gate-rejected", 403, "These digits do not match."),
        ("cross-site", 403, "This request came from another site."),
        ("not-found", 404, "There is nothing here."),
        ("email-taken", 409, "Another contact has this email address."),
        ("mobile-taken", 409, "Another contact has this mobile number."),
        ("contact-changed", 409, "Someone else changed this contact meanwhile. Read it again."),
        ("upload-incomplete", 409, "The file has not arrived yet. Send it, then complete it."),
        ("link-gone", 410, "This link is no longer good. Ask for a fresh one."),
        ("body-too-large", 413, "The request is larger than 64 KiB."),
        ("json-needed", 415, "Send the body as application/json."),
        ("not-ready", 422, "This contact is not set up for portal access yet."),
        ("too-many-requests", 429, "Too many requests. Wait a little."),
        ("unavailable", 503, "This is not working right now. Try again in a moment."),
    ];

    /// One field that cannot be understood.
    pub fn field(name: impl Into<String>, reason: impl Display) -> Self {
        Self::InvalidRequest([(name.into(), reason.to_string())].into())
    }

    /// Too many requests until `retry_at`.
    pub fn until(retry_at: Timestamp, now: Timestamp) -> Self {
        let millis = (retry_at.as_millisecond() - now.as_millisecond()).max(1);
        Self::TooManyRequests(millis.unsigned_abs().div_ceil(1000))
    }

    /// A fault of ours, logged here once with its causes; the caller learns none of them.
    pub fn fault(cause: &(dyn Error + 'static)) -> Self {
        let mut causes = cause.to_string();
        let mut next = cause.source();
        while let Some(cause) = next {
            causes.push_str(&format!(": {cause}"));
            next = cause.source();
        }
        tracing::error!(causes, "an operation failed");
        Self::Unavailable
    }

    /// The name of the problem in the catalogue.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid-request",
            Self::AudienceNeeded => "audience-needed",
            Self::SessionNeeded => "session-needed",
            Self::CodeRejected => "code-rejected",
            Self::GateRejected => "gate-rejected",
            Self::CrossSite => "cross-site",
            Self::NotFound => "not-found",
            Self::EmailTaken(_) => "email-taken",
            Self::MobileTaken(_) => "mobile-taken",
            Self::ContactChanged => "contact-changed",
            Self::UploadIncomplete => "upload-incomplete",
            Self::LinkGone => "link-gone",
            Self::BodyTooLarge => "body-too-large",
            Self::JsonNeeded => "json-needed",
            Self::NotReady(_) => "not-ready",
            Self::TooManyRequests(_) => "too-many-requests",
            Self::Unavailable => "unavailable",
        }
    }

    /// What the document says beside type, title and status.
    fn members(&self) -> Option<(&'static str, Value)> {
        match self {
            Self::InvalidRequest(fields) => Some(("fields", json!(fields))),
            Self::EmailTaken(contact) | Self::MobileTaken(contact) => contact.map(|contact| ("contact", json!(contact))),
            Self::NotReady(missing) => Some(("missing", json!(missing))),
            _ => None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let name = self.name();
        let (_, status, title) = Self::CATALOGUE.into_iter().find(|(listed, ..)| *listed == name).expect("the catalogue is complete");
        let mut document = json!({"type": format!("/problems/{name}"), "title": title, "status": status});
        if let Some((member, value)) = self.members() {
            document[member] = value;
        }
        let status = StatusCode::from_u16(status).expect("the catalogue holds statuses");
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], document.to_string()).into_response();
        let retry_after = match self {
            Self::TooManyRequests(seconds) => Some(seconds),
            Self::Unavailable => Some(2),
            _ => None,
        };
        response.headers_mut().extend(retry_after.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
        response
    }
}

impl From<Unavailable> for Problem {
    fn from(error: Unavailable) -> Self {
        Self::fault(&error)
    }
}

impl Problem {
    /// What the caller learns when no challenge is given out.
    pub fn of_asking(error: AskError, now: Timestamp) -> Self {
        match error {
            AskError::TooMany(retry_at) => Self::until(retry_at, now),
            AskError::Changed => Self::fault(&AskError::Changed),
            AskError::Unavailable(error) => error.into(),
        }
    }
}

impl From<CommitError> for Problem {
    /// For transactions whose refusals the operation does not tell apart: someone else was faster, and asking again is right.
    fn from(error: CommitError) -> Self {
        Self::fault(&error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_in_the_catalogue_under_its_own_name() {
        let names: std::collections::BTreeSet<_> = Problem::CATALOGUE.iter().map(|(name, ..)| *name).collect();
        assert_eq!(names.len(), Problem::CATALOGUE.len());
        let response = Problem::until("2026-03-02T10:45:00.001Z".parse().expect("a time"), "2026-03-02T10:44:00Z".parse().expect("a time"))
            .into_response();
        assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (429, &HeaderValue::from(61)));
    }
}

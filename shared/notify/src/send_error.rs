//! Why a message was not sent.

use std::error::Error;

use aws_sdk_sesv2::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};

/// Why a message was not sent, and whether it is worth trying again.
///
/// The text inside is for the log. It never holds an address, a number or a word of the message.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The phone has opted out of text messages (its owner answered STOP).
    #[error("the phone has opted out of text messages")]
    OptedOut,
    /// The service will never take this message.
    #[error("the service refused the message for good: {0}")]
    Rejected(String),
    /// The service takes nothing from this deployment's sender until someone mends that; the same message may go out then.
    #[error("the service takes nothing from this sender: {0}")]
    SenderRefused(String),
    /// The service did not take the message now; the same message may go out later.
    #[error("the service did not take the message: {0}")]
    Unavailable(String),
    /// No answer came; the message may have gone out.
    #[error("the service did not answer: {0}")]
    Unanswered(String),
}

impl SendError {
    /// What a failure is that says nothing of the message: a refusal says that it was not taken, and so does a service that is too busy; no
    /// answer, one that cannot be read and an error of the service's own say nothing.
    pub(crate) fn of<E>(error: &SdkError<E>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        let reason = reason(error);
        match error.raw_response().map(HttpResponse::status) {
            Some(status) if status.is_client_error() || status.as_u16() == 503 => Self::Unavailable(reason),
            _ => Self::Unanswered(reason),
        }
    }
}

/// What the log may say about `error`: for an answer its code and request id, as its own text may name the
/// recipient; for a lost connection or a timeout the chain of causes.
pub(crate) fn reason<E>(error: &SdkError<E>) -> String
where
    E: Error + ProvideErrorMetadata + 'static,
{
    match error {
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().unwrap_or("an answer without a code");
            let status = answer.raw().status();
            match error.request_id() {
                Some(id) => format!("{code} ({status}, request {id})"),
                None => format!("{code} ({status})"),
            }
        }
        other => chain(other),
    }
}

fn chain(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&cause| cause.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

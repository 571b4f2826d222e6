//! The entrance of an operation: what is found out before its handler runs, in one order for all.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, header};
use jiff::SignedDuration;
use postern_aws::{Aws, Misconfigured, Reachable};
use postern_domain::{
    Audience,
    admission::{Access, Claims, NotAdmitted, admit},
    policy,
};
use postern_store::AccessStore;

use crate::{
    Caller, Gateway, Problem, SignedIn, cookies,
    cross_site::{refuse_cross_site, refuse_other_sites},
};

/// What the entrance of one operation needs.
#[derive(Debug)]
pub(crate) struct Entrance {
    access: Access,
    fresh: Option<SignedDuration>,
    takes_body: bool,
    aws: Aws,
    /// Where sessions stand; none where nobody needs one.
    sessions: Option<AccessStore>,
}

impl Entrance {
    pub(crate) fn new(access: Access, fresh: Option<SignedDuration>, takes_body: bool, aws: &Aws) -> Result<Arc<Self>, Misconfigured> {
        let sessions = if access == Access::Anyone { None } else { Some(AccessStore::reach(aws)?) };
        Ok(Arc::new(Self { access, fresh, takes_body, aws: aws.clone(), sessions }))
    }

    /// The request with all of its body, if that is not too large, and JSON.
    async fn whole(&self, request: Request) -> Result<Request, Problem> {
        if !self.takes_body {
            return Ok(request);
        }
        let (parts, body) = request.into_parts();
        let bytes: Bytes = axum::body::to_bytes(body, policy::BODY_BYTES).await.map_err(|_| Problem::BodyTooLarge)?;
        let is_json = parts.headers.get(header::CONTENT_TYPE).is_some_and(|value| is_json(value.as_bytes()));
        if !bytes.is_empty() && !is_json {
            return Err(Problem::JsonNeeded);
        }
        Ok(Request::from_parts(parts, bytes.into()))
    }

    /// The session by which the caller is admitted; none where anyone is.
    async fn admitted(&self, headers: &HeaderMap, caller: &Caller) -> Result<Option<SignedIn>, Problem> {
        let Some(sessions) = &self.sessions else { return Ok(None) };
        let now = caller.0.now;
        let audience = match (self.access.is_open_to(Audience::Client), self.access.is_open_to(Audience::Staff)) {
            (true, false) => Audience::Client,
            (false, _) => Audience::Staff,
            (true, true) => cookies::chosen_audience(headers)?,
        };
        let token = cookies::token(headers, audience).ok_or(Problem::SessionNeeded)?;
        let session = sessions.session(&token).await?;
        let session = session.filter(|session| session.stands(now) && session.identity.subject.audience() == audience);
        admit(self.access, self.fresh, session.as_ref().map(Claims::from), now)?;
        let session = session.ok_or(Problem::SessionNeeded)?;
        Ok(Some(SignedIn::new(session, token, sessions.clone(), now)))
    }

    async fn let_in(&self, request: Request, next: Next) -> Result<Response, Problem> {
        let mut request = self.whole(request).await?;
        if self.sessions.is_some() {
            refuse_other_sites(&request)?;
        } else {
            refuse_cross_site(&request)?;
        }
        let caller = Caller::of(request.headers(), request.extensions().get::<Gateway>(), &self.aws.clock, &self.aws.dice);
        if let Some(signed_in) = self.admitted(request.headers(), &caller).await? {
            request.extensions_mut().insert(signed_in);
        }
        request.extensions_mut().insert(caller);
        Ok(next.run(request).await)
    }
}

/// Lets a request in to its operation, or refuses it.
pub(crate) async fn enter(State(entrance): State<Arc<Entrance>>, request: Request, next: Next) -> Result<Response, Problem> {
    // On the heap: a future of the SDK is large. Secrets are fetched beside all of it, whoever comes and whatever will be needed.
    entrance.aws.keyring.beside(Box::pin(entrance.let_in(request, next))).await
}

fn is_json(content_type: &[u8]) -> bool {
    let kind = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    kind.trim_ascii().eq_ignore_ascii_case(b"application/json")
}

impl From<NotAdmitted> for Problem {
    fn from(reason: NotAdmitted) -> Self {
        match reason {
            NotAdmitted::SessionNeeded => Self::SessionNeeded,
            NotAdmitted::SecondFactorNeeded => Self::SecondFactorNeeded,
            NotAdmitted::NotAllowed => Self::NotAllowed,
            NotAdmitted::StepUpNeeded => Self::StepUpNeeded,
        }
    }
}

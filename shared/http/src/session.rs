//! Sessions over HTTP: which cookie is read, who holds it, and how it is given out.

use std::{convert::Infallible, future::Future};

use axum::{
    Json,
    extract::{FromRef, FromRequestParts},
    response::{IntoResponse, Response},
};
use cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, StatusCode, header, request::Parts};
use jiff::Timestamp;
use postern_domain::{
    Audience, ClientId, Clock, FirmScope, Name, Subject, contact::Contact, firm::StaffMember, keys::Token, session::Session,
};
use postern_store::{Access, Directory, Unavailable};
use schemars::JsonSchema;
use serde::Serialize;

use crate::Problem;

/// The header by which callers say as whom they act.
const AUDIENCE: &str = "postern-audience";

fn cookie_name(audience: Audience) -> &'static str {
    match audience {
        Audience::Client => "__Host-postern",
        Audience::Staff => "__Host-postern-staff",
    }
}

/// Someone who holds a session; whether they are still who they were is found out beside the main work.
#[derive(Debug, Clone)]
pub struct Member {
    /// The session.
    pub session: Session,
    /// Its token.
    pub token: Token,
    access: Access,
    now: Timestamp,
}

/// A staff member who holds a session.
#[derive(Debug, Clone)]
pub struct Staff(pub Member);

/// A client or staff member who holds a session, on routes that serve both.
#[derive(Debug, Clone)]
pub struct Reader(pub Member);

/// The person behind a session.
#[derive(Debug)]
pub enum Person {
    /// A contact.
    Contact(Box<Contact>),
    /// A staff member.
    Staff(StaffMember),
}

impl Person {
    /// The name of this person.
    pub fn name(&self) -> &Name {
        match self {
            Self::Contact(contact) => &contact.name,
            Self::Staff(staff) => &staff.name,
        }
    }

    /// Whether this person may see what belongs to `client`: staff see all of their firm.
    pub fn acts_for(&self, client: ClientId) -> bool {
        match self {
            Self::Contact(contact) => contact.clients.iter().any(|own| own.client == client),
            Self::Staff(_) => true,
        }
    }
}

impl Member {
    async fn of<S>(headers: &HeaderMap, audience: Audience, state: &S) -> Result<Self, Problem>
    where
        Access: FromRef<S>,
        Clock: FromRef<S>,
    {
        let token = token(headers, audience).ok_or(Problem::SessionNeeded)?;
        let (access, now) = (Access::from_ref(state), Clock::from_ref(state).now());
        let session = access.session(&token).await?;
        let standing = session.filter(|session| session.stands(now) && session.subject.audience() == audience);
        Ok(Self { session: standing.ok_or(Problem::SessionNeeded)?, token, access, now })
    }

    /// The firm that this session may see.
    pub fn scope(&self) -> FirmScope {
        self.session.scope()
    }

    /// Writes down that the session is in use, if that is due.
    pub async fn touch(&self) -> Result<(), Unavailable> {
        if self.session.is_due_for_touch(self.now) { self.access.touch_session(&self.token, self.now).await } else { Ok(()) }
    }

    /// Does `work` and reads the person at the same time; if they changed since they signed in, the session has ended.
    ///
    /// # Errors
    /// If the session has ended, or the work or the store fails.
    pub async fn beside<T, E: Into<Problem>>(
        &self,
        directory: &Directory,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<(Person, T), Problem> {
        let person = async {
            let scope = self.scope();
            let person = match self.session.subject {
                Subject::Contact(id) => {
                    directory.contact(&scope, id).await?.map(|contact| (contact.epoch, Person::Contact(Box::new(contact))))
                }
                Subject::Staff(id) => directory.staff(&scope, id).await?.map(|staff| (staff.epoch, Person::Staff(staff))),
            };
            match person {
                Some((epoch, person)) if epoch == self.session.epoch => Ok(person),
                _ => Err(Problem::SessionNeeded),
            }
        };
        let touched = async { self.touch().await.map_err(Problem::from) };
        // On the heap: a future of the SDK is large, and this one holds several.
        let work = Box::pin(async { work.await.map_err(Into::into) });
        let (person, (), done) = futures_util::try_join!(Box::pin(person), Box::pin(touched), work)?;
        Ok((person, done))
    }
}

impl Staff {
    /// Does `work` and reads the staff member at the same time.
    ///
    /// # Errors
    /// If the session has ended, or the work or the store fails.
    pub async fn beside<T, E: Into<Problem>>(
        &self,
        directory: &Directory,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<(StaffMember, T), Problem> {
        match self.0.beside(directory, work).await? {
            (Person::Staff(staff), done) => Ok((staff, done)),
            (Person::Contact(_), _) => Err(Problem::SessionNeeded),
        }
    }
}

impl<S> FromRequestParts<S> for Staff
where
    S: Send + Sync,
    Access: FromRef<S>,
    Clock: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Member::of(&parts.headers, Audience::Staff, state).await.map(Self)
    }
}

impl<S> FromRequestParts<S> for Reader
where
    S: Send + Sync,
    Access: FromRef<S>,
    Clock: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Member::of(&parts.headers, chosen_audience(&parts.headers)?, state).await.map(Self)
    }
}

/// As whom the caller acts: as the header says, else as the one cookie that is there says.
fn chosen_audience(headers: &HeaderMap) -> Result<Audience, Problem> {
    match headers.get(AUDIENCE).map(http::HeaderValue::as_bytes) {
        Some(b"client") => Ok(Audience::Client),
        Some(b"staff") => Ok(Audience::Staff),
        Some(_) => Err(Problem::AudienceNeeded),
        None => match [Audience::Client, Audience::Staff].map(|audience| token(headers, audience).is_some()) {
            [true, true] => Err(Problem::AudienceNeeded),
            [true, false] => Ok(Audience::Client),
            [false, true] => Ok(Audience::Staff),
            [false, false] => Err(Problem::SessionNeeded),
        },
    }
}

fn token(headers: &HeaderMap, audience: Audience) -> Option<Token> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(Cookie::split_parse)
        .flatten()
        .find(|cookie| cookie.name() == cookie_name(audience))
        .and_then(|cookie| Token::parse(cookie.value()).ok())
}

/// The token of `audience` that came along, if any.
#[derive(Debug)]
pub struct Held(HeaderMap);

impl Held {
    /// The session token of `audience`.
    pub fn token(&self, audience: Audience) -> Option<Token> {
        token(&self.0, audience)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Held {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.clone()))
    }
}

/// Where a new session leads.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Next {
    /// Into the portal.
    Portal,
}

/// The answer to a right code or gate.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Opened {
    /// What comes next.
    pub next: Next,
}

/// Answers with a new session: its token goes into the cookie of its audience and nowhere else.
pub fn opened(token: &Token, session: &Session) -> Response {
    let mut cookie = Cookie::build((cookie_name(session.subject.audience()), token.reveal()))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax);
    if session.kept {
        let life = session.expires_at.duration_since(session.created_at).as_secs();
        cookie = cookie.max_age(Duration::seconds(life));
    }
    let answer = Json(Opened { next: Next::Portal });
    (StatusCode::CREATED, [(header::SET_COOKIE, cookie.build().to_string())], answer).into_response()
}

/// Answers that a session is over and takes the cookie of `audience` away.
pub fn closed(audience: Audience) -> Response {
    let cookie =
        Cookie::build((cookie_name(audience), "")).path("/").secure(true).http_only(true).same_site(SameSite::Lax).max_age(Duration::ZERO);
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie.build().to_string())]).into_response()
}

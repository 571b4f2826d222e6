//! The cookies that hold sessions: which is read, and how one is given out and taken away.

use std::convert::Infallible;

use axum::{
    Json,
    extract::FromRequestParts,
    response::{AppendHeaders, IntoResponse, Response},
};
use cookie::{Cookie, CookieBuilder, SameSite, time::Duration};
use http::{HeaderMap, HeaderName, StatusCode, header, request::Parts};
use postern_domain::{
    Audience,
    keys::Token,
    session::{Session, Stage},
};
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

/// As whom the caller acts: as the header says, else as the one cookie that is there says.
pub(crate) fn chosen_audience(headers: &HeaderMap) -> Result<Audience, Problem> {
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

/// The session token of `audience` that came along.
pub(crate) fn token(headers: &HeaderMap, audience: Audience) -> Option<Token> {
    values(headers, cookie_name(audience)).find_map(|value| Token::parse(&value).ok())
}

/// What the cookies of this name hold.
pub(crate) fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = String> + 'a {
    // Cookies of others may hold any bytes; ours are ASCII.
    let cookies = headers.get_all(header::COOKIE).into_iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    let cookies = cookies.filter_map(|cookie| Cookie::parse(str::from_utf8(cookie).ok()?).ok());
    cookies.filter(move |cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// What the caller's browser holds already: sessions, of which whoever signs in anew there ends the one of theirs, and by what it is known.
#[derive(Clone)]
pub struct Held(pub(crate) HeaderMap);

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

impl Held {
    /// The token of the session of `audience`, whatever became of it.
    pub fn session(&self, audience: Audience) -> Option<Token> {
        token(&self.0, audience)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Held {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let cookies = parts.headers.get_all(header::COOKIE).iter().map(|value| (header::COOKIE, value.clone()));
        Ok(Self(cookies.collect()))
    }
}

/// A cookie that no script and no other site reads.
pub(crate) fn cookie_named(name: &'static str, value: String) -> CookieBuilder<'static> {
    Cookie::build((name, value)).path("/").secure(true).http_only(true).same_site(SameSite::Lax)
}

/// Where a new session leads.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Next {
    /// Into the portal.
    Portal,
    /// To the second factor, which is asked for.
    SecondFactor,
    /// To setting up a second factor, without which nobody gets in.
    EnrolSecondFactor,
}

impl From<Stage> for Next {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Full => Self::Portal,
            Stage::SecondFactor => Self::SecondFactor,
            Stage::Enrolment => Self::EnrolSecondFactor,
        }
    }
}

/// The answer to a right code or gate.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Opened {
    /// What comes next.
    pub next: Next,
}

/// A new session, and by what its browser is known from now on.
#[derive(Debug)]
pub struct NewCookies {
    /// The token of the session.
    pub token: Token,
    /// The session.
    pub session: Session,
    /// The token by which the browser is known to whoever is in, and under what it stands among those of others.
    pub known: Option<(String, Token)>,
}

/// Answers a browser that held `held` with a new session: each token goes into a cookie of its audience and nowhere else.
pub fn opened(cookies: &NewCookies, held: &Held) -> Response {
    (StatusCode::CREATED, given_out(cookies, held), Json(Opened { next: cookies.session.stage.into() })).into_response()
}

/// The headers that give a browser that held `held` a new session.
pub fn given_out(NewCookies { token, session, known }: &NewCookies, held: &Held) -> AppendHeaders<Vec<(HeaderName, String)>> {
    let audience = session.identity.subject.audience();
    let mut cookie = cookie_named(cookie_name(audience), token.reveal().to_owned());
    if session.kept {
        let life = session.expires_at.duration_since(session.created_at).as_secs();
        cookie = cookie.max_age(Duration::seconds(life));
    }
    let known = known.iter().map(|(label, known)| held.knowing(audience, (label, known)));
    let cookies = [cookie.build()].into_iter().chain(known);
    AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie.to_string())).collect())
}

/// Answers that a session is over and takes the cookie of `audience` away.
pub fn closed(audience: Audience) -> Response {
    let cookie = cookie_named(cookie_name(audience), String::new()).max_age(Duration::ZERO);
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie.build().to_string())]).into_response()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn cookies_of_others_never_matter_whatever_bytes_they_hold() {
        let own = Token::of([7; 32]);
        for before in ["theme=\u{e9}; ", "=; ;; a=\"; ", "__Host-postern=nonsense; ", "__Host-postern-staff=x;"] {
            for (cookies, others) in [
                (format!("{before}__Host-postern={}", own.reveal()), "b=\u{e9}"),
                (format!("__Host-postern={}; {before}", own.reveal()), ""),
            ] {
                let latin = |text: &str| HeaderValue::from_bytes(&text.chars().map(|c| c as u8).collect::<Vec<_>>()).expect("a header");
                let headers: HeaderMap = [latin(others), latin(&cookies)].map(|value| (header::COOKIE, value)).into_iter().collect();
                assert_eq!(token(&headers, Audience::Client).map(|token| token.fingerprint()), Some(own.fingerprint()), "{cookies}");
            }
        }
    }
}

//! Who calls, as far as the way in tells.

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use postern_domain::{Clock, Dice, Language, Occasion, record::Origin, text::shown};

use crate::Problem;

/// What API Gateway tells of a request, or the local server in its place.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// The address of the caller; no header is believed about it.
    pub source_ip: Option<String>,
    /// The identifier of the request.
    pub request_id: Option<String>,
    /// The origin that pages of this deployment have.
    pub site: String,
}

/// The call of an operation: all that comes of it is of one instant and one origin.
#[derive(Debug, Clone)]
pub struct Caller(pub Occasion);

/// Most bytes of a browser's own description that are kept: few enough that no row outgrows what it is filled up to, whatever a stranger writes there.
const USER_AGENT_MOST: usize = 256;

impl Caller {
    pub(crate) fn of(headers: &HeaderMap, gateway: Option<&Gateway>, clock: &Clock, dice: &Dice) -> Self {
        let user_agent = headers.get(header::USER_AGENT).map(|value| seen(&String::from_utf8_lossy(value.as_bytes())));
        let origin = Origin {
            ip: gateway.and_then(|gateway| gateway.source_ip.clone()),
            user_agent,
            request_id: gateway.and_then(|gateway| gateway.request_id.clone()),
        };
        let language = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| Language::wanted(value.to_str().ok()?));
        Self(Occasion { now: clock.now(), origin, language, dice: dice.clone() })
    }
}

/// A browser's own description as staff see it: nothing in it turns the text around, ends its line or hides.
fn seen(user_agent: &str) -> String {
    let plain: String = user_agent.chars().filter(|c| !c.is_control()).collect();
    let mut shown = shown(&plain);
    shown.truncate(shown.floor_char_boundary(USER_AGENT_MOST));
    shown
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::no_entrance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_cannot_describe_itself_as_what_staff_would_not_see() {
        for (sent, kept) in [
            ("Mozilla/5.0 (X11) Firefox/140", "Mozilla/5.0 (X11) Firefox/140"),
            ("\u{202e}xoferiF\u{2028}Chrome\u{feff} \u{2066}1", "xoferiF Chrome 1"),
            ("a\u{0}b\u{7f}\tc  d", "abc d"),
            ("\u{fffd}", "\u{fffd}"),
            (&"é".repeat(300), &"é".repeat(128)),
            (&"€".repeat(300), &"€".repeat(85)),
        ] {
            assert_eq!(seen(sent), kept, "{sent:?}");
        }
    }
}

//! The cookies by which browsers are known in which someone signed in before. They never let anyone in.

use cookie::{Cookie, time::Duration};
use http::HeaderMap;
use postern_domain::{
    AttemptKey, Audience,
    device::{LABEL, label},
    keys::Token,
    policy,
};

use crate::cookies::{Held, cookie_named, values};

fn cookie_name(audience: Audience) -> &'static str {
    match audience {
        Audience::Client => "__Host-postern-known",
        Audience::Staff => "__Host-postern-known-staff",
    }
}

/// The labels and tokens that a browser holds, newest first.
fn tokens(headers: &HeaderMap, audience: Audience) -> Vec<(String, Token)> {
    let entry = |entry: &str| {
        let (label, token) = entry.split_at_checked(LABEL)?;
        Some((label.to_owned(), Token::parse(token).ok()?))
    };
    let all = values(headers, cookie_name(audience)).next().unwrap_or_default();
    all.split('.').filter_map(entry).take(policy::KNOWN_PERSONS).collect()
}

impl Held {
    /// The token by which this browser may be known to someone whose attempts are counted in `attempts`.
    pub fn known(&self, audience: Audience, attempts: &AttemptKey) -> Option<Token> {
        let is_theirs = |(own, token): &(String, Token)| attempts.names().any(|name| *own == label(token, name));
        tokens(&self.0, audience).into_iter().find(is_theirs).map(|(_, token)| token)
    }

    /// Whether the browser holds the token with this fingerprint.
    pub fn is_known_by(&self, audience: Audience, fingerprint: &str) -> bool {
        tokens(&self.0, audience).iter().any(|(_, token)| token.fingerprint() == fingerprint)
    }

    /// The cookie by which this browser is known from now on by `token` too, in place of the one of the same label.
    pub(crate) fn knowing(&self, audience: Audience, (label, token): (&str, &Token)) -> Cookie<'static> {
        let entry = |(label, token): (&str, &Token)| format!("{label}{}", token.reveal());
        let before = tokens(&self.0, audience);
        let others = before.iter().filter(|(other, _)| other != label).map(|(label, token)| (label.as_str(), token));
        let all: Vec<_> = [(label, token)].into_iter().chain(others).take(policy::KNOWN_PERSONS).map(entry).collect();
        let life = Duration::seconds(policy::KNOWN_BROWSER_LIFE.as_secs());
        cookie_named(cookie_name(audience), all.join(".")).max_age(life).build()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header};
    use postern_domain::keys::{KeyId, Secret};

    use super::*;

    fn person(name: &str) -> AttemptKey {
        Secret::new(KeyId("1".into()), "secret").key("attempts").attempts(&[name.as_bytes()])
    }

    fn held(cookie: &Cookie<'_>) -> Held {
        let value = HeaderValue::from_str(&format!("a=b; {}={}", cookie.name(), cookie.value())).expect("a header");
        Held([(header::COOKIE, value)].into_iter().collect())
    }

    #[test]
    fn a_browser_is_known_to_the_five_who_signed_in_in_it_last_and_to_each_by_its_own_token() {
        let mut browser = Held(HeaderMap::new());
        let people: Vec<_> = (0..7).map(|n| (person(&n.to_string()), Token::of([n; 32]))).collect();
        for (attempts, token) in &people {
            browser = held(&browser.knowing(Audience::Client, (&label(token, attempts), token)));
        }
        let known = |browser: &Held| people.iter().map(|(attempts, _)| browser.known(Audience::Client, attempts)).collect::<Vec<_>>();
        let expected: Vec<_> = people.iter().enumerate().map(|(n, (_, token))| (n >= 2).then(|| token.clone())).collect();
        assert_eq!(known(&browser), expected);
        let (attempts, newer) = (&people[4].0, Token::of([9; 32]));
        let again = held(&browser.knowing(Audience::Client, (&label(&people[4].1, attempts), &newer)));
        assert!(
            !again.is_known_by(Audience::Client, &people[4].1.fingerprint()) && again.is_known_by(Audience::Client, &newer.fingerprint())
        );
        assert_eq!(again.known(Audience::Staff, &people[6].0), None);
    }

    #[test]
    fn a_browser_stays_known_when_the_key_is_rotated_by_which_attempts_are_counted() {
        let (before, token) = (person("ann"), Token::of([1; 32]));
        let browser = held(&Held(HeaderMap::new()).knowing(Audience::Client, (&label(&token, &before), &token)));
        let now = person("ann, by another key");
        assert_eq!(browser.known(Audience::Client, &now), None);
        assert_eq!(browser.known(Audience::Client, &now.once([before])), Some(token));
    }

    #[test]
    fn what_is_no_token_of_ours_is_passed_over() {
        for value in ["", ".", "x", "\u{e9}", &"A".repeat(51 * 9), &format!("{}.é", "A".repeat(51))] {
            let bytes = [b"__Host-postern-known=", value.as_bytes()].concat();
            let headers = [(header::COOKIE, HeaderValue::from_bytes(&bytes).expect("a header"))].into_iter().collect();
            assert_eq!(Held(headers).known(Audience::Client, &person("ann")), None, "{value}");
        }
    }
}

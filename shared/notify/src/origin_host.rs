//! The host that a one-time code is bound to.

use std::fmt;

use postern_aws::{Aws, Grant, Misconfigured, PublicOrigin, Reachable};

/// The host of the public origin, as the last line of a text message names it.
///
/// Browsers offer the code of such a message on pages of this host alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginHost(String);

/// The origin names no host that a text message can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the public origin must be http(s):// and a host name of letters, digits, dots and hyphens, at most 80 long")]
pub struct UnusableOrigin;

impl OriginHost {
    /// The longest host, in characters, that leaves room for the rest of a text message.
    pub const MAX: usize = 80;

    /// The host of `origin`, as in `https://portal.example.com`; a port and a path are left out.
    ///
    /// Fails when there is no scheme `http` or `https`, or when the host has other characters than ASCII letters,
    /// digits, dots and hyphens (write an international name in its `xn--` form) or is longer than [`Self::MAX`].
    pub fn parse(origin: &str) -> Result<Self, UnusableOrigin> {
        let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).ok_or(UnusableOrigin)?;
        let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
        let host = match authority.split_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            Some(_) => return Err(UnusableOrigin),
            None => authority,
        };
        let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        if host.is_empty() || host.len() > Self::MAX || !plain {
            return Err(UnusableOrigin);
        }
        Ok(Self(host.to_ascii_lowercase()))
    }
}

impl Reachable for OriginHost {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        let PublicOrigin(origin) = PublicOrigin::reach(aws)?;
        Self::parse(&origin).map_err(|_| Misconfigured("PUBLIC_ORIGIN".to_owned()))
    }

    fn grants(actions: &[&'static str]) -> Vec<Grant> {
        PublicOrigin::grants(actions)
    }
}

impl fmt::Display for OriginHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_taken_without_port_and_path() {
        for (origin, host) in [
            ("https://Portal.Example.com", "portal.example.com"),
            ("https://portal.example.com/", "portal.example.com"),
            ("http://localhost:3000", "localhost"),
        ] {
            assert_eq!(OriginHost::parse(origin).map(|host| host.to_string()).as_deref(), Ok(host));
        }
    }

    #[test]
    fn what_is_no_plain_host_is_refused() {
        let long = format!("https://{}.example", "a".repeat(80));
        for origin in ["", "portal.example.com", "https://", "https://a@b", "https://[::1]", "https://ü.example", &long] {
            assert_eq!(OriginHost::parse(origin), Err(UnusableOrigin), "{origin}");
        }
    }
}

//! Requests that a page of another site sends.

use axum::extract::Request;
use http::{HeaderMap, Method, header};

use crate::{Gateway, Problem};

/// Refuses `request` if a page of another site sent it and it would change something.
///
/// # Errors
/// If that is so.
pub fn refuse_cross_site(request: &Request) -> Result<(), Problem> {
    let site = request.extensions().get::<Gateway>().map_or("", |gateway| gateway.site.as_str());
    if is_cross_site(request.method(), request.headers(), site) { Err(Problem::CrossSite) } else { Ok(()) }
}

/// Whether a page of another site wants to change something. `Sec-Fetch-Site` decides if the browser sends it, else `Origin`; a caller
/// that sends neither is no browser and holds no one's cookies but its own.
fn is_cross_site(method: &Method, headers: &HeaderMap, site: &str) -> bool {
    if method.is_safe() {
        return false;
    }
    match (headers.get("sec-fetch-site"), headers.get(header::ORIGIN)) {
        (Some(fetch_site), _) => fetch_site != "same-origin" && fetch_site != "none",
        (None, Some(origin)) => origin != site,
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn other_sites_change_nothing() {
        let site = "https://portal.example";
        for (method, fetch_site, origin, refused) in [
            (Method::GET, Some("cross-site"), Some("https://evil.example"), false),
            (Method::POST, Some("same-origin"), Some(site), false),
            (Method::POST, Some("none"), None, false),
            (Method::POST, Some("same-site"), Some(site), true),
            (Method::POST, Some("cross-site"), Some(site), true),
            (Method::POST, Some(""), None, true),
            (Method::POST, None, Some(site), false),
            (Method::POST, None, Some("https://evil.example"), true),
            (Method::POST, None, Some("null"), true),
            (Method::DELETE, None, Some("http://portal.example"), true),
            (Method::POST, None, None, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(fetch_site.map(|value| (HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static(value))));
            headers.extend(origin.map(|value| (header::ORIGIN, HeaderValue::from_static(value))));
            assert_eq!(is_cross_site(&method, &headers, site), refused, "{method} {fetch_site:?} {origin:?}");
        }
    }
}

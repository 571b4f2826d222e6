//! Requests that a page of another site sends.

use axum::extract::Request;
use http::{HeaderMap, header};

use crate::{Gateway, Problem};

/// Refuses `request` if a page of another site sent it and it would change something.
///
/// # Errors
/// If that is so.
pub fn refuse_cross_site(request: &Request) -> Result<(), Problem> {
    if request.method().is_safe() { Ok(()) } else { refuse_other_sites(request) }
}

/// Refuses `request` if a page of another site sent it, whatever it would do: what is read in someone's name may be written down.
///
/// # Errors
/// If that is so.
pub(crate) fn refuse_other_sites(request: &Request) -> Result<(), Problem> {
    let site = request.extensions().get::<Gateway>().map_or("", |gateway| gateway.site.as_str());
    if is_of_another_site(request.headers(), site) { Err(Problem::CrossSite) } else { Ok(()) }
}

/// Whether a page of another site than `site` sent `headers`. `Sec-Fetch-Site` decides if the browser sends it, else `Origin`; a caller
/// that sends neither is no browser and holds no one's cookies but its own.
fn is_of_another_site(headers: &HeaderMap, site: &str) -> bool {
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
    fn a_page_of_another_site_is_told_by_what_its_browser_sends() {
        let site = "https://portal.example";
        for (fetch_site, origin, refused) in [
            (Some("same-origin"), Some(site), false),
            (Some("none"), None, false),
            (Some("same-site"), Some(site), true),
            (Some("cross-site"), Some(site), true),
            (Some(""), None, true),
            (None, Some(site), false),
            (None, Some("https://evil.example"), true),
            (None, Some("null"), true),
            (None, Some("http://portal.example"), true),
            (None, None, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(fetch_site.map(|value| (HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static(value))));
            headers.extend(origin.map(|value| (header::ORIGIN, HeaderValue::from_static(value))));
            assert_eq!(is_of_another_site(&headers, site), refused, "{fetch_site:?} {origin:?}");
        }
    }
}

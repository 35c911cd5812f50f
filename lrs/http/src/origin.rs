//! Whether a page of another origin sent a request, as far as browsers say so.

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue};
use url::Url;

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a browser says that a page of another origin sent this request.
///
/// `Sec-Fetch-Site` decides where it is there: browsers send it to HTTPS and to their own machine.
/// Elsewhere `Origin` decides, which browsers send with every POST: it is foreign unless it is
/// that of `base_url`, or names the host and port that the request is sent to. `null` is foreign.
/// A request with neither comes from a program, not from a page.
pub(super) fn is_foreign(request: &Parts, base_url: &str) -> bool {
    let mut sites = request.headers.get_all(SITE).iter().peekable();
    if sites.peek().is_some() {
        return sites.any(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    }
    request.headers.get_all(ORIGIN).iter().any(|origin| !is_own(origin, request, base_url))
}

fn is_own(origin: &HeaderValue, request: &Parts, base_url: &str) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let own = Url::parse(base_url).map(|url| url.origin().ascii_serialization());
    if own.is_ok_and(|own| own.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let named = request.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = named.or(request.uri.authority().map(Authority::as_str));
    let asked = origin.split_once("://").map(|(_, host)| host);
    asked.zip(host).is_some_and(|(asked, host)| asked.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn foreign(headers: &[(&str, &str)]) -> bool {
        let mut request = Request::post("/xapi/statements").header("host", "lrs.example:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        is_foreign(&parts, "https://public.example/lrs")
    }

    #[test]
    fn what_a_browser_says_of_the_site_decides() {
        for (site, is) in
            [("same-origin", false), ("none", false), ("same-site", true), ("cross-site", true)]
        {
            assert_eq!(foreign(&[("sec-fetch-site", site)]), is, "{site}");
        }
        assert!(!foreign(&[("sec-fetch-site", "same-origin"), ("origin", "https://x.example")]));
        assert!(foreign(&[("sec-fetch-site", "cross-site"), ("origin", "https://public.example")]));
        assert!(foreign(&[("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn without_a_site_the_origin_decides() {
        for (origin, is) in [
            ("https://public.example", false),
            ("http://lrs.example:8080", false),
            ("HTTPS://LRS.example:8080", false),
            ("http://public.example", true),
            ("http://lrs.example", true),
            ("https://evil.example", true),
            ("null", true),
            ("", true),
        ] {
            assert_eq!(foreign(&[("origin", origin)]), is, "{origin}");
        }
        assert!(!foreign(&[]), "a program sends neither");
    }
}

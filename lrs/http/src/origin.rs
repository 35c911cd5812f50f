//! Whether a page of another origin sent a request, as far as browsers say so.

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use url::{Host, Url};

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

/// Whether a browser says that a page of this origin sent a request.
pub(super) fn says_same(headers: &HeaderMap) -> bool {
    let mut sites = headers.get_all(SITE).iter().peekable();
    sites.peek().is_some() && sites.all(|site| site.as_bytes() == b"same-origin")
}

/// Whether a page of this server sent a request, as far as a cookie may be believed for it. `Sec-Fetch-Site` decides where
/// it is there. Elsewhere a request that changes something must say an `Origin`, of this server alone.
pub(super) fn is_same(request: &Parts, base_url: &str) -> bool {
    if request.headers.contains_key(SITE) {
        return says_same(&request.headers);
    }
    let mut origins = request.headers.get_all(ORIGIN).iter().peekable();
    if origins.peek().is_none() {
        return request.method.is_safe();
    }
    origins.all(|origin| is_own(origin, request, base_url))
}

/// Whether the browser that sent a request keeps cookies that are secure: over HTTPS, and on its own machine.
pub(super) fn keeps_secure_cookies(request: &Parts, base_url: &str) -> bool {
    let header = |name: HeaderName| request.headers.get(name).and_then(|value| value.to_str().ok());
    let url = match header(ORIGIN) {
        Some(origin) => Url::parse(origin),
        None => match (base_url.starts_with("https://"), header(HOST)) {
            (false, Some(host)) => Url::parse(&format!("http://{host}")),
            _ => Url::parse(base_url),
        },
    };
    let Ok(url) = url else { return false };
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
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

    fn parts(method: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri("/api/v1/session");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_cookie_is_believed_from_pages_of_this_server_alone() {
        let host = ("host", "lrs.example");
        let own = ("origin", "https://public.example");
        for (method, headers, is) in [
            ("GET", &[("sec-fetch-site", "same-origin")][..], true),
            ("POST", &[("sec-fetch-site", "same-origin")], true),
            ("GET", &[("sec-fetch-site", "none")], false),
            ("GET", &[("sec-fetch-site", "same-site")], false),
            ("GET", &[("sec-fetch-site", "cross-site")], false),
            ("POST", &[("sec-fetch-site", "same-site"), own], false),
            ("GET", &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], false),
            ("GET", &[], true),
            ("POST", &[], false),
            ("DELETE", &[], false),
            ("POST", &[own], true),
            ("POST", &[("origin", "http://lrs.example"), host], true),
            ("POST", &[("origin", "http://lrs.example:81"), host], false),
            ("POST", &[("origin", "null")], false),
            ("GET", &[("origin", "https://evil.example")], false),
            ("POST", &[own, ("origin", "https://evil.example")], false),
        ] {
            let parts = parts(method, headers);
            assert_eq!(is_same(&parts, "https://public.example"), is, "{method} {headers:?}");
        }
    }

    #[test]
    fn browsers_keep_secure_cookies_over_https_and_on_their_own_machine() {
        let (plain, secure) = ("http://192.0.2.1:8080", "https://lrs.example");
        for (base_url, headers, keeps) in [
            (plain, &[("origin", "https://lrs.example")][..], true),
            (plain, &[("origin", "http://lrs.example")], false),
            (secure, &[("origin", "http://lrs.example")], false),
            (plain, &[("origin", "http://localhost:8080")], true),
            (plain, &[("origin", "http://127.0.0.1:8080")], true),
            (plain, &[("origin", "http://[::1]:8080")], true),
            (plain, &[("origin", "null")], false),
            (plain, &[("host", "192.0.2.1:8080")], false),
            (plain, &[("host", "localhost:8080")], true),
            (plain, &[("host", "localhost.evil.example")], false),
            (secure, &[("host", "lrs.example")], true),
            (secure, &[], true),
            (plain, &[], false),
        ] {
            let parts = parts("POST", headers);
            assert_eq!(keeps_secure_cookies(&parts, base_url), keeps, "{base_url} {headers:?}");
        }
    }
}

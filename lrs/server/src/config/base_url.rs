//! Where the server is seen from outside. It stands in the authority of every statement, for good.

use url::Url;
use validator::value::is_iri;

/// What a base URL must be, for the message about another one.
pub(super) const FORM: &str = "an absolute URL without query and fragment, such as https://lrs.example.org or \
                        https://example.org/lrs";

/// `text` without the slashes at its end; `None` where it is no absolute `http` or `https` URL with a host, or has a
/// user, a query or a fragment.
pub(super) fn checked(text: &str) -> Option<&str> {
    let text = text.trim_end_matches('/');
    // The parser mends what it can, `http:host` or a backslash: what stands in statements is the text.
    let (scheme, host) = text.split_once("://")?;
    let is_http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let is_web = is_http && !host.starts_with('/');
    let url = Url::parse(text).ok()?;
    let is_bare = url.query().is_none() && url.fragment().is_none();
    let is_public = url.username().is_empty() && url.password().is_none();
    (is_web && is_iri(text) && is_bare && is_public).then_some(text)
}

/// The origin that `text` is, as browsers write it: in ASCII, in lower case, without the scheme's own port. `None` where
/// `text` is no `http` or `https` origin, or has a path, a wildcard, a query or a user.
pub(super) fn origin(text: &str) -> Option<String> {
    let text = checked(text)?;
    let is_origin = text.matches('/').count() == 2 && !text.contains('*');
    let origin = Url::parse(text).ok().filter(|_| is_origin)?.origin().ascii_serialization();
    // It stands in policies, where other characters would end it.
    let is_plain = |it: char| it.is_ascii_alphanumeric() || ".-:/[]".contains(it);
    origin.chars().all(is_plain).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_one_of_a_host_and_nothing_more() {
        for (text, expected) in [
            ("https://moodle.example.it", Some("https://moodle.example.it")),
            ("https://Moodle.Example.IT:443/", Some("https://moodle.example.it")),
            ("http://moodle.example.it:8080", Some("http://moodle.example.it:8080")),
            ("https://città.it", Some("https://xn--citt-3na.it")),
            ("https://moodle.example.it/moodle", None),
            ("https://*.example.it", None),
            ("*", None),
            ("'self'", None),
            ("https:", None),
            ("https://a.example https://b.example", None),
            ("https://a.example;script-src", None),
            ("https://a.example,https://b.example", None),
            ("moodle.example.it", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(origin(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn absolute_urls_are_taken_without_the_slash_at_their_end() {
        for (text, expected) in [
            ("https://lrs.example.org", "https://lrs.example.org"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("https://example.org/lrs//", "https://example.org/lrs"),
            ("HTTPS://example.org", "HTTPS://example.org"),
            ("https://formazione.città.it", "https://formazione.città.it"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(checked(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_would_make_authorities_invalid_is_refused() {
        for text in [
            "lrs.example.org",
            "lrs.example.org:8080",
            "/lrs",
            "//lrs.example.org",
            "http:lrs.example.org",
            "https://",
            "https:///lrs",
            "ftp://lrs.example.org",
            "mailto:lrs@example.org",
            "https://lrs.example.org:port",
            "https://lrs example.org",
            "https://lrs.example.org\\x",
            "https://user:secret@lrs.example.org",
            "https://lrs.example.org/?x=1",
            "https://lrs.example.org/#x",
            " https://lrs.example.org",
        ] {
            assert_eq!(checked(text), None, "{text}");
        }
    }
}

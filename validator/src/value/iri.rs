//! Absolute IRIs (RFC 3987).

/// An absolute IRI: with a scheme, hence never a relative reference
/// (xAPI 1.0.3 Data 2.2, 4.3).
pub fn is_iri(text: &str) -> bool {
    is_plain(text) || oxiri::Iri::parse(text).is_ok()
}

/// A web address of letters, digits and marks that may stand in host, path and query alike: nearly
/// every IRI of a statement, told in one pass.
fn is_plain(text: &str) -> bool {
    let rest = text.strip_prefix("http").map(|rest| rest.strip_prefix('s').unwrap_or(rest));
    rest.and_then(|rest| rest.strip_prefix("://")).is_some_and(|rest| {
        rest.bytes().all(|b| {
            b.is_ascii_alphanumeric()
                || matches!(b, b'/' | b'.' | b'-' | b'_' | b'~' | b'?' | b'=' | b'&')
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_iri, is_plain};

    #[test]
    fn iris_have_a_scheme_and_no_blanks() {
        for text in ["http://è.it/ù", "urn:uuid:7", "a:", "http://x.it:80/a#b", "https://x.it/%20"]
        {
            assert!(is_iri(text), "{text}");
        }
        for text in
            ["", "a", "/a", "//x.it/a", "http://x y", "http://x.it/%2", "http://x.it:a", "é:b"]
        {
            assert!(!is_iri(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_quick_way_takes_nothing_that_the_grammar_refuses(
            text in "https?://[-A-Za-z0-9/._~?=&]{0,40}",
        ) {
            prop_assert!(is_plain(&text) && oxiri::Iri::parse(&*text).is_ok());
        }
    }
}

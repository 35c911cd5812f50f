//! The grammars of single values, small and independent of any validator.

use regex::Regex;
use std::sync::LazyLock;

macro_rules! grammar {
    ($(#[$doc:meta])* $name:ident, $pattern:expr) => {
        $(#[$doc])*
        pub(crate) fn $name(text: &str) -> bool {
            static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).unwrap());
            PATTERN.is_match(text)
        }
    };
}

grammar!(uuid, r"(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$");
grammar!(iri, r"^[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>]+$");
grammar!(mailbox, r"^mailto:[^@\s]+@[^@\s]+$");
grammar!(sha1, r"(?i)^[0-9a-f]{40}$");
grammar!(sha2, r"(?i)^[0-9a-f]{56,128}$");
grammar!(digits, r"^[0-9]+$");
grammar!(language, r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8})*$");
grammar!(rfc3339, r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$");
grammar!(duration, r"^P(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?)$");
grammar!(zone, r"(?i)(z|[+-]\d\d(:?\d\d)?)$");

/// A duration has at least one part, and one after its T.
pub(crate) fn full_duration(text: &str) -> bool {
    duration(text) && !text.ends_with(['P', 'T'])
}

/// A timestamp of ISO 8601, with or without separators, without a negative zero.
pub(crate) fn timestamp(text: &str) -> bool {
    let negative_zero = ["-00", "-0000", "-00:00"]
        .iter()
        .any(|end| text.ends_with(end) && text.contains('T') && text.len() > 16);
    if negative_zero || too_far(text) {
        return false;
    }
    let parsed = text.parse::<jiff::Timestamp>().is_ok();
    parsed || (!zone(text) && text.parse::<jiff::civil::DateTime>().is_ok())
}

grammar!(too_far, r"[+-](2[4-9]|[3-9]\d)(:?\d\d)?$");

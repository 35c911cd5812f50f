//! The string grammars of xAPI: what a value must look like, whatever property holds it.
//!
//! Each predicate takes the text as it stands in the statement, unescaped, and never allocates
//! more than the text's length. The empty string is none of them.

pub mod duration;
pub mod timestamp;

mod iri;
mod language;
mod mailbox;
mod media;

pub use iri::is_iri;
pub use language::is_language_tag;
pub use mailbox::is_mailbox;
pub use media::is_media_type;

use uuid::Uuid;

/// A UUID in its hyphenated form of 36 characters, in either case, of any version and variant
/// (xAPI 1.0.3 Data 4.4 only recommends variant 2).
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// A SHA-1 as 40 hexadecimal digits, in either case.
pub(crate) fn is_sha1(text: &str) -> bool {
    text.len() == 40 && is_hex(text)
}

/// A SHA-2 as hexadecimal digits: SHA-224, SHA-256, SHA-384 or SHA-512
/// (xAPI 1.0.3 Data 2.4.11).
pub(crate) fn is_sha2(text: &str) -> bool {
    matches!(text.len(), 56 | 64 | 96 | 128) && is_hex(text)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A statement's `version` under xAPI 1.0.x: `1.0` or `1.0.` and a number
/// (xAPI 1.0.3 Data 2.4.10).
pub(crate) fn is_version_1(text: &str) -> bool {
    text == "1.0" || text.strip_prefix("1.0.").is_some_and(is_number)
}

/// A statement's `version` under xAPI 2.0: what 1.0.x takes, so that old statements can be
/// carried over, and `2.0` or `2.0.` and a number.
pub(crate) fn is_version_2(text: &str) -> bool {
    is_version_1(text) || text == "2.0" || text.strip_prefix("2.0.").is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

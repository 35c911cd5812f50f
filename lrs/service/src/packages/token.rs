//! The tokens of launches and the keys of versions: random, in the letters of base64url.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// A token of a launch: 32 random bytes.
pub(super) fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// The key of a version: 16 random bytes.
pub(super) fn new_key() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>())
}

/// What is kept of a token, and names its launch: its SHA-256 in hexadecimal.
pub(super) fn hash_of(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// The path of a request as logs may have it: without the token of a launch. A path stays as it is where it has none.
pub fn masked(path: &str) -> Cow<'_, str> {
    let Some(rest) = path.strip_prefix("/launch/") else { return Cow::Borrowed(path) };
    let after = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default();
    Cow::Owned(format!("/launch/…{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_differ() {
        let (one, other) = (new_token(), new_token());
        assert_eq!((one.len(), new_key().len()), (43, 22));
        assert_ne!(one, other);
        assert_eq!(hash_of(&one).len(), 64);
    }

    #[test]
    fn a_path_is_shown_without_its_token() {
        for (path, shown) in [
            ("/launch/secret/", "/launch/…/"),
            ("/launch/secret/commit", "/launch/…/commit"),
            ("/launch/secret", "/launch/…"),
            ("/xapi/statements", "/xapi/statements"),
        ] {
            assert_eq!(masked(path), shown);
        }
    }
}

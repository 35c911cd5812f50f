//! Keys: what a player or a person shows over HTTP Basic.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};

use super::bounds::Bounds;
use super::scope::Scope;
use crate::xapi::authority::Authority;
use crate::xapi::instant::Instant;

/// A key without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The user name of HTTP Basic.
    pub name: String,
    /// What it is for, in its owner's words.
    pub label: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The authority of the statements it sends.
    pub authority: Authority,
    /// The territory that its reports and registers are bound to; everybody without it.
    pub bounds: Option<Bounds>,
    /// When it was made.
    pub created: Instant,
}

/// A key as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptKey {
    /// The key.
    pub key: Key,
    /// Its secret, hashed with argon2id, in PHC string form.
    pub secret_hash: String,
}

/// Hashes `secret` with `salt` as it is kept. Slow on purpose: tens of milliseconds.
pub fn hash_secret(secret: &str, salt: &[u8; 16]) -> String {
    SaltString::encode_b64(salt)
        .and_then(|salt| {
            Argon2::default().hash_password(secret.as_bytes(), &salt).map(|h| h.to_string())
        })
        .unwrap_or_default()
}

/// Whether `secret` is the one that `hash` was made from. As slow as [`hash_secret`].
pub fn is_secret(secret: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(secret.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_itself_is_recognised_and_the_hash_does_not_hold_it() {
        let hash = hash_secret("s3cret", &[1; 16]);
        assert!(is_secret("s3cret", &hash));
        assert!(!is_secret("s3cret ", &hash));
        assert!(!is_secret("", ""));
        assert!(!hash.contains("s3cret"));
    }
}

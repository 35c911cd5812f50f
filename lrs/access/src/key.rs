//! Keys: what a player or a person shows over HTTP Basic.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};

use serde_json::json;

use super::bounds::Bounds;
use super::scope::Scope;
use xapi::authority::Authority;
use xapi::instant::Instant;

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
    /// The territory that its reports and presence sheets are bound to; `None` for all learners.
    pub bounds: Option<Bounds>,
    /// When it was made.
    pub created: Instant,
}

impl Key {
    /// The longest name, in bytes.
    const LONGEST_NAME: usize = 128;

    /// Whether a key can have this name: HTTP Basic ends it at the first colon.
    pub fn can_be_named(name: &str) -> bool {
        let fits = !name.is_empty() && name.len() <= Self::LONGEST_NAME && !name.contains(':');
        fits && !name.chars().any(char::is_control)
    }
}

/// A key as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptKey {
    /// The key.
    pub key: Key,
    /// Its secret, hashed with argon2id, in PHC string form.
    pub secret_hash: String,
}

/// A key as texts: the form in which every engine keeps it, and in which copies are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTexts {
    /// [`Key::name`].
    pub name: String,
    /// [`Key::label`].
    pub label: String,
    /// [`Key::scopes`], with spaces between them.
    pub scopes: String,
    /// [`Key::authority`], as a JSON agent.
    pub authority: String,
    /// [`Key::bounds`] as JSON; empty for none.
    pub bounds: String,
    /// [`Key::created`] in microseconds.
    pub created: i64,
    /// [`KeptKey::secret_hash`].
    pub secret_hash: String,
}

/// Texts that are no key.
#[derive(Debug, thiserror::Error)]
#[error("key {name}: {reason}")]
pub struct KeyTextsError {
    name: String,
    reason: String,
}

impl KeptKey {
    /// The key as texts.
    pub fn texts(&self) -> KeyTexts {
        let Key { name, label, scopes, authority, bounds, created } = &self.key;
        let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        KeyTexts {
            name: name.clone(),
            label: label.clone(),
            scopes: scopes.join(" "),
            authority: authority.text().to_owned(),
            bounds: bounds.as_ref().map(|bounds| json!(bounds).to_string()).unwrap_or_default(),
            created: created.micros(),
            secret_hash: self.secret_hash.clone(),
        }
    }
}

impl TryFrom<KeyTexts> for KeptKey {
    type Error = KeyTextsError;

    fn try_from(texts: KeyTexts) -> Result<Self, KeyTextsError> {
        let KeyTexts { name, label, scopes, authority, bounds, created, secret_hash } = texts;
        let unreadable = |reason: String| KeyTextsError { name: name.clone(), reason };
        let json = |error: serde_json::Error| unreadable(error.to_string());
        let scopes: Result<Vec<Scope>, _> = scopes.split_whitespace().map(str::parse).collect();
        let scopes = scopes.map_err(|error| unreadable(error.to_string()))?;
        let authority = Authority::from_agent(serde_json::from_str(&authority).map_err(json)?);
        let bounds = if bounds.is_empty() {
            None
        } else {
            Some(serde_json::from_str(&bounds).map_err(json)?)
        };
        let created = Instant::from_micros(created);
        let key = Key { name: name.clone(), label, scopes, authority, bounds, created };
        Ok(Self { key, secret_hash })
    }
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

    fn kept(bounds: Option<Bounds>) -> KeptKey {
        let key = Key {
            name: "umbria".into(),
            label: "Regione Umbria, l'ufficio".into(),
            scopes: vec![Scope::ProgressRead, Scope::PresenceWrite],
            authority: Authority::of_key("umbria", "https://lrs.example"),
            bounds,
            created: Instant::from_micros(7),
        };
        KeptKey { key, secret_hash: "$argon2id$x".into() }
    }

    #[test]
    fn a_key_is_the_same_after_it_was_text() {
        let umbria = serde_json::from_str(r#"{"regions":["Umbria"],"bodies":[]}"#).unwrap();
        for key in [kept(None), kept(Some(umbria))] {
            assert_eq!(KeptKey::try_from(key.texts()).unwrap(), key);
        }
    }

    #[test]
    fn texts_that_cannot_be_read_are_no_key_without_bounds() {
        let good = kept(None).texts();
        for bad in [
            KeyTexts { bounds: "{".into(), ..good.clone() },
            KeyTexts { scopes: "progress/read everything".into(), ..good.clone() },
            KeyTexts { authority: String::new(), ..good },
        ] {
            let error = KeptKey::try_from(bad).unwrap_err().to_string();
            assert!(error.starts_with("key umbria: "), "{error}");
        }
    }
}

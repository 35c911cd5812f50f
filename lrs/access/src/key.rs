//! Keys: what a player or a person shows over HTTP Basic.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};

use serde::{Deserialize, Serialize};
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
    /// The name of the account that is the authority of what the page for checking in says.
    pub const CHECK_IN: &str = "check-in";

    /// Whether a key can have this name: HTTP Basic ends it at the first colon, and [`Self::CHECK_IN`] is the server's own.
    pub fn can_be_named(name: &str) -> bool {
        let fits = !name.is_empty() && name.len() <= Self::LONGEST_NAME && !name.contains(':');
        fits && name != Self::CHECK_IN && !name.chars().any(char::is_control)
    }
}

/// A key as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptKey {
    /// The key.
    pub key: Key,
    /// Its secret, hashed with argon2id, in PHC string form.
    pub secret_hash: String,
    /// How long the key and its secrets are good.
    pub life: KeyLife,
}

/// How long a key and its secrets are good. Keys of releases before 0.2 have the default: for ever, with one secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyLife {
    /// From when on the key is refused; `None` for a key that ends when it is revoked.
    pub expires: Option<Instant>,
    /// The secret before the last rotation.
    pub previous: Option<PreviousSecret>,
    /// Who made the key for a package, and whose end is the key's end too; `None` for all other keys.
    pub maker: Option<KeyMaker>,
}

/// Who made the key of a package that reports from another platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyMaker {
    /// Another key, by its name.
    Key(String),
    /// A person, by their name.
    Person(String),
}

impl std::fmt::Display for KeyMaker {
    /// The name of the key, or `person:` and that of the person: no key has a colon in its name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key(name) => f.write_str(name),
            Self::Person(name) => write!(f, "person:{name}"),
        }
    }
}

/// The secret that a key had before its last rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousSecret {
    /// Hashed as [`KeptKey::secret_hash`].
    pub hash: String,
    /// From when on the secret is refused.
    pub until: Instant,
}

/// [`KeyLife`] as text, with instants in microseconds.
#[derive(Serialize, Deserialize)]
struct LifeText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<(String, i64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    maker: Option<KeyMaker>,
}

impl KeyLife {
    /// As texts keep it: JSON, empty for the default.
    fn text(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        let previous = self.previous.as_ref().map(|it| (it.hash.clone(), it.until.micros()));
        let (expires, maker) = (self.expires.map(Instant::micros), self.maker.clone());
        let text = LifeText { expires, previous, maker };
        json!(text).to_string()
    }

    fn read(text: &str) -> Result<Self, serde_json::Error> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let LifeText { expires, previous, maker } = serde_json::from_str(text)?;
        let previous = previous
            .map(|(hash, until)| PreviousSecret { hash, until: Instant::from_micros(until) });
        Ok(Self { expires: expires.map(Instant::from_micros), previous, maker })
    }
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
    /// [`KeptKey::life`] as JSON; empty where it is the default.
    pub life: String,
}

/// Texts that are no key.
#[derive(Debug, thiserror::Error)]
#[error("key {name}: {reason}")]
pub struct KeyTextsError {
    name: String,
    reason: String,
}

impl KeptKey {
    /// A key that is good until it is revoked.
    pub fn new(key: Key, secret_hash: String) -> Self {
        Self { key, secret_hash, life: KeyLife::default() }
    }

    /// Whether the key is refused by its time.
    pub fn is_expired(&self, now: Instant) -> bool {
        self.life.expires.is_some_and(|expires| now >= expires)
    }

    /// The hashes of the secrets that are good now, the newest first. A key that has expired has them too.
    pub fn hashes(&self, now: Instant) -> Vec<&str> {
        let previous = self.life.previous.as_ref().filter(|previous| now < previous.until);
        std::iter::once(self.secret_hash.as_str())
            .chain(previous.map(|previous| previous.hash.as_str()))
            .collect()
    }

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
            life: self.life.text(),
        }
    }
}

impl TryFrom<KeyTexts> for KeptKey {
    type Error = KeyTextsError;

    fn try_from(texts: KeyTexts) -> Result<Self, KeyTextsError> {
        let KeyTexts { name, label, scopes, authority, bounds, created, secret_hash, life } = texts;
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
        let life = KeyLife::read(&life).map_err(json)?;
        let key = Key { name: name.clone(), label, scopes, authority, bounds, created };
        Ok(Self { key, secret_hash, life })
    }
}

/// Hashes `secret` with `salt` as it is kept. Slow on purpose: tens of milliseconds.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "16 bytes are a salt, and a secret is shorter than 4 GiB"
)]
pub fn hash_secret(secret: &str, salt: &[u8; 16]) -> String {
    SaltString::encode_b64(salt)
        .and_then(|salt| {
            Argon2::default().hash_password(secret.as_bytes(), &salt).map(|h| h.to_string())
        })
        .expect("a hash of a salt and a secret")
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

    #[test]
    fn no_key_has_a_name_that_the_server_has_itself_or_that_basic_cannot_carry() {
        let long = "x".repeat(129);
        for name in ["check-in", "a:b", "", "a\nb", &long] {
            assert!(!Key::can_be_named(name), "{name}");
        }
        for name in ["check-in-2", "moodle", &long[1..]] {
            assert!(Key::can_be_named(name), "{name}");
        }
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
        KeptKey::new(key, "$argon2id$x".into())
    }

    fn at(micros: i64) -> Instant {
        Instant::from_micros(micros)
    }

    #[test]
    fn a_key_of_a_release_before_is_good_for_ever_and_lives_as_text() {
        let plain = kept(None);
        assert_eq!(plain.texts().life, "");
        assert!(!plain.is_expired(at(i64::MAX)));
        let previous = Some(PreviousSecret { hash: "$argon2id$old".into(), until: at(5) });
        let maker = Some(KeyMaker::Person("dora".into()));
        let life = KeyLife { expires: Some(at(9)), previous, maker };
        let key = KeptKey { life, ..plain };
        assert_eq!(KeptKey::try_from(key.texts()).unwrap(), key);
        assert_eq!(key.hashes(at(4)), ["$argon2id$x", "$argon2id$old"]);
        assert_eq!(key.hashes(at(5)), ["$argon2id$x"]);
        assert!(!key.is_expired(at(8)));
        assert!(key.is_expired(at(9)));
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
            KeyTexts { life: "never".into(), ..good.clone() },
            KeyTexts { authority: String::new(), ..good },
        ] {
            let error = KeptKey::try_from(bad).unwrap_err().to_string();
            assert!(error.starts_with("key umbria: "), "{error}");
        }
    }
}

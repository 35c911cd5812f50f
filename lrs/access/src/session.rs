//! Sessions: what a browser shows once somebody has signed in, and the secrets of links.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest as _, Sha256};

use xapi::instant::Instant;

/// A session as the store keeps it: without the secret that its browser shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSession {
    /// The hash of its secret, which is its name too.
    pub id: String,
    /// The name of the person.
    pub person: String,
    /// The person's [`generation`](super::person::KeptPerson::generation) when it began: it is over with a later one.
    pub generation: u32,
    /// When it began.
    pub since: Instant,
    /// When it was last used, to the minute.
    pub last_used: Instant,
    /// When it ends in any case.
    pub expires: Instant,
    /// Where it began: an address, for its owner to recognise.
    pub address: String,
    /// What it began with: what the browser says it is.
    pub agent: String,
}

impl KeptSession {
    /// Whether it is over at `now`, where it may be unused for `idle` microseconds. A clock that has stepped back to
    /// before its last use leaves it as it is.
    pub const fn is_over(&self, now: Instant, idle: i64) -> bool {
        now.micros() >= self.expires.micros()
            || now.micros().saturating_sub(self.last_used.micros()) >= idle
    }
}

/// A secret that cannot be guessed: 256 random bits, in letters that addresses and cookies take.
pub fn secret() -> String {
    BASE64.encode(rand::random::<[u8; 32]>())
}

/// What is kept of a [`secret`]: nobody can find the secret by it. Not for passwords, which can be guessed.
pub fn hash(secret: &str) -> String {
    BASE64.encode(Sha256::digest(secret.as_bytes()))
}

/// The secret of an invitation: it says whom it is of, so that it is found without looking through all people.
pub fn secret_of(person: &str) -> String {
    format!("{}.{}", BASE64.encode(person), secret())
}

/// Whom the secret of an invitation is of.
pub fn person_of(secret: &str) -> Option<String> {
    let (person, _) = secret.split_once('.')?;
    String::from_utf8(BASE64.decode(person).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(micros: i64) -> Instant {
        Instant::from_micros(micros)
    }

    #[test]
    fn a_session_is_over_by_age_or_for_lack_of_use() {
        let session = KeptSession {
            id: "h".into(),
            person: "anna".into(),
            generation: 0,
            since: at(0),
            last_used: at(50),
            expires: at(100),
            address: String::new(),
            agent: String::new(),
        };
        assert!(!session.is_over(at(59), 10));
        assert!(session.is_over(at(60), 10), "unused");
        assert!(!session.is_over(at(99), 1000));
        assert!(session.is_over(at(100), 1000), "old");
        assert!(!session.is_over(at(-1_000_000), 10), "the clock stepped back");
        assert!(!session.is_over(at(i64::MIN), 10), "the clock stepped back");
    }

    #[test]
    fn an_invitation_says_whom_it_is_of() {
        let secret = secret_of("anna@èxample.org");
        assert_eq!(person_of(&secret).as_deref(), Some("anna@èxample.org"));
        assert_ne!(secret_of("a"), secret_of("a"));
        for other in ["", ".", "x", "!.x", "_w.x"] {
            assert!(person_of(other).is_none_or(|it| it.is_empty()), "{other}");
        }
    }
}

//! Tickets: what the key of a package is exchanged for, a secret that is good for one learner and some hours, and nothing
//! else.
//!
//! It is kept nowhere. It says what it is good for, under a MAC of the store's secret, so that every process of a store
//! knows it, after a restart too; and it names the hash of its key's secret, so that it ends with that key.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::bounds::Bounds;
use crate::key::{KeptKey, Key};
use xapi::instant::Instant;

/// How such a secret begins. A key's own secret that begins so is no longer looked at as one.
const BEGIN: &str = "ticket.";
/// The bytes of the MAC that are written.
const MAC: usize = 16;

/// What a key was exchanged for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The home page of the learner's account.
    pub home_page: String,
    /// The name of the learner's account.
    pub learner: String,
    /// When it ends, in microseconds since 1970.
    pub until: i64,
    /// Of the key's name and the hash of its secret.
    key: String,
}

/// Makes and reads the secrets of tickets of one store.
pub struct Tickets {
    secret: [u8; 32],
}

impl Ticket {
    /// A ticket of `kept` for one learner.
    pub fn new(kept: &KeptKey, home_page: &str, learner: &str, until: Instant) -> Self {
        let (home_page, learner) = (home_page.to_owned(), learner.to_owned());
        Self {
            home_page,
            learner,
            until: until.micros(),
            key: fingerprint(&kept.key.name, &kept.secret_hash),
        }
    }

    /// Whether it was made of this key, with a secret that is good still.
    pub fn is_of(&self, kept: &KeptKey, now: Instant) -> bool {
        let mut hashes = kept.hashes(now).into_iter();
        hashes.any(|hash| fingerprint(&kept.key.name, hash) == self.key)
    }

    /// Whether it has ended.
    pub const fn is_over(&self, now: Instant) -> bool {
        now.micros() >= self.until
    }

    /// The key within its own bounds, bound to the learner too. A key without bounds gives none that may do anything.
    pub fn narrowed(&self, key: &Key) -> Key {
        let home_pages = vec![self.home_page.clone()];
        let learner = Some(self.learner.clone());
        let bounds = Bounds { home_pages, learner, ..key.bounds.clone().unwrap_or_default() };
        Key { bounds: Some(bounds), ..key.clone() }
    }
}

/// A hash of the hash: what is sent to browsers tells nothing of the one that is kept.
#[expect(clippy::expect_used, reason = "a SHA-256 is longer than a MAC")]
fn fingerprint(name: &str, secret_hash: &str) -> String {
    let digest = Sha256::digest(format!("ticket\n{name}\n{secret_hash}"));
    BASE64.encode(digest.get(..MAC).expect("as many bytes"))
}

/// What a ticket says, as it is sent.
#[expect(clippy::expect_used, reason = "texts and a number alone cannot fail to be JSON")]
fn text_of(ticket: &Ticket) -> String {
    BASE64.encode(serde_json::to_vec(ticket).expect("a ticket as JSON"))
}

impl Tickets {
    /// Those under the `secret` that all processes of one store share.
    pub const fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// The secret of a ticket, which goes with the name of the key.
    pub fn secret(&self, key: &str, ticket: &Ticket) -> String {
        let said = text_of(ticket);
        format!("{BEGIN}{said}.{}", BASE64.encode(self.mac(key, &said)))
    }

    /// The ticket that a secret stands for. `None` where it is none that this store has made for a key of this name.
    pub fn read(&self, key: &str, secret: &str) -> Option<Ticket> {
        let (said, mac) = secret.strip_prefix(BEGIN)?.split_once('.')?;
        let shown: [u8; MAC] = BASE64.decode(mac).ok()?.try_into().ok()?;
        // A comparison by time would give away bytes of a MAC: all of them are compared.
        let differs = self.mac(key, said).iter().zip(shown).fold(0, |all, (a, b)| all | (a ^ b));
        if differs != 0 {
            return None;
        }
        serde_json::from_slice(&BASE64.decode(said).ok()?).ok()
    }

    fn mac(&self, key: &str, said: &str) -> [u8; MAC] {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.secret);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        for part in ["key ticket", key, said] {
            mac.update(part.as_bytes());
            mac.update(b"\n");
        }
        let mut first = [0; MAC];
        first.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(first, byte)| *first = byte);
        first
    }
}

#[cfg(test)]
mod tests {
    use xapi::authority::Authority;

    use super::*;
    use crate::scope::Scope;

    fn kept(secret_hash: &str) -> KeptKey {
        let bounds =
            Bounds { activities: vec!["https://lms.example/7".into()], ..Bounds::default() };
        let key = Key {
            name: "k".into(),
            label: String::new(),
            scopes: vec![Scope::StatementsWrite],
            authority: Authority::of_key("k", "https://lrs.example"),
            bounds: Some(bounds),
            created: Instant::from_micros(7),
        };
        KeptKey::new(key, secret_hash.into())
    }

    #[test]
    fn a_ticket_is_read_back_for_its_key_and_store_alone() {
        let tickets = Tickets::new([7; 32]);
        let ticket =
            Ticket::new(&kept("h"), "https://lms.example", "anna", Instant::from_micros(9));
        let secret = tickets.secret("k", &ticket);
        assert_eq!(tickets.read("k", &secret), Some(ticket));
        assert_eq!(tickets.read("other", &secret), None);
        assert_eq!(Tickets::new([8; 32]).read("k", &secret), None);
        for at in 0..secret.len() {
            let mut changed = secret.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(tickets.read("k", &changed), None, "{at}");
        }
        for other in ["", "ticket.", "ticket..", "s3cret", &secret[1..], &format!("{secret}.")] {
            assert_eq!(tickets.read("k", other), None, "{other}");
        }
    }

    #[test]
    fn a_ticket_ends_with_its_time_and_with_the_secret_of_its_key() {
        let ticket =
            Ticket::new(&kept("h"), "https://lms.example", "anna", Instant::from_micros(9));
        let now = Instant::from_micros(0);
        assert!(ticket.is_of(&kept("h"), now) && !ticket.is_of(&kept("i"), now));
        assert!(
            !ticket.is_over(Instant::from_micros(8)) && ticket.is_over(Instant::from_micros(9))
        );
    }

    #[test]
    fn a_ticket_is_bound_to_its_learner_beside_what_its_key_is_bound_to() {
        let key = kept("h");
        let ticket = Ticket::new(&key, "https://lms.example", "anna", Instant::from_micros(9));
        let narrowed = |bounds: Option<Bounds>| {
            ticket.narrowed(&Key { bounds, ..key.key.clone() }).bounds.unwrap()
        };
        let (home_pages, learner) =
            (vec!["https://lms.example".to_owned()], Some("anna".to_owned()));
        for bounds in [
            key.key.bounds.clone().unwrap(),
            Bounds { package: true, ..key.key.bounds.clone().unwrap() },
            Bounds::default(),
        ] {
            let expected = Bounds {
                home_pages: home_pages.clone(),
                learner: learner.clone(),
                ..bounds.clone()
            };
            assert_eq!(narrowed(Some(bounds)), expected);
        }
        assert_eq!(narrowed(None).activities, [""; 0], "it may say nothing");
    }
}

//! Pseudonyms: what open tables have instead of people.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How many bytes of the MAC a pseudonym has.
const BYTES: usize = 16;

/// Makes pseudonyms for one recipient. The same identifier always has the same pseudonym for one recipient, and for two
/// recipients has two that cannot be joined. A pseudonym stays personal data: the secret of the recipient computes it
/// again from a known identifier.
#[derive(Clone)]
pub struct Pseudonyms(Hmac<Sha256>);

impl Pseudonyms {
    /// Pseudonyms under a secret of the recipient's own.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "HMAC takes keys of any length"
    )]
    pub fn under(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("a key"))
    }

    /// Pseudonyms for the recipient of this name in a store of this secret.
    pub fn of_recipient(store_secret: &[u8; 32], recipient: &str) -> Self {
        let mut derived = Self::under(store_secret).0;
        derived.update(b"pseudonyms\n");
        derived.update(recipient.as_bytes());
        Self::under(&derived.finalize().into_bytes())
    }

    /// The pseudonym of an identifier, by its canonical text: the first 128 bits of an HMAC-SHA-256, as 32 hexadecimal
    /// digits.
    pub fn of(&self, identifier: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(identifier.as_bytes());
        let bytes = mac.finalize().into_bytes();
        hex::encode(bytes.iter().take(BYTES).copied().collect::<Vec<u8>>())
    }
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_the_same_for_one_recipient_and_another_for_the_next() {
        let secret = [7; 32];
        let [one, again, other] = ["a", "a", "b"]
            .map(|name| Pseudonyms::of_recipient(&secret, name).of("mbox::mailto:x@y"));
        assert_eq!(one, again);
        assert_ne!(one, other);
        assert_eq!(one.len(), 32);
        let elsewhere = Pseudonyms::of_recipient(&[8; 32], "a").of("mbox::mailto:x@y");
        assert_ne!(one, elsewhere);
    }

    /// RFC 4231, test case 2.
    #[test]
    fn a_pseudonym_is_the_beginning_of_an_hmac_sha_256() {
        let pseudonym = Pseudonyms::under(b"Jefe").of("what do ya want for nothing?");
        assert_eq!(pseudonym, "5bdcc146bf60754e6a042426089575c7");
    }
}

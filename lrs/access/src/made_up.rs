//! Secrets that Traccia makes up. They say so themselves: their last characters are a MAC under the
//! store's secret, which cannot be computed without it. A secret that was made up here is told from
//! a guess without a slow hash, so that its request never waits behind guesses, and is never refused
//! for them.

use hmac::{Hmac, Mac as _};
use rand::distr::{Alphanumeric, SampleString as _};
use sha2::Sha256;

/// Letters and digits alone: a command line would take a text that begins with a hyphen for an
/// option.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The random characters of a secret or name: 190 bits.
const RANDOM: usize = 32;
/// The characters of the MAC: 65 bits.
const MAC: usize = 11;

/// Makes secrets up and recognises them.
pub struct MadeUp {
    secret: [u8; 32],
}

/// A name for a key: letters and digits alone.
pub fn name() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), RANDOM)
}

impl MadeUp {
    /// Secrets under the `secret` that all processes of one store share.
    pub const fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// A new secret for the key of this name.
    pub fn secret(&self, key: &str) -> String {
        let random = Alphanumeric.sample_string(&mut rand::rng(), RANDOM);
        let mac = self.mac(key, &random);
        random + &mac
    }

    /// Whether `secret` was made up for a key of this name, be it still there or not.
    pub fn is_of(&self, key: &str, secret: &str) -> bool {
        let parts = secret.split_at_checked(RANDOM).filter(|(_, mac)| mac.len() == MAC);
        // A comparison by time would give away characters of a MAC: all of them are compared.
        parts.is_some_and(|(random, mac)| {
            let expected = self.mac(key, random);
            expected.bytes().zip(mac.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
        })
    }

    fn mac(&self, key: &str, random: &str) -> String {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.secret);
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new(&block.into());
        mac.update(b"key secret\n");
        mac.update(key.as_bytes());
        mac.update(b"\n");
        mac.update(random.as_bytes());
        let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 62)).copied().unwrap_or(b'0');
        mac.finalize().into_bytes().iter().take(MAC).map(|byte| char::from(letter(byte))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_up_can_stand_on_a_command_line() {
        for _ in 0..1_000 {
            for made_up in [name(), MadeUp::new([7; 32]).secret("k")] {
                assert!(made_up.len() >= RANDOM, "{made_up}");
                assert!(made_up.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{made_up}");
            }
        }
    }

    #[test]
    fn a_made_up_secret_is_recognised_for_its_key_and_store_alone() {
        let made_up = MadeUp::new([7; 32]);
        let secret = made_up.secret("moodle");
        assert!(made_up.is_of("moodle", &secret));
        assert!(!made_up.is_of("other", &secret));
        assert!(!MadeUp::new([8; 32]).is_of("moodle", &secret));
        for at in [0, RANDOM - 1, RANDOM, secret.len() - 1] {
            let mut changed = secret.clone().into_bytes();
            changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
            assert!(!made_up.is_of("moodle", std::str::from_utf8(&changed).unwrap()), "{at}");
        }
        for other in ["", "s3cret", &secret[1..], &format!("{secret}a"), &"è".repeat(30)] {
            assert!(!made_up.is_of("moodle", other), "{other}");
        }
    }
}

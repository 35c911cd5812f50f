//! Pseudonyms: what open tables have instead of people.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How many bytes of the MAC a pseudonym has.
const BYTES: usize = 16;
/// How many identifiers are remembered with their pseudonyms.
const REMEMBERED: usize = 1 << 14;
/// The longest identifier that is remembered, in bytes: all take at most 5 MiB.
const LONGEST_REMEMBERED: usize = 200;

/// Makes pseudonyms for one recipient. The same identifier always has the same pseudonym for one recipient, and for two
/// recipients has two that cannot be joined. A pseudonym stays personal data: the secret of the recipient computes it
/// again from a known identifier.
///
/// The pseudonym of a recipient of a store is made of the identifier's mark ([`mark_of`]) and not of the identifier: so a
/// record of an erasure, which has marks alone, still says which pseudonyms a recipient knew the erased person by.
#[derive(Clone)]
pub struct Pseudonyms {
    /// Makes the mark that the pseudonym is made of; nothing where it is made of the identifier itself.
    marks: Option<Hmac<Sha256>>,
    mac: Hmac<Sha256>,
    /// Pseudonyms that were made, by identifier.
    made: Option<Arc<Mutex<HashMap<String, String, RandomState>>>>,
}

impl Pseudonyms {
    /// Pseudonyms under a secret of the recipient's own.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "HMAC takes keys of any length"
    )]
    pub fn under(secret: &[u8]) -> Self {
        Self { marks: None, mac: Hmac::new_from_slice(secret).expect("a key"), made: None }
    }

    /// The same pseudonyms, which are made once for each of the identifiers that come again soon: statements of one person
    /// stand near each other in a log. The identifiers are in memory as long as this or a clone of it is.
    #[must_use]
    pub fn remembering(&self) -> Self {
        Self { made: Some(Arc::default()), ..self.clone() }
    }

    /// Pseudonyms for the recipient of this name in a store of this secret.
    pub fn of_recipient(store_secret: &[u8; 32], recipient: &str) -> Self {
        let mut derived = Self::under(store_secret).mac;
        derived.update(b"pseudonyms\n");
        derived.update(recipient.as_bytes());
        let marks = Some(marking(store_secret));
        Self { marks, ..Self::under(&derived.finalize().into_bytes()) }
    }

    /// The pseudonym of an identifier, by its canonical text: the first 128 bits of an HMAC-SHA-256, as 32 hexadecimal
    /// digits.
    pub fn of(&self, identifier: &str) -> String {
        let made = self.made.as_ref().filter(|_| identifier.len() <= LONGEST_REMEMBERED);
        let Some(made) = made else { return self.anew(identifier) };
        let lock = || made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pseudonym) = lock().get(identifier) {
            return pseudonym.clone();
        }
        let pseudonym = self.anew(identifier);
        let mut made = lock();
        if made.len() >= REMEMBERED {
            made.clear();
        }
        made.insert(identifier.to_owned(), pseudonym.clone());
        pseudonym
    }

    fn anew(&self, identifier: &str) -> String {
        match &self.marks {
            Some(marks) => self.of_mark(&marked(marks.clone(), identifier)),
            None => self.made_of(identifier),
        }
    }

    /// The pseudonym that a recipient of a store has for the identifier of this mark.
    pub fn of_mark(&self, mark: &str) -> String {
        self.made_of(mark)
    }

    /// A number that stands for another one: who does not have the recipient's secret can work neither out of the other.
    pub(crate) fn number_of(&self, number: u64) -> u64 {
        let mut mac = self.mac.clone();
        add(&mut mac, b"a number");
        mac.update(&number.to_be_bytes());
        mac.finalize().into_bytes().iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte))
    }

    fn made_of(&self, text: &str) -> String {
        let mut mac = self.mac.clone();
        mac.update(text.as_bytes());
        let bytes = mac.finalize().into_bytes();
        hex::encode(bytes.get(..BYTES).unwrap_or(&bytes))
    }
}

/// The mark of an identifier in a store of this secret: HMAC-SHA-256, as 64 hexadecimal digits. Without the secret,
/// identifiers cannot be tried against a mark.
pub fn mark_of(store_secret: &[u8; 32], identifier: &str) -> String {
    marked(marking(store_secret), identifier)
}

fn marking(store_secret: &[u8; 32]) -> Hmac<Sha256> {
    let mut mac = Pseudonyms::under(store_secret).mac;
    add(&mut mac, b"an erased identifier");
    mac
}

fn marked(mut marking: Hmac<Sha256>, identifier: &str) -> String {
    add(&mut marking, identifier.as_bytes());
    hex::encode(marking.finalize().into_bytes())
}

/// Adds a part with its length before it, so that no two lists of parts are one text.
fn add(mac: &mut Hmac<Sha256>, part: &[u8]) {
    mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
    mac.update(part);
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

    #[test]
    fn a_mark_gives_every_recipient_the_pseudonym_that_its_identifier_had() {
        let (secret, anna) = ([7; 32], "mbox::mailto:anna@x.example");
        let mark = mark_of(&secret, anna);
        for recipient in ["data", "region"] {
            let pseudonyms = Pseudonyms::of_recipient(&secret, recipient);
            assert_eq!(pseudonyms.of_mark(&mark), pseudonyms.of(anna));
        }
        assert_ne!(mark, mark_of(&[8; 32], anna));
        // As the records of erasures that are kept already have it.
        assert_eq!(mark.len(), 64);
    }

    #[test]
    fn remembered_pseudonyms_are_those_that_are_made_anew() {
        let pseudonyms = Pseudonyms::of_recipient(&[7; 32], "a");
        let remembering = pseudonyms.remembering();
        let identifiers = (0..=REMEMBERED).map(|n| format!("mbox::mailto:{n}@x.example"));
        for identifier in identifiers.chain(["mbox::mailto:0@x.example".to_owned()]) {
            let expected = pseudonyms.of(&identifier);
            for _ in 0..2 {
                assert_eq!(remembering.of(&identifier), expected);
            }
        }
        let made = remembering.made.unwrap();
        assert_eq!(made.lock().unwrap().len(), 2, "the oldest made room");
    }

    /// RFC 4231, test case 2.
    #[test]
    fn a_pseudonym_is_the_beginning_of_an_hmac_sha_256() {
        let pseudonym = Pseudonyms::under(b"Jefe").of("what do ya want for nothing?");
        assert_eq!(pseudonym, "5bdcc146bf60754e6a042426089575c7");
    }
}

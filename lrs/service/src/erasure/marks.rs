//! Marks: keyed hashes of what was erased. Who does not have the store's secret cannot try identifiers against them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use xapi::stored::Stored;

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn keyed(secret: &[u8; 32], parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key");
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    hex::encode(mac.finalize().into_bytes())
}

/// The mark of an identifier, which pseudonyms in tables are made of too.
pub(super) fn one(secret: &[u8; 32], identifier: &str) -> String {
    dataset::mark_of(secret, identifier)
}

/// The marks of identifiers, sorted.
pub(super) fn of<'a>(secret: &[u8; 32], identifiers: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut marks: Vec<String> = identifiers.map(|it| one(secret, it)).collect();
    marks.sort_unstable();
    marks
}

/// The hash of all statements before and of this one, as it was.
pub(super) fn before(secret: &[u8; 32], earlier: &str, statement: &Stored) -> String {
    let body = Sha256::digest(&statement.body);
    keyed(secret, &[b"a statement before", earlier.as_bytes(), statement.id.as_bytes(), &body])
}

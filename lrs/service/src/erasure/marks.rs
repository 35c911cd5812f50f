//! Marks: keyed hashes of what was erased. Who does not have the store's secret cannot try identifiers against them.

use course::Identifier;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{FoundLearner, ifi, is_address};

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

/// The marks of identifiers, sorted; of a mail address that of its form in small letters too, by which [`any`] finds it
/// however it is written.
pub(super) fn of<'a>(secret: &[u8; 32], identifiers: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut marks = Vec::new();
    for text in identifiers {
        add(&mut marks, one(secret, text));
        if text.starts_with("mbox") {
            add(&mut marks, one(secret, &text.to_lowercase()));
        }
    }
    marks
}

/// Adds a mark to those of a record, each of which is there once.
pub(super) fn add(marks: &mut Vec<String>, mark: String) {
    if let Err(place) = marks.binary_search(&mark) {
        marks.insert(place, mark);
    }
}

/// The marks that an identifier may have: as it is written, and of a mail address in small letters.
pub(crate) fn any(secret: &[u8; 32], identifier: &Identifier) -> Vec<String> {
    let text = ifi(identifier).to_string();
    let mut marks = vec![one(secret, &text)];
    let lower = text.to_lowercase();
    if is_address(identifier) && lower != text {
        marks.push(one(secret, &lower));
    }
    marks
}

/// The mark of a learner who was asked for as such.
pub(super) fn of_learner(
    secret: &[u8; 32],
    FoundLearner { course, learner }: &FoundLearner,
) -> String {
    one(secret, &format!("learner::{course}/{learner}"))
}

/// The SHA-256 of a statement's text.
pub(super) fn digest(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// The hash of all statements before and of this one, as it was.
pub(super) fn before(secret: &[u8; 32], earlier: &str, id: Uuid, digest: &[u8; 32]) -> String {
    keyed(secret, &[b"a statement before", earlier.as_bytes(), id.as_bytes(), digest])
}

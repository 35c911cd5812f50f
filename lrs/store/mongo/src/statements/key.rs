//! Keys: what statements are found by, as 12 bytes each. The first byte says how closely the statement
//! has to do with a thing, the others are a hash of the thing. Identifiers may be of any length and are
//! repeated in millions of statements; a key is short. With 88 bits, two of ten billion things have the
//! same hash with a probability of less than one in a million.
//!
//! They are kept as `ObjectId`s, the one type of the database that is 12 bytes and nothing else.

use mongodb::bson::Bson;
use mongodb::bson::oid::ObjectId;
use sha2::{Digest as _, Sha256};

use crate::blob::{EVER_INLINE, INLINE};
use crate::call::LONGEST_ANSWER;
use store::bounds::{MOST_INHERITED, MOST_OWN};
use xapi::index::{Closeness, IndexKey, Kind};

const LENGTH: usize = 12;
/// Keys of one statement at most.
pub(super) const MOST_KEYS: usize = MOST_OWN + MOST_INHERITED;
/// Documents of one answer with all their keys, and with their bodies too.
pub(super) const BATCH_WITH_KEYS: u32 = 24;
/// Bytes of a key in a document's list at most: a type, the position as text, the key.
const ELEMENT: usize = 1 + 8 + LENGTH;
const _: () = assert!(
    EVER_INLINE + MOST_KEYS * ELEMENT + (1 << 20) <= 16 << 20,
    "a statement that has been inserted can be given all that it inherits"
);
const _: () = assert!(
    (INLINE + MOST_KEYS * ELEMENT) * BATCH_WITH_KEYS as usize <= LONGEST_ANSWER,
    "the driver takes an answer of the widest statements"
);
/// The first bytes. A kept key begins with one of them: they never change.
const DIRECT: u8 = 1;
const RELATED: u8 = 2;
const AUTHORITY: u8 = 3;

/// One thing that a statement is found by, and how closely the statement has to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key([u8; LENGTH]);

impl Key {
    fn new(how: u8, kind: u8, what: &[u8]) -> Self {
        let hash = Sha256::new().chain_update([kind]).chain_update(what).finalize();
        let mut key = [how; LENGTH];
        key.iter_mut().skip(1).zip(hash).for_each(|(to, from)| *to = from);
        Self(key)
    }

    /// How closely a statement has to do with a thing, and a hash of the thing.
    pub(super) fn hashed(kind: Kind, text: &str, closeness: Closeness) -> Self {
        let how = match closeness {
            Closeness::Direct => DIRECT,
            Closeness::Related => RELATED,
            Closeness::Authority => AUTHORITY,
        };
        let kind = match kind {
            Kind::Agent => 1,
            Kind::Verb => 2,
            Kind::Activity => 3,
            Kind::Registration => 4,
        };
        Self::new(how, kind, text.as_bytes())
    }

    pub(super) fn from_index(key: &IndexKey) -> Self {
        Self::hashed(key.kind, &key.text, key.closeness)
    }

    pub(super) fn from_bson(bson: &Bson) -> Option<Self> {
        bson.as_object_id().map(Self::from_object_id)
    }

    pub(super) const fn from_object_id(id: ObjectId) -> Self {
        Self(id.bytes())
    }

    pub(super) const fn to_bson(self) -> Bson {
        Bson::ObjectId(ObjectId::from_bytes(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_closenesses_are_kept_apart() {
        let text = "https://x.example/1";
        let mut keys = Vec::new();
        for kind in [Kind::Agent, Kind::Verb, Kind::Activity, Kind::Registration] {
            for closeness in [Closeness::Direct, Closeness::Related, Closeness::Authority] {
                keys.push(Key::hashed(kind, text, closeness));
            }
        }
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn a_key_reads_back() {
        let key = Key::hashed(Kind::Verb, "v", Closeness::Direct);
        assert_eq!(Key::from_bson(&key.to_bson()), Some(key));
        assert_eq!(Key::from_bson(&Bson::Null), None);
    }
}

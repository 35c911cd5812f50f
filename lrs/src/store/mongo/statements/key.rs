//! What statements are found by, as 12 bytes each: how, and a hash of what. Identifiers may be of
//! any length and are repeated in millions of statements; an index entry is short. 88 bits keep
//! ten billion things apart with odds of a million to one.
//!
//! They are kept as `ObjectId`s, the one type of the database that is 12 bytes and nothing else.

use mongodb::bson::Bson;
use mongodb::bson::oid::ObjectId;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::xapi::index::{Closeness, IndexKey, Kind};

const LENGTH: usize = 12;
/// The first bytes. A kept key begins with one of them: they never change.
const DIRECT: u8 = 1;
const RELATED: u8 = 2;
const AUTHORITY: u8 = 3;
const REFERS: u8 = 4;
const VOIDS: u8 = 5;

/// One thing that a statement is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::store::mongo) struct Key([u8; LENGTH]);

impl Key {
    fn new(how: u8, kind: u8, what: &[u8]) -> Self {
        let hash = Sha256::new().chain_update([kind]).chain_update(what).finalize();
        let mut key = [how; LENGTH];
        key.iter_mut().skip(1).zip(hash).for_each(|(to, from)| *to = from);
        Self(key)
    }

    pub(super) fn of(kind: Kind, text: &str, closeness: Closeness) -> Self {
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

    pub(super) fn of_index(key: &IndexKey) -> Self {
        Self::of(key.kind, &key.text, key.closeness)
    }

    /// Of the statements that refer to `target`.
    pub(super) fn refers(target: Uuid) -> Self {
        Self::new(REFERS, 0, target.as_bytes())
    }

    /// Of the statements that void `target`.
    pub(super) fn voids(target: Uuid) -> Self {
        Self::new(VOIDS, 0, target.as_bytes())
    }

    /// What a statement that refers to one with this key has of it; see
    /// [`crate::xapi::index::inherited`].
    pub(super) fn inherited(self) -> Option<Self> {
        let Self([how, rest @ ..]) = self;
        let how = match how {
            DIRECT | RELATED => how,
            AUTHORITY => RELATED,
            _ => return None,
        };
        let mut key = [how; LENGTH];
        key.iter_mut().skip(1).zip(rest).for_each(|(to, from)| *to = from);
        Some(Self(key))
    }

    pub(super) fn read(bson: &Bson) -> Option<Self> {
        bson.as_object_id().map(|id| Self(id.bytes()))
    }

    pub(super) const fn bson(self) -> Bson {
        Bson::ObjectId(ObjectId::from_bytes(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_closenesses_are_kept_apart() {
        let text = "https://x.example/1";
        let mut keys = vec![Key::refers(Uuid::nil()), Key::voids(Uuid::nil())];
        for kind in [Kind::Agent, Kind::Verb, Kind::Activity, Kind::Registration] {
            for closeness in [Closeness::Direct, Closeness::Related, Closeness::Authority] {
                keys.push(Key::of(kind, text, closeness));
            }
        }
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn an_authority_is_inherited_as_related_and_a_reference_not_at_all() {
        let of = |closeness| Key::of(Kind::Agent, "a", closeness);
        assert_eq!(of(Closeness::Authority).inherited(), Some(of(Closeness::Related)));
        assert_eq!(of(Closeness::Direct).inherited(), Some(of(Closeness::Direct)));
        assert_eq!(Key::refers(Uuid::nil()).inherited(), None);
        assert_eq!(Key::voids(Uuid::nil()).inherited(), None);
    }

    #[test]
    fn a_key_reads_back() {
        let key = Key::refers(Uuid::max());
        assert_eq!(Key::read(&key.bson()), Some(key));
        assert_eq!(Key::read(&Bson::Null), None);
    }
}

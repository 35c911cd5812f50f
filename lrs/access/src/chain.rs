//! The hash chain of the audit log: each entry is sealed with a hash of the entry before, so that a change, a removal and
//! an insertion are found later.
//!
//! The chain does not cover an entry's words but a digest of them under a random salt. When a person is erased, words
//! that name the person are replaced and the salt is removed: the digest stays, so the chain stays whole, and nothing can
//! be found out from the digest. Such an entry says which erasure changed it.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::audit::AuditEntry;

/// The hash that the first entry of a chain is sealed with.
pub const BEFORE_THE_FIRST: &str =
    "0000000000000000000000000000000000000000000000000000000000000000";

/// How an entry stands in the chain. Hashes and salts are written in lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The entry's place: 1, 2, 3 and so on without a gap, in the order in which entries were kept.
    pub number: u64,
    /// 16 random bytes; empty once a person was erased from the entry.
    pub salt: String,
    /// SHA-256 of the salt and the entry.
    pub digest: String,
    /// SHA-256 of the hash of the entry before, the number and the digest.
    pub hash: String,
    /// The erasure that changed the entry's words; empty for none.
    pub erased_by: String,
}

/// An entry of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEntry {
    /// Its place.
    pub seal: Seal,
    /// The entry; `None` where the log has it no more.
    pub entry: Option<AuditEntry>,
}

/// The end of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// [`Seal::number`] of the last entry; 0 for an empty chain.
    pub number: u64,
    /// [`Seal::hash`] of the last entry.
    pub hash: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { number: 0, hash: BEFORE_THE_FIRST.to_owned() }
    }
}

impl Head {
    /// The seal of the entry that comes next, with this salt.
    pub fn seal(&self, entry: &AuditEntry, salt: [u8; 16]) -> Seal {
        let number = self.number.saturating_add(1);
        let digest = digest(&salt, entry);
        let hash = linked(&self.hash, number, &digest);
        Seal { number, salt: hex(&salt), digest, hash, erased_by: String::new() }
    }
}

/// The first entry of a chain that is not as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenLink {
    /// The place in the chain.
    pub number: u64,
    /// The entry's id, where there is an entry.
    pub id: Option<String>,
    /// What is wrong.
    pub fault: LinkFault,
}

/// What is wrong with an entry of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFault {
    /// There is no entry of this number, though there is one of a later number.
    Missing,
    /// The words of the entry are not those that were sealed.
    Changed,
    /// The seal does not follow from the entry before.
    Unlinked,
    /// The words were replaced by an erasure that the store does not know.
    UnknownErasure,
}

impl LinkFault {
    /// The fault as the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::Unlinked => "unlinked",
            Self::UnknownErasure => "unknown_erasure",
        }
    }
}

/// Follows a chain entry by entry.
#[derive(Clone, Debug, Default)]
pub struct ChainFollower {
    head: Head,
    erased: u64,
}

impl ChainFollower {
    /// The end of the chain so far.
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// Entries so far whose words an erasure replaced.
    pub const fn erased(&self) -> u64 {
        self.erased
    }

    /// Takes the next entry, in the order of numbers.
    ///
    /// # Errors
    /// The entry is not as it was kept. Whether an erasure is known is the caller's to check.
    pub fn take(&mut self, sealed: &SealedEntry) -> Result<(), BrokenLink> {
        let SealedEntry { seal, entry } = sealed;
        let next = self.head.number.saturating_add(1);
        if seal.number != next {
            return Err(BrokenLink { number: next, id: None, fault: LinkFault::Missing });
        }
        let broken = |fault| {
            Err(BrokenLink { number: next, id: entry.as_ref().map(|it| it.id.clone()), fault })
        };
        let Some(entry) = entry else { return broken(LinkFault::Missing) };
        if seal.hash != linked(&self.head.hash, next, &seal.digest) {
            return broken(LinkFault::Unlinked);
        }
        if seal.erased_by.is_empty() {
            let is_same = salt(&seal.salt).is_some_and(|salt| digest(&salt, entry) == seal.digest);
            if !is_same {
                return broken(LinkFault::Changed);
            }
        } else {
            self.erased = self.erased.saturating_add(1);
        }
        self.head = Head { number: next, hash: seal.hash.clone() };
        Ok(())
    }
}

/// The digest of an entry: each part behind its length, so that no two entries are written alike.
fn digest(salt: &[u8; 16], entry: &AuditEntry) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    let at = entry.at.micros().to_string();
    let AuditEntry { id, actor, action, target, details, .. } = entry;
    for part in [id, at.as_str(), actor.kind(), actor.name(), action, target, details] {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}

fn linked(before: &str, number: u64, digest: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(before.as_bytes());
    hasher.update(number.to_be_bytes());
    hasher.update(digest.as_bytes());
    hex(&hasher.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn salt(text: &str) -> Option<[u8; 16]> {
    let digits = (text.len() == 32).then_some(text)?;
    u128::from_str_radix(digits, 16).ok().map(u128::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Actor;
    use xapi::instant::Instant;

    fn entry(n: i64) -> AuditEntry {
        let at = Instant::from_micros(n);
        AuditEntry {
            id: AuditEntry::id(at, 7),
            at,
            actor: Actor::Person("anna".into()),
            action: "key.created".into(),
            target: format!("k{n}"),
            details: String::new(),
        }
    }

    fn chain(length: i64) -> Vec<SealedEntry> {
        let mut head = Head::default();
        (0..length)
            .map(|n| {
                let seal = head.seal(&entry(n), [u8::try_from(n).unwrap(); 16]);
                head = Head { number: seal.number, hash: seal.hash.clone() };
                SealedEntry { seal, entry: Some(entry(n)) }
            })
            .collect()
    }

    /// What somebody does to a chain who wants to change what it says.
    type Change = fn(&mut Vec<SealedEntry>);

    fn first_fault(chain: &[SealedEntry]) -> Option<(u64, LinkFault)> {
        let mut follower = ChainFollower::default();
        chain.iter().find_map(|it| follower.take(it).err()).map(|it| (it.number, it.fault))
    }

    #[test]
    fn the_first_entry_that_is_not_as_it_was_kept_is_named() {
        assert_eq!(first_fault(&chain(5)), None);
        let changes: [(Change, Option<(u64, LinkFault)>); 9] = [
            (|it| it[2].entry.as_mut().unwrap().target.push('x'), Some((3, LinkFault::Changed))),
            (
                |it| it[2].entry.as_mut().unwrap().actor = Actor::Machine,
                Some((3, LinkFault::Changed)),
            ),
            // A byte that moves from one part to the next is a change too.
            (
                |it| {
                    let entry = it[2].entry.as_mut().unwrap();
                    entry.action = "key.createdk".into();
                    entry.target = "2".into();
                },
                Some((3, LinkFault::Changed)),
            ),
            (|it| it[2].seal.salt = "0".repeat(32), Some((3, LinkFault::Changed))),
            (|it| it[2].seal.salt = "é".repeat(16), Some((3, LinkFault::Changed))),
            (|it| it[1].entry = None, Some((2, LinkFault::Missing))),
            (|it| drop(it.remove(1)), Some((2, LinkFault::Missing))),
            // A changed entry that is sealed again does not fit the next one.
            (
                |it| {
                    let before = Head { number: 1, hash: it[0].seal.hash.clone() };
                    it[1].entry.as_mut().unwrap().target = "other".into();
                    it[1].seal = before.seal(it[1].entry.as_ref().unwrap(), [9; 16]);
                },
                Some((3, LinkFault::Unlinked)),
            ),
            (|it| it.truncate(3), None),
        ];
        for (n, (change, expected)) in changes.into_iter().enumerate() {
            let mut changed = chain(5);
            change(&mut changed);
            assert_eq!(first_fault(&changed), expected, "{n}");
        }
    }

    #[test]
    fn an_entry_that_an_erasure_changed_leaves_the_chain_whole() {
        let mut changed = chain(4);
        changed[1].entry.as_mut().unwrap().actor = Actor::Person("erased".into());
        changed[1].seal.salt.clear();
        changed[1].seal.erased_by = "e1".into();
        let mut follower = ChainFollower::default();
        assert!(changed.iter().all(|it| follower.take(it).is_ok()));
        assert_eq!((follower.erased(), follower.head().number), (1, 4));
        // A digest of its own is not what the chain is made of.
        changed[1].seal.digest = "0".repeat(64);
        assert_eq!(first_fault(&changed), Some((2, LinkFault::Unlinked)));
    }
}

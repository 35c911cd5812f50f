//! Credentials and names without what they say.

use sha2::{Digest as _, Sha256};

/// A hash under a secret of this process.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Digest([u8; 32]);

/// Makes digests. Secrets in memory are digests alone.
pub(super) struct Digests {
    pepper: [u8; 32],
}

impl Digests {
    pub(super) const fn new(pepper: [u8; 32]) -> Self {
        Self { pepper }
    }

    pub(super) fn of_name(&self, name: &str) -> Digest {
        Digest(Sha256::new().chain_update(self.pepper).chain_update(name).finalize().into())
    }

    /// Of a person: the same name as a key's is another.
    pub(super) fn of_person(&self, name: &str) -> Digest {
        let hash = Sha256::new().chain_update(self.pepper).chain_update("person:");
        Digest(hash.chain_update(name).finalize().into())
    }

    /// Of the answers of an identity provider.
    pub(super) fn of_provider(&self, id: &str) -> Digest {
        let hash = Sha256::new().chain_update(self.pepper).chain_update("provider:");
        Digest(hash.chain_update(id).finalize().into())
    }

    /// However the header was spelt: one key and one secret are one digest.
    pub(super) fn of_credentials(&self, name: &str, secret: &str) -> Digest {
        let length = (name.len() as u64).to_be_bytes();
        let hash = Sha256::new().chain_update(self.pepper).chain_update(length);
        Digest(hash.chain_update(name).chain_update(secret).finalize().into())
    }
}

#[cfg(test)]
impl Digest {
    pub(super) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

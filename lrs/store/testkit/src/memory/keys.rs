//! Keys, and when each was used last.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::MemoryStore;
use access::key::KeptKey;
use store::{KeyStore, Result};
use xapi::instant::Instant;

/// All keys, in the order in which they were made.
#[derive(Clone, Default)]
pub(super) struct Keys {
    kept: Vec<KeptKey>,
    /// By name.
    uses: BTreeMap<String, Instant>,
}

#[async_trait]
impl KeyStore for MemoryStore {
    async fn key(&self, name: &str) -> Result<Option<KeptKey>> {
        Ok(self.read().keys.kept.iter().find(|kept| kept.key.name == name).cloned())
    }
    async fn keys(&self) -> Result<Vec<KeptKey>> {
        let mut keys = self.read().keys.kept.clone();
        keys.sort_by(|one, other| one.key.name.cmp(&other.key.name));
        Ok(keys)
    }
    async fn add_key(&self, key: KeptKey) -> Result<bool> {
        self.write(|contents| {
            let is_new = contents.keys.kept.iter().all(|kept| kept.key.name != key.key.name);
            contents.keys.kept.extend(is_new.then_some(key));
            Ok(is_new)
        })
    }
    async fn remove_key(&self, name: &str) -> Result<bool> {
        self.write(|contents| {
            let before = contents.keys.kept.len();
            contents.keys.kept.retain(|kept| kept.key.name != name);
            contents.keys.uses.remove(name);
            Ok(contents.keys.kept.len() < before)
        })
    }
    async fn change_key(&self, secret_hash: &str, key: KeptKey) -> Result<bool> {
        self.write(|contents| {
            let is_old = |kept: &&mut KeptKey| {
                kept.key.name == key.key.name && kept.secret_hash == secret_hash
            };
            let found = contents.keys.kept.iter_mut().find(is_old);
            Ok(found.map(|kept| *kept = key.clone()).is_some())
        })
    }
    async fn note_key_use(&self, name: &str, at: Instant) -> Result<()> {
        self.write(|contents| {
            if contents.keys.kept.iter().any(|kept| kept.key.name == name) {
                let last = contents.keys.uses.entry(name.to_owned()).or_insert(at);
                *last = at.max(*last);
            }
            Ok(())
        })
    }
    async fn key_uses(&self) -> Result<BTreeMap<String, Instant>> {
        Ok(self.read().keys.uses.clone())
    }
}

//! Keys: who may use the store, and for what.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::Result;
use access::key::KeptKey;
use xapi::instant::Instant;

/// Keys.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// The key of this name.
    async fn key(&self, name: &str) -> Result<Option<KeptKey>>;

    /// All keys, by name.
    async fn keys(&self) -> Result<Vec<KeptKey>>;

    /// Adds a key. False where a key of this name is there, which is left as it is.
    async fn add_key(&self, key: KeptKey) -> Result<bool>;

    /// Removes a key. False where there is no key of this name.
    async fn remove_key(&self, name: &str) -> Result<bool>;

    /// Replaces the key of the same name, where it still has the secret of this hash. False where it has another secret,
    /// or is gone, and nothing was changed.
    ///
    /// Of two that replace a key at once on the `MongoDB` engine, both may be told that they did; the key is as one of
    /// them wanted it.
    async fn change_key(&self, secret_hash: &str, key: KeptKey) -> Result<bool>;

    /// Notes that the key of this name was used. An earlier instant than the one that is noted changes nothing. Goes
    /// with the key.
    async fn note_key_use(&self, name: &str, at: Instant) -> Result<()>;

    /// When keys were last used, of those of which it was noted, by name.
    async fn key_uses(&self) -> Result<BTreeMap<String, Instant>>;
}

//! Keys: who may use the store, and for what.

use async_trait::async_trait;

use crate::Result;
use access::key::KeptKey;

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
}

//! The audit log.

use async_trait::async_trait;

use crate::Result;
use access::audit::{AuditEntry, AuditFilter};
use access::chain::SealedEntry;

/// Who changed, read or exported what. Entries are added, and neither changed nor removed; only an erasure replaces words
/// that name the person ([`ErasureStore`](crate::ErasureStore)).
///
/// Entries are links of a hash chain ([`access::chain`]). Those of a store from before the chain stay, and are not in it:
/// the first entry that is added after them has number 1.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Keeps an entry as the next one of the chain. False where there is one of this id, which is left as it is.
    ///
    /// Of writers that add entries at once, each gets a number of its own, and no number is left out.
    async fn add_audit(&self, entry: AuditEntry) -> Result<bool>;

    /// At most `limit` entries that the filter includes, in the chain or not, those with the greatest ids first.
    async fn audit(&self, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>>;

    /// At most `limit` entries of the chain whose numbers are greater than `after`, by number, as they are kept: whether
    /// they are as they were written is for [`access::chain::ChainFollower`] to find.
    ///
    /// An entry that [`Self::add_audit`] has kept is there for a later call.
    async fn audit_chain(&self, after: u64, limit: usize) -> Result<Vec<SealedEntry>>;

    /// Keeps an entry of another store's chain as it is there, seal included. False where there is one of this id or of
    /// this number, which is left as it is. An entry without words is not kept, and false.
    async fn restore_audit(&self, sealed: SealedEntry) -> Result<bool>;

    /// Keeps an entry from before the chain of another store, outside of this store's chain. False where there is one of
    /// this id, which is left as it is.
    async fn restore_unchained_audit(&self, entry: AuditEntry) -> Result<bool>;
}

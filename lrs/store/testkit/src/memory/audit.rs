//! The audit log, in a list.

use async_trait::async_trait;

use super::MemoryStore;
use access::audit::{AuditEntry, AuditFilter};
use access::chain::{Head, Seal, SealedEntry};
use store::{AuditStore, Result};

/// The audit log.
#[derive(Clone, Default)]
pub(super) struct AuditLog {
    /// Each entry, with its seal where it is in the chain.
    pub(super) entries: Vec<(AuditEntry, Option<Seal>)>,
}

impl AuditLog {
    fn head(&self) -> Head {
        let seals = self.entries.iter().filter_map(|(_, seal)| seal.as_ref());
        let last = seals.max_by_key(|seal| seal.number);
        last.map_or_else(Head::default, |it| Head { number: it.number, hash: it.hash.clone() })
    }

    fn add(&mut self, entry: AuditEntry, seal: Option<Seal>) -> bool {
        let number = |seal: &Option<Seal>| seal.as_ref().map(|it| it.number);
        let is_free = self.entries.iter().all(|(kept, of)| {
            kept.id != entry.id && (seal.is_none() || number(of) != number(&seal))
        });
        self.entries.extend(is_free.then_some((entry, seal)));
        is_free
    }
}

#[async_trait]
impl AuditStore for MemoryStore {
    async fn add_audit(&self, entry: AuditEntry) -> Result<bool> {
        self.write(|contents| {
            let seal = contents.audit.head().seal(&entry, rand::random());
            Ok(contents.audit.add(entry, Some(seal)))
        })
    }
    async fn audit(&self, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>> {
        let mut found: Vec<AuditEntry> =
            self.read().audit.entries.iter().map(|(entry, _)| entry.clone()).collect();
        found.retain(|entry| filter.includes(entry));
        found.sort_by(|one, other| other.id.cmp(&one.id));
        found.truncate(limit);
        Ok(found)
    }
    async fn audit_chain(&self, after: u64, limit: usize) -> Result<Vec<SealedEntry>> {
        let entries = self.read().audit.entries.clone();
        let sealed = entries
            .into_iter()
            .filter_map(|(entry, seal)| Some(SealedEntry { seal: seal?, entry: Some(entry) }));
        let mut found: Vec<SealedEntry> = sealed.filter(|it| it.seal.number > after).collect();
        found.sort_by_key(|it| it.seal.number);
        found.truncate(limit);
        Ok(found)
    }
    async fn restore_audit(&self, sealed: SealedEntry) -> Result<bool> {
        let SealedEntry { seal, entry: Some(entry) } = sealed else { return Ok(false) };
        self.write(|contents| Ok(contents.audit.add(entry, Some(seal))))
    }
    async fn restore_unchained_audit(&self, entry: AuditEntry) -> Result<bool> {
        self.write(|contents| Ok(contents.audit.add(entry, None)))
    }
}

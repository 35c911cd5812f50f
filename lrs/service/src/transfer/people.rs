//! Copying people and the audit log. Sessions and links for the set-up stay where they are.

use super::{Result, Transfer, TransferError, source, target};
use access::audit::AuditFilter;
use store::{HeldPerson, Store};
use xapi::instant::Instant;

/// Entries read at once.
const ENTRIES: usize = 1_000;

impl Transfer<'_> {
    /// Fails where the target has a person that the source has not.
    pub(super) async fn check_people(&self) -> Result<()> {
        for theirs in self.to.people().await.map_err(target)? {
            let name = theirs.kept.person.name;
            if self.from.person(&name).await.map_err(source)?.is_none() {
                return Err(TransferError::OtherPerson(name));
            }
        }
        Ok(())
    }

    /// Copies people who are new or changed.
    pub(super) async fn people(&self) -> Result<()> {
        for HeldPerson { kept, .. } in self.from.people().await.map_err(source)? {
            if self.to.add_person(kept.clone()).await.map_err(target)? {
                continue;
            }
            let theirs = self.to.person(&kept.person.name).await.map_err(target)?;
            if let Some(theirs) = theirs.filter(|theirs| theirs.kept != kept) {
                self.to.change_person(kept, theirs.revision).await.map_err(target)?;
            }
        }
        Ok(())
    }

    /// Copies the erasures that are missing: without them the proofs of erasures are of nothing.
    pub(super) async fn erasures(&self) -> Result<()> {
        let mut after = None;
        loop {
            let page = self.from.erasures(after, ENTRIES).await.map_err(source)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.id);
            for erasure in page {
                if !self.to.add_erasure(erasure.clone()).await.map_err(target)? {
                    // One that was under way when it was copied before.
                    self.to.change_erasure(erasure).await.map_err(target)?;
                }
            }
        }
    }

    /// Copies the ids of statements that erasures removed: they stay taken.
    pub(super) async fn removed(&self) -> Result<()> {
        let mut after = Instant::default();
        loop {
            let page = self.from.removed_statements(after, ENTRIES).await.map_err(source)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.stored;
            self.to.restore_removed(page).await.map_err(target)?;
        }
    }

    /// Copies the entries of the audit log that are missing, each with its place in the chain.
    pub(super) async fn audit(&self) -> Result<()> {
        let mut after = 0;
        loop {
            let page = self.from.audit_chain(after, ENTRIES).await.map_err(source)?;
            let Some(last) = page.last() else { break };
            after = last.seal.number;
            for sealed in page {
                self.to.restore_audit(sealed).await.map_err(target)?;
            }
        }
        // Those that are left are from before the chain.
        let mut filter = AuditFilter::default();
        loop {
            let page = self.from.audit(&filter, ENTRIES).await.map_err(source)?;
            let Some(last) = page.last() else { return Ok(()) };
            filter.before = Some(last.id.clone());
            for entry in page {
                self.to.restore_unchained_audit(entry).await.map_err(target)?;
            }
        }
    }
}

/// Calls `each` with all entries of a store, the newest first.
pub(super) async fn entries(
    store: &dyn Store,
    mut each: impl FnMut(&access::audit::AuditEntry),
) -> store::Result<()> {
    let mut filter = AuditFilter::default();
    loop {
        let page = store.audit(&filter, ENTRIES).await?;
        let Some(last) = page.last() else { return Ok(()) };
        filter.before = Some(last.id.clone());
        page.iter().for_each(&mut each);
    }
}

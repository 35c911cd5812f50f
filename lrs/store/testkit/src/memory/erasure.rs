//! Erasing a person, and the erasures that were made, in lists.

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use super::{Contents, MemoryStore};
use store::{
    ERASURES_BYTES, ErasedPart, ErasureStore, KeptCertificates, KeptErasure, RemovedStatement,
    Result, Rewrite, Scrub, erase_documents, erased_entry,
};
use xapi::erase::Eraser;
use xapi::instant::Instant;
use xapi::stored::Stored;

/// How many of a list `retain` drops.
fn dropped<T>(list: &mut Vec<T>, stays: impl FnMut(&T) -> bool) -> u64 {
    let before = list.len();
    list.retain(stays);
    (before - list.len()) as u64
}

impl Contents {
    fn erase(&mut self, part: ErasedPart, eraser: &Eraser, by: Uuid) -> u64 {
        match part {
            ErasedPart::Index => self.statements.erase_index(eraser),
            ErasedPart::Documents => 0,
            ErasedPart::Journals => self.courses.erase_journals(|actor| eraser.is_named(actor)),
            ErasedPart::Launches => {
                dropped(&mut self.packages.launches, |it| !eraser.is_actor_of(&it.body))
            }
            ErasedPart::Refusals => {
                dropped(&mut self.refusals, |it| !eraser.is_mentioned(&it.body))
            }
            ErasedPart::Origins => self.statements.erase_origins(eraser),
            ErasedPart::DeadLetters => self.pipes.erase_letters(eraser),
            ErasedPart::Audit => self.erase_audit(eraser, by),
        }
    }

    fn erase_audit(&mut self, eraser: &Eraser, by: Uuid) -> u64 {
        let mut count = 0;
        for (entry, seal) in &mut self.audit.entries {
            let Some(erased) = erased_entry(eraser, entry) else { continue };
            *entry = erased;
            if let Some(seal) = seal {
                seal.salt.clear();
                seal.erased_by = by.to_string();
            }
            count += 1;
        }
        count
    }
}

#[async_trait]
impl ErasureStore for MemoryStore {
    async fn add_erasure(&self, erasure: KeptErasure) -> Result<bool> {
        self.write(|contents| {
            let is_new = contents.erasures.iter().all(|it| it.id != erasure.id);
            contents.erasures.extend(is_new.then_some(erasure));
            contents.erasures.sort_by_key(|it| it.id);
            Ok(is_new)
        })
    }
    async fn change_erasure(&self, erasure: KeptErasure) -> Result<bool> {
        self.write(|contents| {
            let mut all = contents.erasures.iter_mut();
            let found = all.find(|it| it.id == erasure.id && !it.is_done);
            Ok(found.map(|it| *it = erasure).is_some())
        })
    }
    async fn erasures(&self, after: Option<Uuid>, limit: usize) -> Result<Vec<KeptErasure>> {
        let (all, mut bytes) = (self.read().erasures.clone(), 0_usize);
        let later = all.into_iter().filter(|it| Some(it.id) > after).take(limit);
        let has_room = |it: &KeptErasure| {
            let before = bytes;
            bytes += it.body.len();
            before < ERASURES_BYTES
        };
        Ok(later.take_while(has_room).collect())
    }
    async fn rewrite_statements(&self, statements: Vec<Rewrite>) -> Result<u64> {
        self.write(|contents| {
            let rewritten = statements.iter().map(|it| contents.statements.rewrite(it));
            rewritten.map(|is_current| Ok(u64::from(!is_current?))).sum()
        })
    }
    async fn remove_statements(&self, statements: Vec<Stored>, by: Uuid) -> Result<u64> {
        self.write(|contents| {
            let removed = statements.iter().map(|read| contents.statements.remove(read, by));
            Ok(removed.filter(|is_current| !is_current).count() as u64)
        })
    }
    async fn removed_statements(
        &self,
        after: Instant,
        limit: usize,
    ) -> Result<Vec<RemovedStatement>> {
        Ok(self.read().statements.removed(after, limit))
    }
    async fn removed_among(&self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let removed = self.read().statements.removed(Instant::default(), usize::MAX);
        let is_removed = |id: &&Uuid| removed.iter().any(|it| it.id == **id);
        Ok(ids.iter().filter(is_removed).copied().collect())
    }
    async fn restore_removed(&self, removed: Vec<RemovedStatement>) -> Result<()> {
        self.write(|contents| {
            for removed in removed {
                contents.statements.take_removed(removed);
            }
            Ok(())
        })
    }
    async fn remove_attachments(&self, hashes: &[String]) -> Result<()> {
        self.write(|contents| {
            contents.statements.remove_attachments(hashes);
            Ok(())
        })
    }
    async fn replace_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool> {
        self.write(|contents| Ok(contents.courses.replace_certificates(course, list)))
    }
    async fn remove_certificates(&self, course: &str, id: &str) -> Result<bool> {
        self.write(|contents| Ok(contents.courses.remove_certificates(course, id)))
    }
    async fn erase(&self, part: ErasedPart, eraser: &Arc<Eraser>, by: Uuid) -> Result<u64> {
        if part == ErasedPart::Documents {
            return erase_documents(self, eraser).await;
        }
        self.write(|contents| Ok(contents.erase(part, eraser, by)))
    }
    /// Nothing lies in files.
    async fn scrub(&self, _: Scrub) -> Result<()> {
        Ok(())
    }
}

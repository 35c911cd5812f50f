//! Erasures.

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use store::{
    ErasedPart, ErasureStore, KeptCertificates, KeptErasure, RemovedStatement, Result, Rewrite,
    Scrub,
};
use xapi::erase::Eraser;
use xapi::instant::Instant;
use xapi::stored::Stored;

use super::{Around, Hook};

#[async_trait]
impl<H: Hook> ErasureStore for Around<H> {
    async fn add_erasure(&self, erasure: KeptErasure) -> Result<bool> {
        self.hook.before("add_erasure").await?;
        self.store.add_erasure(erasure).await
    }
    async fn change_erasure(&self, erasure: KeptErasure) -> Result<bool> {
        self.hook.before("change_erasure").await?;
        self.store.change_erasure(erasure).await
    }
    async fn erasures(&self, after: Option<Uuid>, limit: usize) -> Result<Vec<KeptErasure>> {
        self.hook.before("erasures").await?;
        self.store.erasures(after, limit).await
    }
    async fn rewrite_statements(&self, statements: Vec<Rewrite>) -> Result<u64> {
        self.hook.before("rewrite_statements").await?;
        self.store.rewrite_statements(statements).await
    }
    async fn remove_statements(&self, statements: Vec<Stored>, by: Uuid) -> Result<u64> {
        self.hook.before("remove_statements").await?;
        self.store.remove_statements(statements, by).await
    }
    async fn removed_statements(
        &self,
        after: Instant,
        limit: usize,
    ) -> Result<Vec<RemovedStatement>> {
        self.hook.before("removed_statements").await?;
        self.store.removed_statements(after, limit).await
    }
    async fn removed_among(&self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        self.hook.before("removed_among").await?;
        self.store.removed_among(ids).await
    }
    async fn restore_removed(&self, removed: Vec<RemovedStatement>) -> Result<()> {
        self.hook.before("restore_removed").await?;
        self.store.restore_removed(removed).await
    }
    async fn remove_attachments(&self, hashes: &[String]) -> Result<()> {
        self.hook.before("remove_attachments").await?;
        self.store.remove_attachments(hashes).await
    }
    async fn replace_certificates(&self, course: &str, list: KeptCertificates) -> Result<bool> {
        self.hook.before("replace_certificates").await?;
        self.store.replace_certificates(course, list).await
    }
    async fn remove_certificates(&self, course: &str, id: &str) -> Result<bool> {
        self.hook.before("remove_certificates").await?;
        self.store.remove_certificates(course, id).await
    }
    async fn erase(&self, part: ErasedPart, eraser: &Arc<Eraser>, by: Uuid) -> Result<u64> {
        self.hook.before("erase").await?;
        self.store.erase(part, eraser, by).await
    }
    async fn scrub(&self, scrub: Scrub) -> Result<()> {
        self.hook
            .before(if scrub == Scrub::Everything { "scrub" } else { "scrub_records" })
            .await?;
        self.store.scrub(scrub).await
    }
}

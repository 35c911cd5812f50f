//! Pipes and their dead letters.

use async_trait::async_trait;
use uuid::Uuid;

use store::{DeadLetter, HeldPipe, PipeStore, Result};
use xapi::instant::Instant;

use super::{Around, Hook};

#[async_trait]
impl<H: Hook> PipeStore for Around<H> {
    async fn pipe(&self, name: &str) -> Result<Option<HeldPipe>> {
        self.hook.before("pipe").await?;
        self.store.pipe(name).await
    }
    async fn pipes(&self) -> Result<Vec<HeldPipe>> {
        self.hook.before("pipes").await?;
        self.store.pipes().await
    }
    async fn add_pipe(&self, name: &str, record: &str) -> Result<bool> {
        self.hook.before("add_pipe").await?;
        self.store.add_pipe(name, record).await
    }
    async fn change_pipe(&self, name: &str, record: &str, based_on: i64) -> Result<Option<i64>> {
        self.hook.before("change_pipe").await?;
        self.store.change_pipe(name, record, based_on).await
    }
    async fn remove_pipe(&self, name: &str, based_on: i64) -> Result<bool> {
        self.hook.before("remove_pipe").await?;
        self.store.remove_pipe(name, based_on).await
    }
    async fn keep_dead_letters(&self, letters: Vec<DeadLetter>) -> Result<()> {
        self.hook.before("keep_dead_letters").await?;
        self.store.keep_dead_letters(letters).await
    }
    async fn dead_letters(
        &self,
        pipe: &str,
        after: Option<(Instant, Uuid)>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>> {
        self.hook.before("dead_letters").await?;
        self.store.dead_letters(pipe, after, limit).await
    }
    async fn dead_letter(&self, pipe: &str, statement: Uuid) -> Result<Option<DeadLetter>> {
        self.hook.before("dead_letter").await?;
        self.store.dead_letter(pipe, statement).await
    }
    async fn count_dead_letters(&self, pipe: &str) -> Result<u64> {
        self.hook.before("count_dead_letters").await?;
        self.store.count_dead_letters(pipe).await
    }
    async fn remove_dead_letter(&self, pipe: &str, statement: Uuid) -> Result<bool> {
        self.hook.before("remove_dead_letter").await?;
        self.store.remove_dead_letter(pipe, statement).await
    }
}

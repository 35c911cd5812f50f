//! Statements in tables: [`put`] keeps them, [`filter`] finds them, [`read`] gives them back.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use uuid::Uuid;

use self::put::Put;
use self::ready::ReadyBatch;
use crate::SqliteStore;
use store::{
    Batch, Kept, KeptAttachment, KeptBatch, LogPage, Page, Result, StatementLog, StatementStore,
    StoreError, Within,
};
use xapi::instant::Instant;
use xapi::query::Filter;

mod filter;
mod learn;
pub(super) mod link;
pub(super) mod put;
pub(super) mod read;
pub(super) mod ready;
mod wide;

/// How often a batch comes to the writer, where meanwhile others keep large statements under its ids.
const TRIES: usize = 5;

impl SqliteStore {
    /// Compares statements of a batch with those that are kept under their ids, where one of both is large: on a thread of
    /// its own, and one at a time, keys in turn. Such values take memory, and all writing waited for them on the writer's
    /// thread.
    async fn compared(
        &self,
        mut batch: ReadyBatch,
        large: Vec<(usize, i64)>,
    ) -> Result<ReadyBatch> {
        for (index, seq) in large {
            // For one alone: a kept statement may be large however small the batch is.
            let _turn = self.0.comparing.turn().await;
            let kept = self.read(move |connection| read::statement_at(connection, seq)).await?;
            // Where an erasure has removed it, the writer says so.
            let Some(kept) = kept else { continue };
            let compare = move || batch.compare(index, &kept.statement).map(|()| batch);
            let stopped =
                |error| StoreError::Unavailable(format!("a comparison was stopped: {error}"));
            batch = tokio::task::spawn_blocking(compare).await.map_err(stopped)??;
        }
        Ok(batch)
    }
}

#[async_trait]
impl StatementStore for SqliteStore {
    async fn put_statements(&self, batch: Batch) -> Result<KeptBatch> {
        let mut batch = ReadyBatch::of(batch).await?;
        for again in 0..TRIES {
            let (ready, turn) = self.make_way(batch, again > 0).await?;
            let put = self.write(move |session| put::put_unless_large(session, ready)).await?;
            drop(turn);
            match put {
                Put::Kept(kept) => return Ok(kept),
                Put::ToCompare(back, large) => batch = self.compared(back, large).await?,
            }
        }
        Err(StoreError::Unavailable("others keep statements under the same ids meanwhile".into()))
    }

    async fn statement(&self, id: Uuid) -> Result<Option<Kept>> {
        let recent = Arc::clone(&self.0.recent);
        self.read(move |connection| read::statement(connection, &recent.view(), id)).await
    }

    async fn statement_within(&self, id: Uuid, most: usize) -> Result<Option<Within>> {
        let recent = Arc::clone(&self.0.recent);
        self.read(move |connection| read::statement_within(connection, &recent.view(), id, most))
            .await
    }

    async fn statements(&self, filter: &Filter) -> Result<Page> {
        let (recent, filter) = (Arc::clone(&self.0.recent), filter.clone());
        self.read(move |connection| read::statements(connection, &recent.view(), &filter)).await
    }

    async fn attachments(&self, hashes: &[String]) -> Result<Vec<KeptAttachment>> {
        let hashes = hashes.to_vec();
        self.read(move |connection| read::attachments(connection, &hashes)).await
    }

    async fn attachment_data(&self, kept: &KeptAttachment, from: u64) -> Result<Bytes> {
        let kept = kept.clone();
        self.read(move |connection| read::attachment_data(connection, &kept, from)).await
    }

    async fn consistent_through(&self) -> Result<Instant> {
        match &self.0.writer {
            Some(writer) => Ok(writer.consistent_through()),
            None => self.read(read::newest).await,
        }
    }
}

#[async_trait]
impl StatementLog for SqliteStore {
    async fn log(&self, after: Instant, limit: usize) -> Result<LogPage> {
        self.read(move |connection| read::log(connection, after, limit)).await
    }

    async fn wait_for_news(&self, after: Instant, at_most: Duration) {
        // Nothing comes to a store that is only read.
        let Some(writer) = &self.0.writer else { return tokio::time::sleep(at_most).await };
        let mut newest = writer.newest();
        // After a time-out, and where the writer has stopped, the caller reads the log again.
        let _ = tokio::time::timeout(at_most, newest.wait_for(|newest| *newest > after)).await;
    }
}

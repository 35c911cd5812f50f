//! Comparing large statements with those that are kept under their ids: beside the groups, on a thread of its own, and of one
//! request at a time, keys in turn. So are many at once. Such values take memory and time, and all later groups waited for them
//! otherwise.

use std::collections::HashMap;
use std::sync::Arc;

use mongodb::bson::Document;
use uuid::Uuid;

use super::row;
use super::rows::Rows;
use store::comparison::check_same;
use store::turns::Turns;
use store::{Batch, Result, StoreError};
use xapi::instant::Instant;
use xapi::stored::Stored;

/// What a request asks to be kept.
pub(super) struct Asked {
    pub(super) batch: Batch,
    /// The ids of its statements that were found to be the same ones as are kept, and when those were stored.
    same_as: HashMap<Uuid, Instant>,
}

impl From<Batch> for Asked {
    fn from(batch: Batch) -> Self {
        Self { batch, same_as: HashMap::new() }
    }
}

impl Asked {
    /// Whether the statement `id` was found to be the same one as is kept at `stored`.
    pub(super) fn is_same_as(&self, id: Uuid, stored: Instant) -> bool {
        self.same_as.get(&id) == Some(&stored)
    }

    fn compare(&mut self, kept: &Stored) -> Result<()> {
        let mut statements = self.batch.statements.iter();
        if let Some(incoming) = statements.find(|statement| statement.id == kept.id) {
            check_same(kept, incoming)?;
            self.same_as.insert(kept.id, kept.stored);
        }
        Ok(())
    }
}

/// Compares the statements of requests with kept ones. Clones take turns, and keys do.
#[derive(Clone)]
pub(crate) struct Comparison {
    rows: Rows,
    turns: Arc<Turns>,
}

impl Comparison {
    pub(super) fn new(rows: Rows) -> Self {
        Self { rows, turns: Arc::default() }
    }

    /// Taken by the one that compares.
    #[cfg(test)]
    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    /// Compares those statements of a request that have these ids with the kept ones.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where one is another statement, and [`StoreError::Unreadable`] where a kept one is not as it
    /// was written.
    pub(super) async fn compared(&self, mut asked: Asked, ids: Vec<Uuid>) -> Result<Asked> {
        for id in ids {
            // For one alone: a kept statement may be large however small the request is.
            let _turn = self.turns.turn().await;
            // Where an erasure has removed it, the group says so.
            let found = self.rows.with_id(id).await?.filter(|found| !row::is_removed(found));
            let Some(found) = found else { continue };
            let kept = self.rows.statement(&found).await?;
            let compare = move || asked.compare(&kept).map(|()| asked);
            let stopped =
                |error| StoreError::Unavailable(format!("a comparison was stopped: {error}"));
            asked = tokio::task::spawn_blocking(compare).await.map_err(stopped)??;
        }
        Ok(asked)
    }
}

/// How long the kept text is. It may be in a file.
pub(super) fn length(kept: &Document) -> usize {
    kept.get_str("body").map_or(usize::MAX, str::len)
}

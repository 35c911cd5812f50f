//! What of a batch can be made before it is the writer's turn, on a thread of the request. All that the one writing thread
//! does for a batch keeps every other batch waiting.

use crate::packed;
use store::bounds::check_width;
use store::comparison::check_same;
use store::{Batch, Result};
use xapi::attachment::Attachment;
use xapi::prepare::Prepared;
use xapi::stored::Stored;

/// Bytes of texts from which on a batch is made ready off the asynchronous threads.
const LARGE: usize = 64 << 10;

/// A batch as the writer takes it.
pub(crate) struct ReadyBatch {
    pub(super) statements: Vec<Ready>,
    pub(super) attachments: Vec<Attachment>,
}

/// A statement as the writer takes it.
pub(super) struct Ready {
    pub(super) statement: Prepared,
    /// The text as [`packed::ahead`] gives it.
    pub(super) packed: Option<Vec<u8>>,
    /// The `stored` of a kept statement that was found to be the same one.
    pub(super) same_as: Option<i64>,
}

impl ReadyBatch {
    /// Makes `batch` ready, off the asynchronous threads where that takes long.
    ///
    /// # Errors
    /// [`StoreError::Refused`](store::StoreError::Refused) of a statement that names too much.
    pub(crate) async fn of(batch: Batch) -> Result<Self> {
        if batch.statements.iter().map(Prepared::weight).sum::<usize>() <= LARGE {
            return Self::made_of(batch);
        }
        let made = tokio::task::spawn_blocking(move || Self::made_of(batch)).await;
        let stopped = |error| format!("making a batch ready was stopped: {error}");
        made.map_err(|error| store::StoreError::Unavailable(stopped(error)))?
    }

    pub(crate) fn made_of(batch: Batch) -> Result<Self> {
        check_width(&batch)?;
        let statements = batch.statements.into_iter().map(Ready::of).collect();
        Ok(Self { statements, attachments: batch.attachments })
    }

    /// How many keys the statements have together.
    pub(super) fn keys(&self) -> usize {
        self.statements.iter().map(|ready| ready.statement.keys.len()).sum()
    }

    /// Compares the statement at an index with the one that is kept under its id.
    ///
    /// # Errors
    /// [`StoreError::Conflict`](store::StoreError::Conflict) where it is another one.
    pub(super) fn compare(&mut self, index: usize, kept: &Stored) -> Result<()> {
        let Some(ready) = self.statements.get_mut(index) else { return Ok(()) };
        check_same(kept, &ready.statement)?;
        ready.same_as = Some(kept.stored.micros());
        Ok(())
    }
}

impl Ready {
    pub(super) fn of(statement: Prepared) -> Self {
        Self { packed: packed::ahead(&statement), statement, same_as: None }
    }
}

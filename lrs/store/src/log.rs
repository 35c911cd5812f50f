//! The log: statements in the order in which they became visible.

use std::time::Duration;

use async_trait::async_trait;

use crate::{Kept, Result, StoreError};
use xapi::instant::Instant;

/// A page of the log ends with the statement whose text makes the page weigh this many bytes or more.
pub const LOG_BYTES: usize = 16 << 20;

/// Statements of the log, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPage {
    /// The statements.
    pub statements: Vec<Kept>,
    /// Whether more may follow the last one.
    pub more: bool,
}

impl LogPage {
    /// The page of what was read, in order, up to the first statement that cannot be read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] where the first statement cannot be read; any other error of `read`.
    pub fn of(read: impl IntoIterator<Item = Result<Kept>>, more: bool) -> Result<Self> {
        let mut statements = Vec::new();
        for kept in read {
            match kept {
                Ok(kept) => statements.push(kept),
                Err(StoreError::Unreadable { .. }) if !statements.is_empty() => {
                    return Ok(Self { statements, more: true });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Self { statements, more })
    }
}

/// The statements in the order in which they became visible.
#[async_trait]
pub trait StatementLog: Send + Sync {
    /// At most `limit` statements stored after `after`, voided or not, oldest first. A statement that is visible now
    /// never gets an earlier neighbour later.
    ///
    /// A page is shorter than the limit where its statements would weigh more than [`LOG_BYTES`], but never empty where
    /// there is a statement. A page ends before a statement that cannot be read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] where the first statement cannot be read; the `stored` of this error is the `after`
    /// with which to go on.
    async fn log(&self, after: Instant, limit: usize) -> Result<LogPage>;

    /// Returns when a statement stored after `after` may be there, and after `at_most` in any case.
    ///
    /// May return early without a new statement: call [`Self::log`] to know.
    async fn wait_for_news(&self, after: Instant, at_most: Duration);
}

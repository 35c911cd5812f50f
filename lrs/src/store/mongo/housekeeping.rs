//! Removing what has served its time.

use std::sync::Arc;
use std::time::Duration;

use super::cell::Cells;
use super::statements::Task;
use crate::clock::Clock;

/// How often.
const EVERY: Duration = Duration::from_hours(1);
/// The trace of a removed document stays for so long, in microseconds: nobody can be writing on
/// what it was before that.
const TRACES: i64 = 86_400 * 1_000_000;

/// Forgets the traces of removed documents as long as the task lives.
pub(super) fn start(documents: Cells, clock: Arc<dyn Clock>) -> Task {
    Task::new(async move {
        loop {
            tokio::time::sleep(EVERY).await;
            if let Err(error) = documents.forget(clock.now().micros() - TRACES).await {
                tracing::warn!(%error, "the traces of removed documents cannot be removed");
            }
        }
    })
}

//! Removing what has served its time, and what dead processes have left.

use std::sync::Arc;
use std::time::Duration;

use mongodb::Collection;
use mongodb::bson::{Document, doc};

use super::call::{call, insert};
use super::cell::Cells;
use super::orphans::Orphans;
use super::statements::Task;
use crate::clock::Clock;
use crate::store::Result;

/// How often.
const EVERY: Duration = Duration::from_hours(1);
/// What nobody needs stays for so long, in microseconds: nobody can be working on what was before
/// that.
const DAY: i64 = 86_400 * 1_000_000;

/// What there is to keep in order.
pub(super) struct House {
    pub(super) documents: Cells,
    pub(super) orphans: Orphans,
    pub(super) settings: Collection<Document>,
    pub(super) clock: Arc<dyn Clock>,
}

impl House {
    /// Keeps it in order as long as the task lives.
    pub(super) fn start(self) -> Task {
        Task::new(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                if let Err(error) = self.clear_away().await {
                    tracing::warn!(%error, "what has served its time cannot be removed");
                }
            }
        })
    }

    /// Forgets the traces of removed documents and, once a day over all processes, removes the files
    /// that nobody needs.
    async fn clear_away(&self) -> Result<()> {
        let now = self.clock.now().micros();
        self.documents.forget(now - DAY).await?;
        if self.has_the_day(now / DAY).await? {
            let seconds = (now - DAY) / 1_000_000;
            self.orphans.remove(u32::try_from(seconds).unwrap_or_default()).await?;
        }
        Ok(())
    }

    /// Whether this process, and no other, looks through all files on a day.
    pub(super) async fn has_the_day(&self, day: i64) -> Result<bool> {
        let id = |day: i64| format!("files/{day:08}");
        let is_mine = insert(&self.settings, doc! {"_id": id(day)}).await?;
        let earlier = doc! {"_id": {"$gte": id(0), "$lt": id(day)}};
        call(self.settings.delete_many(earlier)).await?;
        Ok(is_mine)
    }
}

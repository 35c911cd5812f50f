//! Removing, in the background, what is not needed any more and what dead processes have left.

use std::sync::Arc;
use std::time::Duration;

use mongodb::Collection;
use mongodb::bson::{Document, doc};

use super::call::{call, insert};
use super::cell::Cells;
use super::connect;
use super::orphans::Orphans;
use super::packages::Packages;
use super::task::Task;
use store::Result;
use xapi::clock::Clock;
use xapi::instant::Instant;

/// The first time after the start, and the pause between two times.
const FIRST: Duration = Duration::from_mins(5);
const EVERY: Duration = Duration::from_hours(1);
/// What no document needs any more is removed this long after, in microseconds: no process can
/// still be at work on what began before.
const DAY: i64 = 86_400 * 1_000_000;

/// What is cleared, and by which clock.
pub(super) struct House {
    pub(super) documents: Cells,
    pub(super) orphans: Orphans,
    pub(super) packages: Packages,
    pub(super) settings: Collection<Document>,
    pub(super) clock: Arc<dyn Clock>,
}

impl House {
    /// Clears away every hour as long as the task lives.
    pub(super) fn start(self) -> Task {
        Task::new(async move {
            let mut pause = FIRST;
            loop {
                tokio::time::sleep(pause).await;
                if let Err(error) = self.clear_away_by_the_servers_time().await {
                    tracing::warn!(%error, "what has served its time cannot be removed");
                }
                pause = EVERY;
            }
        })
    }

    /// Clears away by the server's time: the ids of files come from the clocks of all machines.
    async fn clear_away_by_the_servers_time(&self) -> Result<()> {
        let time = connect::time(&self.orphans.database).await?;
        self.clear_away(time.unwrap_or_else(|| self.clock.now())).await
    }

    /// Forgets the traces of removed documents and, once a day over all processes, removes the files
    /// that no document needs.
    pub(super) async fn clear_away(&self, now: Instant) -> Result<()> {
        let a_day_ago = Instant::from_micros(now.micros() - DAY);
        self.documents.forget(a_day_ago).await?;
        let day = now.micros() / DAY;
        if !self.has_the_day(day).await? {
            return Ok(());
        }
        let removed = match self.packages.remove_abandoned(a_day_ago).await {
            Ok(()) => self.orphans.remove(a_day_ago).await,
            Err(error) => Err(error),
        };
        if removed.is_err() {
            call(self.settings.delete_one(doc! {"_id": id(day)})).await?;
        }
        removed
    }

    /// Whether this process, and no other, looks through all files on a day. The first that asks does.
    pub(super) async fn has_the_day(&self, day: i64) -> Result<bool> {
        let is_mine = insert(&self.settings, doc! {"_id": id(day)}).await?;
        let earlier = doc! {"_id": {"$gte": id(0), "$lt": id(day)}};
        call(self.settings.delete_many(earlier)).await?;
        Ok(is_mine)
    }
}

/// The id of the document that the process inserts which looks through all files on a day.
fn id(day: i64) -> String {
    format!("files/{day:08}")
}

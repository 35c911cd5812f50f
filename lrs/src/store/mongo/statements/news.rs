//! Waiting for statements that are new, written here or elsewhere.

use std::time::Duration;

use mongodb::bson::doc;
use tokio::time::Instant as Moment;

use super::Statements;
use crate::store::Result;
use crate::store::mongo::call::call;
use crate::store::mongo::head::Head;
use crate::xapi::instant::Instant;

/// How often it is looked what other processes have written.
const LOOK: Duration = Duration::from_millis(100);

impl Statements {
    /// See [`crate::store::StatementLog::wait_for_news`].
    pub(in crate::store::mongo) async fn wait_for_news(&self, after: Instant, at_most: Duration) {
        let until = Moment::now() + at_most;
        let mut newest = self.newest.subscribe();
        let mut looked = after.micros();
        loop {
            // A database that is not there is no news; the reader will find out.
            if self.is_news(after, &mut looked).await.unwrap_or(false) {
                return;
            }
            let next = until.min(Moment::now() + LOOK);
            let written = newest.wait_for(|newest| *newest > after);
            if tokio::time::timeout_at(next, written).await.is_ok() || next == until {
                return;
            }
        }
    }

    /// Whether a statement after `after` is visible; `looked` is up to where there is none.
    async fn is_news(&self, after: Instant, looked: &mut i64) -> Result<bool> {
        let horizon = self.register.head().await?.horizon();
        if horizon <= *looked {
            return Ok(false);
        }
        let within = doc! {"stored": {"$gt": after.micros(), "$lte": horizon}};
        let found = call(self.collection.find_one(within).projection(doc! {"_id": 1})).await?;
        if found.is_none() {
            *looked = horizon;
        }
        Ok(found.is_some())
    }

    /// See [`crate::store::StatementStore::consistent_through`]. What was promised is written into
    /// the head, so that no other process, whatever its clock says, can store before it; not more
    /// than once a second.
    pub(in crate::store::mongo) async fn consistent_through(&self) -> Result<Instant> {
        const FRESH: i64 = 1_000_000;
        let now = self.clock.now().micros();
        let head = self.register.head().await?;
        if !head.claims.is_empty() || now - head.last <= FRESH {
            return Ok(Instant::from_micros(head.horizon()));
        }
        let promise = |head: &mut Head| {
            head.last = head.last.max(now);
            Some(head.horizon())
        };
        let is_kept = |head: &Head, through: &i64| head.horizon() >= *through;
        let promised = self.register.settle(promise, is_kept).await?;
        Ok(Instant::from_micros(promised.map_or(head.horizon(), |(_, through)| through)))
    }
}

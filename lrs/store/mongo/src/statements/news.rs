//! Waiting for statements that are new, written here or elsewhere.

use std::time::Duration;

use mongodb::bson::doc;
use tokio::time::Instant as Moment;

use super::Statements;
use crate::call::call;
use crate::cell::busy;
use crate::head::Head;
use store::Result;
use xapi::instant::Instant;

/// How often it is looked what other processes have written.
const LOOK: Duration = Duration::from_millis(100);
/// How far behind the clock the horizon may be, in microseconds.
const FRESH: i64 = 1_000_000;

impl Statements {
    /// See [`store::StatementLog::wait_for_news`].
    pub(crate) async fn wait_for_news(&self, after: Instant, at_most: Duration) {
        let until = Moment::now() + at_most;
        let mut newest = self.newest.subscribe();
        let mut looked = after;
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
    async fn is_news(&self, after: Instant, looked: &mut Instant) -> Result<bool> {
        let horizon = self.versions.head().await?.horizon();
        if horizon <= *looked {
            return Ok(false);
        }
        let within = doc! {"stored": {"$gt": after.micros(), "$lte": horizon.micros()}};
        let found = call(self.collection.find_one(within).projection(doc! {"_id": 1})).await?;
        if found.is_none() {
            *looked = horizon;
        }
        Ok(found.is_some())
    }

    /// See [`store::StatementStore::consistent_through`]. What was promised is written into
    /// the head, so that no other process, whatever its clock says, can store before it; not more
    /// than once a second, and by one request of this process: the others wait for it.
    pub(crate) async fn consistent_through(&self) -> Result<Instant> {
        let now = self.clock.now();
        if let Some(horizon) = self.fresh_horizon(now).await? {
            return Ok(horizon);
        }
        let _alone = self.promising.lock().await;
        if let Some(horizon) = self.fresh_horizon(now).await? {
            return Ok(horizon);
        }
        let promise = |head: &mut Head| {
            head.last = head.last.max(now);
            Some(())
        };
        let is_kept = |head: &Head, (): &()| head.last >= now;
        let promised = self.versions.change_confirmed(promise, is_kept).await?;
        let (known, ()) = promised.ok_or_else(busy)?;
        Ok(known.head.horizon())
    }

    /// The horizon, unless nothing was claimed or promised of late.
    async fn fresh_horizon(&self, now: Instant) -> Result<Option<Instant>> {
        let head = self.versions.head().await?;
        let is_fresh = !head.claims.is_empty() || now.micros() - head.last.micros() <= FRESH;
        Ok(is_fresh.then(|| head.horizon()))
    }
}

//! Waiting for statements that are new, written here or elsewhere.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::time::Instant as Moment;

use super::rows::Rows;
use crate::cell::busy;
use crate::head::Head;
use crate::version_log::VersionLog;
use store::Result;
use xapi::clock::Clock;
use xapi::instant::Instant;

/// How often this process looks whether other processes have written.
const LOOK: Duration = Duration::from_millis(100);
/// How far behind the clock a promise may be that is given again, in microseconds.
const FRESH: i64 = 1_000_000;

/// What is visible now, and what will be.
#[derive(Clone)]
pub(crate) struct News {
    versions: VersionLog,
    rows: Rows,
    clock: Arc<dyn Clock>,
    /// Held by the request that writes a promise.
    promising: Arc<Mutex<()>>,
    /// The newest statement that this process has made visible.
    newest: watch::Receiver<Instant>,
}

impl News {
    pub(super) fn new(
        versions: VersionLog,
        rows: Rows,
        clock: Arc<dyn Clock>,
        newest: watch::Receiver<Instant>,
    ) -> Self {
        Self { versions, rows, clock, promising: Arc::default(), newest }
    }

    /// See [`store::StatementLog::wait_for_news`].
    pub(crate) async fn wait_for_news(&self, after: Instant, at_most: Duration) {
        let until = Moment::now() + at_most;
        let mut newest = self.newest.clone();
        let mut looked = after;
        loop {
            // A database that does not answer is no news: the caller's next read will fail.
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
        let is_news = self.rows.has_any(after, horizon).await?;
        if !is_news {
            *looked = horizon;
        }
        Ok(is_news)
    }

    /// See [`store::StatementStore::consistent_through`]. The instant that is promised is
    /// written into the head, so that no other process can store earlier, whatever its clock says.
    /// That is done at most once in [`FRESH`], by one request of this process, and other requests
    /// wait for its end.
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

//! Going through a range of the log.

use std::collections::HashMap;
use std::sync::Arc;

use dataset::StatementParts;
use store::{Store, StoreError};
use validator::json::Node;
use xapi::instant::Instant;
use xapi::origin::Origin;
use xapi::stored::Stored;

/// Statements that are read at once.
const PAGE: usize = 5_000;

/// A statement of the log, and where it was before.
pub(super) struct Logged {
    pub(super) stored: Stored,
    pub(super) origin: Option<Origin>,
}

impl Logged {
    /// The statement as rows are made of it; `value` is its JSON, or what [`taken`](dataset::taken) reads
    /// of it.
    pub(super) fn said<'a, N: Node>(&'a self, value: &'a N) -> StatementParts<'a, N> {
        StatementParts::of(&self.stored, self.origin.as_ref(), value)
    }
}

/// The statements of a range `(after, through]`, in pages. One that cannot be read is logged, and is in no page.
pub(super) struct LogPages {
    store: Arc<dyn Store>,
    after: Instant,
    through: Instant,
}

impl LogPages {
    pub(super) fn of(store: Arc<dyn Store>, after: Instant, through: Instant) -> Self {
        Self { store, after, through }
    }

    /// The next page; none at the end of the range.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Logged>>, StoreError> {
        while self.after < self.through {
            let page = match self.store.log(self.after, PAGE).await {
                Ok(page) => page,
                Err(StoreError::Unreadable { stored, id, reason }) => {
                    tracing::error!(?id, %stored, reason, "a statement has no rows");
                    self.after = stored;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let Some(last) = page.statements.last() else { break };
            self.after = last.statement.stored;
            let all = page.statements.into_iter().map(|kept| kept.statement);
            let within: Vec<Stored> = all.take_while(|it| it.stored <= self.through).collect();
            if within.is_empty() {
                break;
            }
            let ends = within.first().zip(within.last());
            let ends = ends.map(|(first, last)| (first.stored, last.stored));
            let mut origins = origins_of(&*self.store, ends).await?;
            let logged = |stored: Stored| {
                let origin = origins.remove(&stored.stored);
                Logged { stored, origin }
            };
            return Ok(Some(within.into_iter().map(logged).collect()));
        }
        self.after = self.through;
        Ok(None)
    }
}

/// Where the statements of a page of the log were before, by when they are stored here: from the first to the last.
pub(super) async fn origins_of(
    store: &dyn Store,
    ends: Option<(Instant, Instant)>,
) -> Result<HashMap<Instant, Origin>, StoreError> {
    let Some((first, last)) = ends else { return Ok(HashMap::new()) };
    let found = store.origins(first.previous(), last, usize::MAX).await?;
    Ok(found.into_iter().map(|kept| (kept.at, kept.origin)).collect())
}

/// When the first statement after `after` was stored, whether or not it can be read.
pub(super) async fn first_after(
    store: &dyn Store,
    after: Instant,
) -> Result<Option<Instant>, StoreError> {
    match store.log(after, 1).await {
        Ok(page) => Ok(page.statements.first().map(|kept| kept.statement.stored)),
        Err(StoreError::Unreadable { stored, .. }) => Ok(Some(stored)),
        Err(error) => Err(error),
    }
}

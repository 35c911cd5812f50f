//! Claims outlive their owners: a process that dies leaves one open, and nothing after it becomes
//! visible. A live owner lets its claim beat; one that does not beat for [`LEASE`], as seen by one
//! observer's own clock, is finished where it is sealed and else aborted. No clocks are compared.

use std::collections::HashMap;
use std::time::Duration;

use mongodb::bson::doc;
use tokio::task::JoinHandle;
use tokio::time::Instant as Moment;

use super::{Statements, row};
use crate::store::mongo::call::{all, call};
use crate::store::mongo::head::{Claim, Head, Stretch};
use crate::store::mongo::things::Taught;
use crate::store::mongo::{BEAT, LEASE};
use crate::store::{Result, StoreError};

/// An aborted stretch is kept from readers for so long: its owner may only have slept.
pub(in crate::store::mongo) const GRACE: Duration = Duration::from_hours(1);
/// Of more than so many the oldest are kept for a minute only: every reader must step over them.
const MANY: usize = 32;
const SHORT_GRACE: Duration = Duration::from_mins(1);

/// A task that ends when this is dropped.
pub(in crate::store::mongo) struct Task(JoinHandle<()>);

impl Task {
    pub(in crate::store::mongo) fn new(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Looks after the claims of dead processes as long as the task lives.
pub(in crate::store::mongo) fn watch_over(statements: Statements) -> Task {
    Task::new(async move {
        let mut observer = Observer::new(statements);
        loop {
            tokio::time::sleep(BEAT).await;
            if let Err(error) = observer.look(Moment::now()).await {
                tracing::warn!(%error, "the claims of other processes cannot be looked after");
            }
        }
    })
}

/// What one process has seen of all claims.
pub(in crate::store::mongo) struct Observer {
    statements: Statements,
    /// Since when a claim has been as it is, by its beginning.
    seen: HashMap<i64, (Claim, Moment)>,
    aborted: HashMap<i64, Moment>,
}

impl Observer {
    pub(in crate::store::mongo) fn new(statements: Statements) -> Self {
        Self { statements, seen: HashMap::new(), aborted: HashMap::new() }
    }

    /// Looks at all claims as they are `now`.
    pub(in crate::store::mongo) async fn look(&mut self, now: Moment) -> Result<()> {
        let head = self.statements.register.head().await?;
        self.seen.retain(|from, _| head.claim_at(*from).is_some());
        for claim in &head.claims {
            let seen = self.seen.entry(claim.stretch.from).or_insert((*claim, now));
            if seen.0 != *claim {
                *seen = (*claim, now);
            } else if now.duration_since(seen.1) >= LEASE {
                self.statements.take_over(&head, claim).await?;
            }
        }
        self.aborted.retain(|from, _| head.aborted.iter().any(|stretch| stretch.from == *from));
        for (later, stretch) in head.aborted.iter().rev().enumerate() {
            let since = self.aborted.entry(stretch.from).or_insert(now);
            let grace = if later < MANY { GRACE } else { SHORT_GRACE };
            if now.duration_since(*since) >= grace {
                self.statements.sweep(*stretch).await?;
                self.statements.register.change(|head| head.settle(*stretch)).await?;
            }
        }
        Ok(())
    }
}

impl Statements {
    /// Lets the claim at `from` beat as long as the task lives.
    pub(super) fn beat(&self, from: i64) -> Task {
        let register = self.register.clone();
        Task::new(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                if let Err(error) = register.change(|head| head.beat(from)).await {
                    tracing::warn!(%error, "a claim cannot be kept alive");
                }
            }
        })
    }

    /// Finishes or aborts the claim of a process that is gone.
    async fn take_over(&self, head: &Head, claim: &Claim) -> Result<()> {
        let stretch = claim.stretch;
        if !claim.sealed {
            tracing::warn!(statements = stretch.len(), "taking back what a dead process began");
            return self.abort(stretch.from).await;
        }
        if !head.is_first(stretch.from) {
            return Ok(());
        }
        tracing::warn!(statements = stretch.len(), "finishing what a dead process began");
        let within = doc! {"stored": {"$gte": stretch.from, "$lte": stretch.to}};
        let documents = all(self.collection.find(within).sort(doc! {"stored": 1})).await?;
        let links = documents.iter().map(row::link).collect::<Result<Vec<_>>>()?;
        self.link(head, stretch, links).await?;
        let mut taught = Taught::default();
        for document in &documents {
            let statement = row::statement(document, &self.blobs).await?;
            let corrupt = |error| StoreError::Corrupt(format!("{}: {error}", statement.id));
            taught.add(&statement.value().map_err(corrupt)?, statement.stored);
        }
        self.things.learn(taught).await?;
        self.attach(stretch.from).await?;
        self.register.change(|head| head.finish(stretch.from)).await.map(drop)
    }

    /// Gives up a group that failed. Where that fails too, somebody will take it over.
    pub(super) async fn abandon(&self, from: i64) {
        if let Err(error) = self.abort(from).await {
            tracing::warn!(%error, "a group that failed is left to be taken back");
        }
    }

    /// Aborts a claim that is not sealed, and removes what was written for it.
    async fn abort(&self, from: i64) -> Result<()> {
        let is_aborted = |head: &Head, stretch: &Stretch| head.aborted.contains(stretch);
        match self.register.settle(|head| head.abort(from), is_aborted).await? {
            Some((_, stretch)) => self.sweep(stretch).await,
            None => Ok(()),
        }
    }

    async fn sweep(&self, stretch: Stretch) -> Result<()> {
        let within = doc! {"stored": {"$gte": stretch.from, "$lte": stretch.to}};
        call(self.collection.delete_many(within)).await?;
        self.references.remove(stretch).await?;
        self.blobs.remove_of(stretch.from).await
    }
}

//! Claims outlive their owners: a process that dies leaves one open, and nothing after it becomes
//! visible. A live owner lets its claim beat; one that does not beat for [`LEASE`] and [`LOOKS`]
//! looks of one observer is finished where it is sealed and else aborted. No clocks are compared.

use std::collections::HashMap;
use std::time::Duration;

use mongodb::bson::doc;
use tokio::task::JoinHandle;
use tokio::time::Instant as Moment;

use super::key::BATCH_WITH_KEYS;
use super::{Statements, row};
use crate::call::{all, call};
use crate::head::{Claim, ClaimId, Head, Owner, Stretch};
use crate::things::Taught;
use crate::{BEAT, LEASE};
use store::{Result, StoreError};

/// An aborted stretch is kept from readers for so long: its owner may only have slept.
pub(crate) const GRACE: Duration = Duration::from_hours(1);
/// Of more than so many the oldest are kept for a minute only: every reader must step over them.
const MANY: usize = 32;
const SHORT_GRACE: Duration = Duration::from_mins(1);

/// How long a copy waits for what an earlier one has left.
const PATIENCE: Duration = Duration::from_secs(3 * LEASE.as_secs());
/// How often a claim is seen without a beat before it is held for dead: what slept itself, or found
/// the database away, cannot tell by the time alone.
pub(crate) const LOOKS: u32 = 6;

/// A task that ends when this is dropped.
pub(crate) struct Task(JoinHandle<()>);

impl Task {
    pub(crate) fn new(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Looks after the claims of dead processes as long as the task lives.
pub(crate) fn watch_over(statements: Statements) -> Task {
    Task::new(async move {
        let mut observer = Observer::new(statements);
        loop {
            tokio::time::sleep(BEAT).await;
            if let Err(error) = observer.look(Moment::now()).await {
                tracing::error!(%error, "the claims of dead processes cannot be looked after: nothing that \
                    came later is visible meanwhile");
            }
        }
    })
}

/// What one process has seen of all claims.
pub(crate) struct Observer {
    statements: Statements,
    seen: HashMap<ClaimId, Seen>,
    /// Aborted stretches, by the claim that was aborted, and since when each has been seen.
    aborted: HashMap<ClaimId, Moment>,
}

/// A claim that was seen without a beat.
struct Seen {
    claim: Claim,
    since: Moment,
    looks: u32,
}

impl Observer {
    pub(crate) fn new(statements: Statements) -> Self {
        Self { statements, seen: HashMap::new(), aborted: HashMap::new() }
    }

    /// Looks at all claims as they are `now`.
    pub(crate) async fn look(&mut self, now: Moment) -> Result<()> {
        let looked = self.look_at_all(now).await;
        if looked.is_err() {
            // Nobody can beat while the database is away.
            self.seen.clear();
        }
        looked
    }

    /// What fails for one does not keep the others from being looked after.
    async fn look_at_all(&mut self, now: Moment) -> Result<()> {
        let head = self.statements.versions.head().await?;
        let taken_over = self.look_at_claims(&head, now).await;
        taken_over.and(self.look_at_aborted(&head, now).await)
    }

    async fn look_at_claims(&mut self, head: &Head, now: Moment) -> Result<()> {
        let mut result = Ok(());
        self.seen.retain(|_, seen| head.claims.contains(&seen.claim));
        for claim in &head.claims {
            let new = Seen { claim: *claim, since: now, looks: 0 };
            let seen = self.seen.entry(claim.id()).or_insert(new);
            seen.looks += 1;
            if seen.looks >= LOOKS && now.duration_since(seen.since) >= LEASE {
                result = result.and(self.statements.take_over(head, claim).await);
            }
        }
        result
    }

    async fn look_at_aborted(&mut self, head: &Head, now: Moment) -> Result<()> {
        self.aborted.retain(|id, _| head.aborted.iter().any(|stretch| stretch.id() == *id));
        for (later, stretch) in head.aborted.iter().rev().enumerate() {
            let since = self.aborted.entry(stretch.id()).or_insert(now);
            let grace = if later < MANY { GRACE } else { SHORT_GRACE };
            if now.duration_since(*since) >= grace {
                self.statements.sweep(*stretch).await?;
                self.statements.versions.change(|head| head.forget(*stretch)).await?;
            }
        }
        Ok(())
    }
}

impl Statements {
    /// Lets the claim of `owner` beat as long as the task lives.
    pub(super) fn beat(&self, owner: Owner) -> Task {
        let versions = self.versions.clone();
        Task::new(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                if let Err(error) = versions.change(|head| head.beat(owner)).await {
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
            return self.abort(claim).await;
        }
        if !head.is_first(claim.owner) {
            return Ok(());
        }
        tracing::warn!(statements = stretch.len(), "finishing what a dead process began");
        let documents = self.collection.find(stretch.filter("stored")).sort(doc! {"stored": 1});
        let documents = all(documents.batch_size(BATCH_WITH_KEYS)).await?;
        let links = documents.iter().map(row::link).collect::<Result<Vec<_>>>()?;
        self.link(head, stretch, links).await?;
        let mut taught = Taught::default();
        for document in &documents {
            let statement = row::statement(document, &self.blobs).await?;
            let corrupt = |error| StoreError::Corrupt(format!("{}: {error}", statement.id));
            taught.add(&statement.value().map_err(corrupt)?, statement.stored);
        }
        self.things.learn(taught).await?;
        self.attach(claim.id()).await?;
        self.versions.change(|head| head.finish(claim.owner)).await.map(drop)
    }

    /// Gives up a group that failed. Where that fails too, somebody will take it over.
    ///
    /// Others may have given it up long ago, and forgotten about it: what came after that is in
    /// nobody's list, and is removed here. Not so where the claim `may_be_sealed`: then it is
    /// perhaps there, for good. And not so for restored statements, whose instants another copy may
    /// have by now.
    ///
    /// Where the group `is_over`, and nothing of it can come later, it is forgotten at once.
    pub(super) async fn give_up(&self, claim: &Claim, may_be_sealed: bool, is_over: bool) {
        let given_up = async {
            let head = self.versions.head().await?;
            match head.claim_by(claim.owner) {
                Some(claim) if is_over && !claim.sealed => {
                    self.abort(claim).await?;
                    self.versions.change(|head| head.forget(claim.stretch)).await.map(drop)
                }
                Some(claim) => self.abort(claim).await,
                None if may_be_sealed || claim.restored => Ok(()),
                None => self.sweep(claim.stretch).await,
            }
        };
        if let Err(error) = given_up.await {
            tracing::warn!(%error, "a group that failed is left to be taken back");
        }
    }

    /// Aborts a claim that is not sealed, and removes what was written for it.
    async fn abort(&self, seen: &Claim) -> Result<()> {
        if seen.restored {
            return self.take_back(seen).await;
        }
        let is_aborted = |head: &Head, stretch: &Stretch| head.aborted.contains(stretch);
        match self.versions.change_confirmed(|head| head.abort(seen), is_aborted).await? {
            Some((_, stretch)) => self.sweep(stretch).await,
            None => Ok(()),
        }
    }

    /// The same for restored statements: their instants are free as soon as the claim is aborted,
    /// so what has them is removed before.
    async fn take_back(&self, seen: &Claim) -> Result<()> {
        let owner = Owner::numbered(rand::random());
        let is_mine = |head: &Head, (): &()| head.claim_by(owner).is_some();
        if self.versions.change_confirmed(|head| head.adopt(seen, owner), is_mine).await?.is_none()
        {
            return Ok(());
        }
        // As long as it may still be removing, nobody else takes it over.
        let beating = self.beat(owner);
        self.sweep(seen.stretch).await?;
        drop(beating);
        let abort =
            |head: &mut Head| head.claim_by(owner).copied().and_then(|mine| head.abort(&mine));
        let is_aborted = |head: &Head, _: &Stretch| head.claim_by(owner).is_none();
        self.versions.change_confirmed(abort, is_aborted).await.map(drop)
    }

    /// See [`store::TransferStore::ready_to_restore`]: the observer of this process does
    /// the work.
    pub(crate) async fn ready_to_restore(&self) -> Result<()> {
        let until = Moment::now() + PATIENCE;
        loop {
            let head = self.versions.head().await?;
            if !head.claims.iter().any(|claim| claim.restored) {
                return Ok(());
            }
            if Moment::now() > until {
                let reason = "another copy is writing to it: wait for its end, or stop it";
                return Err(StoreError::Unavailable(reason.into()));
            }
            tokio::time::sleep(BEAT).await;
        }
    }

    async fn sweep(&self, stretch: Stretch) -> Result<()> {
        call(self.collection.delete_many(stretch.filter("stored"))).await?;
        self.references.remove(stretch).await?;
        self.blobs.remove_written_under(stretch.id()).await
    }
}

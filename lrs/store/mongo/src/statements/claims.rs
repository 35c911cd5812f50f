//! The claims of the head, and what is written under them: kept alive, aborted, swept. The states
//! that a claim goes through stand in [`super::states`].

use std::time::Duration;

use tokio::time::Instant as Moment;

use uuid::Uuid;

use super::heirs::{Concern, Heirs};
use super::origins::Origins;
use super::pause::{LOOKS, Pause, stuck};
use super::pulse::Pulse;
use super::references::References;
use super::rows::Rows;
use crate::BEAT;
use crate::blob::Blobs;
use crate::head::{Claim, Head, Owner, Process, Stretch};
use crate::version_log::VersionLog;
use store::{Result, StoreError};

/// How long a copy waits for the restored claims that an earlier copy left open.
const PATIENCE: Duration = Duration::from_secs(18);

/// The claims, and the collections that hold what is written under them.
#[derive(Clone)]
pub(crate) struct Claims {
    pub(super) versions: VersionLog,
    pub(crate) process: Process,
    rows: Rows,
    references: References,
    origins: Origins,
    blobs: Blobs,
    heirs: Heirs,
}

/// Whether the database may still carry out calls of a group that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Calls {
    /// The database answered all of them.
    Answered,
    /// A call failed without an answer: the database may carry it out later.
    Pending,
}

impl Calls {
    /// Of a group that failed with this error.
    pub(super) const fn after(error: &StoreError) -> Self {
        if matches!(error, StoreError::Rejected(_)) { Self::Answered } else { Self::Pending }
    }
}

/// Where a claim was that is not wanted any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// In the head. It is aborted now, unless it is sealed.
    Open,
    /// Not in the head: another process has aborted or finished it.
    Gone,
}

impl Claims {
    pub(super) const fn new(
        versions: VersionLog,
        process: Process,
        rows: Rows,
        references: References,
        origins: Origins,
        blobs: Blobs,
        heirs: Heirs,
    ) -> Self {
        Self { versions, process, rows, references, origins, blobs, heirs }
    }

    /// Waits until the group is linked that may be being linked now: that of the first claim, where the claim is sealed. Groups
    /// that come after it read everything that was written before this call. Waits, too, until all is given of this concern that
    /// groups owe.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where that takes longer than [`LOOKS`] looks.
    pub(super) async fn pass_linked(&self, concern: Concern<'_>) -> Result<()> {
        self.pass_first().await?;
        self.heirs.settled(concern).await
    }

    async fn pass_first(&self) -> Result<()> {
        let head = self.versions.head().await?;
        let Some(first) = head.claims.first().filter(|claim| claim.sealed).map(Claim::id) else {
            return Ok(());
        };
        let mut pause = Pause::default();
        for _ in 0..LOOKS {
            let head = self.versions.head().await?;
            if head.claims.iter().all(|claim| claim.id() != first) {
                return Ok(());
            }
            pause.rest().await;
        }
        Err(stuck())
    }

    /// Aborts the claim of `owner`, whose group failed, unless the claim is sealed.
    ///
    /// An aborted stretch is hidden until its owner cannot write to it any more. Where all calls
    /// were answered that is so already, and the stretch is forgotten at once.
    pub(super) async fn abort_own(&self, owner: Owner, calls: Calls) -> Result<Found> {
        let head = self.versions.head().await?;
        let Some(claim) = head.claim_by(owner) else { return Ok(Found::Gone) };
        self.abort(claim).await?;
        if calls == Calls::Answered && !claim.sealed {
            self.forget(claim.stretch).await?;
        }
        Ok(Found::Open)
    }

    /// Aborts a claim that is as it was `seen`, unless it is sealed, and removes what was written
    /// under it.
    pub(super) async fn abort(&self, seen: &Claim) -> Result<()> {
        if seen.restored {
            return self.abort_restored(seen).await;
        }
        let is_aborted = |head: &Head, stretch: &Stretch| head.aborted.contains(stretch);
        let aborted = self.versions.change_confirmed(|head| head.abort(seen), is_aborted).await?;
        match aborted {
            Some((_, stretch)) => self.sweep(stretch).await,
            None => Ok(()),
        }
    }

    /// Aborts a claim of restored statements. Its instants are free as soon as it is aborted, and
    /// another copy may insert statements under them. So this process adopts the claim first, then
    /// sweeps its stretch, and only then aborts it.
    async fn abort_restored(&self, seen: &Claim) -> Result<()> {
        let owner = self.process.owner();
        let began = Moment::now();
        let is_adopted = |head: &Head, (): &()| head.claim_by(owner).is_some();
        let adopted = self.versions.change_confirmed(|head| head.adopt(seen, owner), is_adopted);
        if adopted.await?.is_none() {
            return Ok(());
        }
        // The claim beats while its stretch is swept: else a second process would adopt it.
        let pulse = Pulse::of_own(&self.versions, owner, began);
        let swept = pulse.guard(self.sweep(seen.stretch)).await?;
        drop(pulse);
        if swept.is_none() {
            return Ok(());
        }
        let abort =
            |head: &mut Head| head.claim_by(owner).copied().and_then(|own| head.abort(&own));
        let is_aborted = |head: &Head, _: &Stretch| head.claim_by(owner).is_none();
        self.versions.change_confirmed(abort, is_aborted).await.map(drop)
    }

    /// Removes all that was written under the claim on a stretch.
    pub(super) async fn sweep(&self, stretch: Stretch) -> Result<()> {
        self.rows.remove_within(stretch).await?;
        self.references.remove(stretch).await?;
        self.origins.remove(stretch).await?;
        self.blobs.remove_written_under(stretch.id()).await
    }

    /// Whether a statement refers to one of these.
    pub(super) async fn has_referrers(&self, ids: &[Uuid]) -> Result<bool> {
        Ok(!self.references.to(ids, 1).await?.is_empty())
    }

    /// Removes the files that were written under a claim.
    pub(super) async fn remove_files(&self, claim: &Claim) -> Result<()> {
        self.blobs.remove_written_under(claim.id()).await
    }

    /// Forgets an aborted stretch: see [`Head::forget`].
    pub(super) async fn forget(&self, stretch: Stretch) -> Result<()> {
        self.versions.change(|head| head.forget(stretch)).await.map(drop)
    }

    /// See [`store::TransferStore::ready_to_restore`]. The [`super::Observer`] of this process
    /// finishes or aborts the claims that are waited for.
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
}

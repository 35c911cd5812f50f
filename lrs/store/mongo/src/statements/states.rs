//! The states of a claim as types. Each step consumes one state and gives the next, so that no step
//! can be left out, done twice, or done in another order:
//!
//! ```text
//! Claimed ── seal ──▶ Sealed ── wait_until_first ──▶ First ── finish ──▶ Finished
//!    │                   └── another process finished it ──────────────▶ Finished
//!    └── finish_empty: nothing was written under it ───────────────────▶ Finished
//! ```
//!
//! A step that fails gives the claim up as far as its state allows. What it cannot undo, the
//! [`super::Observer`] of any process does: it aborts a claim that is not sealed and finishes one
//! that is.
//!
//! Each step trusts only what is certain of the head: a version that this process has just inserted, or the newest
//! one, read anew. Other processes may have held this one for dead meanwhile, and a change of the head that took
//! long may not have happened ([`crate::version_log`]). What a step writes beside the head, it writes while the
//! claim is there ([`super::pulse`]).

use super::claims::{Calls, Claims, Found};
use super::completion::{Completion, Contents};
use super::group::Group;
use super::heirs::Owed;
use super::pause::{LOOKS, Pause, stuck};
use super::pulse::Pulse;
use crate::head::{Claim, Head, Stretch};
use crate::version_log::Version;
use store::{Result, StoreError};
use tokio::time::Instant as Moment;
use xapi::instant::Instant;
use xapi::refusal::Refusal;

/// A claim of this process, or one that this process finishes for a dead one.
struct Own {
    claims: Claims,
    claim: Claim,
    pulse: Pulse,
}

/// Statements are being inserted under the claim.
pub(super) struct Claimed {
    own: Own,
    version: Version,
}

/// The call that seals the claim was made: the claim is sealed, or perhaps so.
pub(super) struct Sealed {
    own: Own,
    /// The version that seals the claim, where that is certain.
    version: Option<Version>,
}

/// The claim is sealed, and no earlier one is open; or its statements have nothing to do with those of earlier claims.
pub(super) struct First {
    own: Own,
    version: Version,
    /// Whether the statements inherit anything, or others from them: not where they have nothing to do with others.
    links: bool,
}

/// The claim was removed from the head: its statements are visible once all earlier ones are.
pub(super) struct Finished {
    own: Own,
    /// The version that has the claim no more, where that is certain.
    version: Option<Version>,
}

/// What a sealed claim became.
pub(super) enum Turn {
    First(First),
    /// Another process, which held this one for dead, has finished it.
    Finished(Finished),
}

impl Claimed {
    /// Claims `count` instants from `now` on. Waits while too many claims are open.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] while too many stretches are aborted, and where the claims stay open for too long.
    pub(super) async fn new(claims: &Claims, now: Instant, count: usize) -> Result<Self> {
        let count = i64::try_from(count.max(1)).unwrap_or(i64::MAX);
        let owner = claims.process.owner();
        let mut pause = Pause::default();
        for _ in 0..LOOKS {
            let mut is_crowded = false;
            let claim = |head: &mut Head| {
                is_crowded = head.is_crowded();
                head.claim(now, count, owner)
            };
            match Self::open(claims, claim).await? {
                Some(claimed) => return Ok(claimed),
                None if is_crowded => pause.rest().await,
                None => break,
            }
        }
        Err(stuck())
    }

    /// Claims a stretch for statements of another store.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where the stretch is not later than all that is there.
    pub(super) async fn restoring(claims: &Claims, stretch: Stretch) -> Result<Self> {
        let owner = claims.process.owner();
        let claimed = Self::open(claims, |head| head.claim_restored(stretch, owner)).await?;
        claimed.ok_or_else(|| StoreError::Refused(Refusal::stored_earlier()))
    }

    async fn open(
        claims: &Claims,
        claim: impl FnMut(&mut Head) -> Option<Claim>,
    ) -> Result<Option<Self>> {
        let began = Moment::now();
        let is_claimed = |head: &Head, claim: &Claim| head.claim_by(claim.owner).is_some();
        let claimed = claims.versions.change_confirmed(claim, is_claimed).await?;
        Ok(claimed.map(|(version, claim)| {
            let pulse = Pulse::of_own(&claims.versions, claim.owner, began);
            Self { own: Own { claims: claims.clone(), claim, pulse }, version }
        }))
    }

    /// Does `work` under the claim, as long as the claim is there.
    ///
    /// # Errors
    /// Those of the work; [`StoreError::Unavailable`] where another process has aborted the claim.
    pub(super) async fn guard<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.own.pulse.guard(work).await?.ok_or_else(lost)
    }

    pub(super) const fn claim(&self) -> &Claim {
        &self.own.claim
    }

    /// Seals the claim: all of its statements must be there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] also where another process has aborted the claim.
    pub(super) async fn seal(self) -> Result<Sealed> {
        let Self { own, version } = self;
        let owner = own.claim.owner;
        match own.claims.versions.change_from(version, |head| head.seal(owner)).await {
            Ok(Some(changed)) => Ok(Sealed { own, version: changed.version }),
            Ok(None) => Err(own.abandon_lost().await),
            Err(error) => {
                own.abandon_perhaps_sealed(&error).await;
                Err(error)
            }
        }
    }

    /// Finishes a claim whose statements turned out to be none.
    pub(super) async fn finish_empty(self) -> Result<Finished> {
        let Self { own, version } = self;
        match own.finish_empty(version).await {
            Ok(version) => Ok(Finished { own, version }),
            Err(error) => {
                own.abandon_unsealed(Calls::after(&error)).await;
                Err(error)
            }
        }
    }

    /// Gives up a claim whose statements could not be inserted for this reason.
    pub(super) async fn abandon(self, error: &StoreError) {
        self.own.abandon_unsealed(Calls::after(error)).await;
    }
}

impl Sealed {
    /// Waits until no earlier claim is open, or all earlier ones are sealed and the statements of this one have nothing to
    /// do with theirs. Then this claim is completed beside them: what earlier statements refer to is in the database, and
    /// is none of this claim's.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where earlier claims stay open for too long, and where the claim
    /// was not sealed after all and another process has aborted it.
    pub(super) async fn wait_until_first(self, group: &Group<'_>) -> Result<Turn> {
        let Self { own, version } = self;
        match own.wait_until_first(version, group).await {
            Ok(Place::First(version)) => Ok(Turn::First(First { own, version, links: true })),
            Ok(Place::Apart(version)) => Ok(Turn::First(First { own, version, links: false })),
            Ok(Place::Finished) => Ok(Turn::Finished(Finished { own, version: None })),
            Ok(Place::Aborted) => Err(own.abandon_lost().await),
            Err(error) => {
                own.abandon_perhaps_sealed(&error).await;
                Err(error)
            }
        }
    }
}

impl First {
    /// Takes over a claim of a dead process, where it is sealed and the first, to finish it for that process. `None` where
    /// it is not as it was `seen`: its owner lives after all, or another process has taken it over.
    pub(super) async fn of_dead_process(
        claims: &Claims,
        version: &Version,
        seen: &Claim,
    ) -> Result<Option<Self>> {
        if !seen.sealed || !version.head.is_first(seen.owner) {
            return Ok(None);
        }
        let is_taken = |head: &Head, (): &()| head.claim_by(seen.owner).is_some();
        let taken = claims.versions.change_confirmed(|head| head.take_over(seen), is_taken).await?;
        Ok(taken.map(|(version, ())| {
            let pulse = Pulse::of_dead_process(&claims.versions, seen.owner, version.since());
            Self { own: Own { claims: claims.clone(), claim: *seen, pulse }, version, links: true }
        }))
    }

    pub(super) const fn stretch(&self) -> Stretch {
        self.own.claim.stretch
    }

    /// Completes the statements and finishes the claim; gives what is owed to heirs then. Where that fails, the claim stays
    /// the first, and another process finishes it.
    pub(super) async fn finish(
        self,
        completion: &Completion,
        mut contents: Contents,
    ) -> Result<(Finished, Owed)> {
        let Self { own, version, links } = self;
        if !links {
            contents.links.clear();
        }
        let completed = completion.complete(&version.head, &own.claim, contents);
        let Some(owed) = own.pulse.guard(completed).await? else {
            // Another process has finished the claim, and gives what it owes.
            return Ok((Finished { own, version: None }, Owed::default()));
        };
        let owner = own.claim.owner;
        let changed = own.claims.versions.change_from(version, |head| head.finish(owner)).await?;
        Ok((Finished { own, version: changed.and_then(|changed| changed.version) }, owed))
    }
}

impl Finished {
    /// Waits until the statements of this claim can be read, and all stored up to `shared`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where earlier claims stay open for too long, and where the claim
    /// was aborted.
    pub(super) async fn wait_until_visible(self, shared: Option<Instant>) -> Result<()> {
        let Self { own: Own { claims, claim, .. }, mut version } = self;
        let stored = shared.map_or(claim.stretch.to, |shared| shared.max(claim.stretch.to));
        let mut pause = Pause::default();
        for _ in 0..LOOKS {
            let head = match version.take() {
                Some(version) => version.head,
                None => claims.versions.head().await?,
            };
            if head.horizon() >= stored {
                let is_aborted = head.aborted.contains(&claim.stretch);
                return if is_aborted { Err(lost()) } else { Ok(()) };
            }
            if head.claim_by(claim.owner).is_some() {
                // The change that finished the claim did not happen.
                claims.versions.change(|head| head.finish(claim.owner)).await?;
            } else {
                pause.rest().await;
            }
        }
        Err(stuck())
    }
}

/// Where a claim stands that was sealed.
enum Place {
    First(Version),
    /// Not the first, and the statements refer to none and are referred to by none.
    Apart(Version),
    Finished,
    Aborted,
}

impl Own {
    /// `version` is the one that sealed the claim, where that is certain.
    async fn wait_until_first(
        &self,
        mut version: Option<Version>,
        group: &Group<'_>,
    ) -> Result<Place> {
        let Claim { stretch, owner, .. } = self.claim;
        let mut pause = Pause::default();
        let mut may_be_apart = !group.has_references();
        for _ in 0..LOOKS {
            let version = match version.take() {
                Some(version) => version,
                None => self.claims.versions.newest().await?,
            };
            let head = &version.head;
            match head.claim_by(owner) {
                None if head.aborted.contains(&stretch) => return Ok(Place::Aborted),
                // An aborted stretch may be forgotten by now, but then its statements are gone.
                None if group.is_there().await? => return Ok(Place::Finished),
                None => return Ok(Place::Aborted),
                Some(claim) if !claim.sealed => {
                    // The change that sealed the claim did not happen.
                    self.claims.versions.change(|head| head.seal(owner)).await?;
                }
                Some(_) if head.is_first(owner) => return Ok(Place::First(version)),
                Some(_) if may_be_apart && head.earlier_are_sealed(owner) => {
                    may_be_apart = false;
                    if !self.claims.has_referrers(&group.ids()).await? {
                        return Ok(Place::Apart(version));
                    }
                }
                Some(_) => pause.rest().await,
            }
        }
        Err(stuck())
    }

    async fn finish_empty(&self, version: Version) -> Result<Option<Version>> {
        self.claims.remove_files(&self.claim).await?;
        let finish = |head: &mut Head| head.finish(self.claim.owner);
        let changed = self.claims.versions.change_from(version, finish).await?;
        Ok(changed.and_then(|changed| changed.version))
    }

    /// Gives up a claim that is not sealed.
    ///
    /// Another process may have aborted the claim, swept its stretch and forgotten about it before
    /// this one inserted its last statements: those are in no claim and no aborted stretch, and are
    /// removed here. Not so the statements of a restored claim: its instants may be another copy's
    /// by now.
    async fn abandon_unsealed(self, calls: Calls) {
        let Self { claims, claim, pulse } = self;
        drop(pulse);
        let abandoned = async {
            match claims.abort_own(claim.owner, calls).await? {
                Found::Gone if !claim.restored => claims.sweep(claim.stretch).await,
                Found::Open | Found::Gone => Ok(()),
            }
        };
        note(abandoned.await);
    }

    /// Gives up a claim that is sealed, or perhaps so. Where the head does not have the claim, it
    /// may be finished, and its statements are kept for good.
    async fn abandon_perhaps_sealed(self, error: &StoreError) {
        let Self { claims, claim, pulse } = self;
        drop(pulse);
        note(claims.abort_own(claim.owner, Calls::after(error)).await.map(drop));
    }

    /// Gives up a claim that another process has aborted; gives what to answer.
    async fn abandon_lost(self) -> StoreError {
        self.abandon_unsealed(Calls::Pending).await;
        lost()
    }
}

/// Logs that a claim could not be given up: an observer will do it.
fn note(abandoned: Result<()>) {
    if let Err(error) = abandoned {
        tracing::warn!(%error, "a group that failed is left to be taken back");
    }
}

/// What to answer when other processes held this one for dead.
fn lost() -> StoreError {
    StoreError::Unavailable("this process was too slow, and others took its statements back".into())
}

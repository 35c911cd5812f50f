//! Keeping a group of requests: see [`super`] for the steps.

use super::Statements;
use super::group::{Group, LOOKS, Outcome, PAUSE, rest, stuck};
use crate::head::{Claim, Head, Stretch};
use crate::register::Known;
use store::{Batch, Result, StoreError};
use xapi::instant::Instant;
use xapi::refusal::Refusal;

/// When a sealed claim is finished.
enum Turn {
    /// It is the first in the head.
    Now(Known),
    /// Somebody else has finished it.
    Past,
    /// It is not sealed after all: somebody else has aborted it.
    Never,
}

impl Statements {
    /// Keeps batches, each wholly or not at all, and visible when this returns. `at`, where it is
    /// given, is when each statement of the one batch was stored.
    pub(super) async fn keep(
        &self,
        batches: &[Batch],
        at: Option<&[Instant]>,
    ) -> Result<Vec<Outcome>> {
        let (known, claim) = self.claim(batches, at).await?;
        let beating = self.beat(claim.owner);
        let mut may_be_sealed = false;
        let kept = self.keep_in(known, batches, at, claim, &mut may_be_sealed).await;
        drop(beating);
        if let Err(error) = &kept {
            // All calls were answered: none of them can still be on its way.
            let is_over = matches!(error, StoreError::Rejected(_));
            self.give_up(&claim, may_be_sealed, is_over).await;
        }
        kept
    }

    async fn claim(&self, batches: &[Batch], at: Option<&[Instant]>) -> Result<(Known, Claim)> {
        let owner = rand::random::<i64>();
        let claimed = |head: &Head, claim: &Claim| head.claim_by(claim.owner).is_some();
        if let Some([first, .., last] | [first @ last]) = at {
            let stretch = Stretch { from: first.micros(), to: last.micros() };
            let claim = self.register.settle(|head| head.claim_as(stretch, owner), claimed);
            return claim.await?.ok_or_else(|| StoreError::Refused(Refusal::stored_earlier()));
        }
        let count: usize = batches.iter().map(|batch| batch.statements.len()).sum();
        let count = i64::try_from(count.max(1)).unwrap_or(i64::MAX);
        let now = self.clock.now();
        let claim = self.register.settle(|head| head.claim(now, count, owner), claimed);
        let (known, claim) = claim.await?.ok_or_else(stuck)?;
        self.ahead.note(Instant::from_micros(claim.stretch.from), now);
        Ok((known, claim))
    }

    /// Says in `may_be_sealed` whether the claim is, or may be, sealed.
    async fn keep_in(
        &self,
        known: Known,
        batches: &[Batch],
        at: Option<&[Instant]>,
        claim: Claim,
        may_be_sealed: &mut bool,
    ) -> Result<Vec<Outcome>> {
        let Claim { stretch, owner, .. } = claim;
        let mut group = Group::new(self, batches, at, claim).await?;
        group.insert().await?;
        if group.is_empty() {
            self.blobs.remove_of(stretch.from).await?;
            self.register.change(|head| head.finish(owner)).await?;
        } else {
            self.blobs.remove(group.dropped_files()).await?;
            self.references.keep(group.inserted().map(|row| &row.document)).await?;
            let has_attachments = self.upload(group.attachments(), stretch.from).await?;
            *may_be_sealed = true;
            let sealed = self.register.change_from(known, |head| head.seal(owner)).await?;
            let turn = if sealed.is_some() { self.turn(&group).await? } else { Turn::Never };
            match turn {
                Turn::Now(known) => {
                    self.link(&known.head, stretch, group.links()?).await?;
                    self.things.learn(group.taught()).await?;
                    if has_attachments {
                        self.attach(stretch.from).await?;
                    }
                    self.register.change_from(known, |head| head.finish(owner)).await?;
                }
                Turn::Past => {}
                Turn::Never => {
                    *may_be_sealed = false;
                    return Err(lost());
                }
            }
        }
        self.shown(&claim, stretch.to.max(group.shared)).await?;
        if let Some(newest) = group.newest() {
            self.newest.send_if_modified(|known| newest > std::mem::replace(known, newest));
        }
        Ok(group.into_outcomes())
    }

    /// Waits until it is the turn of a sealed claim to be finished.
    async fn turn(&self, group: &Group<'_>) -> Result<Turn> {
        let Claim { stretch, owner, .. } = group.claim;
        let mut pause = PAUSE;
        for _ in 0..LOOKS {
            let known = self.register.newest().await?;
            let head = &known.head;
            match head.claim_by(owner) {
                None if head.aborted.contains(&stretch) => return Ok(Turn::Never),
                // That it was aborted may be forgotten, but then its statements are gone.
                None if group.is_there().await? => return Ok(Turn::Past),
                None => return Ok(Turn::Never),
                Some(claim) if !claim.sealed => {
                    self.register.change(|head| head.seal(owner)).await?;
                }
                Some(_) if head.is_first(owner) => return Ok(Turn::Now(known)),
                Some(_) => rest(&mut pause).await,
            }
        }
        Err(stuck())
    }

    /// Waits until everything stored up to an instant is visible, and this claim is finished.
    async fn shown(&self, claim: &Claim, stored: i64) -> Result<()> {
        let mut pause = PAUSE;
        for _ in 0..LOOKS {
            let head = self.register.head().await?;
            if head.horizon() >= stored {
                return if head.aborted.contains(&claim.stretch) { Err(lost()) } else { Ok(()) };
            }
            if head.claim_by(claim.owner).is_some() {
                self.register.change(|head| head.finish(claim.owner)).await?;
            } else {
                rest(&mut pause).await;
            }
        }
        Err(stuck())
    }
}
/// What to answer when others held this process for dead.
fn lost() -> StoreError {
    StoreError::Unavailable("this process was too slow, and others took its statements back".into())
}
#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use super::*;
    use crate::MongoStore;
    use store::StatementLog as _;
    use store_testkit::clock::SystemClock;
    use store_testkit::sample::{activity, batch, id, statement, with};

    /// Statements that share an id within one group: what became of the first decides.
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "needs a MongoDB-compatible server: make ferretdb, then --include-ignored"]
    async fn requests_with_one_id_share_a_group_and_each_is_answered_rightly() {
        let uri = programs::fresh_database().await;
        let store = MongoStore::open(&uri, Arc::new(SystemClock)).await.unwrap();
        let other = with(statement(0), "object", activity("other"));
        let batches = [
            batch(&[statement(0), statement(1)]),
            batch(&[statement(2), statement(0)]),
            batch(&[statement(3), other]),
            batch(&[statement(4), statement(3)]),
        ];
        let outcomes = store.0.statements.keep(&batches, None).await.unwrap();
        let [first, equal, different, upon_the_failed] = outcomes.as_slice() else {
            panic!("an outcome for each")
        };
        assert!(matches!(first, Outcome::Kept(2)));
        assert!(matches!(equal, Outcome::Kept(1)));
        let Outcome::Failed(StoreError::Conflict { id: named, differences }) = different else {
            panic!("a different statement under one id is a conflict")
        };
        assert_eq!((*named, differences.as_slice()), (id(0), &["/object/id".to_owned()][..]));
        assert!(matches!(upon_the_failed, Outcome::Postponed), "its statement 3 was taken back");
        let log = store.log(Instant::default(), 10).await.unwrap().statements;
        let kept: Vec<Uuid> = log.into_iter().map(|kept| kept.statement.id).collect();
        assert_eq!(kept, [0, 1, 2].map(id));
    }
}

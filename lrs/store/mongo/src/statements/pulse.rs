//! The pulse of a claim: that the process lives that writes under the claim, as other processes see it and as the process
//! itself does: its owner, or one that finishes the claim for a dead owner.
//!
//! The claim of a living process beats every [`BEAT`]; [`super::recovery`] says when others take a claim over that
//! does not. A process that was halted does not notice that by itself. So before each of its calls it looks when
//! it last saw the claim in the head, and where that is [`FENCE`] or longer ago, it looks there first. A claim that
//! is gone is another process's work by now, and nothing more is written for it.
//!
//! Example: a process is halted for a minute between two calls that link a group. Another one links the group
//! again and finishes the claim, and a person is erased whom the group names. When the process goes on, it finds
//! the claim gone, and does not write the person's keys again.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant as Moment;

use crate::BEAT;
use crate::head::{Head, Owner};
use crate::task::Task;
use crate::version_log::VersionLog;
use store::Result;

/// A process that has not seen its claim for this long looks for the claim before it goes on. Shorter than any
/// time after which others take a claim over.
const FENCE: Duration = Duration::from_millis(750);

/// The pulse of one claim, in the process that writes under the claim.
pub(crate) struct Pulse {
    sight: Sight,
    /// Lets the claim beat.
    _beating: Task,
}

/// When a process last saw its claim.
#[derive(Clone)]
struct Sight {
    versions: VersionLog,
    owner: Owner,
    /// How the claim beats.
    step: Step,
    /// When the call began that showed the claim.
    seen: Arc<Mutex<Moment>>,
}

/// Lets the claim of an owner beat once in a head; `None` where the claim is not there.
type Step = fn(&mut Head, Owner) -> Option<()>;

impl Pulse {
    /// The pulse of a claim of this process, which beats as long as the pulse lives. The claim was made by a call
    /// that began at `seen`.
    pub(crate) fn of_own(versions: &VersionLog, owner: Owner, seen: Moment) -> Self {
        Self::beating(Sight::new(versions, owner, Head::beat, seen))
    }

    /// The pulse of the claim of a dead process that this one has taken over, by a call that began at `seen`. It beats as
    /// well: other processes leave the claim to this one meanwhile.
    pub(super) fn of_dead_process(versions: &VersionLog, owner: Owner, seen: Moment) -> Self {
        Self::beating(Sight::new(versions, owner, Head::go_on, seen))
    }

    fn beating(sight: Sight) -> Self {
        let beats = sight.clone();
        let beating = Task::new(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                if let Err(error) = beats.beat().await {
                    tracing::warn!(%error, "a claim cannot be kept alive");
                }
            }
        });
        Self { sight, _beating: beating }
    }

    /// Does `work` as long as the claim is there; `None` where it is gone, and the work was left.
    pub(super) fn guard<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> impl Future<Output = Result<Option<T>>> {
        // The work has all that a group takes.
        let mut work = Box::pin(work);
        let mut was_seen = false;
        async move {
            loop {
                let done = poll_fn(|context| {
                    if self.sight.is_old() && !std::mem::take(&mut was_seen) {
                        return Poll::Ready(None);
                    }
                    work.as_mut().poll(context).map(Some)
                });
                match done.await {
                    Some(done) => return done.map(Some),
                    None if self.sight.beat().await? => was_seen = true,
                    None => return Ok(None),
                }
            }
        }
    }
}

impl Sight {
    fn new(versions: &VersionLog, owner: Owner, step: Step, seen: Moment) -> Self {
        Self { versions: versions.clone(), owner, step, seen: Arc::new(Mutex::new(seen)) }
    }

    fn is_old(&self) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).elapsed() >= FENCE
    }

    /// Lets the claim beat once; false where it is gone.
    async fn beat(&self) -> Result<bool> {
        let began = Moment::now();
        let (owner, step) = (self.owner, self.step);
        let is_there = |head: &Head, (): &()| head.claim_by(owner).is_some();
        let beaten = self.versions.change_confirmed(|head| step(head, owner), is_there).await?;
        Ok(self.note(beaten.is_some(), began))
    }

    fn note(&self, is_there: bool, began: Moment) -> bool {
        if is_there {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            *seen = (*seen).max(began);
        }
        is_there
    }
}

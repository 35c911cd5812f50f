//! The answers of jobs, until they are fetched.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use dataset::aggregate::{Bound, Plan};
use uuid::Uuid;
use xapi::instant::Instant;

use super::{Answered, Asker};
use crate::compute::Stopped;
use crate::datasets::DataLane;
use crate::jobs::{Job, JobError, JobKind, Jobs};

/// How many answers of jobs are kept, the latest, and how many of them for one key.
const KEPT: usize = 16;
const KEPT_OF_KEY: usize = 4;
/// How many bytes kept answers take at the most, of one key and of all: requests do without that memory.
const BYTES_OF_KEY: usize = 32 << 20;
const BYTES: usize = 64 << 20;
/// For how long from the question on.
const KEPT_FOR: Duration = Duration::from_hours(1);

/// The answer of a job, once there is one.
pub type AnswerSlot = Arc<OnceLock<Answered>>;

/// The answers of jobs, the latest.
#[derive(Clone, Default)]
pub(in crate::datasets) struct KeptAnswers(Arc<Mutex<VecDeque<KeptAnswer>>>);

struct KeptAnswer {
    job: Uuid,
    key: String,
    /// What the key might read when it asked: a key of this name may be another one since, or may read less.
    hides_small: bool,
    authority: Option<String>,
    begun: Instant,
    slot: AnswerSlot,
}

impl KeptAnswers {
    fn lock(&self) -> MutexGuard<'_, VecDeque<KeptAnswer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives up all answers.
    pub(in crate::datasets) fn clear(&self) {
        self.lock().clear();
    }

    /// The answers, without those whose time is over.
    fn fresh(&self, now: Instant) -> MutexGuard<'_, VecDeque<KeptAnswer>> {
        let mut kept = self.lock();
        let age = |it: &KeptAnswer| now.micros().saturating_sub(it.begun.micros());
        kept.retain(|it| u128::try_from(age(it)).unwrap_or_default() < KEPT_FOR.as_micros());
        kept
    }
}

/// Lets go of the oldest answers, of each key and of all, that take more than they may together; not of `latest`.
fn trim(kept: &mut VecDeque<KeptAnswer>, latest: &AnswerSlot) {
    let weight = |slot: &AnswerSlot| slot.get().map_or(0, |it| it.answer.weight());
    let is_latest = |it: &KeptAnswer| Arc::ptr_eq(&it.slot, latest);
    let mut all = weight(latest);
    let key = kept.iter().find(|it| is_latest(it)).map(|it| it.key.clone());
    let mut of_keys: HashMap<String, usize> = key.into_iter().map(|key| (key, all)).collect();
    kept.retain(|it| {
        let bytes = weight(&it.slot);
        if is_latest(it) || bytes == 0 {
            return true;
        }
        let own = of_keys.entry(it.key.clone()).or_default();
        let fits = *own + bytes <= BYTES_OF_KEY && all + bytes <= BYTES;
        if fits {
            *own += bytes;
            all += bytes;
        }
        fits
    });
}

impl DataLane {
    /// Begins a job that answers a question for a key, as soon as fewer than two things of the key are under way: a job that
    /// waits would take one of the few places of all jobs.
    ///
    /// # Errors
    /// [`Stopped`] where the server is ending; those of [`Jobs::begin`].
    pub async fn begin(
        &self,
        jobs: &Jobs,
        key: &str,
        plan: Plan,
        asker: Asker,
    ) -> Result<Result<Job, JobError>, Stopped> {
        let turn = self.turn(key).await?;
        let slot = AnswerSlot::default();
        let (lane, found, asked) = (self.clone(), Arc::clone(&slot), asker.clone());
        let begun = jobs.begin(JobKind::Aggregate, key, async move {
            let _turn = turn;
            let answered = lane.ask(plan, asked).await.map_err(|error| error.to_string())?;
            let groups = answered.answer.rows.len() as u64;
            lane.answered(&found, answered).map_err(|error| error.to_string())?;
            Ok(vec![("groups", groups)])
        });
        if let Ok(job) = &begun {
            self.keep_answer(job.id, key, &asker, &slot);
        }
        Ok(begun)
    }

    /// Says the answer of a job. Answers that are older go where they take too much together.
    ///
    /// # Errors
    /// [`Bound::Bytes`] where it is larger than what may be kept.
    pub(super) fn answered(&self, slot: &AnswerSlot, answered: Answered) -> Result<(), Bound> {
        if answered.answer.weight() > BYTES {
            return Err(Bound::Bytes(BYTES));
        }
        // There is one answer of a job.
        let _ = slot.set(answered);
        trim(&mut self.answers.lock(), slot);
        Ok(())
    }

    /// Keeps the answer of a job for an hour, for the key that began it. Of one key the latest four are kept, of all keys
    /// the latest sixteen; older ones go where they take much memory.
    pub fn keep_answer(&self, job: Uuid, key: &str, asker: &Asker, slot: &AnswerSlot) {
        let begun = self.clock.now();
        let mut kept = self.answers.fresh(begun);
        kept.push_front(KeptAnswer {
            job,
            key: key.to_owned(),
            hides_small: asker.hides_small,
            authority: asker.authority.clone(),
            begun,
            slot: Arc::clone(slot),
        });
        let mut own = 0;
        kept.retain(|it| {
            own += usize::from(it.key == key);
            it.key != key || own <= KEPT_OF_KEY
        });
        kept.truncate(KEPT);
        // The job may have ended already.
        trim(&mut kept, slot);
        drop(kept);
        // The memory of an answer is given back also where no question follows.
        let (answers, clock) = (Arc::downgrade(&self.answers.0), Arc::clone(&self.clock));
        tokio::spawn(async move {
            tokio::time::sleep(KEPT_FOR).await;
            if let Some(answers) = answers.upgrade() {
                drop(KeptAnswers(answers).fresh(clock.now()));
            }
        });
    }

    /// What was kept for the key under this job, where the key may read now what it might read then.
    pub fn kept_answer(&self, job: Uuid, key: &str, asker: &Asker) -> Option<AnswerSlot> {
        let kept = self.answers.fresh(self.clock.now());
        let is_asked = |it: &&KeptAnswer| {
            it.job == job
                && it.key == key
                && it.hides_small == asker.hides_small
                && it.authority == asker.authority
        };
        kept.iter().find(is_asked).map(|it| Arc::clone(&it.slot))
    }
}

#[cfg(test)]
mod tests {
    use dataset::Datum;
    use dataset::aggregate::{Ask, GroupedAnswer};
    use dataset::ranges::Period;
    use futures::FutureExt as _;
    use store::Store;
    use store_testkit::clock::TurnedClock;
    use store_testkit::memory::MemoryStore;
    use xapi::clock::Clock;

    use super::*;
    use crate::memory::Memory;

    fn asker() -> Asker {
        let memory = Memory::new(1 << 30);
        let bounds = dataset::aggregate::FoldBounds::default();
        Asker { hides_small: false, authority: None, memory, bounds }
    }

    async fn lane() -> (DataLane, Jobs) {
        let clock: Arc<dyn Clock> = Arc::new(TurnedClock::at(Instant::from_micros(1)));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&clock)));
        (DataLane::of(&store, &clock, None, Period::Day).await.unwrap(), Jobs::new(clock))
    }

    #[tokio::test]
    async fn a_job_takes_no_place_while_its_key_has_other_work_under_way() {
        let (lane, jobs) = lane().await;
        let plan = Plan::of(&Ask::default()).unwrap();
        let streams = (lane.turn("one").await.unwrap(), lane.turn("one").await.unwrap());
        let mut waits = Box::pin(lane.begin(&jobs, "one", plan.clone(), asker()));
        assert!((&mut waits).now_or_never().is_none());
        assert_eq!(jobs.all(), [], "the few places of jobs are for those that work");
        assert!(lane.begin(&jobs, "two", plan, asker()).await.unwrap().is_ok());
        drop(streams);
        assert!(waits.await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn kept_answers_take_a_bounded_part_of_the_memory() {
        let (lane, _) = lane().await;
        let answered = |bytes: usize| Answered {
            answer: GroupedAnswer {
                columns: Vec::new(),
                rows: vec![vec![Datum::Text("p".repeat(bytes))]],
                hidden: 0,
                hidden_figures: 0,
                complete: true,
            },
            through: Instant::default(),
            _held: Memory::new(1 << 30).reserve(bytes).unwrap(),
        };
        let keep = |key: &str, bytes: usize| {
            let (job, slot) = (Uuid::new_v4(), AnswerSlot::default());
            lane.keep_answer(job, key, &asker(), &slot);
            lane.answered(&slot, answered(bytes)).map(|()| (job, key.to_owned()))
        };
        let is_kept = |(job, key): &(Uuid, String)| lane.kept_answer(*job, key, &asker()).is_some();
        let one = [12, 12, 12].map(|mib| keep("one", mib << 20).unwrap());
        assert_eq!(one.each_ref().map(is_kept), [false, true, true], "of a key");
        let others = ["two", "three"].map(|key| keep(key, 24 << 20).unwrap());
        assert_eq!(others.each_ref().map(is_kept), [true, true]);
        assert_eq!(one.each_ref().map(is_kept), [false, false, true], "of all, the oldest go");
        let whole = keep("four", 60 << 20).unwrap();
        assert!(is_kept(&whole), "one that is large is kept alone");
        assert_eq!(others.each_ref().map(is_kept), [false, false]);
        assert_eq!(keep("four", 65 << 20), Err(Bound::Bytes(BYTES)));
    }
}

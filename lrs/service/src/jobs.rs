//! Work that takes longer than a request should wait: it is begun by one request, looked at by others, and done while no request waits.
//!
//! Jobs are of one process, and are gone with it: each can be begun again and does what was left to do.

use std::sync::{Arc, Mutex, PoisonError};

use futures::Future;
use uuid::Uuid;

use xapi::clock::Clock;
use xapi::instant::Instant;

/// How many that have ended are remembered, the latest.
const REMEMBERED: usize = 100;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Computes the progress of a course from the log again.
    Rebuild,
    /// Answers a question about all statements.
    Aggregate,
}

impl JobKind {
    /// How many of the kind may be under way at a time: questions never take the places of rebuilds.
    const fn at_once(self) -> usize {
        match self {
            Self::Rebuild => 4,
            Self::Aggregate => 2,
        }
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rebuild => "rebuild",
            Self::Aggregate => "aggregate",
        }
    }
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It is under way.
    Running,
    /// It is done; what came of it, in a few words of numbers.
    Done(Vec<(&'static str, u64)>),
    /// It failed, for this reason.
    Failed(String),
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its name in addresses.
    pub id: Uuid,
    /// What it does.
    pub kind: JobKind,
    /// The course that it is about; of a question the name of the key that asks.
    pub course: String,
    /// How far it is.
    pub state: JobState,
    /// When it was begun.
    pub started: Instant,
    /// When it ended.
    pub ended: Option<Instant>,
}

/// Why a job was not begun or not removed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// As many of the kind as may be are under way.
    #[error("as many jobs of this kind are under way as may be")]
    Full,
    /// The same is under way already, as the job of this id.
    #[error("the job {0} does the same already")]
    Same(Uuid),
    /// There is no job of this id.
    #[error("there is no such job")]
    Unknown,
    /// The job is under way, and cannot be stopped half-way.
    #[error("the job is under way, and is not stopped half-way")]
    Running,
}

/// The jobs of one process. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    jobs: Arc<Mutex<Vec<Job>>>,
    clock: Arc<dyn Clock>,
}

impl Jobs {
    /// No jobs yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { jobs: Arc::default(), clock }
    }

    /// Begins a job, which does `work` on a task of its own.
    ///
    /// # Errors
    /// [`JobError::Full`]; [`JobError::Same`] where a job of this kind is under way for the course.
    pub fn begin(
        &self,
        kind: JobKind,
        course: &str,
        work: impl Future<Output = Result<Vec<(&'static str, u64)>, String>> + Send + 'static,
    ) -> Result<Job, JobError> {
        let job = self.note(kind, course)?;
        let (jobs, id) = (self.clone(), job.id);
        tokio::spawn(async move {
            // A task of its own, so that a panic ends the work and not the note of it.
            let ended = match tokio::spawn(work).await {
                Ok(Ok(done)) => JobState::Done(done),
                Ok(Err(reason)) => JobState::Failed(reason),
                Err(_) => JobState::Failed("the work was stopped".to_owned()),
            };
            jobs.end(id, ended);
        });
        Ok(job)
    }

    fn note(&self, kind: JobKind, course: &str) -> Result<Job, JobError> {
        let started = self.clock.now();
        let mut jobs = self.lock();
        let is_alike = |job: &&Job| job.kind == kind && job.state == JobState::Running;
        let mut running = jobs.iter().filter(is_alike);
        if let Some(same) = running.clone().find(|job| job.course == course) {
            return Err(JobError::Same(same.id));
        }
        if running.nth(kind.at_once() - 1).is_some() {
            return Err(JobError::Full);
        }
        let (id, course, state) = (Uuid::new_v4(), course.to_owned(), JobState::Running);
        let job = Job { id, kind, course, state, started, ended: None };
        jobs.insert(0, job.clone());
        let mut ended = 0;
        jobs.retain(|job| {
            ended += usize::from(job.state != JobState::Running);
            job.state == JobState::Running || ended <= REMEMBERED
        });
        Ok(job)
    }

    fn end(&self, id: Uuid, state: JobState) {
        let ended = self.clock.now();
        if let Some(job) = self.lock().iter_mut().find(|job| job.id == id) {
            (job.state, job.ended) = (state, Some(ended));
        }
    }

    /// All jobs, the latest first.
    pub fn all(&self) -> Vec<Job> {
        self.lock().clone()
    }

    /// Forgets a job that has ended.
    ///
    /// # Errors
    /// [`JobError::Unknown`], [`JobError::Running`].
    pub fn remove(&self, id: Uuid) -> Result<(), JobError> {
        let mut jobs = self.lock();
        let at = jobs.iter().position(|job| job.id == id).ok_or(JobError::Unknown)?;
        if jobs.get(at).is_some_and(|job| job.state == JobState::Running) {
            return Err(JobError::Running);
        }
        jobs.remove(at);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use store_testkit::clock::TurnedClock;
    use tokio::sync::oneshot;

    use super::*;

    const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);

    fn jobs() -> Jobs {
        Jobs::new(Arc::new(TurnedClock::at(NOW)))
    }

    async fn ended(jobs: &Jobs, id: Uuid) -> JobState {
        loop {
            let job = jobs.all().into_iter().find(|job| job.id == id).unwrap();
            if job.state != JobState::Running {
                assert_eq!(job.ended, Some(NOW));
                return job.state;
            }
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_job_says_how_it_ended_also_where_it_panicked() {
        let jobs = jobs();
        let done = jobs.begin(JobKind::Rebuild, "a", async { Ok(vec![("changed", 7)]) }).unwrap();
        let failed = jobs.begin(JobKind::Rebuild, "b", async { Err("no".to_owned()) }).unwrap();
        let broken = jobs.begin(JobKind::Rebuild, "c", async { panic!("as a test") }).unwrap();
        assert_eq!(ended(&jobs, done.id).await, JobState::Done(vec![("changed", 7)]));
        assert_eq!(ended(&jobs, failed.id).await, JobState::Failed("no".into()));
        assert!(matches!(ended(&jobs, broken.id).await, JobState::Failed(_)));
        let courses: Vec<_> = jobs.all().into_iter().map(|job| job.course).collect();
        assert_eq!(courses, ["c", "b", "a"], "the latest first");
    }

    #[tokio::test]
    async fn of_a_course_one_is_under_way_and_of_all_a_few_and_none_is_stopped_half_way() {
        let jobs = jobs();
        let mut gates = Vec::new();
        let mut begin_of = |kind, course: &str| {
            let (go, gate) = oneshot::channel::<()>();
            gates.push(go);
            jobs.begin(kind, course, async move {
                let _ = gate.await;
                Ok(Vec::new())
            })
        };
        for key in ["a", "b"] {
            begin_of(JobKind::Aggregate, key).unwrap();
        }
        assert_eq!(begin_of(JobKind::Aggregate, "c"), Err(JobError::Full));
        // Questions take none of the places of rebuilds.
        let mut begin = |course: &str| begin_of(JobKind::Rebuild, course);
        let first = begin("a").unwrap();
        assert_eq!(begin("a"), Err(JobError::Same(first.id)));
        for course in ["b", "c", "d"] {
            begin(course).unwrap();
        }
        assert_eq!(begin("e"), Err(JobError::Full));
        assert_eq!(jobs.remove(first.id), Err(JobError::Running));
        drop(gates);
        ended(&jobs, first.id).await;
        assert_eq!(jobs.remove(first.id), Ok(()));
        assert_eq!(jobs.remove(first.id), Err(JobError::Unknown));
    }

    #[tokio::test]
    async fn jobs_that_have_ended_are_forgotten_when_there_are_many() {
        let jobs = jobs();
        let (go, gate) = oneshot::channel::<()>();
        let long = jobs.begin(JobKind::Rebuild, "long", async move {
            let _ = gate.await;
            Ok(Vec::new())
        });
        let long = long.unwrap();
        for number in 0..200 {
            let course = number.to_string();
            let job = jobs.begin(JobKind::Rebuild, &course, async { Ok(Vec::new()) }).unwrap();
            ended(&jobs, job.id).await;
        }
        // The last one ended after it was counted.
        assert_eq!(jobs.all().len(), REMEMBERED + 2);
        drop(go);
        assert_eq!(ended(&jobs, long.id).await, JobState::Done(Vec::new()), "not forgotten");
    }
}

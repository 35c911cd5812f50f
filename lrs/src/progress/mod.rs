//! Progress of courses: [`Progress`] takes courses and learners and answers reports, the
//! [`follower`] keeps one document per learner true to the log.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::course::{
    Course, CourseErrors, Grouping, LearnerList, LearnerProgress, ProgressReport, SheetErrors,
};
use crate::store::{ProgressDocument, Store, StoreError, Watermark};
use crate::xapi::instant::Instant;

mod followed;
pub mod follower;

use follower::Command;

/// How often, and how long apart, a report looks whether a changed course has been evaluated.
const LOOKS: u32 = 200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The use cases of courses. Cheap to clone.
#[derive(Clone)]
pub struct Progress {
    store: Arc<dyn Store>,
    follower: mpsc::Sender<Command>,
}

/// Why a course, its learners or its progress were not taken or given. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// There is no course of this id.
    #[error("there is no course `{0}`")]
    NoCourse(String),
    /// The file's id is not the one it was sent under.
    #[error("the course file says id = \"{file}\", but it was sent as `{address}`")]
    OtherId {
        /// The id in the file.
        file: String,
        /// The id in the address.
        address: String,
    },
    /// The course file has faults.
    #[error(transparent)]
    Course(#[from] CourseErrors),
    /// The list of learners has faults.
    #[error(transparent)]
    Learners(#[from] SheetErrors),
    /// The store cannot serve.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a rebuild did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// How many statements were read.
    pub statements: u64,
    /// How many learners' documents are not what they were.
    pub changed: u64,
}

impl Progress {
    /// Use cases over `store`, whose follower listens at `follower`.
    pub fn new(store: Arc<dyn Store>, follower: mpsc::Sender<Command>) -> Self {
        Self { store, follower }
    }

    /// Takes a course file under `id` and evaluates everybody anew.
    pub async fn put_course(&self, id: &str, file: &str) -> Result<Course, ProgressError> {
        let course = Course::parse(file)?;
        if course.id() != id {
            let (file, address) = (course.id().to_owned(), id.to_owned());
            return Err(ProgressError::OtherId { file, address });
        }
        self.store.put_course(id, file).await?;
        self.poke().await;
        Ok(course)
    }

    /// Takes the list of a course's learners in place of the one before; gives their number.
    pub async fn put_learners(&self, id: &str, list: &[u8]) -> Result<usize, ProgressError> {
        let learners = LearnerList::parse(list)?;
        // Parsed, so it is UTF-8.
        let text = String::from_utf8_lossy(list);
        if !self.store.put_learners(id, &text).await? {
            return Err(ProgressError::NoCourse(id.to_owned()));
        }
        self.poke().await;
        Ok(learners.learners().len())
    }

    /// The report of a course: true for all statements up to its `through`.
    pub async fn report(&self, id: &str, by: Grouping) -> Result<ProgressReport, ProgressError> {
        let no_course = || ProgressError::NoCourse(id.to_owned());
        let kept = self.store.course(id).await?.ok_or_else(no_course)?;
        let course = Course::parse(&kept.file)?;
        let learners = followed::learners(&kept)?;
        let horizon = self.store.consistent_through().await?;
        let (watermark, documents) = self.of_revision(id, kept.revision).await?;
        let mut progress = HashMap::with_capacity(documents.len());
        for document in documents {
            let body: LearnerProgress = serde_json::from_slice(&document.body)
                .map_err(|error| StoreError::Corrupt(format!("progress in {id}: {error}")))?;
            progress.insert(document.learner, body);
        }
        let follows_all = self.store.log(watermark.through, 1).await?.is_empty();
        let through = if follows_all { horizon.max(watermark.through) } else { watermark.through };
        let through = (through > Instant::default()).then(|| through.micros());
        let learners =
            learners.learners().iter().map(|learner| (learner, progress.get(&learner.id)));
        Ok(ProgressReport::new(&course, by, through, learners))
    }

    /// The documents of a course, once the follower has caught up with its `revision`.
    async fn of_revision(
        &self,
        id: &str,
        revision: i64,
    ) -> Result<(Watermark, Vec<ProgressDocument>), StoreError> {
        for _ in 0..LOOKS {
            let (watermark, documents) = self.store.progress(id).await?;
            if watermark.revision >= revision {
                return Ok((watermark, documents));
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(StoreError::Unavailable(format!("the progress of {id} is being computed")))
    }

    /// Computes all progress documents of a course from the log again.
    pub async fn rebuild(&self, id: &str) -> Result<Rebuilt, ProgressError> {
        let (reply, answer) = oneshot::channel();
        let stopped = || StoreError::Unavailable("the follower has stopped".into());
        let command = Command::Rebuild { course: id.to_owned(), reply };
        self.follower.send(command).await.map_err(|_| stopped())?;
        let rebuilt = answer.await.map_err(|_| stopped())??;
        rebuilt.ok_or_else(|| ProgressError::NoCourse(id.to_owned()))
    }

    /// Tells the follower that courses changed. If it does not listen, it looks by itself soon.
    async fn poke(&self) {
        let _ = self.follower.send(Command::Look).await;
    }
}

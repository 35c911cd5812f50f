//! Progress of courses: [`CourseService`] takes courses, learners and registers and answers reports,
//! the [`follower`] keeps one document per actor true to the log.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};

use crate::memory::Memory;
use crate::record::Record;
use course::{CheckedCourse, Course};
use store::{Selection, Store, StoreError};
use xapi::clock::Clock;

mod board;
mod boards;
mod certificates;
mod deletion;
mod enrolment;
mod error;
mod followed;
pub mod follower;
mod health;
mod learner;
mod making;
mod presence;
mod read;
mod reports;
mod territory;
#[cfg(test)]
mod tests;
mod timeline;
mod unassigned;
mod who;

use boards::Boards;
use follower::Command;

pub use certificates::Frozen;
pub use deletion::{CourseSummary, DeletedCourse, FrozenLists};
pub use enrolment::Imported;
pub use error::ProgressError;
pub use making::{ReportInMaking, TableParts};
pub use presence::{CheckIn, CheckInCode, Registered, SentSheet, SessionAbout};
pub use reports::ReportQuery;
pub use timeline::Timeline;
pub use unassigned::Unassigned;
pub use who::Who;

/// How often a change is tried again when another change came first.
const TRIES: u32 = 10;

/// The use cases of courses. Cheap to clone.
#[derive(Clone)]
pub struct CourseService {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    record: Record,
    boards: Arc<Boards>,
    follower: mpsc::Sender<Command>,
    /// Where the server is seen from outside: the home page of its own accounts.
    base_url: Arc<str>,
    /// What check-in codes are made of.
    secret: [u8; 32],
    /// Held while a register is compared with what is there.
    registering: Arc<Mutex<()>>,
    /// Held while a list is frozen or a course deleted: no list goes that its deleter did not see.
    freezing: Arc<Mutex<()>>,
}

/// What a rebuild did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// How many statements were read.
    pub statements: u64,
    /// How many actors' documents are not what they were.
    pub changed: u64,
}

impl CourseService {
    /// Use cases over `store`, whose follower listens at `follower`. Registers are written
    /// through `record`; check-in codes are made of the store's `secret`. Boards and reports take `memory`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        record: Record,
        follower: mpsc::Sender<Command>,
        base_url: &str,
        secret: [u8; 32],
        memory: &Memory,
    ) -> Self {
        let boards = Boards::new(Arc::clone(&store), memory);
        let (registering, freezing) = (Arc::default(), Arc::default());
        let base_url = base_url.into();
        Self { store, clock, record, boards, follower, base_url, secret, registering, freezing }
    }

    /// Takes a course file under `id` and evaluates all learners anew. With `dry_run` it is only
    /// checked.
    ///
    /// # Errors
    /// [`ProgressError`] where the file has faults, or lacks an edition that learners follow.
    pub async fn put_course(
        &self,
        id: &str,
        file: &str,
        dry_run: bool,
    ) -> Result<CheckedCourse, ProgressError> {
        let text = file.to_owned();
        let check = move || Course::check(&text);
        let checked = tokio::task::spawn_blocking(check).await.map_err(|_| boards::stopped())??;
        let course = &checked.course;
        if course.id() != id {
            let (file, address) = (course.id().to_owned(), id.to_owned());
            return Err(ProgressError::OtherId { file, address });
        }
        for _ in 0..TRIES {
            let (based_on, selection) = match self.boards.enrolled(id).await {
                Ok(known) => {
                    enrolment::check_editions(course, &known.enrolment)?;
                    let is_same = course.reads_like(&known.course);
                    let selection = if is_same { Selection::Same } else { Selection::Changed };
                    (Some(known.revision), selection)
                }
                Err(ProgressError::NoCourse(_)) => (None, Selection::Changed),
                // A file of an older Traccia that this one cannot read must be replaceable.
                Err(ProgressError::Store(StoreError::Corrupt(_))) => {
                    let revision = self.store.course_revision(id).await?;
                    (revision.map(|it| it.revision), Selection::Changed)
                }
                Err(other) => return Err(other),
            };
            if dry_run || self.store.put_course(id, file, based_on, selection).await? {
                self.poke().await;
                return Ok(checked);
            }
        }
        Err(ProgressError::Busy)
    }

    /// The ids of all courses, sorted.
    pub async fn courses(&self) -> Result<Vec<String>, ProgressError> {
        let courses = self.store.courses().await?;
        Ok(courses.into_iter().map(|course| course.id).collect())
    }

    /// The course file as it was sent.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`].
    pub async fn course_file(&self, id: &str) -> Result<String, ProgressError> {
        let course = self.store.course(id).await?;
        course.map(|course| course.file).ok_or_else(|| ProgressError::NoCourse(id.to_owned()))
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

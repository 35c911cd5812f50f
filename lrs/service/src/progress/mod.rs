//! Progress of courses: [`CourseService`] takes courses, learners and registers and answers reports,
//! the [`follower`] keeps one document per actor true to the log.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};

use crate::compute::{self, Turns};
use crate::memory::Memory;
use crate::record::Record;
use course::{CheckedCourse, Course};
use store::{Revision, Selection, Store, StoreError};
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
mod likeness;
mod listing;
mod making;
mod mapping;
mod merges;
mod mine;
mod names;
mod presence;
mod preview;
mod reached;
mod read;
mod reports;
mod roll;
mod run;
mod sieve;
mod territory;
#[cfg(test)]
mod tests;
mod theirs;
mod timeline;
mod unassigned;
mod unmapped;
mod who;
mod within;

use boards::Boards;
use follower::Command;
use mine::KnownLists;

pub use certificates::Frozen;
pub use deletion::{CourseSummary, DeletedCourse, FrozenLists};
pub use enrolment::Imported;
pub use error::ProgressError;
pub use listing::{CourseAtAGlance, ListedCourse};
pub use making::{ReportInMaking, TableParts};
pub use mapping::Mapping;
pub use mine::{CoursesOfMine, MyCourse, MyStatements, hours_in, state_name};
pub use presence::{CheckIn, CheckInCode, Registered, SentSheet, SessionAbout};
pub use preview::{Changed, Effect};
pub use reached::{Actors, LookedAt, Milestone, ReachedBy};
pub use reports::ReportQuery;
pub use roll::{Enrolled, LearnerPage, LearnerQuery, LearnerSort};
pub use run::Run;
pub use sieve::Sieve;
pub use timeline::{Timeline, TimelinePage, TimelineQuery};
pub use unassigned::Unassigned;
pub use unmapped::{Unmapped, UnmappedActivities};
pub use who::Who;

/// How often a change is tried again when another change came first.
const TRIES: u32 = 10;
/// How many packages that are not there are warned of.
const MOST_WARNINGS: usize = 100;

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
    /// Of each session, by its object, while a register is compared with what is there.
    registering: Turns,
    /// Held while a list is frozen or a course deleted: no list goes that its deleter did not see.
    freezing: Arc<Mutex<()>>,
    /// Who is in frozen lists, for those who ask for their own.
    lists: Arc<KnownLists>,
}

/// A course file that was taken, or would be.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The course, and what its file says that is hardly meant.
    pub checked: CheckedCourse,
    /// The course's revision now; nothing where it is not there.
    pub revision: Option<Revision>,
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
        let (registering, freezing) = (Turns::new(1), Arc::default());
        let base_url = base_url.into();
        let lists = Arc::default();
        Self {
            store,
            clock,
            record,
            boards,
            follower,
            base_url,
            secret,
            registering,
            freezing,
            lists,
        }
    }

    /// Takes a course file under `id` and evaluates all learners anew. In a dry run it is
    /// only checked.
    ///
    /// # Errors
    /// [`ProgressError`] where the file has faults, or lacks an edition that learners follow.
    pub async fn put_course(
        &self,
        id: &str,
        file: &str,
        run: Run,
    ) -> Result<CheckedCourse, ProgressError> {
        Ok(self.load_course(id, file, None, run).await?.checked)
    }

    /// [`Self::put_course`], of a file that was made of the course at the revision `wanted`; of any where missing.
    ///
    /// # Errors
    /// Those of [`Self::put_course`]; [`ProgressError::Busy`] where the course is at another revision.
    pub async fn load_course(
        &self,
        id: &str,
        file: &str,
        wanted: Option<Revision>,
        run: Run,
    ) -> Result<Loaded, ProgressError> {
        let text = file.to_owned();
        let check = move || Course::check(&text);
        let mut checked = compute::aside(check).await.map_err(|_| boards::stopped())??;
        self.warn_of_packages(&mut checked).await?;
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
            if wanted.is_some() && wanted != based_on {
                return Err(ProgressError::Busy);
            }
            if run.is_dry() {
                return Ok(Loaded { checked, revision: based_on });
            }
            if self.store.put_course(id, file, based_on, selection).await? {
                self.poke().await;
                let revision = self.store.course_revision(id).await?.map(|it| it.revision);
                return Ok(Loaded { checked, revision });
            }
        }
        Err(ProgressError::Busy)
    }

    /// Warns of packages that the file names and that are not there.
    async fn warn_of_packages(&self, checked: &mut CheckedCourse) -> Result<(), ProgressError> {
        if checked.packages.is_empty() {
            return Ok(());
        }
        let known: Vec<String> =
            self.store.packages().await?.into_iter().map(|package| package.name).collect();
        let missing = checked.packages.iter().filter(|named| !known.contains(&named.name));
        let warnings = missing.map(|named| named.unknown(known.iter().map(String::as_str)));
        checked.warnings.extend(warnings.take(MOST_WARNINGS));
        checked.warnings.sort_by_key(|warning| (warning.line, warning.column));
        Ok(())
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

//! A course as a whole: what there is of it, and deleting it.

use std::sync::Arc;

use super::boards::stopped;
use super::error::ProgressError;
use super::{CourseService, Run, TRIES};
use crate::compute;
use crate::former;
use access::bounds::Bounds;
use course::Course;
use store::{Revision, StoreError};

/// What there is of a course.
#[derive(Clone, Debug, PartialEq)]
pub struct CourseSummary {
    /// The course as its file describes it.
    pub course: Course,
    /// How many learners the caller may see, those merged counted once.
    pub learners: usize,
    /// How many merges there are among them.
    pub merged: usize,
    /// How many certificate lists are frozen.
    pub certificates: usize,
    /// The course's revision.
    pub revision: Revision,
}

/// What goes with a course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeletedCourse {
    /// How many entries the list of learners had, those merged counted by themselves.
    pub learners: usize,
    /// How many merges were noted.
    pub merged: usize,
    /// How many certificate lists were frozen.
    pub certificates: usize,
}

/// What becomes of a course's frozen certificate lists when the course is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrozenLists {
    /// They stay, and so does a course that has some.
    Stay,
    /// They go with the course.
    Go,
}

impl CourseService {
    /// What there is of a course, of its learners those within `bounds`.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`].
    pub async fn summary(
        &self,
        id: &str,
        bounds: Option<&Bounds>,
    ) -> Result<CourseSummary, ProgressError> {
        let enrolled = self.boards.enrolled(id).await?;
        let (of, bounds) = (Arc::clone(&enrolled), bounds.cloned());
        let counted = compute::aside(move || of.counted(bounds.as_ref())).await;
        let (learners, merged) = counted.map_err(|_| stopped())?;
        Ok(CourseSummary {
            course: enrolled.course.clone(),
            learners,
            merged,
            certificates: self.store.certificate_ids(id).await?.len(),
            revision: enrolled.revision,
        })
    }

    /// Deletes a course: its file, its list of learners with the merges, and its frozen certificate
    /// lists. All statements stay, those of registers too: the same file and list bring the same
    /// progress back. Its progress documents go, which are made of statements. A dry run
    /// changes nothing.
    ///
    /// A course whose file this program cannot read can be deleted; its learners count as none.
    ///
    /// # Errors
    /// [`ProgressError::HasCertificates`] where lists are frozen, unless [`FrozenLists::Go`]: they
    /// are made for good, and nothing brings them back.
    pub async fn delete_course(
        &self,
        id: &str,
        frozen: FrozenLists,
        run: Run,
    ) -> Result<DeletedCourse, ProgressError> {
        for _ in 0..TRIES {
            let no_course = || ProgressError::NoCourse(id.to_owned());
            let known = self.store.course_revision(id).await?.ok_or_else(no_course)?;
            let enrolled = match self.boards.enrolled(id).await {
                Ok(enrolled) => Some(enrolled),
                Err(ProgressError::Store(StoreError::Corrupt(_))) => None,
                Err(other) => return Err(other),
            };
            let (learners, merged) = enrolled.as_ref().map_or((0, 0), |enrolled| {
                (enrolled.enrolment.learners.len(), enrolled.enrolment.merged.len())
            });
            let _no_freezing = self.freezing.lock().await;
            let lists = self.store.certificate_ids(id).await?.len();
            let deleted = DeletedCourse { learners, merged, certificates: lists };
            if run.is_dry() {
                return Ok(deleted);
            }
            if lists > 0 && frozen == FrozenLists::Stay {
                return Err(ProgressError::HasCertificates { course: id.to_owned(), lists });
            }
            if let Some(enrolled) = enrolled {
                // The audit log goes on naming them.
                let secret = self.secret;
                let leaving = move || former::leaving(&secret, &enrolled.enrolment, None);
                let leaving = compute::aside(leaving).await.map_err(|_| stopped())?;
                former::note(&*self.store, id, self.clock.now(), leaving).await?;
            } else {
                tracing::warn!(
                    course = id,
                    "the learners of a deleted course cannot be read: who they were is not noted"
                );
            }
            if self.store.delete_course(id, known.revision).await? {
                self.boards.forget(id);
                self.poke().await;
                return Ok(deleted);
            }
        }
        Err(ProgressError::Busy)
    }
}

//! Courses: their files and their learners.

use async_trait::async_trait;

use crate::{Reading, Result, Revision};

/// A course as it is kept: texts, which the crate `course` reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCourse {
    /// Unique in the store.
    pub id: String,
    /// The course file, TOML.
    pub file: String,
    /// The learners, the JSON text of `course::Enrolment`; empty before the first import.
    pub enrolment: String,
    /// Grows with every change of file or learners.
    pub revision: Revision,
    /// Since which revision the file takes the same statements: progress documents of an earlier reading must be read
    /// from the log again.
    pub reading: Reading,
}

/// What changed of a course, without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseRevision {
    /// The course's id.
    pub id: String,
    /// [`KeptCourse::revision`].
    pub revision: Revision,
    /// [`KeptCourse::reading`].
    pub reading: Reading,
}

/// Whether a course file takes the same statements as the file before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The same: what was read from the log stays true.
    Same,
    /// Others, or there is no file before: the new revision becomes the reading ([`KeptCourse::reading`]).
    Changed,
}

/// Courses.
#[async_trait]
pub trait CourseStore: Send + Sync {
    /// All courses, by id, without their texts: cheap, however many learners the courses have.
    async fn courses(&self) -> Result<Vec<CourseRevision>>;

    /// The revision of the course of this id, without its texts.
    async fn course_revision(&self, id: &str) -> Result<Option<CourseRevision>>;

    /// The course of this id.
    async fn course(&self, id: &str) -> Result<Option<KeptCourse>>;

    /// Adds the course, where `based_on` is `None` and there is no course of this id, or replaces its file, where its
    /// revision is `based_on`; learners stay. The revision grows, and becomes the reading with [`Selection::Changed`].
    ///
    /// False, and nothing changed, where the course is not as `based_on` says. A new course has its revision as reading.
    async fn put_course(
        &self,
        id: &str,
        file: &str,
        based_on: Option<Revision>,
        selection: Selection,
    ) -> Result<bool>;

    /// Removes the course whose revision is `based_on`, with its file, its learners, its progress documents and its
    /// frozen lists; statements stay.
    ///
    /// False, and nothing changed, where there is no such course at this revision. A course that is put under the same
    /// id later begins anew: nothing of the removed course is seen again, and progress based on a version of the removed
    /// course's documents is refused.
    ///
    /// # Example
    /// A course was removed at revision 7. A course that is put under its id later begins at revision 8 or later.
    async fn delete_course(&self, id: &str, based_on: Revision) -> Result<bool>;

    /// Replaces the learners of a course whose revision is `based_on`. The revision grows.
    ///
    /// False, and nothing changed, where there is no such course at this revision.
    async fn put_enrolment(&self, id: &str, enrolment: &str, based_on: Revision) -> Result<bool>;
}

//! Which statements are of a course's learners and bear on the course.

use std::sync::Arc;

use super::board::EnrolledCourse;
use super::read::evidence_of;
use super::{CourseService, ProgressError};
use access::bounds::Bounds;
use course::Evidence;
use xapi::stored::Stored;

/// Lets the statements of a course's learners through, of those within some bounds.
pub struct Sieve {
    enrolled: Arc<EnrolledCourse>,
    bounds: Option<Bounds>,
}

impl CourseService {
    /// The statements of a course as it is now, as far as `bounds` reach.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`].
    pub async fn sieve(&self, id: &str, bounds: Option<Bounds>) -> Result<Sieve, ProgressError> {
        Ok(Sieve { enrolled: self.boards.enrolled(id).await?, bounds })
    }
}

impl Sieve {
    /// Whether a statement is of a learner within the bounds and bears on the course.
    pub fn passes(&self, statement: &Stored) -> bool {
        let Some(evidence) = evidence_of(statement) else { return false };
        let Evidence { actor, object, parents, groupings, .. } = &evidence;
        let course = &self.enrolled.course;
        course.place_of(object, parents, groupings).is_some()
            && self
                .enrolled
                .people
                .find(actor)
                .is_some_and(|person| self.enrolled.sees(person, actor, self.bounds.as_ref()))
    }
}

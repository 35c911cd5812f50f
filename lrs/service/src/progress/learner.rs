//! Who a learner of a course is to statements.

use serde_json::Value;

use super::{CourseService, ProgressError};
use access::bounds::Bounds;
use course::Identifier;
use store::StoreError;

impl CourseService {
    /// Whether statements about one of these activities count in a course.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`].
    pub(crate) async fn counts_any(
        &self,
        course: &str,
        activities: impl IntoIterator<Item = String>,
    ) -> Result<bool, ProgressError> {
        let known = self.boards.enrolled(course).await?;
        let mut activities = activities.into_iter();
        Ok(activities.any(|activity| known.course.place_of(&activity, &[], &[]).is_some()))
    }

    /// The Agent that a learner of a course is, by their first identifier and with their name. A learner who was merged
    /// into another one is that one. A learner outside of `bounds` is not known.
    ///
    /// # Errors
    /// [`ProgressError::NoCourse`], [`ProgressError::NoLearner`].
    pub(crate) async fn agent_of(
        &self,
        course: &str,
        learner: &str,
        bounds: Option<&Bounds>,
    ) -> Result<Value, ProgressError> {
        let known = self.boards.enrolled(course).await?;
        let person = known.person(learner, bounds);
        let person = person.ok_or_else(|| ProgressError::NoLearner(learner.to_owned()))?;
        let agent = person.identifiers.first().map(Identifier::to_agent);
        let mut agent = agent.ok_or_else(|| {
            StoreError::Corrupt(format!("learner {} has no identifier", person.id))
        })?;
        if let Some(members) = agent.as_object_mut().filter(|_| !person.name.is_empty()) {
            members.insert("name".to_owned(), person.name.as_str().into());
        }
        Ok(agent)
    }
}

//! Who a learner of a course is to statements.

use serde_json::Value;

use super::{CourseService, ProgressError};
use access::bounds::{Bounds, is_of_package};
use course::{Identifier, Selectors};
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

    /// Whether a course has activities that the package which reports under an IRI could say something of.
    ///
    /// # Errors
    /// [`ProgressError::Store`].
    pub async fn counts_package(&self, iri: &str) -> Result<bool, ProgressError> {
        for course in self.store.courses().await? {
            let known = match self.boards.enrolled(&course.id).await {
                Ok(known) => known,
                // Deleted meanwhile.
                Err(ProgressError::NoCourse(_)) => continue,
                Err(error) => return Err(error),
            };
            let mut activities = known.course.activities();
            if activities.any(|(_, activity)| is_told_by(&activity.selection, iri)) {
                return Ok(true);
            }
        }
        Ok(false)
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

/// Whether what a package says that reports under `iri` belongs to an activity.
fn is_told_by(of: &Selectors, iri: &str) -> bool {
    let mut iris = of.ids.iter().chain(&of.within);
    let begins = |prefix: &String| {
        iri.starts_with(prefix.as_str())
            || prefix.strip_prefix(iri).is_some_and(|rest| rest.starts_with(['/', '?']))
    };
    iris.any(|it| is_of_package(iri, it)) || of.prefixes.iter().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_can_say_something_of_an_activity_by_its_iri_its_parts_and_what_it_begins_with() {
        let iri = "https://m.example/mod/scorm/view.php?id=7";
        let ids = |text: &str| Selectors { ids: vec![text.to_owned()], ..Selectors::default() };
        let within =
            |text: &str| Selectors { within: vec![text.to_owned()], ..Selectors::default() };
        let prefix =
            |text: &str| Selectors { prefixes: vec![text.to_owned()], ..Selectors::default() };
        for (of, is) in [
            (ids(iri), true),
            (ids(&format!("{iri}/I1")), true),
            (within(iri), true),
            (prefix("https://m.example/"), true),
            (prefix(&format!("{iri}/")), true),
            (ids("https://m.example/mod/scorm/view.php?id=77"), false),
            (prefix("https://m.example/mod/scorm/view.php?id=77"), false),
            (within("https://m.example/course/view.php?id=7"), false),
        ] {
            assert_eq!(is_told_by(&of, iri), is, "{of:?}");
        }
    }
}

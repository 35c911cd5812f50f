//! R14: what was said of one learner in a course, statement by statement, for the help desk and for
//! the learners themselves.

use std::collections::BTreeMap;

use bytes::Bytes;
use uuid::Uuid;

use super::Progress;
use super::error::ProgressError;
use super::followed::of_agent;
use crate::access::bounds::Bounds;
use crate::course::Evidence;
use crate::xapi::instant::Instant;

impl Progress {
    /// The statements of a learner, under all their identifiers, that bear on the course and are
    /// not voided: their texts as they are kept, in the order in which things happened.
    ///
    /// # Errors
    /// [`ProgressError::NoLearner`] where there is none within `bounds`.
    pub async fn timeline(
        &self,
        id: &str,
        learner: &str,
        bounds: Option<&Bounds>,
    ) -> Result<Vec<Bytes>, ProgressError> {
        let register = self.boards.register(id).await?;
        let found = register.person(learner, bounds);
        let found = found.ok_or_else(|| ProgressError::NoLearner(learner.to_owned()))?;
        let until = self.store.consistent_through().await?;
        let mut timeline: BTreeMap<(i64, Instant, Uuid), Bytes> = BTreeMap::new();
        for identifier in found.known_as() {
            for statement in of_agent(&*self.store, identifier.to_string(), until).await? {
                let Ok(value) = statement.value() else { continue };
                let stored = statement.stored.micros();
                let Some(evidence) = Evidence::read(&value, "", stored) else { continue };
                let Evidence { object, parents, groupings, timestamp, .. } = &evidence;
                let bears = register.course.place_of(object, parents, groupings).is_some();
                if bears && evidence.actor == identifier {
                    let place = (*timestamp, statement.stored, statement.id);
                    timeline.insert(place, statement.body);
                }
            }
        }
        Ok(timeline.into_values().collect())
    }
}
